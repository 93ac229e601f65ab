"""What there is to know about every function without calling it."""

import dataclasses
import typing

from lossact import _core


class Parameter(typing.NamedTuple):
    """A parameter: its name, its default and its legal values as texts."""

    name: str
    default: str
    legal: str


@dataclasses.dataclass(frozen=True)
class Facts:
    """How a function behaves with its default parameters."""

    range: typing.Tuple[float, float]
    increasing: bool
    odd: bool
    even: bool
    convex: bool
    left: float
    right: float
    lipschitz: float
    kinks: typing.Tuple[typing.Tuple[float, float], ...]
    saturates: str


@dataclasses.dataclass(frozen=True)
class Function:
    """A function of the registry. `name` is where it is found; those of distributions begin with "information."."""

    name: str
    family: str
    summary: str
    formula: str
    source: str
    note: str
    operand: str
    weight: float
    input: typing.Optional[str]
    output: typing.Optional[str]
    facts: Facts
    parameters: typing.Tuple[Parameter, ...]


def _function(described):
    fields = dict(described)
    fields["facts"] = Facts(**fields["facts"])
    fields["parameters"] = tuple(Parameter(*parameter) for parameter in fields["parameters"])
    return Function(**fields)


_FUNCTIONS = tuple(_function(described) for described in _core.registry)


def functions() -> typing.Tuple[Function, ...]:
    """Every function of the registry, family by family, in alphabetical order within each."""
    return _FUNCTIONS

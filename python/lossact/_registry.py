"""What there is to know about every function without calling it."""

import dataclasses
import math
import typing

from lossact import _core


class Parameter(typing.NamedTuple):
    """A parameter: its name, its default and its legal values as texts."""

    name: str
    default: str
    legal: str


class Argument(typing.NamedTuple):
    """An array that a function takes.

    Its extent is what of it belongs to what of the input: "element", "halves" (two, which the formula takes), "channel", "target" (a class of each row, or
    probabilities), "class_index" (a class of each row), "row" (a number for each row), or "random" for numbers that are
    drawn. A learned one is trained with a network, from `start` on.
    """

    name: str
    extent: str
    gradient: bool
    optional: bool
    constraint: str
    learned: bool
    start: float
    says: str


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
    topic: str
    summary: str
    formula: str
    source: str
    note: str
    arguments: typing.Tuple[Argument, ...]
    input: typing.Optional[str]
    output: typing.Optional[str]
    reduces: bool
    by_rows: bool  # whether the elements of a row belong together
    facts: Facts
    parameters: typing.Tuple[Parameter, ...]

    @property
    def operand(self) -> str:
        """What lies beside each element of the input unseen: "learned" or "uniform" numbers, or "none"."""
        if any(argument.learned for argument in self.arguments):
            return "learned"
        return "uniform" if any(argument.extent == "random" for argument in self.arguments) else "none"

    @property
    def weight(self) -> float:
        """Where the training of a learned operand starts; NaN where there is none."""
        return next((argument.start for argument in self.arguments if argument.learned), math.nan)


def _function(described):
    fields = dict(described)
    fields["arguments"] = tuple(Argument(**argument) for argument in fields["arguments"])
    fields["facts"] = Facts(**fields["facts"])
    fields["parameters"] = tuple(Parameter(*parameter) for parameter in fields["parameters"])
    return Function(**fields)


_FUNCTIONS = tuple(_function(described) for described in _core.registry)


def functions() -> typing.Tuple[Function, ...]:
    """Every function of the registry, topic by topic, in alphabetical order within each."""
    return _FUNCTIONS

"""All of torch.nn.functional, by Lossact where Lossact has it; every other name is PyTorch's own.

docs/pytorch-names.md lists which are Lossact's.
"""

import torch
from torch.jit._builtins import _register_builtin

from lossact import _core
from lossact.torch._dispatch import in_graph
from lossact.torch._documentation import adopt
from lossact.torch._operators import OPERATORS


def _function(function):
    """The function, which torch.compile and torch.export can read."""
    operator = OPERATORS[function]
    names = tuple(name for name, _, keyword_only in function.arguments if not keyword_only)
    known = frozenset(name for name, _, _ in function.arguments)

    def call(*args, **kwargs):
        if not torch.compiler.is_compiling():
            return function(*args, **kwargs)
        placed = names[: len(args)]
        if len(args) > len(names) or any(name in placed or name not in known for name in kwargs):
            raise TypeError(f"{operator.name}() got arguments that it does not take, or one twice")
        return in_graph(operator, {**dict(zip(names, args)), **kwargs})

    for known_to_torchscript in (call, function):
        _register_builtin(known_to_torchscript, f"lossact::{operator.name}")
    return adopt(call, operator.name, function, __name__)


def _in_place(function, name):
    """PyTorch's NAME_, the function that writes over its input."""

    def call(input, *args, **kwargs):
        return function(input, *args, **kwargs, inplace=True)

    return adopt(call, name, function, __name__, without=("inplace", "out"))


for _made in (_function(function) for function in _core.functions if function.direction == "forward"):
    globals()[_made.__name__] = _made
    if hasattr(torch.nn.functional, _made.__name__ + "_"):
        globals()[_made.__name__ + "_"] = _in_place(_made, _made.__name__ + "_")


__all__ = sorted(
    {name for name in dir(torch.nn.functional) if not name.startswith("_")}
    | {name for name, value in globals().items() if getattr(value, "computed_by_lossact", False)}
)


def __getattr__(name):
    return getattr(torch.nn.functional, name)


def __dir__():
    return sorted({*globals(), *dir(torch.nn.functional)})

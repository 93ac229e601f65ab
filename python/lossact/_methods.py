"""Operations of Tensor as functions, and activations of the registry as both."""

from lossact import _core
from lossact._core import Tensor

_NAMES = ("abs", "add", "argmax", "clone", "div", "eq", "exp", "flatten", "ge", "gt", "le", "log", "lt", "matmul", "mean",
          "mm", "mul", "ne", "numel", "pow", "reshape", "sqrt", "squeeze", "sub", "sum", "t", "transpose", "unsqueeze")


def _function_of(name):
    def call(input, *arguments, **options):
        return getattr(input, name)(*arguments, **options)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"input.{name}(...)"
    return call


def _method_of(function):
    def call(self, *arguments, **options):
        return function(self, *arguments, **options)

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    return call


_ACTIVATIONS = {
    function.__name__: function
    for function in _core.functions
    if function.direction == "forward" and function.family in ("activation", "row_activation")
}
for _name, _function in _ACTIVATIONS.items():
    setattr(Tensor, _name, _method_of(_function))

__all__ = [*_NAMES, *_ACTIVATIONS]
globals().update({name: _function_of(name) for name in _NAMES}, **_ACTIVATIONS)

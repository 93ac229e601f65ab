"""Operations of Tensor as functions, and activations of the registry as both."""

import collections

from lossact import _core
from lossact._core import Tensor

_NAMES = (
    "abs",
    "add",
    "argmax",
    "clone",
    "div",
    "eq",
    "exp",
    "flatten",
    "ge",
    "gt",
    "le",
    "log",
    "lt",
    "matmul",
    "max",
    "mean",
    "min",
    "mm",
    "mul",
    "ne",
    "numel",
    "pow",
    "reshape",
    "sqrt",
    "squeeze",
    "sub",
    "sum",
    "t",
    "transpose",
    "unsqueeze",
)


_Extremes = collections.namedtuple("Extremes", ("values", "indices"))


def _largest(self, dim=None, keepdim=False):
    """Without dim the largest element, whose gradient equal ones share; with it the largest along a dimension and their
    indices, the first of equal ones: `values, indices = x.max(dim=1)`. A NaN counts as the largest."""
    if dim is None:
        flat = self.reshape(-1)
        largest = flat[flat.argmax().item()]
        if not self.requires_grad:
            return largest
        ties = flat == largest.detach()
        return _core.where(ties, flat, 0.0).sum() / ties.sum()
    indices = self.argmax(dim, keepdim=True)
    places = []
    for axis, size in enumerate(self.shape):
        shape = [1] * self.ndim
        shape[axis] = size
        places.append(indices if axis == dim % self.ndim else _core.tensor(range(size)).reshape(shape))
    values = self[tuple(places)]
    return _Extremes(values, indices) if keepdim else _Extremes(values.squeeze(dim), indices.squeeze(dim))


def _smallest(self, dim=None, keepdim=False):
    """The same of the smallest."""
    found = _largest(-self, dim, keepdim)
    return -found if dim is None else _Extremes(-found.values, found.indices)


Tensor.max, Tensor.min = _largest, _smallest


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
    if function.direction == "forward" and not function.reduces
}
for _name, _function in _ACTIVATIONS.items():
    setattr(Tensor, _name, _method_of(_function))

__all__ = [*_NAMES, *_ACTIVATIONS]
globals().update({name: _function_of(name) for name in _NAMES}, **_ACTIVATIONS)

"""Tensors made of sizes, of numbers, and of chance."""

import builtins
import math

from lossact import _core
from lossact._core import Tensor, dtype

__all__ = [
    "allclose",
    "arange",
    "bool",
    "double",
    "empty",
    "equal",
    "float",
    "float32",
    "float64",
    "full",
    "full_like",
    "int64",
    "is_tensor",
    "linspace",
    "long",
    "manual_seed",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "tensor",
    "where",
    "zeros",
    "zeros_like",
]

float32 = float = dtype.float32
float64 = double = dtype.float64
int64 = long = dtype.int64
bool = dtype.bool


def _of_sizes(make, summary):
    def create(*sizes, size=None, dtype=None, requires_grad=False):
        if size is not None:
            if sizes:
                raise TypeError(f"{create.__name__}() takes its sizes one by one or as size=, not both")
            sizes = size if isinstance(size, (tuple, list)) else (size,)
        return make(tuple(sizes), dtype or float32, requires_grad)

    create.__name__ = create.__qualname__ = make.__name__
    create.__doc__ = (
        f"{make.__name__}(*sizes, dtype=float32, requires_grad=False): {summary}\n\n"
        "The sizes come one by one, as one sequence, or as size=(...)."
    )
    return create


zeros = _of_sizes(_core.zeros, "a tensor of zeros.")
ones = _of_sizes(_core.ones, "a tensor of ones.")
empty = _of_sizes(_core.empty, "a tensor to be written to; its elements are zero until then.")
rand = _of_sizes(_core.rand, "uniform random numbers of [0, 1).")
randn = _of_sizes(_core.randn, "standard normal random numbers.")


def tensor(data, *, dtype=None, requires_grad=False):
    """A copy of a number, of nested sequences of numbers, or of an array (NumPy, PyTorch, JAX) as a tensor.

    Without dtype, Python's floats become float32 and its integers int64; an array keeps its element type, and integers
    become int64. TypeError for other element types, ValueError where sequences differ in length.
    """
    result = _core.tensor(data, dtype)
    if isinstance(data, Tensor):
        result = result.detach().clone()
    return result.requires_grad_() if requires_grad else result


def full(size, fill_value, *, dtype=None, requires_grad=False):
    """A tensor of one number. Without dtype, of the type that tensor(fill_value) has."""
    result = zeros(size, dtype=dtype or _core.tensor(fill_value).dtype).fill_(fill_value)
    return result.requires_grad_() if requires_grad else result


def arange(start, end=None, step=1, *, dtype=None, requires_grad=False):
    """start, start + step, ... before end: int64 where all three are integers, float32 otherwise."""
    if end is None:
        start, end = 0, start
    if step == 0 or (end - start) / step < 0:
        raise ValueError(f"[arange] no steps of {step} lead from {start} to {end}")
    count = math.ceil((end - start) / step)
    return tensor(
        [start + i * step for i in range(count)],
        requires_grad=requires_grad,
        dtype=dtype or (int64 if all(isinstance(number, int) for number in (start, end, step)) else float32),
    )


def linspace(start, end, steps, *, dtype=None, requires_grad=False):
    """`steps` numbers from start to end, both included, evenly spaced."""
    last = max(steps - 1, 1)
    numbers = [start * (1 - i / last) + end * (i / last) for i in range(steps)]
    return tensor(numbers, dtype=dtype or float32, requires_grad=requires_grad)


def randint(low, high=None, size=None, *, dtype=None):
    """Random integers of [low, high), or of [0, low) where there is no high."""
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    result = _core.randint(low, high, tuple(size))
    return result if dtype is None else result.to(dtype)


def randperm(n):
    """0, 1, ..., n - 1 in random order."""
    return _core.randperm(n)


def _like(create):
    def create_like(input, *, dtype=None, requires_grad=False):
        return create(input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)

    create_like.__name__ = create_like.__qualname__ = f"{create.__name__}_like"
    create_like.__doc__ = f"{create.__name__} of the shape and the type of a tensor."
    return create_like


zeros_like, ones_like, rand_like, randn_like = map(_like, (zeros, ones, rand, randn))


def full_like(input, fill_value, *, dtype=None, requires_grad=False):
    """full of the shape and the type of a tensor."""
    return full(input.shape, fill_value, dtype=dtype or input.dtype, requires_grad=requires_grad)


def manual_seed(seed):
    """Starts this thread's stream of random numbers anew. The same seed gives the same numbers on every machine, which
    are not PyTorch's."""
    _core.manual_seed(seed % 2**64)


def is_tensor(object):
    """Whether an object is a tensor of this package."""
    return isinstance(object, Tensor)


def where(condition, input, other):
    """Elements of `input` where `condition` is true, of `other` elsewhere; all three broadcast."""
    return _core.where(condition, input, other)


def equal(input, other):
    """Whether two tensors have one shape and the same elements."""
    return input.shape == other.shape and builtins.bool((input == other).sum() == input.numel())


def allclose(input, other, rtol=1e-05, atol=1e-08):
    """Whether |input - other| <= atol + rtol |other| for all elements."""
    near = (input - other).abs() <= atol + rtol * other.abs()
    return builtins.bool(_core.where(input == other, True, near).sum() == near.numel())

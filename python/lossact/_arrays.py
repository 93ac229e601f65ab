"""The kinds of array that a call may be given, and how to make one more of a kind.

A kind is known by the package of its type. What no package here claims is answered by DLPack where it speaks DLPack,
and with a memoryview where it is a buffer.
"""

import array
import functools

_FORMATS = {"float32": "f", "float64": "d", "float16": "e"}


class _NumPy:
    """Arrays and numbers of NumPy; bfloat16 is ml_dtypes's type."""

    @staticmethod
    def empty_like(like):
        import numpy

        return numpy.empty_like(like)

    @staticmethod
    def empty(like, shape, element):
        import numpy

        return numpy.empty(shape, element)

    @staticmethod
    def finish(like, made):
        import numpy

        return made[()] if isinstance(like, numpy.generic) else made

    @staticmethod
    def number(like, value, wide):
        import numpy

        return numpy.float64(value) if wide else numpy.float32(value)

    @staticmethod
    def cast(array, dtype):
        return array.astype(dtype)


class _PyTorch:
    """Tensors of PyTorch."""

    @staticmethod
    def empty_like(like):
        import torch

        return torch.empty_like(like, requires_grad=False)

    @staticmethod
    def empty(like, shape, element):
        import torch

        return torch.empty(shape, dtype=getattr(torch, element))

    @staticmethod
    def finish(like, made):
        return made

    @staticmethod
    def number(like, value, wide):
        import torch

        return torch.tensor(value, dtype=torch.float64 if wide else torch.float32)

    @staticmethod
    def cast(array, dtype):
        return array.to(dtype)

    @staticmethod
    def is_plain_type(kind):
        import torch

        lazy = torch.nn.parameter.UninitializedTensorMixin
        return kind.__torch_dispatch__ is torch.Tensor.__torch_dispatch__ and not issubclass(kind, lazy)

    @staticmethod
    def plain(tensor, writable):
        import torch

        kind = type(tensor)
        if issubclass(kind, torch.nn.parameter.UninitializedTensorMixin):
            return f"is an {kind.__name__}, which has no shape before its module was called"
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            return "is a tensor of torch.func, which holds no numbers: call it outside of vmap, grad and their like"
        if torch._is_functional_tensor(tensor):
            return "is a functional tensor, which holds no numbers: call it outside of functionalize"
        if tensor.is_nested:
            return "is a nested tensor, expected a strided one: call it for each of unbind()"
        if tensor.layout != torch.strided:
            layout = str(tensor.layout).partition(".")[2].lstrip("_")
            return f"is a tensor of layout {layout}, expected a strided one: to_dense() gives one"
        if not _PyTorch.is_plain_type(kind):
            return f"is a {kind.__name__}, whose numbers its own operations make, expected a plain tensor"
        if tensor.device.type != "cpu":
            return f"is on device {tensor.device}, expected one on the CPU"
        if tensor.is_quantized:
            return f"has quantized elements of {str(tensor.dtype)[6:]}: dequantize() gives floating-point numbers"
        if tensor._is_zerotensor():
            if writable:
                return "is a tensor of zeros without memory: clone() gives one that has it"
            return torch.zeros(tensor.shape, dtype=tensor.dtype)
        if tensor.is_neg():
            if writable:
                return "is a negated view, through which nothing is written: resolve_neg() gives a tensor of its own"
            return tensor.detach().resolve_neg()
        end = tensor.storage_offset() + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride())) + 1
        if tensor.numel() and tensor.untyped_storage().nbytes() < end * tensor.element_size():
            return f"has a storage of {tensor.untyped_storage().nbytes()} bytes, fewer than its elements take"
        return tensor


class _Jax:
    """Arrays of JAX, which nobody may write to: the result is made by NumPy and handed over."""

    @staticmethod
    def empty_like(like):
        import numpy

        return numpy.empty(like.shape, like.dtype)

    empty = _NumPy.empty

    @staticmethod
    def finish(like, made):
        import jax.numpy

        return jax.numpy.asarray(made)

    @staticmethod
    def number(like, value, wide):
        import jax.numpy

        return jax.numpy.asarray(_NumPy.number(like, value, wide))

    @staticmethod
    def cast(array, dtype):
        return array.astype(dtype)


class _Buffer:
    """Whatever offers its memory as a buffer and nothing else: array.array, memoryview, arrays of ctypes."""

    @staticmethod
    def empty_like(like):
        if isinstance(like, array.array):
            return array.array(like.typecode, bytes(len(like) * like.itemsize))
        view = memoryview(like)
        return _Buffer._view(view.shape, view.format)

    @staticmethod
    def empty(like, shape, element):
        if isinstance(like, array.array) and len(shape) == 1:
            code = _FORMATS[element]
            return array.array(code, bytes(shape[0] * array.array(code).itemsize))
        return _Buffer._view(shape, _FORMATS[element])

    @staticmethod
    def _view(shape, code):
        count = 1
        for size in shape:
            count *= size
        if count == 0:  # memoryview has no casts of nothing
            raise ValueError(f"an array of shape {tuple(shape)} has no elements, which a memoryview cannot hold")
        plain = memoryview(bytearray(count * {"e": 2, "f": 4, "d": 8}[code.lstrip("@<=")]))
        return plain.cast(code.lstrip("@<="), shape=tuple(shape))

    @staticmethod
    def finish(like, made):
        return made

    @staticmethod
    def number(like, value, wide):
        if wide:
            return value
        return array.array("f", [value])[0]

    @staticmethod
    def cast(array, dtype):
        raise TypeError(f"an array of {type(array).__name__} has no other element types")


class _Other:
    """Arrays of a package that is not known here, by DLPack: through the array API standard where it is kept."""

    @staticmethod
    def empty_like(like):
        import numpy

        view = numpy.from_dlpack(like)
        return numpy.empty(view.shape, view.dtype)

    empty = _NumPy.empty

    @staticmethod
    def finish(like, made):
        if hasattr(like, "__array_namespace__"):
            return like.__array_namespace__().from_dlpack(made)
        return made

    @staticmethod
    def number(like, value, wide):
        import numpy

        return _Other.finish(like, numpy.asarray(value, numpy.float64 if wide else numpy.float32))

    @staticmethod
    def cast(array, dtype):
        return array.astype(dtype)


_KINDS = {"numpy": _NumPy, "ml_dtypes": _NumPy, "torch": _PyTorch, "jax": _Jax, "jaxlib": _Jax}


@functools.lru_cache(maxsize=256)
def _kind_of_type(kind):
    for base in kind.__mro__[:-1]:
        found = _KINDS.get(base.__module__.partition(".")[0])
        if found:
            return found
    return _Other if hasattr(kind, "__dlpack__") else _Buffer


def _kind(like):
    return _kind_of_type(type(like))


def empty_like(like):
    """Something writable of the shape and element type of `like`, that `finish` makes the caller's kind of array."""
    return _kind(like).empty_like(like)


def empty(like, shape, element):
    """The same with another shape and element type."""
    return _kind(like).empty(like, shape, element)


def finish(like, made):
    """What `empty` or `empty_like` made, now filled, as the kind of array that `like` is."""
    return _kind(like).finish(like, made)


def number(like, value, wide):
    """A loss, beside arrays of the kind of `like`: of float64 where `wide`, of float32 otherwise."""
    return _kind(like).number(like, value, wide)


def cast(array, dtype):
    """A copy of another element type."""
    return _kind(array).cast(array, dtype)


def is_plain_type(kind):
    """Whether the elements of a tensor of this class of PyTorch's are the numbers in its memory, unless it says so."""
    return _PyTorch.is_plain_type(kind)


def plain(tensor, writable):
    """A tensor of PyTorch whose elements are the numbers in its memory: itself, or a copy that is only read. In words,
    why there is none, where its numbers are not there or would not be its own."""
    return _PyTorch.plain(tensor, writable)

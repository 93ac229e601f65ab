"""Every function of the registry, with PyTorch's signatures, on arrays and on lossact.Tensor.

An array is whatever speaks the buffer protocol or DLPack: NumPy, PyTorch, JAX. The result is the caller's kind of
array. Beside each function NAME stands NAME_backward, and beside each loss NAME_with_gradient and
NAME_backward_target. A tensor of PyTorch that requires a gradient gets one.
"""

from lossact import _core
from lossact._documentation import prepare as _prepare

__all__ = _prepare(globals(), _core.modules[__name__])

"""What is known about distributions: information content, entropy, cross entropy and divergence.

A distribution is a list of numbers or an array of one dimension; nothing is normalised. Beside each function NAME
stands NAME_gradient. What comes back is of float64, in the caller's kind of array, or a number for a list.
"""

from lossact import _core
from lossact._documentation import prepare as _prepare

__all__ = _prepare(globals(), _core.modules[__name__])

import math


class Size(tuple):
    """The sizes of a tensor's dimensions, outermost first. It prints as PyTorch's does."""

    __slots__ = ()

    def numel(self):
        """The number of elements."""
        return math.prod(self)

    def __repr__(self):
        return f"torch.Size({list(self)})"

    def __getitem__(self, key):
        part = super().__getitem__(key)
        return Size(part) if isinstance(key, slice) else part

    def __add__(self, other):
        return Size(super().__add__(tuple(other)))

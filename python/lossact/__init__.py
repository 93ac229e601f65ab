"""Loss and activation functions of deep learning, right to the last place."""

from lossact._core import __version__

__all__ = ["__version__"]

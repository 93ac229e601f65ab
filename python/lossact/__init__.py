"""Loss and activation functions of deep learning, right to the last place."""

from lossact import functional, information
from lossact._core import __version__
from lossact._registry import functions

__all__ = ["__version__", "functional", "functions", "information"]

"""The modules of the training layer, with PyTorch's names."""

from lossact import functional
from lossact.nn._functions import MODULES
from lossact.nn._module import Dropout, Flatten, Linear, Module, ModuleList, Parameter, Sequential

globals().update(MODULES)
__all__ = ["Dropout", "Flatten", "Linear", "Module", "ModuleList", "Parameter", "Sequential", "functional", *MODULES]

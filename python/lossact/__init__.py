"""Loss and activation functions of deep learning, right to the last place.

Beside lossact.functional, lossact.information and lossact.torch stands a training layer with PyTorch's names: Tensor
and what makes tensors here, modules in lossact.nn, optimizers in lossact.optim.
"""

from lossact import functional, information
from lossact._core import Tensor, __version__, dtype
from lossact._creation import *
from lossact._files import load, save
from lossact._grad import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from lossact._methods import *
from lossact._registry import functions
from lossact._size import Size
from lossact import nn, optim

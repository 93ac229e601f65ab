"""The modules of the training layer, with PyTorch's names."""

from lossact import functional

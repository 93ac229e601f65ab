"""Lossact's functions as modules of PyTorch: `from lossact.torch import nn` where `from torch import nn` stood."""

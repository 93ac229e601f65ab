"""Lossact's functions as modules of PyTorch: `from lossact.torch import nn` where `from torch import nn` stood."""

import importlib


def __getattr__(name):
    if name == "nn":  # which imports PyTorch
        return importlib.import_module("lossact.torch.nn")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

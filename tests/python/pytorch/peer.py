"""PyTorch's own function beside one of Lossact's; where PyTorch is."""

import ast
import inspect
import re

import torch

from lossact.torch._names import module_name


def peer(function):
    """PyTorch's function; its module's forward where there is no function."""
    for place in (torch.nn.functional, torch):
        if hasattr(place, function.function):
            return getattr(place, function.function)
    return getattr(torch.nn, module_name(function))().forward


def peer_parameters(function):
    """PyTorch's parameters, names and defaults in their order: by its signature, or as its documentation has it."""
    f = peer(function)
    try:
        return {name: p.default for name, p in inspect.signature(f).parameters.items()}
    except ValueError:
        text = re.search(rf"{function.function}\((.*?)\) -> Tensor", f.__doc__).group(1)
    empty = inspect.Parameter.empty
    split = (part.partition("=") for part in text.split(","))
    return {name.strip(): ast.literal_eval(default.strip()) if sign else empty for name, sign, default in split}

"""PyTorch's modules, those of Lossact's functions in their place.

`from lossact.torch import nn` or `import lossact.torch.nn as nn`: a module of a function of the registry computes by
lossact.functional, with the constructor, the attributes and the state of PyTorch's; every other name is PyTorch's own.
"""

import inspect

import torch

from lossact import _core, functional
from lossact.torch._names import module_name as _module_name

__all__ = []


def _keywords(module, arguments):
    """Of a function's arguments those that the module has as attributes."""
    return {name: getattr(module, name) for name in arguments if hasattr(module, name)}


def _forward(function):
    arguments = [name for name, default, _ in function.arguments if default is not None and name not in ("out",)]
    learned = "weight" in [name for name, default, _ in function.arguments if default is None]
    if function.family in ("pair_loss", "row_loss"):

        def forward(self, input, target):
            return function(input, target, **_keywords(self, arguments))

    elif learned:

        def forward(self, input):
            return function(input, self.weight, **_keywords(self, arguments))

    else:

        def forward(self, input):
            return function(input, **_keywords(self, arguments))

    forward.__doc__ = function.__doc__
    return forward


def _own_init(function):
    """The constructor of a module that PyTorch does not have: the function's parameters."""
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not inspect.Parameter.empty
        and parameter.name not in ("out", "training", "seed", "inplace", "accuracy", "_stacklevel", "dtype")
    ]
    signature = inspect.Signature(
        [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        + [parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters]
    )

    def __init__(self, *args, **kwargs):
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        torch.nn.Module.__init__(self)
        for name, value in bound.arguments.items():
            if isinstance(value, torch.Tensor):
                self.register_buffer(name, value)
            elif value is not self:
                setattr(self, name, value)

    __init__.__signature__ = signature
    return __init__


def _make(function):
    name = _module_name(function)
    base = getattr(torch.nn, name, None)
    members = {"forward": _forward(function), "__module__": __name__, "__doc__": function.__doc__}
    if base is None:
        base = torch.nn.Module
        members["__init__"] = _own_init(function)
    return type(name, (base,), members)


for _function in _core.functions:
    if _function.direction == "forward":
        _class = _make(_function)
        globals()[_class.__name__] = _class
        __all__.append(_class.__name__)


def __getattr__(name):
    return getattr(torch.nn, name)


def __dir__():
    return sorted({*globals(), *dir(torch.nn)})

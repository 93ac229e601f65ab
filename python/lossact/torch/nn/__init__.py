"""PyTorch's modules, those of Lossact's functions in their place.

`from lossact.torch import nn` or `import lossact.torch.nn as nn`: a module of a function of the registry computes by
lossact.functional, with the constructor, the attributes and the state of PyTorch's; every other name is PyTorch's own,
submodules too. docs/pytorch-names.md lists which are Lossact's.
"""

import inspect
import linecache
import sys

import torch

from lossact import _core
from lossact.torch._names import module_name as _module_name
from lossact.torch._operators import OPERATORS as _OPERATORS
from lossact.torch._submodules import Submodules as _Submodules
from lossact.torch.nn import functional


def _keywords(module, arguments):
    """Of a function's arguments those that the module has as attributes."""
    return {name: getattr(module, name) for name in arguments if hasattr(module, name)}


def _methods(function):
    """A module's forward, which torch.jit.script can read, and what it calls, which it need not.

    Both take the function's arrays by their names, so they are made of a text; a script is made of that text again.
    """
    learned = _OPERATORS[function].learned
    arrays = [name for name, default, _ in function.arguments if default is None and name not in learned]
    names = [name for name, default, _ in function.arguments if default is not None and name != "out"] + list(learned)
    typed = ", ".join(f"{name}: torch.Tensor" for name in arrays)
    listed = ", ".join(arrays)
    text = (
        "def methods(call, keywords):\n"
        f"    def forward(self, {typed}) -> torch.Tensor:\n"
        f"        return self._compute({listed})\n"
        "\n"
        f"    def _compute(self, {typed}) -> torch.Tensor:\n"
        f"        return call({listed}, **keywords(self))\n"
        "\n"
        "    return forward, _compute\n"
    )
    file = f"<modules of {listed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    made = {"torch": torch, "__name__": __name__}  # torch.compile looks the globals up in the module of this name
    exec(compile(text, file, "exec"), made)
    forward, _compute = made["methods"](
        getattr(functional, function.__name__), lambda module: _keywords(module, names)
    )
    forward.__doc__ = function.__doc__
    return {"forward": forward, "_compute": torch.jit.ignore(_compute)}


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
    if base is not None and not any(hasattr(place, function.__name__) for place in (torch.nn.functional, torch)):
        return base  # a module without a function computes nothing, and takes whatever it is given
    members = {**_methods(function), "__module__": __name__, "__doc__": function.__doc__, "computed_by_lossact": True}
    if base is None:
        base = torch.nn.Module
        members["__init__"] = _own_init(function)
    return type(name, (base,), members)


for _function in _core.functions:
    if _function.direction == "forward":
        _class = _make(_function)
        globals()[_class.__name__] = _class


def _in_place_of():
    """Lossact's objects by the ids of PyTorch's."""
    return {
        id(getattr(theirs, name)): value
        for ours, theirs in ((sys.modules[__name__], torch.nn), (functional, torch.nn.functional))
        for name, value in vars(ours).items()
        if getattr(value, "computed_by_lossact", False) and hasattr(theirs, name)
    }


_SUBMODULES = _Submodules(_in_place_of())
sys.meta_path.insert(0, _SUBMODULES)
__all__ = sorted({name for name in {*globals(), *dir(torch.nn)} if not name.startswith("_")} - {"inspect", "linecache", "sys"})


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _SUBMODULES.attribute(torch.nn, name)


def __dir__():
    return sorted({*globals(), *dir(torch.nn)})

"""A module for every activation and every loss of the registry, by PyTorch's name for it."""

import inspect

from lossact import _core, functional
from lossact.torch._names import module_name
from lossact._registry import functions
from lossact.nn._module import Module, Parameter

_REGISTRY = {function.name: function for function in functions()}


class _FunctionModule(Module):
    """What the modules share: they hold the options that they were given, and hand them to the function."""

    _function = _signature = None

    def __init__(self, *arguments, **options):
        super().__init__()
        bound = self._signature.bind(*arguments, **options)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            setattr(self, name, value)

    def _options(self):
        options = {}
        for name, parameter in self._signature.parameters.items():
            value = getattr(self, name)
            if name != "inplace" and value is not parameter.default and value is not None:
                options[name] = value
        return options

    def extra_repr(self):
        if self._registered.family in ("pair_loss", "row_loss"):
            return ""
        shown = []
        for name, parameter in self._signature.parameters.items():
            value = getattr(self, name, None)
            always = self._registered.family == "activation" and name not in ("inplace", "accuracy")
            if always or (value is not parameter.default and value != parameter.default):
                shown.append(f"{name}={value!r}")
        return ", ".join(shown)


class _Activation(_FunctionModule):
    def forward(self, input):
        options = self._options()
        if self._registered.operand == "uniform":
            options["training"] = self.training
        output = type(self)._function(input, **options)
        return _core.replace(input, output) if getattr(self, "inplace", False) else output


class _LearnedActivation(Module):
    """Its weight is a parameter: one, or one for each of `num_parameters` channels of dimension 1."""

    def __init__(self, num_parameters=1, init=None, dtype=None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, self._registered.weight if init is None else init
        weight = _core.ones((num_parameters,), dtype or _core.dtype.float32, False)
        self.weight = Parameter(weight.fill_(self.init))

    def forward(self, input):
        return type(self)._function(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


class _Loss(_FunctionModule):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        if "weight" in self._signature.parameters:
            weight = self.__dict__.pop("weight")
            self.register_buffer("weight", None if weight is None else _core.tensor(weight, None))

    def forward(self, input, target):
        return type(self)._function(input, target, **self._options())


# What is decided at each call, or is for arrays alone.
_OF_CALLS = ("out", "training", "seed", "dtype", "_stacklevel")


def _signature(function):
    """The options of a function as a constructor takes them."""
    return inspect.Signature(
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not inspect.Parameter.empty and parameter.name not in _OF_CALLS
    )


def _module(function):
    registered = _REGISTRY[function.function]
    learned = registered.operand == "learned"
    if function.family in ("pair_loss", "row_loss"):
        base = _Loss
    else:
        base = _LearnedActivation if learned else _Activation
    # A plain attribute would be bound to the module as a method.
    members = {
        "_function": staticmethod(function),
        "_registered": registered,
        "__doc__": registered.summary,
        "__module__": "lossact.nn",
    }
    if not learned:
        members["_signature"] = signature = _signature(function)
        members["__signature__"] = signature
    return type(module_name(function), (base,), members)


MODULES = {
    module.__name__: module
    for module in (_module(function) for function in _core.functions if function.direction == "forward")
}

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
        if self._registered.reduces:
            return ""
        shown = []
        for name, parameter in self._signature.parameters.items():
            value = getattr(self, name, None)
            always = name not in ("dim", "inplace", "accuracy")
            if always or (value is not parameter.default and value != parameter.default):
                shown.append(f"{name}={value!r}")
        return ", ".join(shown)


class _Activation(_FunctionModule):
    def forward(self, input, *others):
        options = self._options()
        if any(argument.extent == "random" for argument in self._registered.arguments):
            options["training"] = self.training
        output = type(self)._function(input, *others, **options)
        return _core.replace(input, output) if getattr(self, "inplace", False) else output


class _LearnedActivation(Module):
    """What is learned are parameters: one, or one for each of `num_parameters` channels of dimension 1."""

    def __init__(self, num_parameters=1, init=None, dtype=None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, self._registered.weight if init is None else init
        for argument in self._learned():
            numbers = _core.ones((num_parameters,), dtype or _core.dtype.float32, False)
            setattr(self, argument.name, Parameter(numbers.fill_(argument.start if init is None else init)))

    def _learned(self):
        return [argument for argument in self._registered.arguments if argument.learned]

    def forward(self, input):
        learned = {argument.name: getattr(self, argument.name) for argument in self._learned()}
        return type(self)._function(input, **learned)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


class _Loss(_FunctionModule):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for argument in self._registered.arguments:
            if argument.optional:
                numbers = self.__dict__.pop(argument.name)
                self.register_buffer(argument.name, None if numbers is None else _core.tensor(numbers, None))

    def forward(self, input, *others):
        return type(self)._function(input, *others, **self._options())


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
    learned = any(argument.learned for argument in registered.arguments)
    if registered.reduces:
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

"""Each function of lossact.functional as an operator of PyTorch, torch.ops.lossact.NAME: what its tracers record.

torch.compile, torch.export, torch.jit.trace, make_fx and fake tensors see the operators, and run them later. An option
that was not given is None.
"""

import collections

import torch
from torch import _is_functional_tensor
from torch._C import DispatchKey, _dispatch_keys, _get_tracing_state, _len_torch_dispatch_stack
from torch.nn import _reduction

from lossact import _core
from lossact.torch._eager import eager

_DESCRIBED = {described["name"]: described for described in _core.registry}
BESIDE = ("inplace", "out", "dtype", "_stacklevel")  # what a caller is given without the operator's knowing
_OPTIONAL = {"size_average": "bool", "reduce": "bool", "dim": "int", "seed": "Tensor"}
_PLAIN = (torch.Tensor, torch.nn.Parameter)
LIBRARY = torch.library.Library("lossact", "DEF")


def _kind(name, default, optional):
    """An option's type in PyTorch's language for schemas; `optional` ones are arrays."""
    if name in _OPTIONAL or name in optional:
        return _OPTIONAL.get(name, "Tensor")
    if default in ("True", "False"):
        return "bool"
    if default.startswith("'"):
        return "str"
    return "float" if default in ("nan", "inf", "-inf") or "." in default or "e" in default else "int"


class Operator:
    """A function, what there is to know of it, and its operator."""

    def __init__(self, function):
        described = _DESCRIBED[function.function]
        self.function, self.name = function, function.__name__
        self.direction, self.is_loss = function.direction, function.reduces
        self.gradients, self.gives_value = function.gradients, not self.direction.startswith("backward")
        arrays = described["arguments"]
        self.from_output = self.direction == "backward_from_output"
        self.first = "output" if self.from_output else arrays[0]["name"]  # what a result is of the shape and type of
        self.learned = tuple(argument["name"] for argument in arrays if argument["learned"])
        self.draws = any(argument["extent"] == "random" for argument in arrays)
        self.by_rows = "dim" in [name for name, _, _ in function.arguments]
        self.of_classes = any(argument["extent"] in ("target", "class_index") for argument in arrays)
        self.halves = arrays[0]["extent"] == "halves"
        self.of_vectors = described["by_rows"] and not self.of_classes
        taken = [(name, default) for name, default, _ in function.arguments if name not in BESIDE]
        self.names = tuple(name for name, _ in taken)
        self.required = tuple(name for name, default in taken if default is None)
        optional = {argument["name"] for argument in arrays if argument["optional"]}
        texts = [f"Tensor {name}" if default is None else f"{_kind(name, default, optional)}? {name}=None"
                 for name, default in taken]
        self.listed = {name for name, default in taken
                       if default == "None" and _kind(name, default, optional) == "Tensor"}
        self.output_form = None  # the operator of the gradient from the output
        self.differentiable = [argument["name"] for argument in arrays
                               if argument["gradient"] and not argument["optional"]]
        results = ", ".join(["Tensor"] * (len(self.gradients) + self.gives_value))
        LIBRARY.define(f"{self.name}({', '.join(texts)}) -> {f'({results})' if ',' in results else results}")
        LIBRARY.impl(self.name, self._run, "CPU")
        torch.library.register_fake(f"lossact::{self.name}", self._fake, lib=LIBRARY)
        self.overload = getattr(torch.ops.lossact, self.name).default

    def __call__(self, arguments):
        """What the operator gives, with arguments by name."""
        given = []
        for name in self.names:
            value = arguments.get(name)
            if value is not None and name in self.listed and not isinstance(value, torch.Tensor):
                value = torch.as_tensor(value)
                value = value.to(arguments[self.first].device) if value.ndim else value
            given.append(value)
        return self.overload(*given)

    def by_name(self, values):
        """The operator's arguments by name, but those that were not given."""
        return {name: value for name, value in zip(self.names, values) if value is not None}

    def compute(self, arguments):
        """What the library gives, outside of every graph."""
        given = {}
        for name, value in arguments.items():
            if isinstance(value, torch.Tensor):
                value = int(value) if name == "seed" else value.detach() if value.requires_grad else value
            given[name] = value
        return self.function.compute(**given)

    def prepared(self, arguments, as_number=False):
        """The arguments without those that change others: cast as PyTorch casts, and with a seed if there are draws."""
        arguments = dict(arguments)
        dtype = arguments.pop("dtype", None)
        if dtype is not None:
            arguments[self.first] = arguments[self.first].to(dtype)
        if torch.is_autocast_enabled("cpu"):
            arguments = self._autocast(arguments)
        return self.seeded(arguments, as_number)

    def seeded(self, arguments, as_number=False):
        """The arguments with a seed, if there are draws: of PyTorch's stream, which it saves, restores and gives workers."""
        if not self.draws or self.direction != "forward" or not arguments.get("training"):
            return arguments
        seed = arguments.get("seed")
        if seed is None:
            seed = torch.randint(2**63 - 1, (), device="cpu")
        elif not isinstance(seed, torch.Tensor):
            seed = torch.tensor(seed, device="cpu")
        return {**arguments, "seed": int(seed) if as_number else seed}

    def _autocast(self, arguments):
        """PyTorch's policy on a CPU: losses in float32, what multiplies by a trained number in the lower precision."""
        if self.direction != "forward" or not (self.is_loss or self.learned):
            return arguments
        to = torch.float32 if self.is_loss else torch.get_autocast_dtype("cpu")
        return {
            name: value.to(to)
            if isinstance(value, torch.Tensor) and value.is_floating_point() and value.dtype != torch.float64
            else value
            for name, value in arguments.items()
        }

    def in_place(self, arguments, call):
        """The result of `call` written over the input by PyTorch, which checks that it may be and records that it was."""
        arguments = dict(arguments)
        arguments.pop("inplace")
        input = arguments[self.first]
        arguments[self.first] = input.clone()
        return input.copy_(call(arguments))

    @eager
    def _run(self, *values):
        return self.compute(self.seeded(self.by_name(values), as_number=True))

    @eager
    def _fake(self, *values):
        """Results of the right shapes and types, whose numbers do not matter."""
        arguments = dict(zip(self.names, values))
        input = arguments[self.first]
        self._check_devices(arguments)
        results = [torch.empty_like(input if self.from_output else arguments[name]) for name in self.gradients]
        if self.gives_value and self.is_loss:
            kind = torch.promote_types(input.dtype, torch.float32)
            results.insert(0, input.new_empty(self._shape(arguments), dtype=kind))
        elif self.gives_value and self.halves:
            shape, dim = list(input.shape), arguments.get("dim")
            shape[-1 if dim is None else dim] //= 2
            results.insert(0, input.new_empty(shape))
        elif self.gives_value:
            results.insert(0, torch.empty_like(input))
        return results[0] if len(results) == 1 else tuple(results)

    def _check_devices(self, arguments):
        """Refuses tensors of two devices, of which one has no numbers. A number on the CPU goes with every device."""
        device = arguments[self.first].device
        for name, value in arguments.items():
            if isinstance(value, torch.Tensor) and value.device != device:
                if value.ndim or value.device.type != "cpu":
                    raise RuntimeError(f"[{self.name}] {name} is on device {value.device}, {self.first} on {device}")

    def _shape(self, arguments):
        """The shape of a loss."""
        old = [arguments.get(name) for name in ("size_average", "reduce")]
        reduction = arguments.get("reduction") or "mean"
        if old != [None, None]:
            reduction = _reduction.legacy_get_string(*old, emit_warning=False)
        if reduction != "none":
            return ()
        shape = arguments[self.first].shape
        if self.of_vectors:
            return shape[:-1]
        if not self.of_classes:
            return shape
        return shape[:0] if len(shape) == 1 else shape[:1] + shape[2:]


OPERATORS = {function: Operator(function) for function in _core.functions}
BACKWARD = collections.defaultdict(list)  # by the name of the function
for _operator in OPERATORS.values():
    if _operator.from_output:
        next(o for o in OPERATORS.values() if o.name == _operator.function.function).output_form = _operator
    elif not _operator.gives_value:
        BACKWARD[_operator.function.function].append(_operator)


def _is_elsewhere(tensor):
    """Whether a tensor's numbers are not where it says: fake, functional, wrapped by a subclass, or none at all."""
    if type(tensor) in _PLAIN:
        return tensor.is_meta or _is_functional_tensor(tensor)
    keys = _dispatch_keys(tensor)
    return keys.has(DispatchKey.Python) or keys.has(DispatchKey.Functionalize) or keys.has(DispatchKey.Meta)


def is_traced(arguments):
    """Whether PyTorch, or a tensor's own class, wants to see an operator."""
    if _len_torch_dispatch_stack() or _get_tracing_state() is not None:
        return True
    for value in arguments.values():
        if isinstance(value, torch.Tensor) and _is_elsewhere(value):
            return True
    return False


def operate(function, arguments):
    """The result of a function's operator."""
    return OPERATORS[function](arguments)


def compute(function, arguments):
    """The result alone, outside of every graph; the operator's where PyTorch traces."""
    return operate(function, arguments) if is_traced(arguments) else OPERATORS[function].compute(arguments)

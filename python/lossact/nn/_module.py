"""What networks are built of."""

import collections
import itertools

from lossact import _core
from lossact._core import Tensor
from lossact._grad import no_grad


class Parameter(Tensor):
    """A tensor that an optimiser trains. It shares the data of the tensor that it is made of."""

    def __init__(self, data, requires_grad=True):
        super().__init__(data)
        self.requires_grad_(requires_grad)

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()


class _Keys(collections.namedtuple("Keys", ("missing_keys", "unexpected_keys"))):
    """What load_state_dict found beside what matched."""

    __slots__ = ()

    def __repr__(self):
        return super().__repr__() if any(self) else "<All keys matched successfully>"


class Module:
    """A part of a network. A network of one's own derives from it, sets parameters and modules as attributes in
    __init__ after super().__init__(), and has forward()."""

    def __init__(self):
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "training", True)

    def forward(self, *inputs, **options):
        raise NotImplementedError(f"{type(self).__name__} has no forward()")

    def __call__(self, *inputs, **options):
        return self.forward(*inputs, **options)

    # Attributes

    def __setattr__(self, name, value):
        parts = self.__dict__.get("_parameters")
        if parts is None:
            if isinstance(value, (Parameter, Module)):
                raise AttributeError(f"{type(self).__name__}.__init__() must call super().__init__() first")
            object.__setattr__(self, name, value)
            return
        kinds = {"_parameters": Parameter, "_modules": Module}
        for kind, accepted in kinds.items():
            if isinstance(value, accepted):
                for other in ("_parameters", "_buffers", "_modules"):
                    if other != kind:
                        self.__dict__[other].pop(name, None)
                self.__dict__.pop(name, None)
                self.__dict__[kind][name] = value
                return
            if name in self.__dict__[kind]:
                if value is not None:
                    raise TypeError(
                        f"cannot set '{name}' of {type(self).__name__} to a {type(value).__name__}, "
                        f"expected a {accepted.__name__} or None"
                    )
                self.__dict__[kind][name] = None
                return
        if name in self._buffers:
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name):
        for kind in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(kind, ()):
                return self.__dict__[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for kind in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__[kind]:
                del self.__dict__[kind][name]
                return
        object.__delattr__(self, name)

    def __dir__(self):
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def register_parameter(self, name, param):
        """Adds a parameter under a name; None keeps the name free."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"'{name}' is a {type(param).__name__}, expected a Parameter or None")
        self._parameters[name] = param

    def register_buffer(self, name, tensor):
        """Adds a tensor that is saved with the module and not trained."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"'{name}' is a {type(tensor).__name__}, expected a Tensor or None")
        self._buffers[name] = tensor

    def add_module(self, name, module):
        """Adds a part under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"'{name}' is a {type(module).__name__}, expected a Module or None")
        self._modules[name] = module

    register_module = add_module

    # What is in it, each thing once

    def named_modules(self, memo=None, prefix=""):
        """(name, module) for this module, named "", and all within it."""
        memo = set() if memo is None else memo
        if id(self) in memo:
            return
        memo.add(id(self))
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name)

    def modules(self):
        return (module for _, module in self.named_modules())

    def named_children(self):
        return ((name, module) for name, module in self._modules.items() if module is not None)

    def children(self):
        return (module for _, module in self.named_children())

    def _named(self, kind, prefix, recurse):
        seen = set()
        for place, module in self.named_modules(prefix=prefix) if recurse else [(prefix, self)]:
            for name, tensor in module.__dict__[kind].items():
                if tensor is not None and id(tensor) not in seen:
                    seen.add(id(tensor))
                    yield f"{place}.{name}" if place else name, tensor

    def named_parameters(self, prefix="", recurse=True):
        """(name, parameter), as in "0.weight"."""
        return self._named("_parameters", prefix, recurse)

    def parameters(self, recurse=True):
        """The tensors that an optimiser trains."""
        return (tensor for _, tensor in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix="", recurse=True):
        return self._named("_buffers", prefix, recurse)

    def buffers(self, recurse=True):
        return (tensor for _, tensor in self.named_buffers(recurse=recurse))

    # State

    def state_dict(self, prefix=""):
        """Parameters and buffers by name, sharing their data: what lossact.save writes."""
        state = {}
        for place, module in _all_named_modules(self, prefix.rstrip(".")):
            for name, tensor in itertools.chain(module._parameters.items(), module._buffers.items()):
                if tensor is not None:
                    state[f"{place}.{name}" if place else name] = tensor.detach()
        return state

    def load_state_dict(self, state_dict, strict=True):
        """Takes the values of tensors, or arrays, by name. ValueError before any is taken where a shape differs, and,
        unless strict is False, where names are missing or unknown."""
        own = self.state_dict()
        keys = _Keys([name for name in own if name not in state_dict], [name for name in state_dict if name not in own])
        if strict and any(keys):
            raise ValueError(f"[load_state_dict] missing: {keys.missing_keys}, unknown: {keys.unexpected_keys}")
        values = {name: _core.tensor(state_dict[name], None) for name in own if name in state_dict}
        for name, value in values.items():
            if value.shape != own[name].shape:
                raise ValueError(
                    f"[load_state_dict] {name} has shape {tuple(value.shape)}, expected {tuple(own[name].shape)}"
                )
        for name, value in values.items():
            own[name].copy_(value)
        return keys

    def train(self, mode=True):
        """Training or, with False, evaluation, for this module and all within it."""
        for module in self.modules():
            object.__setattr__(module, "training", bool(mode))
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Forgets the gradients of all parameters."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad = None if set_to_none else parameter.grad.detach() * 0

    def apply(self, fn):
        """Calls fn with each module within this one, and with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, dtype):
        """Makes all parameters and buffers of floats ones of another element type."""
        for tensor in itertools.chain(self.parameters(), self.buffers()):
            if tensor.dtype.is_floating_point and tensor.dtype != dtype:
                tensor.data = tensor.data.to(dtype)
        return self

    def float(self):
        return self.to(_core.dtype.float32)

    def double(self):
        return self.to(_core.dtype.float64)

    # Text

    def extra_repr(self):
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = []
        for name, module in self._modules.items():
            text = repr(module).replace("\n", "\n  ")
            parts.append(f"({name}): {text}")
        if not parts and len(lines) <= 1:
            return f"{type(self).__name__}({extra})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines + parts) + "\n)"


def _all_named_modules(module, prefix):
    """As named_modules, but under each name that a module has."""
    yield prefix, module
    for name, part in module._modules.items():
        if part is not None:
            yield from _all_named_modules(part, f"{prefix}.{name}" if prefix else name)


class _Listed(Module):
    """Modules in an order, named by their place."""

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())


class Sequential(_Listed):
    """Modules one after the other: Sequential(a, b, ...) or Sequential(OrderedDict of names and modules)."""

    def __init__(self, *modules):
        super().__init__()
        named = modules[0].items() if len(modules) == 1 and isinstance(modules[0], dict) else enumerate(modules)
        for name, module in named:
            self.add_module(str(name), module)

    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(dict(list(self._modules.items())[index]))
        return list(self._modules.values())[index]


class ModuleList(_Listed):
    """A list whose modules are parts of the network."""

    def __init__(self, modules=()):
        super().__init__()
        self.extend(modules)

    def extend(self, modules):
        for module in modules:
            self.append(module)
        return self

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return list(self)[index]


class Linear(Module):
    """input weight^T + bias: (..., in_features) -> (..., out_features). Weight and bias start uniform in
    +-1 / sqrt(in_features), as PyTorch's do."""

    def __init__(self, in_features, out_features, bias=True, dtype=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        weight, offset = _core.linear_parameters(in_features, out_features, bias, dtype or _core.dtype.float32)
        self.weight = Parameter(weight)
        self.register_parameter("bias", Parameter(offset) if bias else None)

    def forward(self, input):
        return _core.linear(input, self.weight, self.bias)

    def extra_repr(self):
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Dropout(Module):
    """In training each element is 0 with probability p, otherwise divided by 1 - p; in evaluation nothing happens."""

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"[Dropout] p is {p}, expected a number in [0, 1]")
        self.p, self.inplace = p, inplace

    def forward(self, input):
        if not self.training or self.p == 0:
            return input
        output = _core.dropout(input, self.p, _core.fresh_seed())
        return _core.replace(input, output) if self.inplace else output

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"


class Flatten(Module):
    """Dimensions start_dim to end_dim as one."""

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"

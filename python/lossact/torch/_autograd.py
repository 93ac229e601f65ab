"""Calls on tensors of PyTorch that require a gradient: recorded in its graph, by torch.autograd.Function."""

import torch

from lossact import _core

_FUNCTIONS = {function.__name__: function for function in _core.functions}
# By direction and function: what the graph calls going backward.
_BY_DIRECTION = {(function.function, function.direction): function for function in _core.functions}
_DRAWS = {described["name"] for described in _core.registry if described["operand"] == "uniform"}
_DIFFERENTIABLE = ("input", "weight", "target")


def _detached(value):
    return value.detach() if isinstance(value, torch.Tensor) else value


class _Recorded(torch.autograd.Function):
    """One call: forward computes it on the tensors' data, backward calls NAME_backward."""

    @staticmethod
    def forward(ctx, function, arguments, names, *tensors):
        values = dict(arguments, **{name: tensor.detach() for name, tensor in zip(names, tensors)})
        ctx.function, ctx.names = function, names
        rest = set(values) - {*names, "inplace", "out"}
        ctx.rest = {name: value for name, value in values.items() if name in rest}
        if values.get("inplace"):
            ctx.mark_dirty(tensors[names.index("input")])
            # The copy stands for what was written over: it requires a gradient so that a second derivative raises.
            kept = [tensor.detach().clone().requires_grad_() if name == "input" else tensor.detach()
                    for name, tensor in zip(names, tensors)]
            ctx.save_for_backward(*kept)
            function(**values)
            return tensors[names.index("input")]
        ctx.save_for_backward(*tensors)
        return function(**values)

    @staticmethod
    def backward(ctx, grad_output):
        needed = dict(zip(ctx.names, ctx.needs_input_grad[3:]))
        gradients = _Gradients.apply(ctx.function, ctx.rest, ctx.names, needed, grad_output, *ctx.saved_tensors)
        return (None, None, None, *gradients)


class _Gradients(torch.autograd.Function):
    """NAME_backward, recorded where PyTorch records: a second derivative then raises, and is not missing silently."""

    @staticmethod
    def forward(ctx, function, rest, names, needed, grad_output, *tensors):
        ctx.name = function.__name__
        values = dict(rest, **{name: tensor.detach() for name, tensor in zip(names, tensors)})
        grad_output = grad_output.detach()
        gradients = dict.fromkeys(names)
        backward = _BY_DIRECTION[function.function, "backward"]
        if function.family == "row_activation" or function.family == "activation":
            grad_output = grad_output.to(values["input"].dtype)
        if "weight" in needed and function.family == "activation":
            gradients["input"], gradients["weight"] = backward(grad_output, **values)
        elif needed["input"]:
            gradients["input"] = backward(grad_output, **values)
        if needed.get("target"):
            in_target = _BY_DIRECTION[function.function, "backward_target"]
            gradients["target"] = in_target(grad_output, **values)
        return tuple(gradients[name] if needed[name] else None for name in names)

    @staticmethod
    def backward(ctx, *_):
        raise RuntimeError(f"[{ctx.name}] second derivatives are not to be had")


def record(function, arguments):
    """The result of `function`, called with the arguments by name, of which a tensor requires a gradient."""
    if not torch.is_grad_enabled():
        return function(**{name: _detached(value) for name, value in arguments.items()})
    if function.direction != "forward":
        raise ValueError(
            f"[{function.__name__}] an argument requires a gradient, and second derivatives are not to be had: "
            "detach() it"
        )
    if arguments.get("out") is not None:
        raise ValueError(f"[{function.__name__}] out has no place in a graph: an argument requires a gradient")
    learned = function.family == "activation"
    for name, value in arguments.items():
        if getattr(value, "requires_grad", False) and (
            name not in _DIFFERENTIABLE or (name == "weight" and not learned)
        ):
            raise ValueError(f"[{function.__name__}] {name} requires a gradient, which it does not have: detach() it")
    names = tuple(
        name
        for name in _DIFFERENTIABLE
        if isinstance(arguments.get(name), torch.Tensor) and (name != "weight" or learned)
    )
    if names[:1] != ("input",):
        raise TypeError(
            f"[{function.__name__}] input is no tensor of PyTorch, but another argument is one that requires a gradient"
        )
    arguments = dict(arguments)
    dtype = arguments.pop("dtype", None)
    if dtype is not None:
        arguments["input"] = arguments["input"].to(dtype)
    if function.function in _DRAWS and arguments.get("seed") is None:
        arguments["seed"] = _core.fresh_seed()
    tensors = [arguments.pop(name) for name in names]
    return _Recorded.apply(function, arguments, names, *tensors)

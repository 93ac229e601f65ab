"""Calls on tensors of PyTorch that need more than their memory: what the extension module hands over.

PyTorch keeps outside of the memory who traces, transforms or casts a call, what of it has a gradient, and how often a
tensor was changed. Each is honoured here, or refused by name.
"""

import torch
from torch._C import (
    _are_functorch_transforms_active,
    _get_tracing_state,
    _is_any_autocast_enabled,
    _len_torch_dispatch_stack,
    _len_torch_function_stack,
)
from torch._C._functorch import TransformType, peek_interpreter_stack
from torch.autograd import forward_ad
from torch.autograd.graph import increment_version
from torch.overrides import handle_torch_function, has_torch_function

from lossact.torch import _autograd
from lossact.torch._eager import eager
from lossact.torch._operators import OPERATORS, is_traced


@eager
def ordinary():
    """Whether PyTorch only computes: it neither traces, transforms nor casts, and no mode is on."""
    return not (
        _len_torch_dispatch_stack()
        or _len_torch_function_stack()
        or _are_functorch_transforms_active()
        or _get_tracing_state() is not None
        or forward_ad._current_level >= 0
        or _is_any_autocast_enabled()
    )


def _functionalizes():
    """Whether the innermost transform is torch.func.functionalize, which asks for an operator."""
    return peek_interpreter_stack().key() == TransformType.Functionalize


@eager
def dispatch(function, arguments):
    """The result of `function`, called with the arguments by name, of which some are of PyTorch."""
    overriding = [value for value in arguments.values() if hasattr(type(value), "__torch_function__")]
    if has_torch_function(overriding):
        required = [name for name, default, _ in function.arguments if default is None]
        options = {name: value for name, value in arguments.items() if name not in required}
        return handle_torch_function(function, overriding, *(arguments[name] for name in required), **options)
    if function not in OPERATORS:
        return _distributions(function, arguments)
    return _dispatch(OPERATORS[function], arguments)


def _dispatch(operator, arguments):
    function, name = operator.function, operator.name
    transformed = _are_functorch_transforms_active() and not _functionalizes()
    traced = not transformed and is_traced(arguments)
    recorded = torch.is_grad_enabled() and _autograd.requires_gradient(arguments)
    out = arguments.get("out")
    if arguments.get("inplace") and out is None:
        input = arguments[operator.first]
        _check_inference(name, operator.first, input)
        if transformed or traced or recorded:
            return operator.in_place(arguments, lambda given: _dispatch(operator, given))
        out = input
    elif out is not None:
        _check_out(operator, arguments, transformed or traced, recorded)
    if not transformed:
        _autograd.refuse_tangents(name, arguments.values())
    arguments = operator.prepared(arguments, as_number=not (transformed or traced))
    if transformed:
        return _autograd.transform(operator, arguments)
    if traced:
        return operator(arguments)
    if recorded:
        return _autograd.record(operator, arguments)
    result = operator.compute(arguments)
    if isinstance(out, torch.Tensor):
        increment_version(out)
    return result


def _check_out(operator, arguments, traced, recorded):
    """Refuses `out` where PyTorch could not know that it was written to."""
    out, said_by = arguments["out"], f"[{operator.name}] out"
    if getattr(out, "requires_grad", False):
        raise ValueError(f"{said_by} requires a gradient, and would be overwritten behind its graph's back")
    if recorded:
        if operator.direction != "forward":
            _autograd.refuse_second_derivatives(operator.name)
        raise ValueError(f"{said_by} has no place in a graph: an argument requires a gradient")
    if traced:
        raise RuntimeError(f"{said_by} is not taken where PyTorch traces or transforms: use the result")
    _check_inference(operator.name, "out", out)


def _check_inference(name, what, written):
    """Refuses to write where PyTorch refuses, which it does once it has written."""
    if isinstance(written, torch.Tensor) and written.is_inference() and not torch.is_inference_mode_enabled():
        raise RuntimeError(f"[{name}] {what} was made in inference mode, and is written to outside of it: clone() it")


def _distributions(function, arguments):
    name = function.__name__
    _autograd.refuse_tangents(name, arguments.values())
    if _are_functorch_transforms_active() or _len_torch_dispatch_stack() or _get_tracing_state() is not None:
        raise RuntimeError(
            f"[{name}] functions of distributions are not recorded where PyTorch traces or transforms: call it outside"
        )
    return function.compute(**arguments)


def in_graph(operator, arguments):
    """The same where torch.compile or torch.export reads the call."""
    if arguments.get("out") is not None:
        raise RuntimeError(f"[{operator.name}] out is not taken where PyTorch traces or transforms: use the result")
    if arguments.get("inplace"):
        return operator.in_place(arguments, lambda given: in_graph(operator, given))
    return operator(operator.prepared(arguments))

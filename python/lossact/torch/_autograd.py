"""Gradients of calls on tensors of PyTorch: in its graph, by torch.autograd.Function, and in torch.func."""

import torch
from torch._C import _are_functorch_transforms_active, _AutoDispatchBelowAutograd, _dispatch_keys, _parse_dispatch_key
from torch.autograd import forward_ad

from lossact.torch._eager import eager
from lossact.torch._operators import BACKWARD, BESIDE, LIBRARY, OPERATORS, compute, operate

_BATCHED = _parse_dispatch_key("Batched")


def refuse_second_derivatives(name):
    raise ValueError(
        f"[{name}] an argument requires a gradient, and second derivatives are not to be had: detach() it"
    )


def refuse_forward_mode(name):
    raise NotImplementedError(
        f"[{name}] forward-mode derivatives (jvp, jacfwd, dual tensors) are not to be had: use backward(), "
        "torch.func.grad, vjp or jacrev"
    )


def refuse_tangents(name, values):
    """Forward-mode derivatives would be missing silently."""
    if forward_ad._current_level >= 0:
        for value in values:
            if isinstance(value, torch.Tensor) and forward_ad.unpack_dual(value).tangent is not None:
                refuse_forward_mode(name)


def requires_gradient(arguments):
    for value in arguments.values():
        if getattr(value, "requires_grad", False):
            return True
    return False


class _Call:
    """A function with all its arguments but tensors, which it is called with in the order of `names`."""

    def __init__(self, operator, arguments, run=None):
        self.operator, self.name, self.run = operator, operator.name, run or compute
        self.names, self.options = [], {}
        for name, value in arguments.items():
            if isinstance(value, torch.Tensor):
                self.names.append(name)
            elif name not in BESIDE:
                self.options[name] = value

    def __call__(self, *tensors):
        return self.run(self.operator.function, {**self.options, **dict(zip(self.names, tensors))})

    def kept(self, tensors, output):
        """The tensors that the gradient needs: the output in the input's place, where it follows from that."""
        return (output, *tensors[1:]) if self.operator.output_form else tensors

    def batched(self, dims):
        """Whether it can be called on a whole batch at once: no element knows of another."""
        operator = self.operator
        return not operator.is_loss and not operator.by_rows and self.names == [operator.first]


class _Gradients:
    """What a call asks for going backward: the gradients in those of its tensors that need one."""

    def __init__(self, call, needed, run=compute):
        self.call, self.name, self.run = call, call.name, run
        self.needed = [name for name, wanted in zip(call.names, needed) if wanted]
        for name in self.needed:
            if name not in call.operator.differentiable:
                raise ValueError(f"[{call.name}] {name} requires a gradient, which it does not have: detach() it")

    def __call__(self, grad_output, *tensors):
        call, operator = self.call, self.call.operator
        form = operator.output_form
        first, *others = call.names
        values = {**call.options, form.first if form else first: tensors[0], **dict(zip(others, tensors[1:]))}
        if not operator.is_loss and grad_output.dtype != tensors[0].dtype:
            grad_output = grad_output.to(tensors[0].dtype)
        found = {}
        for backward in [form] if form else BACKWARD[operator.function.function]:
            if not set(backward.gradients).isdisjoint(self.needed):
                result = self.run(backward.function, {"grad_output": grad_output, **values})
                found.update(zip(backward.gradients, result if isinstance(result, tuple) else (result,)))
        return tuple(found[name] for name in self.needed)

    def batched(self, dims):
        return self.call.batched(dims)


@eager
def _backward(ctx, grad_output):
    """The gradients of a recorded call, recorded themselves where PyTorch records going backward."""
    needed = ctx.needs_input_grad[1:]
    batched = _dispatch_keys(grad_output).has(_BATCHED)  # is_grads_batched, which knows operators alone
    gradients = _Gradients(ctx.call, needed, operate if batched else compute)
    if _are_functorch_transforms_active():
        found = _TransformedLast.apply(gradients, grad_output, *ctx.saved_tensors)
    elif torch.is_grad_enabled():
        found = _Last.apply(gradients, grad_output, *ctx.saved_tensors)
    else:
        found = gradients(grad_output, *ctx.saved_tensors)
    found = iter(found)
    return (None, *(next(found) if wanted else None for wanted in needed))


class _Last(torch.autograd.Function):
    """Gradients, recorded where PyTorch records: a second derivative then raises, and is not missing silently."""

    @staticmethod
    @eager
    def forward(ctx, call, *tensors):
        ctx.name = call.name
        return call(*tensors)

    @staticmethod
    @eager
    def backward(ctx, *_):
        raise RuntimeError(f"[{ctx.name}] second derivatives are not to be had")

    @staticmethod
    @eager
    def jvp(ctx, *_):
        refuse_forward_mode(ctx.name)


class _Recorded(torch.autograd.Function):
    """One call in PyTorch's graph."""

    @staticmethod
    @eager
    def forward(ctx, call, *tensors):
        ctx.call, ctx.name = call, call.name
        output = call(*tensors)
        ctx.save_for_backward(*call.kept(tensors, output))
        return output

    backward = staticmethod(_backward)

    @staticmethod
    @eager
    def jvp(ctx, *_):
        refuse_forward_mode(ctx.name)


def _one_by_one(apply, info, dims, call, tensors):
    """The rule of a batch: as a whole where no element knows of another, and otherwise example by example."""
    if call.batched(dims):
        whole = [tensor if dim is None else tensor.movedim(dim, 0) for tensor, dim in zip(tensors, dims)]
        size = next(tensor.shape for tensor, dim in zip(whole, dims) if dim is not None)
        whole = [tensor if dim is not None else tensor.expand(size) for tensor, dim in zip(whole, dims)]
        result = apply(call, *whole)
        return result, tuple(0 for _ in result) if isinstance(result, tuple) else 0
    results = [
        apply(call, *(tensor if dim is None else tensor.select(dim, i) for tensor, dim in zip(tensors, dims)))
        for i in range(info.batch_size)
    ]
    if not results:
        raise ValueError(f"[{call.name}] a batch of no examples has no results")
    if isinstance(results[0], tuple):
        return tuple(torch.stack(parts) for parts in zip(*results)), tuple(0 for _ in results[0])
    return torch.stack(results), 0


# torch.func asks for functions of another form, which take longer to call.


class _TransformedLast(torch.autograd.Function):
    """Gradients under the transforms of torch.func."""

    @staticmethod
    @eager
    def forward(call, *tensors):
        return call(*tensors)

    @staticmethod
    @eager
    def setup_context(ctx, inputs, output):
        ctx.name = inputs[0].name

    backward = staticmethod(_Last.backward)
    jvp = staticmethod(_Last.jvp)

    @staticmethod
    @eager
    def vmap(info, in_dims, call, *tensors):
        return _one_by_one(_TransformedLast.apply, info, in_dims[1:], call, tensors)


class _Transformed(torch.autograd.Function):
    """One call under the transforms of torch.func."""

    @staticmethod
    @eager
    def forward(call, *tensors):
        return call(*tensors)

    @staticmethod
    @eager
    def setup_context(ctx, inputs, output):
        ctx.call, ctx.name = inputs[0], inputs[0].name
        ctx.save_for_backward(*inputs[0].kept(inputs[1:], output))

    backward = staticmethod(_backward)

    jvp = staticmethod(_Recorded.jvp)

    @staticmethod
    @eager
    def vmap(info, in_dims, call, *tensors):
        return _one_by_one(_Transformed.apply, info, in_dims[1:], call, tensors)


def _check(operator, arguments):
    """Refuses a gradient that is not to be had."""
    for name, value in arguments.items():
        if getattr(value, "requires_grad", False):
            if operator.direction != "forward":
                refuse_second_derivatives(operator.name)
            if name not in operator.differentiable:
                raise ValueError(f"[{operator.name}] {name} requires a gradient, which it does not have: detach() it")
    if not isinstance(arguments[operator.first], torch.Tensor):
        raise TypeError(
            f"[{operator.name}] {operator.first} is no tensor of PyTorch, but another argument is one that requires a gradient"
        )


def record(operator, arguments):
    """The result of a call, of which a tensor requires a gradient, in PyTorch's graph."""
    _check(operator, arguments)
    call = _Call(operator, arguments)
    return _Recorded.apply(call, *(arguments[name] for name in call.names))


def transform(operator, arguments):
    """The result of a call under the transforms of torch.func."""
    if operator.direction != "forward":
        call = _Call(operator, arguments)
        return _TransformedLast.apply(call, *(arguments[name] for name in call.names))
    _check(operator, arguments)
    call = _Call(operator, arguments)
    return _Transformed.apply(call, *(arguments[name] for name in call.names))


def _below(function, arguments):
    """An operator's result under the graph that records it."""
    with _AutoDispatchBelowAutograd():
        return operate(function, arguments)


def _register(operator):
    """What the operator itself does in a graph and in a batch, when a tracer calls it again."""

    @eager
    def kernel(keyset, *values):
        refuse_tangents(operator.name, values)
        arguments = operator.seeded(operator.by_name(values))
        call = _Call(operator, arguments, _below)
        tensors = [arguments[name] for name in call.names]
        if not torch.is_grad_enabled() or not any(tensor.requires_grad for tensor in tensors):
            return call(*tensors)
        if _are_functorch_transforms_active():
            raise NotImplementedError(
                f"[{operator.name}] torch.func's gradients are not to be had of what was traced: "
                "call torch.compile within grad, vjp or jacrev, and not around them"
            )
        if operator.direction != "forward":
            return _Last.apply(call, *tensors)
        _check(operator, arguments)
        return _Recorded.apply(call, *tensors)

    @eager
    def batch(info, in_dims, *values):
        arguments = operator.by_name(values)
        call = _Call(operator, arguments)
        dims = dict(zip(operator.names, in_dims))
        return _one_by_one(
            lambda call, *tensors: call(*tensors), info, [dims[name] for name in call.names], call,
            [arguments[name] for name in call.names],
        )

    LIBRARY.impl(operator.name, kernel, "Autograd", with_keyset=True)
    torch.library.register_vmap(f"lossact::{operator.name}", batch, lib=LIBRARY)


for _operator in OPERATORS.values():
    _register(_operator)

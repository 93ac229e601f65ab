"""Under PyTorch's tracers and transforms a call gives what it gives otherwise, or is refused by name."""

import io
import warnings

import numpy as np
import pytest
from registry import BY_NAME, FUNCTIONS, arguments, by_name, draws, extra, kind, learned, result_shape

from lossact import information

torch = pytest.importorskip("torch", reason="PyTorch is not installed: its tracers and transforms were left out")
from torch._subclasses import FakeTensorMode
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode

import lossact.torch.nn as nn
import lossact.torch.nn.functional as F
from lossact.torch._names import module_name
from lossact.torch._operators import OPERATORS

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
IN_PLACE = [f for f in FUNCTIONS if "inplace" in [name for name, _, _ in f.arguments]]
DRAWS = [f for f in FUNCTIONS if draws(f)]
pytestmark = pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")


def tensors(function, seed=0, element="float32"):
    return [torch.from_numpy(np.asarray(a)) for a in arguments(BY_NAME[function.function], (4, 3), element, seed)]


def module_tensors(function):
    """What its module is called with: a learned weight is the module's own."""
    given = tensors(function)
    return given[:1] if learned(function) else given


def call_of(function, **options):
    """The function that users call, with the options without which it warns."""
    options = {**extra(function), **options}
    return lambda *given: getattr(F, function.__name__)(*given, **options)


def with_gradient(call, given):
    """What a call gives, and its gradient in the first argument."""
    x = given[0].detach().clone().requires_grad_()
    y = call(x, *given[1:])
    y.backward(torch.ones_like(y))
    return y.detach(), x.grad


def same(found, wanted):
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype and torch.equal(a, b)


# Tracers


@every_function
def test_torch_compile_reads_the_call_whole(function):
    torch._dynamo.reset()
    compiled = torch.compile(call_of(function), backend="aot_eager", fullgraph=True)
    for seed in (1, 2):
        given = tensors(function, seed)
        same(with_gradient(compiled, given), with_gradient(call_of(function), given))


def test_torch_compile_in_pieces():
    """lossact.functional itself is not read, but called."""
    torch._dynamo.reset()
    functions = [f for f in FUNCTIONS if kind(f) == "activation" and not learned(f)]

    def network(x):
        for function in functions:
            x = function(x) * 2
        return x

    x = torch.linspace(-2, 2, 7)
    same(with_gradient(torch.compile(network, backend="aot_eager"), [x]), with_gradient(network, [x]))


def test_torch_compile_refuses_what_the_call_refuses():
    name = FUNCTIONS[0].__name__
    call, x = getattr(F, name), torch.ones(3)
    for wrong in (lambda: call(x, wrong=1), lambda: call(x, input=x), lambda: call(*[x] * 20)):
        torch._dynamo.reset()
        with pytest.raises((TypeError, RuntimeError, torch._dynamo.exc.Unsupported)):
            torch.compile(wrong, backend="aot_eager")()
    assert x.tolist() == [1, 1, 1]


@every_function
def test_torch_export(function):
    made = getattr(nn, module_name(function))(**extra(function)).eval()
    given = module_tensors(function)
    file = io.BytesIO()
    torch.export.save(torch.export.export(made, tuple(given)), file)
    file.seek(0)
    loaded = torch.export.load(file).module()
    other = tensors(function, 3)[: len(given)]
    same(with_gradient(loaded, other), with_gradient(made, other))


@every_function
def test_torch_jit_trace(function):
    made = getattr(nn, module_name(function))(**extra(function)).eval()
    given = module_tensors(function)
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(made, tuple(given)), file)
    file.seek(0)
    loaded = torch.jit.load(file)
    other = tensors(function, 3)[: len(given)]
    same(with_gradient(loaded, other), with_gradient(made, other))


@every_function
def test_torch_jit_script(function):
    made = getattr(nn, module_name(function))(**extra(function)).eval()
    given = module_tensors(function)
    same(with_gradient(torch.jit.script(made), given), with_gradient(made, given))


@every_function
@pytest.mark.parametrize("mode", ["real", "fake", "symbolic"])
def test_make_fx(function, mode):
    def call(*given):
        return with_gradient(call_of(function), given)

    graph = make_fx(call, tracing_mode=mode)(*tensors(function))
    other = tensors(function, 3)
    same(graph(*other), call(*other))


@every_function
def test_fx_records_a_call_and_writes_it_down(function):
    class Calls(torch.nn.Module):
        def forward(self, first, second, third):
            return call_of(function)(*(first, second, third)[: len(tensors(function))]) * 2

    graph = torch.fx.symbolic_trace(Calls())
    assert f"lossact_functional_{function.__name__}(" in graph.code
    given = (*tensors(function), None, None)[:3]
    same([graph(*given)], [Calls()(*given)])


@every_function
def test_fake_tensors_have_shapes_and_no_numbers(function):
    for options in [{}, {"reduction": "none"}] if kind(function).endswith("_loss") else [{}]:
        for element in ("float32", "float64", "bfloat16"):
            given = [t.to(getattr(torch, element)) if t.is_floating_point() else t for t in tensors(function)]
            real = call_of(function, **options)(*given)
            with FakeTensorMode() as mode:
                fake = call_of(function, **options)(*(mode.from_tensor(t) for t in given))
            assert type(fake).__name__ == "FakeTensor"
            assert (fake.shape, fake.dtype, fake.stride()) == (real.shape, real.dtype, real.stride())


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
@pytest.mark.filterwarnings("ignore")
def test_operators_are_what_pytorch_asks_of_one(operator):
    function = operator.function
    given = tensors(function)
    if operator.direction == "backward_target" and kind(function) == "row_loss":
        given[1] = torch.softmax(given[0], 1)
    if operator.direction == "forward":
        given = [t.requires_grad_() if t.is_floating_point() and name in operator.differentiable else t
                 for t, name in zip(given, operator.names)]
    elif operator.direction != "with_gradient":
        given.insert(0, torch.tensor(1.5) if operator.is_loss else torch.ones(result_shape(function, given[0]), dtype=given[0].dtype))
    options = [extra(function).get(name) for name in operator.names[len(given) :]]
    torch.library.opcheck(operator.overload, (*given, *options))


def test_modes_see_operators():
    seen = []

    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
            seen.append(str(operator))
            return operator(*args, **(kwargs or {}))

    for function in FUNCTIONS:
        with Mode():
            call_of(function)(*tensors(function))
        assert f"lossact.{function.__name__}.default" in seen


# Transforms


@every_function
@pytest.mark.parametrize("place", [0, 1])
def test_vmap(function, place):
    examples = [tensors(function, seed) for seed in range(3)]
    batch = [torch.stack(parts, place) for parts in zip(*examples)]
    call = call_of(function)
    same(torch.func.vmap(call, in_dims=place)(*batch), [call(*given) for given in examples])
    if len(batch) == 2:
        found = torch.func.vmap(call, in_dims=(place, None))(batch[0], examples[0][1])
        same(found, [call(given[0], examples[0][1]) for given in examples])


@every_function
def test_gradients_by_torch_func(function):
    call, given = call_of(function), tensors(function, 1, "float64")
    wanted = with_gradient(call, given)[1]
    total = lambda *given: call(*given).sum()
    same([torch.func.grad(total)(*given)], [wanted])
    y, backward = torch.func.vjp(lambda x: call(x, *given[1:]), given[0])
    same(backward(torch.ones_like(y)), [wanted])
    jacobian = torch.autograd.functional.jacobian(lambda x: call(x, *given[1:]), given[0])
    same([torch.func.jacrev(call)(*given)], [jacobian])
    of_first = lambda x: call(x, *given[1:])
    same([torch.autograd.functional.jacobian(of_first, given[0], vectorize=True)], [jacobian])
    examples = [tensors(function, seed) for seed in range(3)]
    batch = [torch.stack(parts) for parts in zip(*examples)]
    found = torch.func.vmap(torch.func.grad(total))(*batch)
    same(found, [with_gradient(call, example)[1] for example in examples])
    same([torch.func.grad(lambda *b: torch.func.vmap(total)(*b).sum())(*batch)], [found])


@every_function
def test_functionalize(function):
    same([torch.func.functionalize(call_of(function))(*tensors(function))], [call_of(function)(*tensors(function))])


@pytest.mark.parametrize("function", IN_PLACE, ids=by_name)
def test_what_is_written_over_while_traced(function):
    def call(x):
        y = x * 2
        call_of(function, inplace=True)(y)
        return y + 1

    x = torch.linspace(-2, 2, 8).reshape(4, 2)
    torch._dynamo.reset()
    for traced in (make_fx(call)(x), torch.compile(call, backend="aot_eager", fullgraph=True), torch.func.vmap(call),
                   torch.jit.trace(call, x), torch.func.functionalize(call)):
        same([traced(x)], [call(x)])


@every_function
def test_forward_mode_is_refused_by_name(function):
    call, (x, *rest) = call_of(function), tensors(function)
    refused = pytest.raises(NotImplementedError, match=rf"\[{function.__name__}\] forward-mode")
    with forward_ad.dual_level():
        for requires_grad in (False, True):
            dual = forward_ad.make_dual(x.clone().requires_grad_(requires_grad), torch.ones_like(x))
            with refused:
                call(dual, *rest)
            with torch.no_grad(), refused:
                call(dual, *rest)
        call(x, *rest)
    with refused:
        torch.func.jvp(lambda x: call(x, *rest), (x,), (x,))
    with refused:
        torch.func.jacfwd(lambda x: call(x, *rest))(x)
    with refused:
        torch.func.hessian(lambda x: call(x, *rest).sum())(x)


@every_function
def test_second_derivatives_are_refused_by_name(function):
    call, (x, *rest) = call_of(function), tensors(function)
    first = torch.func.grad(lambda x: call(x, *rest).sum())
    with pytest.raises(RuntimeError, match=r"\] second derivatives"):
        torch.func.grad(lambda x: first(x).sum())(x)


def test_gradients_around_what_is_compiled():
    x = torch.linspace(-2, 2, 6).reshape(2, 3)
    function = next(f for f in FUNCTIONS if kind(f) == "activation" and not learned(f))
    call = call_of(function)
    gradient = torch.func.grad(lambda x: call(x).sum())
    torch._dynamo.reset()
    same([torch.compile(gradient, backend="aot_eager")(x)], [gradient(x)])
    compiled = torch.compile(call, backend="aot_eager")
    same([torch.func.grad(lambda x: compiled(x).sum())(x)], [gradient(x)])
    same([torch.compile(torch.func.vmap(call), backend="aot_eager", fullgraph=True)(x)], [call(x)])
    with pytest.raises(NotImplementedError, match="forward-mode"):
        torch.compile(lambda x: torch.func.jvp(call, (x,), (x,)), backend="aot_eager")(x)


@pytest.mark.parametrize("function", DRAWS, ids=by_name)
def test_random_numbers_of_what_is_traced_are_drawn_anew(function):
    x = -torch.ones(50)
    call = call_of(function, training=True)

    def seeded(f):
        torch.manual_seed(1)
        return f(x)

    torch._dynamo.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # traces differ, as they should
        traced = [make_fx(call)(x), torch.compile(call, backend="aot_eager", fullgraph=True), torch.jit.trace(call, x)]
    for f in traced:
        assert torch.equal(seeded(f), seeded(call)) and not torch.equal(f(x), f(x))
        y, slope = with_gradient(f, [x])
        assert torch.equal(y, -slope)
    batch = x.expand(2, 50)
    with pytest.raises(RuntimeError, match="randomness"):
        torch.func.vmap(call)(batch)
    for randomness in ("same", "different"):
        first, second = torch.func.vmap(call, randomness=randomness)(batch)
        assert torch.equal(first, second) == (randomness == "same")


# Tensors of other classes


class Named(torch.Tensor):
    """A subclass that says what it was asked for."""

    asked = []

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        cls.asked.append(function)
        return super().__torch_function__(function, types, args, kwargs or {})


@every_function
def test_subclasses_are_asked(function):
    given = tensors(function)
    result = call_of(function)(given[0].as_subclass(Named), *given[1:])
    assert type(result) is Named and function in Named.asked
    same([result.as_subclass(torch.Tensor)], [call_of(function)(*given)])


@pytest.mark.parametrize("name", information.__all__)
def test_functions_of_distributions_are_refused_by_name(name):
    function = getattr(information, name)
    count = sum(default is None for _, default, _ in function.arguments)
    given = [torch.tensor([0.5, 0.5])] * count
    for traced in (lambda: make_fx(function)(*given), lambda: torch.jit.trace(function, tuple(given)),
                   lambda: torch.func.vmap(function)(*(t.expand(2, 2) for t in given))):
        with pytest.raises(RuntimeError, match=rf"\[{name}\]"):
            traced()
    with forward_ad.dual_level(), pytest.raises(NotImplementedError, match=rf"\[{name}\]"):
        function(*(forward_ad.make_dual(t, t) for t in given))

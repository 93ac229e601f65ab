"""What PyTorch keeps beside a tensor's numbers: how often they were changed, whether they may be, autocast, the state
of random numbers."""

import ctypes
import inspect
import itertools
import subprocess
import sys

import numpy as np
import pytest
from registry import BY_NAME, DESCRIBED, FUNCTIONS, PEERED, arguments, backward_arguments, by_name, draws, extra, kind, learned, takes_probabilities

import lossact.functional as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: what it keeps beside the numbers was left out")
from torch.utils.checkpoint import checkpoint

import lossact.torch.nn as nn
from lossact.torch._names import module_name

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
EVERY_DIRECTION = [BY_NAME[name] for name in sorted(BY_NAME)]
IN_PLACE = [f for f in FUNCTIONS if "inplace" in inspect.signature(f).parameters]
DRAWS = [f for f in FUNCTIONS if draws(f)]


def tensors(function, element=torch.float32):
    forward = BY_NAME[function.function]
    made = [torch.from_numpy(np.asarray(a)) for a in arguments(forward, (4, 3))]
    return [t.to(element) if t.is_floating_point() else t for t in made]


def all_arguments(function):
    given = tensors(function)
    if function.direction == "backward_target" and kind(function) == "row_loss":
        given[1] = torch.softmax(given[0], 1)
    if function.direction.startswith("backward"):
        dy = backward_arguments(BY_NAME[function.function], [t.numpy() for t in given])[0]
        given.insert(0, torch.as_tensor(dy))
    return given


# Changes are counted


@pytest.mark.parametrize("function", EVERY_DIRECTION, ids=by_name)
def test_out_is_changed_in_the_eyes_of_its_graph(function):
    given = all_arguments(function)
    result = function(*given, **extra(function))
    out = torch.ones_like(result[-1] if isinstance(result, tuple) and not learned(function) else
                          result[0] if isinstance(result, tuple) else result)
    x = torch.ones_like(out, requires_grad=True)
    loss = (x * out).sum()
    version = out._version
    function(*given, **extra(function), out=out)
    assert out._version > version
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("function", [f for f in EVERY_DIRECTION if f.direction == "with_gradient"], ids=by_name)
def test_the_callers_rounding_does_not_change_what_is_counted(function):
    given = [t.bfloat16() if t.is_floating_point() else t for t in all_arguments(function)]
    expected = [t.clone() for t in function(*given)]
    c, out = ctypes.CDLL(None), torch.empty_like(expected[1])
    for mode in (0x400, 0x800, 0xC00):  # FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO of x86
        assert c.fesetround(mode) == 0
        try:
            loss, gradient = function(*given, out=out)
        finally:
            c.fesetround(0)
        assert torch.equal(loss, expected[0]) and torch.equal(gradient, expected[1])


@pytest.mark.parametrize("function", IN_PLACE, ids=by_name)
def test_what_is_written_over_is_changed_in_the_eyes_of_its_graph(function):
    for view in (lambda w: w, lambda w: w.detach(), lambda w: w[1:]):
        w, x = -torch.ones(3), torch.ones(3, requires_grad=True)
        loss = (x * w).sum()
        function(view(w), inplace=True)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()
    a = torch.randn(5, requires_grad=True)
    b = a.exp()  # keeps its result
    function(b, inplace=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        b.sum().backward()


@every_function
def test_what_a_gradient_needs_may_not_change_before_it(function):
    weights = {"weight": torch.rand(3)} if kind(function) == "row_loss" else {}
    for changed in range(len(tensors(function)) + len(weights)):
        given = tensors(function)
        x = given[0] = given[0].requires_grad_()
        y = function(*given, **extra(function), **weights)
        # The gradient of a function of rows may need the output, and not the input.
        first = y if function.__name__ + "_backward_from_output" in BY_NAME else x
        with torch.no_grad():
            [first, *given[1:], *weights.values()][changed].mul_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()
        assert x.grad is None


@pytest.mark.parametrize("function", IN_PLACE, ids=by_name)
def test_a_refusal_comes_before_the_change(function):
    leaf = torch.tensor([-1.0, -2.0], requires_grad=True)
    for x in (leaf, leaf[:1], leaf.unbind()[0], leaf.expand(2, 2)):
        with pytest.raises(RuntimeError):
            function(x, inplace=True)
    assert leaf.tolist() == [-1, -2]
    with torch.no_grad():
        function(leaf, inplace=True)
    assert leaf.tolist() == function(torch.tensor([-1.0, -2.0])).tolist()


@pytest.mark.parametrize("function", IN_PLACE, ids=by_name)
def test_gradients_through_what_is_written_over(function):
    a = torch.tensor([[-1.0, 2.0], [3.0, -4.0]], dtype=torch.float64, requires_grad=True)

    def whole(x):
        return function(x * 2, inplace=True)

    def part(x):
        y = x * 2
        function(y[0], inplace=True)
        return y

    for call, wanted in ((whole, lambda x: function(x * 2)), (part, lambda x: torch.stack([function(x[0] * 2), x[1] * 2]))):
        assert torch.equal(call(a), wanted(a))
        assert torch.equal(*(torch.autograd.grad((f(a) * a.detach()).sum(), a)[0] for f in (call, wanted)))


@every_function
def test_inference_mode(function):
    with torch.inference_mode():
        given = tensors(function)
        y = function(*given, **extra(function))
        assert y.is_inference() and function(*given, **extra(function), out=torch.empty_like(y)).equal(y)
    before = y.clone()
    with pytest.raises(RuntimeError, match="inference"):
        function(*tensors(function), **extra(function), out=y)
    if function in IN_PLACE:
        with pytest.raises(RuntimeError, match="(?i)inference"):
            function(y, inplace=True)
    assert torch.equal(y, before)


def test_first_calls_of_many_threads():
    """Importing what PyTorch's tensors need lets other threads run."""
    script = """if True:
        import threading, torch, lossact.functional as F
        start, results = threading.Barrier(8), []
        def work(i):
            x = torch.ones(3, requires_grad=i % 2 == 0)
            start.wait()
            results.append(F.mish(x) if i % 4 else F.mish(torch.ones(3), out=torch.empty(3)))
        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(results) == 8
    """
    subprocess.run([sys.executable, "-c", script], check=True, timeout=100)


# Autocast


@pytest.mark.parametrize("function", PEERED, ids=by_name)
@pytest.mark.filterwarnings("ignore:reduction")  # the mean of a loss whose sum over a row is meant
@pytest.mark.parametrize("lower", [torch.bfloat16, torch.float16], ids=str)
def test_autocast_casts_as_pytorchs(function, lower):
    types = [torch.float32, lower, torch.float64]
    for chosen in itertools.product(types, repeat=sum(t.is_floating_point() for t in tensors(function))):
        results = []
        for module in (getattr(nn, module_name(function)), getattr(torch.nn, module_name(function))):
            kinds = iter(chosen)
            given = [t.to(next(kinds)).requires_grad_() if t.is_floating_point() else t for t in tensors(function)]
            made = module(**extra(function)).eval()  # the random numbers are others
            if learned(function):
                with torch.no_grad():
                    made.weight.data = given.pop().detach()
            try:
                with torch.autocast("cpu", lower):
                    y = made(*given)
                y.float().sum().backward()
            except (RuntimeError, TypeError):
                results.append(None)
                continue
            results.append([y, *(t.grad for t in (*given, *made.parameters()) if t.requires_grad)])
        ours, theirs = results
        if ours is None or theirs is None:
            # Element types are not promoted here, docs/differences.md.
            assert ours is None and torch.float64 in chosen
            continue
        # A loss is a float, also where PyTorch's list of autocast does not have it, docs/differences.md.
        is_loss = kind(function).endswith("_loss")
        assert ours[0].dtype == (torch.float32 if is_loss and theirs[0].dtype == lower else theirs[0].dtype), chosen
        assert [t.dtype for t in ours[1:]] == [t.dtype for t in theirs[1:]], chosen
        for a, b in zip(ours, theirs):
            torch.testing.assert_close(a.double(), b.double(), rtol=0.03, atol=0.03)


@every_function
@pytest.mark.filterwarnings("ignore:reduction")
def test_autocast_of_what_a_linear_layer_gives(function):
    linear = torch.nn.Linear(3, 4 if kind(function) == "halves" else 3)
    with torch.autocast("cpu", torch.bfloat16):
        h = linear(torch.randn(4, 3))
        assert h.dtype == torch.bfloat16
        rest = tensors(function)[1:] if kind(function).endswith("_loss") else []
        if DESCRIBED[function.function]["input"] == "probabilities":
            h = h.sigmoid()
        if kind(function) == "gate":
            rest = [torch.ones_like(h)]
        if takes_probabilities(function):
            rest = [torch.softmax(torch.randn(4, 3), 1)]
        made = getattr(nn, module_name(function))(**extra(function))
        y = made(h, *rest)
    y.sum().backward()
    assert linear.weight.grad is not None and linear.weight.grad.dtype == torch.float32


# Random numbers


@pytest.mark.parametrize("function", DRAWS, ids=by_name)
@pytest.mark.parametrize("recorded", [False, True])
def test_random_numbers_are_of_pytorchs_stream(function, recorded):
    x = -torch.ones(100, requires_grad=recorded)
    draw = lambda: function(x, training=True).detach()
    torch.manual_seed(5)
    first, second = draw(), draw()
    assert not torch.equal(first, second)
    torch.manual_seed(5)
    assert torch.equal(draw(), first)
    state = torch.get_rng_state()
    assert torch.equal(draw(), second)
    torch.set_rng_state(state)
    assert torch.equal(draw(), second)
    before = torch.get_rng_state()
    function(x, training=False), function(x, training=True, seed=3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("function", DRAWS, ids=by_name)
@pytest.mark.parametrize("reentrant", [False, True])
def test_a_checkpoint_draws_the_same_again(function, reentrant):
    module = getattr(nn, module_name(function))()
    x = torch.full((100,), -1.0, requires_grad=True)
    y = checkpoint(lambda x: module(x * 1), x, use_reentrant=reentrant)
    y.sum().backward()
    assert torch.equal(x.grad, -y.detach()) and y.unique().numel() > 50


class Draws(torch.utils.data.Dataset):
    def __init__(self, function):
        self.function = function

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return self.function(-torch.ones(8), training=True)


@pytest.mark.parametrize("function", DRAWS, ids=by_name)
def test_workers_that_load_data_draw_different_numbers(function):
    def loaded():
        torch.manual_seed(2)
        return list(torch.utils.data.DataLoader(Draws(function), batch_size=1, num_workers=2))

    first, second = loaded(), loaded()
    assert torch.stack(first).flatten(0, 1).unique(dim=0).shape[0] == 4
    assert torch.equal(torch.stack(first), torch.stack(second))

"""Every function of the registry beside PyTorch's: results, gradients, signatures, modules."""

import contextlib
import inspect
import itertools
import math
import warnings

import numpy as np
import pytest
from registry import BY_NAME, DESCRIBED, FUNCTIONS, PEERED, arguments, array, by_name, extra, kind, learned

import lossact

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with PyTorch was left out")
from peer import peer, peer_parameters

import lossact.torch.nn as our_nn
from lossact.torch._names import module_name

ELEMENTS = ["float64", "float32", "float16", "bfloat16"]
SHAPES = [(), (0,), (7,), (4, 3), (2, 3, 4), (2, 3, 2, 2), (0, 3)]
# Of the larger of element and 1: how far PyTorch itself is from the exact value, on these numbers.
TOLERANCE = {"float64": 1e-13, "float32": 4e-6, "float16": 4e-3, "bfloat16": 3e-2}
# Whose slope is a float in PyTorch, whatever the tensor is of: docs/differences.md.
SLOPES_OF_FLOATS = {"hardsigmoid"}
# What take more than PyTorch's: more dimensions, halves, a margin of 0; docs/differences.md.
TAKE_MORE = {"cosine_embedding_loss", "multi_margin_loss", "triplet_margin_loss"}
OURS_ALONE = {"out", "accuracy", "seed", "rows", "empty_mean", "mask"}

every_function = pytest.mark.parametrize("function", PEERED, ids=by_name)


def test_every_function_is_compared():
    names = {f.name for f in lossact.functions() if "." not in f.name}
    assert names == {f.function for f in FUNCTIONS}


@every_function
def test_the_signature_begins_with_theirs(function):
    theirs = peer_parameters(function)
    ours = inspect.signature(function).parameters
    assert list(ours)[: len(theirs)] == list(theirs)
    for name, default in theirs.items():
        assert ours[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert ours[name].default == default and type(ours[name].default) is not str or default == ours[name].default
    rest = set(ours) - set(theirs)
    assert rest <= OURS_ALONE
    assert all(ours[name].kind is inspect.Parameter.KEYWORD_ONLY for name in rest)


# Results and gradients


def values(function, name, default, tensors):
    """What an option of PyTorch's is tried at."""
    x = tensors[0]
    described = {parameter: legal for parameter, _, legal in DESCRIBED[function.function]["parameters"]}
    if name == "reduction":
        return described[name].split(" | ")
    if name == "dim":
        return range(-x.dim(), x.dim()) if x.dim() else [0, -1]
    extent = {a["name"]: a["extent"] for a in DESCRIBED[function.function]["arguments"] if a["optional"]}.get(name)
    if extent:
        shapes = [x.shape]
        if extent == "channel" and kind(function) == "row_loss":
            shapes = [(x.shape[0 if x.dim() == 1 else 1],)]
        elif extent == "channel":
            shapes = [(), x.shape[-1:], *([(x.shape[-2], 1)] if x.dim() > 1 else [])]
        numbers = [np.asarray(np.abs(array(shape, "float64", 3)) % 1 + 0.25) for shape in shapes]
        return [None, *(torch.from_numpy(each).to(x.dtype) for each in numbers)]
    if name == "training":  # the random numbers are others
        return [False]
    if isinstance(default, bool):
        return [False, True]
    if isinstance(default, float):
        return [default, default / 2 + 0.1]
    if isinstance(default, int) and name in described:
        return [default, 1]
    return [default]


def option_sets(function, tensors):
    """Every combination of options, as keywords; those at PyTorch's default are not given."""
    theirs = {name: default for name, default in peer_parameters(function).items()
              if default is not inspect.Parameter.empty}
    tried = [[(name, value, default) for value in values(function, name, default, tensors)]
             for name, default in theirs.items()]
    for combination in itertools.product(*tried):
        yield {name: value for name, value, default in combination if name == "dim" or value is not default}


def tensor_sets(function, shape, element):
    """Arguments as tensors: numbers of both signs, among them zeros and a large one, in several layouts."""
    arrays = arguments(function, shape, "float64", 1)
    arrays[0] = np.array(2 * arrays[0])
    if arrays[0].size > 3:
        arrays[0].flat[:3] = 0, -0.0, 12
    dtype = getattr(torch, element)
    made = [torch.from_numpy(np.array(a)) for a in arrays]
    made = [a.to(dtype) if a.is_floating_point() else a for a in made]
    yield made
    if len(shape) > 1:
        yield [a.transpose(0, -1).contiguous().transpose(0, -1) for a in made]
    if kind(function) == "element_loss":
        yield [made[0], (made[1] + 0.5).log(), *made[2:]]
    if learned(function) and len(shape) > 1:
        yield [made[0], torch.linspace(-0.5, 1, shape[1], dtype=dtype)]
    if kind(function) == "row_loss" and peer_takes_probabilities(function):
        axis = 0 if len(shape) == 1 else 1
        yield [made[0], made[0].detach().flip(axis).softmax(axis)]


def peer_takes_probabilities(function):
    try:
        peer(function)(torch.zeros(2, 3), torch.full((2, 3), 0.25))
    except RuntimeError:
        return False
    return True


def result_and_gradients(f, tensors, options, grad_output):
    """What f gives, and its gradients in every tensor that has one, by autograd."""
    leaves = [t.detach().clone(memory_format=torch.preserve_format).requires_grad_(t.is_floating_point())
              for t in tensors]
    given = [leaves[0] * 1, *leaves[1:]] if options.get("inplace") else leaves
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = f(*given, **options)
    dy = torch.from_numpy(np.asarray(array(tuple(y.shape), "float64", grad_output))).to(y.dtype)
    y.backward(dy)
    return [y.detach(), *(leaf.grad for leaf in leaves if leaf.requires_grad)]


def terms(function, tensors, options):
    """The size of what is added up to a reduced loss, or subtracted in one of vectors, whose terms may cancel."""
    if kind(function) == "vector_loss":
        return max(float(t.double().norm()) for t in tensors)
    if not kind(function).endswith("_loss") or options.get("reduction") == "none":
        return 0.0
    each = peer(function)(*tensors, **{**options, "reduction": "none"}).double().abs()
    size = float(each.sum() if options.get("reduction") == "sum" else each.mean())
    return size if np.isfinite(size) else 0.0


def close(ours, theirs, element, what, size=0.0):
    ours, theirs = ours.double().numpy(), theirs.double().numpy()
    assert ours.shape == theirs.shape
    # Of the largest element, or of `size`, for what PyTorch adds up in the element type.
    scale = max([1.0, size, *np.abs(theirs[np.isfinite(theirs)]).ravel()])
    np.testing.assert_allclose(
        ours, theirs, rtol=TOLERANCE[element], atol=scale * TOLERANCE[element], equal_nan=True, err_msg=what
    )


@every_function
@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_results_and_gradients(function, element, shape):
    if kind(function) in ("halves", "vector_loss") and not shape:
        return  # neither has a dimension to go along
    if function.function == "multi_margin_loss" and (not shape or 0 in shape):
        return  # PyTorch's result is what was in memory; a number is no row, docs/differences.md
    if function.function == "cosine_embedding_loss" and shape == (0,) and element == "float16":
        return  # what keeps zeros from 0 / 0 is no half, docs/differences.md
    if kind(function) == "row_loss" and (not shape or shape == (0,)):
        for f, error in ((function, ValueError), (peer(function), (RuntimeError, IndexError, ValueError))):
            with pytest.raises(error):
                f(torch.zeros(shape), torch.zeros((), dtype=torch.int64))
        return
    for tensors in tensor_sets(function, shape, element):
        contiguous = [t.contiguous() for t in tensors]  # PyTorch has not every gradient in other layouts
        for options in option_sets(function, tensors):
            what = f"{function.__name__} of {[tuple(t.shape) for t in tensors]}, {options}"
            try:
                theirs = result_and_gradients(peer(function), contiguous, options, 5)
            except (RuntimeError, ValueError):
                if function.function in TAKE_MORE:
                    continue
                with pytest.raises(ValueError):
                    result_and_gradients(function, tensors, options, 5)
                continue
            if options.get("reduction") == "batchmean" and (not shape or shape[0] == 0):  # docs/differences.md
                with pytest.raises(ValueError, match="rows"):
                    function(*tensors, **options)
                continue
            ours = result_and_gradients(function, tensors, options, 5)
            loss = kind(function).endswith("_loss")
            narrow = loss and element in ("float16", "bfloat16")
            assert ours[0].dtype == (torch.float32 if narrow else theirs[0].dtype), what
            assert [t.dtype for t in ours[1:]] == [t.dtype for t in theirs[1:]], what
            of_floats = element == "float64" and function.function in SLOPES_OF_FLOATS
            close(ours[0], theirs[0], element, what, terms(function, contiguous, options))
            for a, b in zip(ours[1:], theirs[1:]):
                close(a, b, "float32" if of_floats else element, what)


@pytest.mark.parametrize("function", [f for f in PEERED if kind(f) == "row_activation"], ids=by_name)
def test_the_element_type_of_the_result_is_an_option(function):
    x = torch.from_numpy(array((4, 5))).requires_grad_()
    ours, theirs = function(x, -1, dtype=torch.float64), peer(function)(x, -1, dtype=torch.float64)
    assert ours.dtype == theirs.dtype == torch.float64
    close(ours.detach(), theirs.detach(), "float64", function.__name__)
    slopes = [torch.autograd.grad(y[:, 1].sum(), x)[0] for y in (ours, theirs)]
    assert slopes[0].dtype == torch.float32
    close(*slopes, "float32", function.__name__)


@pytest.mark.parametrize("function", [f for f in PEERED if "size_average" in peer_parameters(f)], ids=by_name)
@pytest.mark.parametrize("average", [None, False, True])
@pytest.mark.parametrize("reduce", [None, False, True])
def test_the_old_arguments_of_losses(function, average, reduce):
    tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3))]
    old = {name: value for name, value in (("size_average", average), ("reduce", reduce)) if value is not None}
    with pytest.warns(DeprecationWarning) if old else contextlib.nullcontext():
        ours = function(*tensors, **old)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        close(ours, peer(function)(*tensors, **old), "float32", str(old))


# Graphs


@every_function
def test_a_tensor_that_requires_a_gradient_is_not_written_to(function):
    tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3))]
    made = function(*tensors, **extra(function))
    out = torch.full_like(made, 7).requires_grad_()
    with pytest.raises(ValueError, match="out requires a gradient"):
        function(*tensors, **extra(function), out=out)
    backward = BY_NAME[function.function + "_backward"]
    slope = torch.full_like(tensors[0], 7).requires_grad_()
    with pytest.raises(ValueError, match="out requires a gradient"):
        backward(torch.ones_like(made), *tensors, **extra(function), out=slope)
    assert (out == 7).all() and (slope == 7).all()
    recorded = [t.requires_grad_(t.is_floating_point()) for t in tensors]
    plain = torch.full_like(made, 7)
    with pytest.raises(ValueError, match="out"):
        function(*recorded, **extra(function), out=plain)
    assert (plain == 7).all()


@every_function
def test_second_derivatives_raise(function):
    tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3), "float64")]
    x = tensors[0].requires_grad_()
    calls = [lambda: function(*tensors, **extra(function))]
    if "inplace" in peer_parameters(function):
        calls.append(lambda: function(x * 1, *tensors[1:], inplace=True))
    for call in calls:
        (slope,) = torch.autograd.grad(call().sum(), x, create_graph=True)
        assert slope.requires_grad
        with pytest.raises(RuntimeError, match="second derivatives"):
            (x.sum() + (slope**2).sum()).backward()
    y = calls[0]()
    with pytest.raises(ValueError, match="second derivatives"):
        BY_NAME[function.function + "_backward"](torch.ones_like(y), *tensors, **extra(function))


@every_function
def test_nothing_is_recorded_where_pytorch_does_not_record(function):
    tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3))]
    tensors[0].requires_grad_()
    with torch.no_grad():
        assert not function(*tensors, **extra(function)).requires_grad
    assert function(*tensors, **extra(function)).requires_grad


# Modules


def modules(function):
    """The module of a function, ours and PyTorch's, in every variant that has parts."""
    ours, theirs = getattr(our_nn, module_name(function)), getattr(torch.nn, module_name(function))
    assert issubclass(ours, theirs)
    assert inspect.signature(ours) == inspect.signature(theirs)
    takes = inspect.signature(theirs).parameters
    variants = [extra(function)]
    if learned(function):
        variants.append({next(iter(takes)): 3})
    if kind(function) == "row_loss":
        variants.append({"weight": torch.tensor([0.5, 1.0, 2.0])})
    for options in variants:
        yield ours(**options), theirs(**options)


def away_from_kinks(function):
    """Arguments in double for numerical derivatives."""
    tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3), "float64", 2)]
    x = tensors[0]
    return [torch.where(x.abs() < 0.1, x + 0.3, x).requires_grad_(), *tensors[1:]]


@every_function
def test_the_gradient_of_a_module_is_its_slope(function):
    for ours, _ in modules(function):
        tensors = away_from_kinks(function)
        if learned(function):
            tensors = tensors[:1]
        if kind(function) == "element_loss":
            tensors[1].requires_grad_()
        ours.double()
        names = [name for name, _ in ours.named_parameters()]
        weights = [w.detach().clone().requires_grad_() for w in ours.parameters()]

        def call(*given, ours=ours, names=names, count=len(tensors)):
            return torch.func.functional_call(ours, dict(zip(names, given[count:])), given[:count])

        for training in (False, True):
            ours.train(training)
            ours.seed = 3  # where random numbers are drawn, the same each time
            assert torch.autograd.gradcheck(call, (*tensors, *weights))


@every_function
@pytest.mark.filterwarnings("ignore:reduction")  # the mean of a loss whose sum over a row is meant
def test_states_of_modules_are_interchangeable(function):
    for ours, theirs in modules(function):
        net, peers = (torch.nn.Sequential(torch.nn.Linear(3, 3), module) for module in (ours, theirs))
        for part in (*net.parameters(), *net.buffers()):
            with torch.no_grad():
                part += 0.125
        assert list(net.state_dict()) == list(peers.state_dict())
        peers.load_state_dict(net.state_dict())
        tensors = [torch.from_numpy(np.asarray(a)) for a in arguments(function, (4, 3))]
        tensors = tensors[:1] if learned(function) else tensors
        net.eval(), peers.eval()
        close(ours(*tensors).detach(), theirs(*tensors).detach(), "float32", function.__name__)
        for part in (*peers.parameters(), *peers.buffers()):
            with torch.no_grad():
                part *= 2
        net.load_state_dict(peers.state_dict())
        close(ours(*tensors).detach(), theirs(*tensors).detach(), "float32", function.__name__)
        assert repr(ours) == repr(theirs)


def test_a_model_learns_the_same_with_either():
    losses = []
    for nn in (our_nn, torch.nn):
        torch.manual_seed(3)
        net = nn.Sequential(nn.Linear(5, 16), nn.Mish(), nn.Linear(16, 8), nn.PReLU(), nn.Linear(8, 3))
        x, y, loss = torch.randn(64, 5), torch.randint(3, (64,)), nn.CrossEntropyLoss(label_smoothing=0.1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
        start = loss(net(x), y).item()
        for _ in range(50):
            optimizer.zero_grad()
            value = loss(net(x), y)
            value.backward()
            optimizer.step()
        assert value.item() < start - 0.1
        losses.append(value.item())
    assert math.isclose(*losses, rel_tol=1e-4)

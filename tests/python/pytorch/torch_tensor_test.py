"""The training layer beside PyTorch: what it prints, its arithmetic, indices, gradients, modules and optimizers."""

import inspect
import re
import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import lossact

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with PyTorch was left out")

DTYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "bool": torch.bool}
FORWARD = [function for function in lossact._core.functions if function.direction == "forward"]


def module_name(function):
    return lossact.torch._names.module_name(function)


def both(array, **options):
    return lossact.tensor(array, **options), torch.tensor(array, **options)


def same(ours, theirs, **tolerance):
    assert str(ours.dtype) == str(theirs.dtype)
    assert tuple(ours.shape) == tuple(theirs.shape)
    np.testing.assert_allclose(
        ours.detach().numpy(), theirs.detach().numpy(), **{"rtol": 1e-6, "atol": 1e-7, **tolerance}
    )


# Printing

magnitudes = st.sampled_from([1e-9, 1e-5, 1e-3, 0.1, 1.0, 30.0, 1e3, 1e6, 1e9, 1e30])
numbers = st.one_of(
    st.floats(-1, 1, width=32), st.integers(-3, 3).map(float), st.sampled_from([math.inf, -math.inf, math.nan])
)
print_shapes = st.one_of(
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
    st.sampled_from([(2000,), (40, 50), (7, 200), (11, 10, 12), (3, 3, 200), (1, 1001)]),
)


@given(data=st.data(), shape=print_shapes, scale=magnitudes)
def test_printing(data, shape, scale):
    few = data.draw(st.lists(numbers, min_size=1, max_size=12))
    count = math.prod(shape)
    array = (np.resize(np.array(few) * scale, count) if count else np.zeros(0)).reshape(shape)
    for dtype in (np.float32, np.float64):
        with np.errstate(over="ignore"):
            ours, theirs = both(array.astype(dtype))
        assert repr(ours) == repr(theirs)
        assert repr(ours.requires_grad_()) == repr(theirs.requires_grad_())
        assert repr(ours.reshape(-1)) == repr(theirs.reshape(-1))
    for made in ((np.nan_to_num(array, posinf=9, neginf=-9) % 1000).astype(np.int64), array > 0):
        ours, theirs = both(made)
        assert repr(ours) == repr(theirs)


def test_printing_names_operations():
    ours, theirs = both([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    for f in (
        lambda x: x + 1,
        lambda x: x - x,
        lambda x: 1 - x,
        lambda x: 2 * x,
        lambda x: x / 3,
        lambda x: -x,
        lambda x: x**2,
        lambda x: x**x,
        lambda x: x @ x,
        lambda x: x[0],
        lambda x: x[0, 1],
        lambda x: x[0:1],
        lambda x: x[:, 1:],
        lambda x: x[[0, 1]],
        lambda x: x[x > 2],
        lambda x: x.sum(),
        lambda x: x.sum(0),
        lambda x: x.mean(),
        lambda x: x.mean(1),
        lambda x: x.reshape(4),
        lambda x: x.exp(),
        lambda x: x.log(),
        lambda x: x.sqrt(),
        lambda x: x.abs(),
        lambda x: x.transpose(0, 1),
        lambda x: x.clone(),
        lambda x: x[None],
    ):
        assert repr(f(ours)) == repr(f(theirs)), inspect.getsource(f)
    for name in ("relu", "sigmoid", "leaky_relu", "mish", "elu", "softplus", "tanh"):
        a = getattr(lossact.nn.functional, name)(ours)
        assert repr(a) == repr(getattr(torch.nn.functional, name)(theirs))
    ours, theirs = lossact.nn.MSELoss()(ours, ours.detach() + 1), torch.nn.MSELoss()(theirs, theirs.detach() + 1)
    assert repr(ours) == repr(theirs)


# Arithmetic

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.eq, operator.lt, operator.ge]
operands = st.one_of(
    st.tuples(st.sampled_from(list(DTYPES)), st.sampled_from([(), (3,), (2, 3)])),
    st.sampled_from([2, 1.5, True]),
)


@given(a=operands, b=operands, f=st.sampled_from(OPERATORS))
def test_types_are_promoted(a, b, f):
    def made(package, description):
        if not isinstance(description, tuple):
            return description
        dtype, shape = description
        values = np.resize(np.array([1.0, 0.0, 3.0]), math.prod(shape)).reshape(shape)
        return package.tensor(values.tolist(), dtype=getattr(package, dtype))

    if not isinstance(a, tuple) and not isinstance(b, tuple):
        return
    try:
        theirs = f(made(torch, a), made(torch, b))
    except RuntimeError:  # differences with truth values
        return
    # PyTorch has "or" and "and" for the sum and the product of truth values; here they have none.
    if theirs.dtype == torch.bool and f in OPERATORS[:3]:
        with pytest.raises(TypeError):
            f(made(lossact, a), made(lossact, b))
        return
    same(f(made(lossact, a), made(lossact, b)), theirs)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        lambda x, y: x**2,
        lambda x, y: x**0.5,
        lambda x, y: x**y,
        lambda x, y: 2**x,
        lambda x, y: 1 - x,
        lambda x, y: (x @ y.t()) @ x,
        lambda x, y: x.exp() + y.log(),
        lambda x, y: x.sqrt() * y.abs(),
        lambda x, y: x[1] * y[:, 0:1],
        lambda x, y: x[[0, 0, 1]] + y[1],
        lambda x, y: x[y > 1],
        lambda x, y: x.mean(0) * y.sum(1, keepdim=True),
        lambda x, y: x.reshape(-1)[::2] * y.flatten()[1::2],
        lambda x, y: x.max() * y.min(),
        lambda x, y: x.max(dim=1).values * y.min(dim=0)[0],
        lambda x, y: (y - y).max() + x.max(-1)[0],
        lambda x, y: x.unsqueeze(1) * y,
        lambda x, y: x[..., None, 0] - y[1, None],
        lambda x, y: x.expand(3, 2, 2) * y,
    ],
    ids=lambda f: inspect.getsource(f).strip()[:40] if callable(f) else None,
)
def test_values_and_gradients(f):
    pairs = [
        both(np.array(values), requires_grad=True) for values in ([[0.5, 1.5], [2.0, 0.25]], [[3.0, 0.5], [1.25, 2.0]])
    ]
    ours, theirs = f(*(p[0] for p in pairs)), f(*(p[1] for p in pairs))
    same(ours, theirs)
    weights = np.arange(1.0, ours.numel() + 1).reshape(tuple(ours.shape))
    (ours * lossact.tensor(weights)).sum().backward()
    (theirs * torch.tensor(weights)).sum().backward()
    for a, b in pairs:
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            same(a.grad, b.grad)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.__setitem__(0, 5),
        lambda x: x.__setitem__((slice(None), 1), x.detach()[0].clone()),
        lambda x: x.__imul__(3),
        lambda x: x.__iadd__(5),
        lambda x: x.__setitem__(x > 2, 0),
    ],
    ids=range(5),
)
def test_recorded_changes_in_place(change):
    ours, theirs = both([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    results = []
    for leaf in (ours, theirs):
        h = leaf * 1
        change(h)
        results.append(repr(h))
        (h * h).sum().backward()
        results.append(h)
    assert results[0] == results[2]
    same(results[1], results[3])
    same(ours.grad, theirs.grad)


# Networks


def is_old(module, parameter):
    """Whether PyTorch's documentation says that another name took its place."""
    return re.search(rf":attr:`{parameter}`[^.]*deprecated", module.__doc__)


def test_modules_have_pytorchs_constructors():
    for function in FORWARD:
        name = module_name(function)
        if not hasattr(torch.nn, name):
            continue
        ours = inspect.signature(getattr(lossact.nn, name)).parameters
        theirs = [
            p
            for p in inspect.signature(getattr(torch.nn, name)).parameters
            if p not in ("args", "kwargs", "device", "dtype") and (p in ours or not is_old(getattr(torch.nn, name), p))
        ]
        assert list(ours)[: len(theirs)] == theirs, name


def network(package):
    nn = package.nn
    return nn.Sequential(
        nn.Linear(5, 8), nn.LeakyReLU(0.1), nn.Linear(8, 8, bias=False), nn.PReLU(8), nn.Mish(), nn.Linear(8, 3)
    )


def taken_over(ours, theirs):
    ours.load_state_dict({name: tensor.numpy() for name, tensor in theirs.state_dict().items()})


def test_networks_print_and_are_named_as_pytorchs():
    ours, theirs = network(lossact), network(torch)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert [name for name, _ in ours.named_modules()] == [name for name, _ in theirs.named_modules()]


@pytest.mark.parametrize(
    "name,options",
    [
        ("SGD", {"lr": 0.1}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ("SGD", {"lr": 0.1, "momentum": 0.5, "dampening": 0.5}),
        ("Adam", {"lr": 0.01}),
        ("Adam", {"lr": 0.01, "betas": (0.8, 0.9), "weight_decay": 0.1}),
        ("AdamW", {"lr": 0.01}),
    ],
)
def test_training_takes_pytorchs_steps(name, options):
    torch.manual_seed(1)
    ours, theirs = network(lossact).double(), network(torch).double()
    taken_over(ours, theirs)
    x, y = torch.randn(20, 5, dtype=torch.float64), torch.randint(0, 3, (20,))
    pairs = []
    for package, net, input, target in [(lossact, ours, lossact.tensor(x), lossact.tensor(y)), (torch, theirs, x, y)]:
        optimizer = getattr(package.optim, name)(net.parameters(), **options)
        losses = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = package.nn.CrossEntropyLoss(label_smoothing=0.1)(net(input), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        pairs.append(losses)
    np.testing.assert_allclose(*pairs, rtol=1e-9)
    for a, b in zip(ours.parameters(), theirs.parameters()):
        same(a, b, rtol=1e-7)

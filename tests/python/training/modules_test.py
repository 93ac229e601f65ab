"""Modules, optimizers, and what a network's state is."""

import collections
import inspect

import numpy as np
import pytest

import lossact
from lossact import nn, optim
from registry import DESCRIBED, arguments, kind, vectors

FORWARD = [function for function in lossact._core.functions if function.direction == "forward"]
ACTIVATIONS = [f for f in FORWARD if kind(f) in ("activation", "row_activation")]
GATES = [f for f in FORWARD if kind(f) in ("gate", "halves")]
LOSSES = [f for f in FORWARD if kind(f) in ("element_loss", "vector_loss", "row_loss")]


def by_name(function):
    return function.__name__


def module_of(function):
    return getattr(nn, lossact.torch._names.module_name(function))


def drawn(*sizes, requires_grad=False):
    return lossact.randn(*sizes, dtype=lossact.float64, requires_grad=requires_grad)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.scale = nn.Parameter(lossact.ones(1))
        self.register_buffer("offset", lossact.zeros(width))
        self.blocks = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(2))
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        y = self.inner(x).relu() * self.scale + self.offset
        for block in self.blocks:
            y = block(self.drop(y))
        return x + y


@pytest.mark.parametrize("function", ACTIVATIONS, ids=by_name)
def test_every_activation_is_a_module(function):
    lossact.manual_seed(1)
    x = drawn(4, 3, requires_grad=True)
    module = module_of(function)().double().eval()
    y = module(x)
    learned = [parameter.detach() for parameter in module.parameters()]
    options = {"training": False} if "training" in inspect.signature(function).parameters else {}
    assert y.tolist() == function(x.detach(), *learned, **options).tolist()
    y.sum().backward()
    assert x.grad.shape == x.shape
    assert all(parameter.grad is not None for parameter in module.parameters())
    assert repr(module).startswith(type(module).__name__ + "(")


@pytest.mark.parametrize("function", LOSSES, ids=by_name)
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_every_loss_is_a_module(function, reduction):
    lossact.manual_seed(1)
    x = drawn(4, 3, requires_grad=True)
    target = lossact.tensor([0, 2, 1, 1]) if kind(function) == "row_loss" else drawn(4, 3).softmax(-1)
    required = [a for a in DESCRIBED[function.registered]["arguments"] if not a["optional"]]
    further = [drawn(4, 3).softmax(-1) for _ in required[2:]]
    if kind(function) == "vector_loss":
        x, target, *further = [lossact.tensor(a.astype("float64")) for a in vectors(function, (4, 3), "float64", 1)]
        x.requires_grad_()
    loss = module_of(function)(reduction=reduction)(x, target, *further)
    assert loss.tolist() == function(x.detach(), target, *further, reduction=reduction).tolist()
    loss.sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("function", GATES, ids=by_name)
def test_every_gate_is_a_module(function):
    tensors = [lossact.tensor(a).requires_grad_() for a in arguments(function, (4, 3), "float64")]
    y = module_of(function)()(*tensors)
    assert y.shape == (4, 3) and y.tolist() == function(*(t.detach() for t in tensors)).tolist()
    y.sum().backward()
    assert all(t.grad.shape == t.shape for t in tensors)


def test_constructors_refuse_what_they_do_not_know():
    for function in FORWARD:
        with pytest.raises(TypeError):
            module_of(function)(wrong=1)
    with pytest.raises(ValueError):
        nn.Dropout(1.5)


def test_in_place_activations_change_their_input():
    x = lossact.tensor([-1.0, 2.0])
    y = nn.ReLU(inplace=True)(x)
    assert y is x and x.tolist() == [0, 2]
    w = lossact.tensor([-1.0, 2.0], requires_grad=True)
    h = w * 3
    nn.ReLU(inplace=True)(h).sum().backward()
    assert h.tolist() == [0, 6] and w.grad.tolist() == [0, 3]
    with pytest.raises(RuntimeError, match="leaf"):
        nn.ReLU(inplace=True)(w)


def test_random_parts_act_in_training_alone():
    x = -lossact.ones(1000)
    for module in (nn.RReLU(), nn.Dropout(0.5)):
        lossact.manual_seed(1)
        first, second = module(x), module(x)
        assert not lossact.equal(first, second)
        lossact.manual_seed(1)
        assert lossact.equal(module(x), first)
        module.eval()
        assert lossact.equal(module(x), module(x))
    assert 400 < (nn.Dropout(0.5)(x) == 0).sum().item() < 600


def test_names_and_parts():
    net = nn.Sequential(Residual(3), nn.PReLU(), nn.Linear(3, 2))
    names = [
        "0.scale",
        "0.inner.weight",
        "0.inner.bias",
        "0.blocks.0.weight",
        "0.blocks.1.weight",
        "1.weight",
        "2.weight",
        "2.bias",
    ]
    assert sorted(name for name, _ in net.named_parameters()) == sorted(names)
    assert sorted(net.state_dict()) == sorted([*names, "0.offset"])
    assert len(list(net.modules())) == 9 and len(list(net.children())) == 3 and len(net) == 3
    net.eval()
    assert not any(module.training for module in net.modules())
    net.train()
    assert net[0].drop.training
    named = nn.Sequential(collections.OrderedDict(first=nn.Linear(1, 1), last=nn.Tanh()))
    assert [name for name, _ in named.named_children()] == ["first", "last"] and isinstance(named.last, nn.Tanh)
    assert repr(nn.Linear(16, 5)) == "Linear(in_features=16, out_features=5, bias=True)"


def test_a_shared_parameter_is_trained_once():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    assert len(list(net.parameters())) == 3 and len(net.state_dict()) == 4


def test_modules_refuse_wrong_attributes():
    class Early(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match="super"):
        Early()
    layer = nn.Linear(2, 2)
    with pytest.raises(TypeError):
        layer.weight = lossact.ones(2, 2)
    with pytest.raises(AttributeError):
        layer.missing
    with pytest.raises(NotImplementedError):
        nn.Module()(1)
    layer.bias = None
    assert len(list(layer.parameters())) == 1


def test_state_is_taken_whole_or_not_at_all():
    source, target = Residual(3), Residual(3)
    state = source.state_dict()
    before = {name: value.tolist() for name, value in target.state_dict().items()}
    wrong = dict(state, **{"inner.bias": lossact.ones(4)})
    for bad in ({k: v for k, v in state.items() if k != "scale"}, dict(state, more=lossact.ones(1)), wrong):
        with pytest.raises(ValueError):
            target.load_state_dict(bad)
        assert {name: value.tolist() for name, value in target.state_dict().items()} == before
    assert repr(target.load_state_dict(state)) == "<All keys matched successfully>"
    keys = target.load_state_dict({"scale": np.array([5.0])}, strict=False)
    assert "inner.weight" in keys.missing_keys and target.scale.tolist() == [5]
    x = lossact.randn(4, 3)
    source.scale.data[0] = 5
    assert lossact.equal(source.eval()(x), target.eval()(x))


def test_networks_change_their_element_type():
    net = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    net.double()
    before = net[0].weight.tolist()
    net(drawn(4, 3)).sum().backward()
    optimizer.step()  # it still trains the same parameters
    assert net[0].weight.dtype == lossact.float64 and net[0].weight.tolist() != before


@pytest.mark.parametrize(
    "make",
    [
        lambda p: optim.SGD(p, lr=0.5, momentum=0.9),
        lambda p: optim.SGD(p, lr=0.5, momentum=0.9, nesterov=True),
        lambda p: optim.Adam(p, lr=0.05),
        lambda p: optim.AdamW(p, lr=0.05),
    ],
)
def test_networks_learn(make):
    lossact.manual_seed(1)
    x = lossact.randn(200, 2)
    classes = ((x[:, 0] > 0) == (x[:, 1] > 0)).long()  # no line tells them apart
    net = nn.Sequential(nn.Linear(2, 16), nn.Mish(), nn.Linear(16, 2))
    optimizer, loss_of = make(net.parameters()), nn.CrossEntropyLoss()
    for _ in range(200):
        optimizer.zero_grad()
        loss = loss_of(net(x), classes)
        loss.backward()
        optimizer.step()
    with lossact.no_grad():
        assert (net(x).argmax(dim=1) == classes).float().mean().item() > 0.97


def test_optimizers_have_groups():
    a, b = (nn.Parameter(lossact.ones(1)) for _ in range(2))
    optimizer = optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.25}], lr=1.0)
    (a + b).backward()
    optimizer.step()
    assert a.tolist() == [0] and b.tolist() == [0.75]
    optimizer.param_groups[0]["lr"] = 0.5
    assert optimizer.step(lambda: 3) == 3 and a.tolist() == [-0.5]
    optimizer.zero_grad()
    assert a.grad is None
    for wrong in (
        lambda: optim.SGD([], lr=1),
        lambda: optim.SGD([a], lr=-1),
        lambda: optim.SGD([a * 2], lr=1),
        lambda: optim.Adam([a], betas=(1.0, 0.9)),
        lambda: optim.SGD([{"params": [a], "rate": 1}]),
        lambda: optim.SGD([{"params": [a]}, {"params": [a]}]),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_what_is_frozen_stays():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    net[0].requires_grad_(False)
    optimizer = optim.Adam(net.parameters(), lr=0.1)
    before = [parameter.tolist() for parameter in net.parameters()]
    net(lossact.ones(1, 2)).sum().backward()
    optimizer.step()
    after = [parameter.tolist() for parameter in net.parameters()]
    assert after[:2] == before[:2] and after[2] != before[2]
    net.requires_grad_()
    net(lossact.ones(1, 2)).sum().backward()
    optimizer.step()
    assert net[0].weight.tolist() != before[0]

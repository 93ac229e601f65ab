"""Tensors of PyTorch are more than the numbers in their memory, and some have none. Of each kind that PyTorch can hand
over, as every argument and as out: the call gives what it gives of a plain tensor of the same elements, or is refused
by name, with nothing written."""

import warnings

import numpy as np
import pytest
from registry import BY_NAME, CLASSES, ELEMENTWISE, FUNCTIONS, LOSSES, arguments, by_name, extra, first, learned
from spoiled import POISON, calls

import lossact
from lossact import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with PyTorch was left out")
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)


def quiet(make):
    def made(plain):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # prototypes, and sparse layouts in beta
            return make(plain)

    return made


class WithoutMemory(torch.Tensor):
    """What DTensor and its like are: a shape, and operations of its own."""

    @staticmethod
    def __new__(cls, plain):
        return torch.Tensor._make_wrapper_subclass(cls, plain.shape, dtype=plain.dtype)

    @classmethod
    def __torch_dispatch__(cls, operation, types, args=(), kwargs=None):
        return NotImplemented


class Named(torch.Tensor):
    """A subclass whose numbers are its memory."""


def fake(plain):
    with torch._subclasses.FakeTensorMode() as mode:
        return mode.from_tensor(plain)


def negated(plain):
    """A view of the plain tensor's elements, each of them with the other sign in memory."""
    view = torch.complex(torch.zeros_like(plain), -plain).conj().imag
    assert view.is_neg() and torch.equal(view, plain)
    return view


def resized(bytes):
    def make(plain):
        plain = plain.clone()
        plain.untyped_storage().resize_(bytes)
        return plain

    return make


def in_inference_mode(plain):
    with torch.inference_mode():
        return plain.clone()


def behind_others(plain):
    """In the middle of a longer storage."""
    storage = torch.zeros(plain.numel() + 7, dtype=plain.dtype)
    return storage[3 : 3 + plain.numel()].copy_(plain.reshape(-1)).view(plain.shape)


# Computed, all of them, as every argument.
COMPUTED = {
    "negated": negated,
    "lazily cloned": torch._lazy_clone,
    "of a subclass": lambda plain: plain.as_subclass(Named),
    "a parameter": lambda plain: torch.nn.Parameter(plain, requires_grad=False),
    "of inference mode": in_inference_mode,
    "behind others": behind_others,
    "in shared memory": lambda plain: plain.clone().share_memory_(),
    "not contiguous": lambda plain: torch.stack([plain, plain], -1)[..., 0],
}
# Refused by name, all of them, as every argument: how it is made, and what is said of it.
REFUSED = {
    "sparse_coo": (torch.Tensor.to_sparse, r"is a tensor of layout sparse_coo, .*: to_dense\(\)"),
    "sparse_csr": (torch.Tensor.to_sparse_csr, r"is a tensor of layout sparse_csr, .*: to_dense\(\)"),
    "sparse_csc": (torch.Tensor.to_sparse_csc, r"is a tensor of layout sparse_csc, .*: to_dense\(\)"),
    "sparse_bsr": (lambda plain: plain.to_sparse_bsr((1, 1)), r"is a tensor of layout sparse_bsr, .*: to_dense\(\)"),
    "sparse_bsc": (lambda plain: plain.to_sparse_bsc((1, 1)), r"is a tensor of layout sparse_bsc, .*: to_dense\(\)"),
    "mkldnn": (torch.Tensor.to_mkldnn, r"is a tensor of layout mkldnn, .*: to_dense\(\)"),
    "quantized": (lambda plain: torch.quantize_per_tensor(plain, 0.1, 0, torch.quint8), "has quantized elements of qu"),
    "nested": (lambda plain: torch.nested.nested_tensor(list(plain)), "is a nested tensor"),
    "without bytes": (resized(0), "has a storage of 0 bytes, fewer than its elements take"),
    "of fewer bytes": (resized(8), "has a storage of 8 bytes, fewer than its elements take"),
    "complex": (lambda plain: torch.complex(plain, plain), "has elements of complex64, expected floating-point"),
    "conjugated": (lambda plain: torch.complex(plain, plain).conj(), "has elements of complex64"),
    "of eight bits": (lambda plain: plain.to(torch.float8_e4m3fn), "has elements of float8_e4m3fn"),
}
# No numbers: refused by name, or no numbers come of it either.
HOLLOW = {
    "meta": lambda plain: plain.to("meta"),
    "nested tensor": lambda plain: torch.nested.nested_tensor(list(plain), layout=torch.jagged),
    "fake": fake,
    "of a class of its own": WithoutMemory,
    "masked": lambda plain: torch.masked.masked_tensor(plain, plain > 0),
    "functional": torch._to_functional_tensor,
    "not initialized": lambda plain: torch.nn.UninitializedParameter(requires_grad=False),
}


def bits(result):
    parts = result if isinstance(result, tuple) else (result,)
    return [part.detach().contiguous().numpy().tobytes() for part in parts]


def places(function):
    """(call, arguments by name, the name of one that is a tensor of floats) of each call, and its weights."""
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        names = list(call.__signature__.parameters)
        named = dict(zip(names, (torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in arrays)), **options)
        if function in LOSSES and "grad_output" in named:
            losses = function(*arguments(function, (4, 3)), reduction="none")
            named.update(grad_output=torch.ones(losses.shape), reduction="none")
        if function in CLASSES:
            named["weight"] = torch.ones(3)
        for name, value in named.items():
            if isinstance(value, torch.Tensor) and value.dtype == torch.float32:
                yield call, named, name


@every_function
@pytest.mark.parametrize("kind", COMPUTED)
def test_elements_that_are_read(function, kind):
    for call, named, name in places(function):
        special = quiet(COMPUTED[kind])(named[name].clone())  # not NumPy's memory: it cannot be cloned lazily
        assert bits(call(**dict(named, **{name: special}))) == bits(call(**named)), name


@every_function
def test_zeros_without_memory(function):
    for call, named, name in places(function):
        zeros, special = torch.zeros_like(named[name]), torch._efficientzerotensor(named[name].shape)
        assert special._is_zerotensor()
        assert bits(call(**dict(named, **{name: special}))) == bits(call(**dict(named, **{name: zeros}))), name


@every_function
def test_gradients_that_are_zeros_without_memory(function):
    """As torch.sgn's is, coming in from behind."""
    arrays = [torch.from_numpy(a) for a in arguments(function, (4, 3))]
    x = arrays[0].requires_grad_()
    torch.sgn(function(*arrays, **extra(function))).sum().backward()
    assert torch.equal(x.grad, torch.zeros_like(x))


@every_function
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_by_name(function, kind):
    make, words = REFUSED[kind]
    for call, named, name in places(function):
        plain = named[name]
        if plain.ndim < 2 and kind not in ("complex", "conjugated", "of eight bits", "without bytes"):
            plain = torch.ones(4, 3)
        special = quiet(make)(plain)
        with pytest.raises(TypeError, match=f"{name} {words}") as caught:
            call(**dict(named, **{name: special}))
        assert str(caught.value).startswith(f"[{call.__name__}]")


@every_function
@pytest.mark.parametrize("kind", HOLLOW)
def test_what_holds_no_numbers(function, kind):
    for call, named, name in places(function):
        special = quiet(HOLLOW[kind])(named[name] if named[name].ndim > 1 else torch.ones(4, 3))
        try:
            result = call(**dict(named, **{name: special}))
        except (TypeError, RuntimeError, ValueError, AssertionError) as error:
            words = (type(special).__name__.lower(), kind, f"lossact.{call.__name__}.default")
            assert any(word in str(error).lower() for word in words), error
        else:
            results = result if isinstance(result, tuple) else (result,)
            assert all(type(part) is type(special) and part.device == special.device for part in results)


@every_function
@pytest.mark.parametrize("kind", [*COMPUTED, *REFUSED, "fake", "masked", "functional", "zeros"])
def test_outputs(function, kind):
    """What may be read may be written, but for a negated view."""
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        arrays = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in arrays]
        plain = torch.full(out.shape, float(POISON))
        make = {**COMPUTED, **HOLLOW, "zeros": lambda plain: torch._efficientzerotensor(plain.shape)}.get(kind)
        if make is None:
            make = REFUSED[kind][0]
            if plain.ndim < 2 and kind.startswith(("sparse", "mkldnn", "nested", "of fewer")):
                continue
        special = quiet(make)(plain)
        if kind in COMPUTED and kind not in ("negated", "of inference mode"):
            expected = call(*arrays, **options)
            assert call(*arrays, **options, out=special) is not None
            written = special.as_subclass(torch.Tensor).detach().contiguous()
            assert bits(written) == bits(expected[1] if call.direction == "with_gradient" else
                                         expected[0] if isinstance(expected, tuple) else expected)
            if kind == "lazily cloned":
                assert torch.all(plain == POISON), "the tensor that was cloned has changed"
            continue
        try:
            call(*arrays, **options, out=special)
        except (TypeError, RuntimeError, ValueError) as error:
            assert "out " in str(error) or "inference" in str(error) or type(special).__name__ in str(error), error
        else:
            assert kind == "of inference mode" or type(special) is not torch.Tensor
        assert kind == "of inference mode" or torch.all(plain == POISON)


@every_function
def test_the_meta_device(function):
    """As PyTorch's functions: shapes and element types of what a call would give, and nothing of two devices."""
    for call, named, _ in places(function):
        tensors = {name: value for name, value in named.items() if isinstance(value, torch.Tensor)}
        expected = call(**named)
        for recorded in (False, True)[: 1 + (call.direction == "forward")]:
            moved = {name: value.to("meta") for name, value in tensors.items()}
            moved[first(function)].requires_grad_(recorded)
            result = call(**dict(named, **moved))
            for a, b in zip(*(r if isinstance(r, tuple) else (r,) for r in (result, expected))):
                assert a.is_meta and a.shape == b.shape and a.dtype == b.dtype
        for name in tensors if len(tensors) > 1 else ():
            if tensors[name].ndim:
                words = rf"\[{call.__name__}\] .* is on device (meta, {first(function)} on cpu|cpu, {first(function)} on meta)"
                with pytest.raises(RuntimeError, match=words):
                    call(**dict(named, **{name: tensors[name].to("meta")}))


def test_real_tensors_where_new_ones_would_be_fake():
    x, y = torch.ones(3), torch.zeros(3)
    for call in (lambda: functional.mish(x), lambda: functional.mse_loss(x, y)):
        with torch._subclasses.FakeTensorMode():
            try:
                result = call()
            except (TypeError, AssertionError) as error:
                assert "FakeTensor" in str(error)
            else:
                assert type(result).__name__ == "FakeTensor"


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if learned(f)], ids=by_name)
def test_channels_of_sizes_that_wrap(function):
    x = torch.zeros(1).as_strided((0, 2, 2**31, 2**33), (0, 0, 0, 0))
    assert function(x, torch.ones(2)).shape == x.shape
    grad, grad_weight = BY_NAME[function.__name__ + "_backward"](x, x, torch.ones(2))
    assert grad.shape == x.shape and torch.equal(grad_weight, torch.zeros(2))


def test_tensors_of_the_training_layer_are_made_by_the_same_rules():
    plain = torch.tensor([2.0, -4.0])
    for kind in COMPUTED.values():
        assert lossact.tensor(quiet(kind)(plain)).tolist() == plain.tolist()
    assert lossact.tensor(torch._efficientzerotensor(3)).tolist() == [0, 0, 0]
    for make, words in (REFUSED[kind] for kind in ("sparse_coo", "quantized", "without bytes", "complex")):
        with pytest.raises(TypeError, match=rf"^\[tensor\] data {words}"):
            lossact.tensor(quiet(make)(plain))
    for make in HOLLOW.values():
        with pytest.raises((TypeError, ValueError)):
            lossact.tensor(quiet(make)(plain.reshape(1, 2)))

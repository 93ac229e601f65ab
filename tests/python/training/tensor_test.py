"""The tensor of the training layer, against NumPy and cases worked by hand."""

import gc
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import lossact
from lossact import Tensor

DTYPES = [np.float32, np.float64, np.int64, np.bool_]
shapes = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


def counted(shape):
    return np.arange(math.prod(shape), dtype=np.float64).reshape(shape)


def same(tensor, array):
    assert isinstance(tensor, Tensor)
    assert tuple(tensor.shape) == np.shape(array)
    np.testing.assert_array_equal(tensor.detach().numpy(), array)


# Data


@pytest.mark.parametrize("dtype", DTYPES)
@given(shape=shapes)
def test_arrays_come_and_go(dtype, shape):
    array = np.asarray(counted(shape) % 2).astype(dtype)
    tensor = lossact.tensor(array)
    assert tensor.numpy().dtype == dtype
    same(tensor, array)
    assert tensor.tolist() == array.tolist()
    same(lossact.tensor(array.T.copy().T), array)
    same(lossact.tensor(array[..., ::-1] if shape else array), array[..., ::-1] if shape else array)
    if array.size:
        same(lossact.tensor(array.tolist(), dtype=tensor.dtype), array)


def test_numpy_and_dlpack_share_memory():
    tensor = lossact.zeros(2, 3)
    array, other = tensor.numpy(), np.from_dlpack(tensor)
    tensor[0, 1] = 5
    array[1, 2] = 7
    assert tensor.tolist() == other.tolist() == [[0, 5, 0], [0, 0, 7]]
    del tensor
    gc.collect()
    assert array.tolist() == [[0, 5, 0], [0, 0, 7]]
    assert lossact.zeros(3).__dlpack_device__() == (1, 0)


def test_numbers_find_their_types():
    assert lossact.tensor(1.5).dtype == lossact.float32
    assert lossact.tensor([1, 2]).dtype == lossact.int64
    assert lossact.tensor([1, 2.5]).dtype == lossact.float32
    assert lossact.tensor([True, False]).dtype == lossact.bool
    assert lossact.tensor(np.float64(1)).item() == 1
    assert lossact.tensor(0.1, dtype=lossact.float64).item() == 0.1
    assert lossact.tensor([0.1], dtype=lossact.float64).item() == 0.1
    assert lossact.tensor(2**53 + 1).item() == 2**53 + 1
    assert lossact.tensor([]).dtype == lossact.float32


def test_what_is_no_data_is_refused():
    for data, error in [
        ("text", TypeError),
        (None, TypeError),
        ([[1], [1, 2]], ValueError),
        ([1, [2]], ValueError),
        ([[], 1], ValueError),
        ([2**70], OverflowError),
        (np.zeros(2, np.complex64), TypeError),
        (np.zeros(2, np.float16), TypeError),
        (np.zeros(2, ">f4"), TypeError),
    ]:
        with pytest.raises(error):
            lossact.tensor(data)


def test_creation():
    assert lossact.zeros(2, 3).shape == lossact.zeros((2, 3)).shape == lossact.zeros(size=(2, 3)).shape == (2, 3)
    assert lossact.ones(2, dtype=lossact.int64).tolist() == [1, 1]
    assert lossact.arange(3).tolist() == [0, 1, 2] and lossact.arange(1, 2, 0.25).tolist() == [1, 1.25, 1.5, 1.75]
    assert lossact.full((2,), 7).dtype == lossact.int64
    assert lossact.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert repr(lossact.randn(8, 5).size()) == "torch.Size([8, 5])" and lossact.randn(8, 5).size(-1) == 5
    for wrong in (lambda: lossact.zeros(-1), lambda: lossact.zeros(2, size=(2,)), lambda: lossact.zeros("a")):
        with pytest.raises((ValueError, TypeError)):
            wrong()


def test_the_seed_decides():
    def drawn():
        lossact.manual_seed(3)
        return [lossact.randn(5).tolist(), lossact.rand(2, 2).tolist(), lossact.randperm(9).tolist()]

    assert drawn() == drawn()
    assert lossact.randn(5).tolist() != lossact.randn(5).tolist()
    sample = lossact.randn(100000)
    assert abs(sample.mean().item()) < 0.02 and abs((sample**2).mean().item() - 1) < 0.02


# Arithmetic


@given(a=shapes, b=shapes)
def test_broadcasting_is_numpys(a, b):
    x, y = counted(a) + 1, counted(b) + 2
    try:
        expected = x / y
    except ValueError:
        with pytest.raises(ValueError):
            lossact.tensor(x) / lossact.tensor(y)
        return
    same(lossact.tensor(x) / lossact.tensor(y), expected)
    same(lossact.tensor(x) < lossact.tensor(y), x < y)


def test_numbers_beside_tensors():
    x = lossact.tensor([1.0, 2.0])
    assert (2 * x + 1 - x / 2).tolist() == [2.5, 4]
    assert (1 - x).tolist() == [0, -1] and (4 / x).tolist() == [4, 2]
    assert (x**2).tolist() == [1, 4] and (2**x).tolist() == [2, 4]
    assert (lossact.tensor([2, 3]) ** 2).tolist() == [4, 9]
    assert (lossact.tensor([1, 2]) + 1).dtype == lossact.int64
    assert (lossact.tensor([1, 2]) / 2).dtype == lossact.float32
    assert (x.double() * 0.1).tolist() == [0.1, 0.2]
    assert (x * np.float64(2)).dtype == lossact.float32
    with pytest.raises(TypeError):
        x + "a"
    assert (x == None) is False  # noqa: E711
    with pytest.raises(RuntimeError):
        bool(x == x)


def test_pythons_sum_and_len():
    x = lossact.arange(5, dtype=lossact.float32)
    assert (sum(x) / len(x)).item() == 2
    assert [row.item() for row in x] == [0, 1, 2, 3, 4]
    with pytest.raises(TypeError):
        len(lossact.tensor(1.0))
    with pytest.raises(TypeError):
        iter(lossact.tensor(1.0))


def test_reductions():
    x = lossact.tensor([[1.0, 5.0], [7.0, 3.0]])
    assert x.sum().item() == 16 and x.sum(0).tolist() == [8, 8] and x.mean(dim=-1, keepdim=True).tolist() == [[3], [5]]
    assert x.argmax().item() == 2 and x.argmax(dim=1).tolist() == [1, 0]
    assert (x > 2).sum().item() == 3 and isinstance((x > 2).sum().item(), int)


# Indexing

indices = st.one_of(
    st.integers(-4, 3),
    st.slices(4).filter(lambda s: s.step is None or s.step > 0),
    st.just(Ellipsis),
    st.none(),
    st.lists(st.integers(-2, 2), min_size=1, max_size=3),
)


@given(
    shape=arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4),
    key=st.lists(indices, min_size=1, max_size=4).map(tuple),
)
def test_indices_are_numpys(shape, key):
    array = counted(shape)
    tensor = lossact.tensor(array)
    # NumPy takes a number beside a list for one more list; PyTorch and this take it for a number.
    if any(isinstance(k, list) for k in key):
        key = tuple([k] if isinstance(k, int) else k for k in key)
    try:
        expected = array[key]
    except (IndexError, ValueError):
        with pytest.raises((IndexError, ValueError)):
            tensor[key]
        with pytest.raises((IndexError, ValueError)):
            tensor[key] = 1
        same(tensor, array)
        return
    same(tensor[key], expected)
    array[key] = -1
    tensor[key] = -1
    same(tensor, array)


def test_masks():
    array = counted((3, 4))
    tensor = lossact.tensor(array)
    same(tensor[tensor > 5], array[array > 5])
    tensor[tensor > 5] = 0
    array[array > 5] = 0
    same(tensor, array)


def test_assignment():
    tensor = lossact.zeros(3, 4)
    tensor[1] = lossact.tensor([1.0, 2.0, 3.0, 4.0])
    tensor[:, 0] = 9
    tensor[2][3] = 5  # by way of a view
    assert tensor.tolist() == [[9, 0, 0, 0], [9, 2, 3, 4], [9, 0, 0, 5]]
    for wrong, error in [
        (lambda: tensor.__setitem__(3, 1), IndexError),
        (lambda: tensor.__setitem__(0, [1, 2]), ValueError),
        (lambda: tensor.__setitem__(0.5, 1), TypeError),
        (lambda: tensor.__setitem__(0, "a"), TypeError),
    ]:
        with pytest.raises(error):
            wrong()
    assert tensor.tolist() == [[9, 0, 0, 0], [9, 2, 3, 4], [9, 0, 0, 5]]


def test_a_copy_is_not_mistaken_for_a_view():
    tensor = lossact.zeros(2, 2)
    for part in (tensor[:, 0], tensor.t(), tensor.transpose(0, 1)[0]):
        with pytest.raises(RuntimeError, match="copy where PyTorch has a view"):
            part[0] = 1
        with pytest.raises(ValueError):
            part.numpy()[0] = 1
    column = tensor[:, 0].clone()
    column[0] = 1
    assert column.tolist() == [1, 0] and tensor.sum().item() == 0


# Functions of the registry


def test_activations_are_methods_and_functions():
    x = lossact.tensor([-1.0, 2.0])
    assert x.relu().tolist() == lossact.relu(x).tolist() == [0, 2]
    assert x.softmax(dim=-1).sum().item() == pytest.approx(1)
    assert lossact.nn.functional.relu(x).tolist() == [0, 2]


def test_printing():
    x = lossact.tensor([[0.5, -2.0]], requires_grad=True)
    assert repr(x) == "tensor([[ 0.5000, -2.0000]], requires_grad=True)"
    assert repr(lossact.relu(x)) == "tensor([[0.5000, 0.0000]], grad_fn=<ReluBackward0>)"
    assert f"{x[0, 0]:.1f} {x.sum().item()}" == "0.5 -1.5"
    assert repr(lossact.tensor([1.0], dtype=lossact.float64)) == "tensor([1.], dtype=torch.float64)"


def test_extremes():
    x = lossact.tensor([[1.0, 5.0, 5.0], [7.0, -3.0, 2.0]])
    values, indices = lossact.max(x, 1)
    assert values.tolist() == [5, 7] and indices.tolist() == [1, 0]
    assert x.max().item() == 7 and x.min().item() == -3 and x.min(0, keepdim=True).indices.tolist() == [[0, 1, 1]]
    assert math.isnan(lossact.tensor([1.0, math.nan]).max().item())
    assert lossact.tensor([3, 8, 2]).max().item() == 8

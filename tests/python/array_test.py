"""Whatever the shape, the strides, the element type and the kind of an array: a call gives what it gives on neighbouring
elements, in the caller's kind of array."""

import array as buffers
import ctypes

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry import (BY_NAME, CLASSES, ELEMENTWISE, FUNCTIONS, PAIRS, ROWS, arguments, array,
                      backward_arguments, by_name, draws, extra, gradient, kind, learned)

from lossact import functional

ELEMENTS = ["float32", "float64", "float16", ml_dtypes.bfloat16]
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
every_element = pytest.mark.parametrize("element", ELEMENTS, ids=lambda e: np.dtype(e).name)
shapes = st.lists(st.integers(0, 5), min_size=0, max_size=4).map(tuple)
class_shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@st.composite
def strided(draw, shape):
    """A view of this shape into a larger array, its dimensions in any order, some of them backwards, some with gaps."""
    if not shape:
        return np.empty((), np.float64)
    steps = [draw(st.sampled_from([1, 1, 2, 3, -1, -2])) for _ in shape]
    order = draw(st.permutations(range(len(shape))))
    base = np.empty([shape[i] * abs(steps[i]) + 1 for i in order], np.float64)
    view = base.transpose(np.argsort(order))
    return view[tuple(slice(None, None, step) for step in steps)][tuple(slice(0, size) for size in shape)]


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@every_function
@every_element
@given(data=st.data())
def test_layouts_and_shapes(function, element, data):
    shape = data.draw(class_shapes if kind(function) in ("row_loss", "vector_loss", "halves") else shapes)
    element = np.dtype(element)
    arrays = arguments(function, shape, element)
    given_arrays = list(arrays)
    for i, a in enumerate(arrays[: 2 if kind(function) == "element_loss" else 1]):
        layout = data.draw(strided(a.shape))
        if element.itemsize == 8:
            layout[...] = a
            given_arrays[i] = layout
        else:
            wide = np.empty([*layout.shape, 2], element)
            wide[..., 0] = a
            given_arrays[i] = data.draw(st.sampled_from([wide[..., 0] if shape else a, a.copy(order="F"), a]))
    kept = [np.array(a) for a in given_arrays]
    expected = function(*[np.ascontiguousarray(a).reshape(a.shape) for a in arrays], **extra(function))
    result = function(*given_arrays, **extra(function))
    assert same(result, expected)
    assert all(same(a, b) for a, b in zip(given_arrays, kept)), "an argument was written to"

    slopes = backward_arguments(function, arrays)
    expected = gradient(function, *slopes, **extra(function))
    result = gradient(function, *[slopes[0], *given_arrays], **extra(function))
    assert same(result, expected)
    assert result.shape == arrays[0].shape and result.dtype == element

    shape = arrays[0].shape
    out = data.draw(strided(shape)) if element.itemsize == 8 else np.empty(shape, element, order="F")
    out[...] = 77
    BY_NAME[function.function + "_backward"](*slopes, **extra(function), out=out)
    assert same(out, expected)


@pytest.mark.parametrize("function", ELEMENTWISE + ROWS, ids=by_name)
@every_element
@given(data=st.data())
def test_results_may_lie_anywhere_but_partly_on_the_input(function, element, data):
    count = data.draw(st.integers(1, 20))
    memory = np.zeros(3 * count + 4, element)
    start, step = data.draw(st.integers(0, 2)), data.draw(st.sampled_from([1, 2]))
    other, other_step = data.draw(st.integers(0, 2)), data.draw(st.sampled_from([1, 2]))
    x = memory[start:][::step][:count]
    out = memory[other:][::other_step][:count]
    arrays = arguments(function, (count,), element)
    x[...] = arrays[0]
    expected = function(np.array(x), *arrays[1:], **extra(function))
    identical = (start, step if count > 1 else 0) == (other, other_step if count > 1 else 0)
    if identical or not np.shares_memory(x, out):
        assert function(x, *arrays[1:], **extra(function), out=out) is out
        assert same(out, expected)
    else:
        before = memory.copy()
        with pytest.raises(ValueError, match="shares memory with input in part"):
            function(x, *arrays[1:], **extra(function), out=out)
        assert same(memory, before)


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if "inplace" in str(f.__signature__)], ids=by_name)
def test_inplace_writes_over_the_input(function):
    x = array((3, 4))[:, ::2]
    expected = function(np.array(x))
    assert function(x, inplace=True) is x
    assert same(x, expected)


@pytest.mark.parametrize("function", ELEMENTWISE, ids=by_name)
def test_a_result_lies_in_memory_as_the_input_does(function):
    x = np.asfortranarray(array((3, 4, 5)))
    weight = [np.float32([0.5])] if learned(function) else []
    assert function(x, *weight).flags.f_contiguous


@pytest.mark.parametrize("function", ROWS, ids=by_name)
@given(shape=class_shapes, data=st.data())
def test_rows_lie_along_any_dimension(function, shape, data):
    x = array(shape)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    moved = np.ascontiguousarray(np.moveaxis(x, dim, -1))
    assert same(function(x, dim), np.moveaxis(function(moved, -1), -1, dim).copy())


@pytest.mark.parametrize("function", PAIRS + CLASSES, ids=by_name)
@every_element
def test_a_loss_is_float32_and_of_float64_float64(function, element):
    arrays = arguments(function, (4, 3), element)
    wanted = np.float64 if np.dtype(element) == np.float64 else np.float32
    loss = function(*arrays)
    assert type(loss) is wanted
    assert function(*arrays, reduction="none").dtype == wanted
    value, slope = BY_NAME[function.function + "_with_gradient"](*arrays)
    assert type(value) is wanted and value == loss
    assert same(slope, gradient(function, 1.0, *arrays))
    assert np.isclose(function(*arrays, reduction="sum"), np.sum(function(*arrays, reduction="none"), dtype="f8"), rtol=1e-6)


@pytest.mark.parametrize("function", PAIRS + CLASSES, ids=by_name)
def test_a_loss_is_written_where_out_says(function):
    arrays = arguments(function, (4, 3))
    each = function(*arrays, reduction="none")
    out = np.full((2, *each.shape), 9, np.float32)
    assert function(*arrays, reduction="none", out=out[1]) is not None
    assert same(out[1], each) and np.all(out[0] == 9)
    single = np.empty((), np.float32)
    function(*arrays, out=single)
    assert single[()] == function(*arrays)


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
def test_classes_are_integers_of_any_size(function, kind):
    x, y = arguments(function, (5, 3))
    assert function(x, y.astype(kind)) == function(x, y)
    assert function(x, np.repeat(y.astype(kind), 2)[::2]) == function(x, y)


@pytest.mark.parametrize("function", ELEMENTWISE, ids=by_name)
def test_kinds_of_array_come_back(function):
    weight = [np.float32([0.5])] if learned(function) else []
    x = buffers.array("f", [-1, 0.5, 2])
    expected = function(np.asarray(x), *weight)
    result = function(x, *weight)
    assert type(result) is buffers.array and result.typecode == "f" and same(np.asarray(result), expected)
    result = function(memoryview(x), *weight)
    assert type(result) is memoryview and same(np.asarray(result), expected)
    for of_ctypes in ((ctypes.c_float * 3)(*x), (ctypes.c_float * 3 * 1)((ctypes.c_float * 3)(*x))):
        result = function(of_ctypes, *weight)
        assert type(result) is memoryview and result.shape == np.shape(of_ctypes)
        assert same(np.asarray(result).ravel(), expected)
        assert function(of_ctypes, *weight, out=of_ctypes) is of_ctypes and same(np.ravel(of_ctypes), expected)
    result = function(np.float32(0.5), *weight)
    assert type(result) is np.float32 and result == expected[1]
    view = array((2, 3)).view(type("Sub", (np.ndarray,), {}))
    assert type(function(view, *weight)) is type(view)


def at_offset(a, offset):
    """A copy of an array, `offset` bytes behind an address that its type would be aligned to."""
    memory = np.zeros(a.nbytes + 16, "u1")
    start = -memory.ctypes.data % 8 + offset
    moved = memory[start : start + a.nbytes].view(a.dtype).reshape(a.shape)
    moved[...] = a
    return moved


@every_function
@every_element
@pytest.mark.parametrize("shape", [(4, 3), (3, 40), (2, 3, 4)], ids=str)
def test_arrays_at_any_address(function, element, shape):
    arrays = arguments(function, shape, np.dtype(element))
    slopes = backward_arguments(function, arrays)
    expected = function(*arrays, **extra(function)), gradient(function, *slopes, **extra(function))
    for offset in (1, 2, 3, 4, 7):
        moved = [at_offset(a, offset) for a in arrays]
        assert same(function(*moved, **extra(function)), expected[0])
        rows = [at_offset(np.repeat(a, 2, 0), offset)[::2] for a in arrays[:1]] + moved[1:]
        assert same(function(*rows, **extra(function)), expected[0])
        out = at_offset(np.zeros_like(arrays[0]), offset)
        moved = [at_offset(a, offset) if isinstance(a, np.ndarray) else a for a in slopes]
        BY_NAME[function.function + "_backward"](*moved, **extra(function), out=out)
        assert same(out, expected[1])


class Standard:
    """An array of a package that is not known: DLPack alone."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


@every_function
def test_arrays_by_dlpack_alone(function):
    arrays = arguments(function, (4, 3))
    expected = function(*arrays, **extra(function))
    assert same(function(*map(Standard, arrays), **extra(function)), expected)


def test_float64_is_never_narrowed():
    x = np.full(3, 1 + 1e-12)
    for function in ELEMENTWISE + ROWS:
        weight = [np.float64([0.5])] if learned(function) else []
        assert function(x, *weight, **extra(function)).dtype == np.float64
    identity = functional.identity(x)
    assert np.array_equal(identity, x)


@pytest.mark.parametrize("name", [f.function for f in FUNCTIONS if draws(f)])
def test_a_seed_fixes_the_random_numbers(name):
    import lossact._core

    function, x = getattr(functional, name), -np.abs(array((5, 7))) - 1
    a, b = function(x, training=True), function(x, training=True)
    assert not same(a, b)
    fixed = function(x, training=True, seed=5)
    assert same(fixed, function(np.asfortranarray(x), training=True, seed=5).copy(order="C"))
    slopes = getattr(functional, name + "_backward")(np.ones_like(x), x, training=True, seed=5)
    assert np.allclose(slopes * x, fixed, rtol=1e-6)
    with pytest.raises(ValueError, match="seed is missing"):
        getattr(functional, name + "_backward")(np.ones_like(x), x, training=True)
    assert same(function(x), function(x))
    assert lossact._core.fresh_seed() != lossact._core.fresh_seed()

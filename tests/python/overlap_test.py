"""An output lies exactly over an input or over none, and its elements over none of each other: else the call is
refused, and nothing is written."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry import CLASSES, DESCRIBED, FUNCTIONS, LOSSES, arguments, array, backward_arguments, by_name, required
from spoiled import POISON, calls

from lossact import functional

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)


def all_calls(function):
    """Every call, and those whose gradient and weights are arrays, as (call, arguments by name, out)."""
    arrays = arguments(function, (4, 3))
    for call, given_arrays, out, options in calls(function, arrays):
        names = list(call.__signature__.parameters)
        named = dict(zip(names, given_arrays), **options)
        yield call, named, out
        if function in LOSSES:
            each = function(*arrays, reduction="none")
            if "grad_output" in named:
                yield call, dict(named, grad_output=np.ones_like(each), reduction="none"), out
            if function in CLASSES:
                yield call, dict(named, weight=np.ones(3, "float32")), out


@every_function
def test_no_output_over_part_of_an_input(function):
    tried = set()
    for call, named, out in all_calls(function):
        expected = call(**named)
        expected = expected[1] if call.direction == "with_gradient" else expected
        for name, a in named.items():
            if not isinstance(a, np.ndarray):
                continue
            start = -(-out.nbytes // 8) * 8
            for at in (start - out.nbytes + 4, start + a.nbytes - 4, start + a.nbytes, start - out.nbytes):
                memory = np.zeros(2 * out.nbytes + a.nbytes + 16, "u1")
                inside = memory[start : start + a.nbytes].view(a.dtype).reshape(a.shape)
                inside[...] = a
                over = memory[at : at + out.nbytes].view(out.dtype).reshape(out.shape)
                apart = at in (start + a.nbytes, start - out.nbytes)
                before = memory.copy()
                if apart:
                    call(**dict(named, **{name: inside}), out=over)
                    assert np.array_equal(over, expected[0] if isinstance(expected, tuple) else expected)
                    assert np.array_equal(inside, a)
                    continue
                with pytest.raises(ValueError, match=f"out shares memory with {name}") as caught:
                    call(**dict(named, **{name: inside}), out=over)
                assert type(caught.value) is ValueError
                assert np.array_equal(memory, before), "something was written"
                tried.add((call.direction, name))
    arrays = [a["name"] for a in DESCRIBED[function.registered]["arguments"]]
    wanted = set(arrays[: required(function)]) | ({"weight"} if function in CLASSES else set())
    assert {("forward", name) for name in wanted} | {("backward", "grad_output")} <= tried


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
def test_no_gradient_over_the_classes_of_its_rows(function):
    """The gradient of eight rows of sixteen floats is as long as sixty-four classes of eight bytes."""
    memory = np.zeros(64, "int64")
    x = array((8, 16))
    for call, first in ((functional.__dict__[function.__name__ + "_backward"], [1.0]),
                        (functional.__dict__[function.__name__ + "_with_gradient"], [])):
        with pytest.raises(ValueError, match="out shares memory with target"):
            call(*first, x, memory[:8], out=memory.view("float32").reshape(8, 16))
        assert not memory.any()


@every_function
def test_windows_are_no_output(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        size = out.itemsize
        for strides in {1: [(0,), (size // 2,)], 2: [(0, size), (size, size), (2 * size, size), (size, 2 * size),
                                                     (3 * size - 1, size), (size, 0)]}[out.ndim]:
            memory = np.full(64, POISON, out.dtype)
            shared = np.lib.stride_tricks.as_strided(memory, out.shape, strides)
            with pytest.raises(ValueError, match="out has elements that share memory"):
                call(*arrays, **options, out=shared)
            assert np.all(memory == POISON)


@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=3), data=st.data())
def test_outputs_of_any_strides(shape, data):
    """Refused if and only if two elements share a byte, of which all are looked at here."""
    strides = [data.draw(st.integers(-24, 24)) for _ in shape]
    reach = sum((size - 1) * abs(stride) for size, stride in zip(shape, strides))
    memory = np.zeros(reach + 4, "u1")
    start = sum((size - 1) * -min(stride, 0) for size, stride in zip(shape, strides))
    out = np.ndarray(shape, "float32", memory, start, strides)
    taken = [start + sum(i * stride for i, stride in zip(index, strides)) + byte
             for index in itertools.product(*map(range, shape)) for byte in range(4)]
    x = array(shape)
    if len(set(taken)) < len(taken):
        with pytest.raises(ValueError, match="out has elements that share memory"):
            functional.mish(x, out=out)
        assert not memory.any()
    else:
        functional.mish(x, out=out)
        assert np.array_equal(out, functional.mish(x))
        assert np.count_nonzero(memory) <= 4 * x.size

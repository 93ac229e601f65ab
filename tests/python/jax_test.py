"""On JAX arrays a call gives the bits that it gives on NumPy's, as a JAX array; what JAX traces is refused by name."""

import ml_dtypes
import numpy as np
import pytest
from registry import BY_NAME, FUNCTIONS, arguments, array, backward_arguments, by_name, extra

from lossact import functional

jax = pytest.importorskip("jax", reason="JAX is not installed: the comparison with JAX was left out")
jax.config.update("jax_enable_x64", True)

ELEMENTS = ["float32", "float64", "float16", ml_dtypes.bfloat16]
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
every_element = pytest.mark.parametrize("element", ELEMENTS, ids=lambda e: np.dtype(e).name)


def same(got, expected):
    assert isinstance(got, jax.Array) or not isinstance(expected, np.ndarray)
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.dtype == expected.dtype and got.shape == expected.shape and got.tobytes() == expected.tobytes()


@every_function
@every_element
def test_values_and_gradients(function, element):
    arrays = arguments(function, (6, 5), np.dtype(element))
    theirs = [jax.numpy.asarray(a) for a in arrays]
    same(function(*theirs, **extra(function)), function(*arrays, **extra(function)))
    back = BY_NAME[function.function + "_backward"]
    arrays = backward_arguments(function, arrays)
    theirs = [jax.numpy.asarray(a) if isinstance(a, np.ndarray) else a for a in arrays]
    got, expected = back(*theirs, **extra(function)), back(*arrays, **extra(function))
    for g, e in zip(got, expected) if isinstance(expected, tuple) else [(got, expected)]:
        same(g, e)


@pytest.mark.parametrize("transform", [jax.jit, jax.grad, jax.vmap], ids=["jit", "grad", "vmap"])
@pytest.mark.parametrize("function", [functional.mish, lambda x: functional.mish(x)], ids=["itself", "called"])
def test_tracers_are_refused_by_name(transform, function):
    with pytest.raises(TypeError, match=r"\[mish\] input is a tracer of JAX"):
        transform(function)(jax.numpy.ones(()) if transform is jax.grad else jax.numpy.ones(3))


def test_arrays_that_never_change_are_no_output():
    x, out = jax.numpy.asarray(array((8,))), jax.numpy.zeros(8, "float32")
    with pytest.raises((TypeError, ValueError, BufferError)):
        functional.mish(x, out=out)
    assert not np.asarray(out).any()

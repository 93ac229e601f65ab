"""What the tests go through: every callable of the package, and how to call it on numbers that fit."""

import numpy as np

from lossact import _core

FUNCTIONS = [f for f in _core.functions if f.direction == "forward"]
BY_NAME = {f.__name__: f for f in _core.functions}
DESCRIBED = {d["name"]: d for d in _core.registry}
ELEMENTWISE = [f for f in FUNCTIONS if f.family == "activation"]
ROWS = [f for f in FUNCTIONS if f.family == "row_activation"]
PAIRS = [f for f in FUNCTIONS if f.family == "pair_loss"]
CLASSES = [f for f in FUNCTIONS if f.family == "row_loss"]
LOSSES = PAIRS + CLASSES


def by_name(function):
    return function.__name__


def learned(function):
    return any(a["learned"] for a in DESCRIBED[function.function]["arguments"])


def draws(function):
    return any(a["extent"] == "random" for a in DESCRIBED[function.function]["arguments"])


def extra(function):
    """The keywords without which a function warns or draws."""
    return {"dim": -1} if function.family == "row_activation" else {}


def array(shape, element="float32", seed=0):
    """Numbers around zero."""
    return np.asarray(np.random.default_rng(seed).normal(0, 2, shape)).astype(element)


def arguments(function, shape, element="float32", seed=0):
    """Arrays that the function takes, the input of this shape: a list."""
    x = array(shape, element, seed)
    if function.family == "activation":
        return [x, np.asarray([0.25], element)] if learned(function) else [x]
    if function.family == "row_activation":
        return [x]
    if function.family == "pair_loss":
        return [x, np.asarray(np.abs(array(shape, element, seed + 1)))]
    axis = 0 if len(shape) == 1 else 1
    rows = tuple(size for i, size in enumerate(shape) if i != axis)
    return [x, np.random.default_rng(seed).integers(0, max(shape[axis], 1), rows)]


def backward_arguments(function, arrays):
    """The gradient in the result and the arrays themselves."""
    if function.family in ("activation", "row_activation"):
        return [array(arrays[0].shape, arrays[0].dtype, 7), *arrays]
    return [1.5, *arrays]


def gradient(function, *arrays, **options):
    """NAME_backward, in the input alone."""
    result = BY_NAME[function.function + "_backward"](*arrays, **options)
    return result[0] if isinstance(result, tuple) else result

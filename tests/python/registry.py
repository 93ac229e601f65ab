"""What the tests go through: every callable of the package, and how to call it on numbers that fit."""

import numpy as np

from lossact import _core

FUNCTIONS = [f for f in _core.functions if f.direction == "forward"]
BY_NAME = {f.__name__: f for f in _core.functions}
DESCRIBED = {d["name"]: d for d in _core.registry}


def learned(function):
    return any(a["learned"] for a in DESCRIBED[function.function]["arguments"])


def required(function):
    """How many arrays must be given."""
    return sum(not a["optional"] for a in DESCRIBED[function.registered]["arguments"])


def kind(function):
    """activation, gate, halves, row_activation, element_loss, vector_loss, row_loss or information: what its arguments
    make it."""
    if "." in function.registered:
        return "information"
    described = DESCRIBED[function.registered]
    extents = {a["extent"] for a in described["arguments"]}
    if function.reduces:
        if extents & {"target", "class_index"}:
            return "row_loss"
        return "vector_loss" if described["by_rows"] else "element_loss"
    if "halves" in extents:
        return "halves"
    if required(function) > 1 and not learned(function):
        return "gate"
    return "row_activation" if "dim" in {name for name, _, _ in function.arguments} else "activation"


ELEMENTWISE = [f for f in FUNCTIONS if kind(f) == "activation"]
ROWS = [f for f in FUNCTIONS if kind(f) == "row_activation"]
PAIRS = [f for f in FUNCTIONS if kind(f) == "element_loss"]
CLASSES = [f for f in FUNCTIONS if kind(f) == "row_loss"]
VECTORS = [f for f in FUNCTIONS if kind(f) == "vector_loss"]
GATES = [f for f in FUNCTIONS if kind(f) in ("gate", "halves")]
LOSSES = PAIRS + VECTORS + CLASSES
# Those that PyTorch has too.
PEERED = [f for f in FUNCTIONS if f.function in _core.module_names]


def takes_probabilities(function):
    """Whether a target of rows may be probabilities."""
    return any(a["extent"] == "target" for a in DESCRIBED[function.function]["arguments"])


def by_name(function):
    return function.__name__


def first(function):
    """The name of the first array, of whose shape and type a result is."""
    return DESCRIBED[function.function]["arguments"][0]["name"]


def draws(function):
    return any(a["extent"] == "random" for a in DESCRIBED[function.function]["arguments"])


def extra(function):
    """The keywords without which a function warns or draws."""
    return {"dim": -1} if kind(function) == "row_activation" else {}


def array(shape, element="float32", seed=0):
    """Numbers around zero."""
    return np.asarray(np.random.default_rng(seed).normal(0, 2, shape)).astype(element)


def arguments(function, shape, element="float32", seed=0):
    """Arrays that the function takes, the input of this shape: a list."""
    x = array(shape, element, seed)
    if kind(function) == "activation":
        return [x, np.asarray([0.25], element)] if learned(function) else [x]
    if kind(function) == "row_activation":
        return [x]
    if kind(function) == "gate":
        return [x, array(shape, element, seed + 1)]
    if kind(function) == "halves":
        return [array((*shape[:-1], 2 * shape[-1]), element, seed)]
    if kind(function) == "vector_loss":
        return vectors(function, shape, element, seed)
    if kind(function) == "element_loss":
        return [x, *(np.asarray(np.abs(array(shape, element, seed + i))) for i in range(1, required(function)))]
    axis = 0 if len(shape) == 1 else 1
    rows = tuple(size for i, size in enumerate(shape) if i != axis)
    return [x, np.random.default_rng(seed).integers(0, max(shape[axis], 1), rows)]


def vectors(function, shape, element, seed):
    """Vectors along the last dimension, and 1 or -1 for each."""
    made = []
    for i, described in enumerate(DESCRIBED[function.function]["arguments"]):
        if described["extent"] == "row":
            signs = np.where(np.arange(int(np.prod(shape[:-1], dtype=int))) % 3 > 0, 1, -1)
            made.append(signs.reshape(shape[:-1]))
        else:
            x = array(shape, element, seed + i)
            probabilities = DESCRIBED[function.function]["input"] == "probabilities"
            made.append(np.asarray(np.abs(x) % 1 if probabilities else x).astype(element))
    return made


def result_shape(function, x):
    """The shape of what a function to elements makes of an array."""
    return (*x.shape[:-1], x.shape[-1] // 2) if kind(function) == "halves" else x.shape


def backward_arguments(function, arrays):
    """The gradient in the result and the arrays themselves."""
    if not function.reduces:
        return [array(result_shape(function, arrays[0]), arrays[0].dtype, 7), *arrays]
    return [1.5, *arrays]


def gradient(function, *arrays, **options):
    """NAME_backward, in the input alone."""
    result = BY_NAME[function.function + "_backward"](*arrays, **options)
    return result[0] if isinstance(result, tuple) else result

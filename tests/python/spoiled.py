"""Every call of a function with good arguments, to be spoiled one by one, and how a call is refused."""

import numpy as np
import pytest
from registry import BY_NAME, CLASSES, LOSSES, backward_arguments, extra

POISON = 12345


def refuse(kind, words, function, *arrays, out=None, written=None, **options):
    """The call is refused by a kind of error that says who speaks and has the words, and every array is as it was."""
    kept = [a.copy() for a in (*arrays, out, written) if isinstance(a, np.ndarray)]
    keyword = {} if out is None else {"out": out}
    with pytest.raises(kind, match=words) as caught:
        function(*arrays, **options, **keyword)
    assert type(caught.value) is kind, "a class of its own"
    assert str(caught.value).startswith((f"[{function.function}", f"{function.__name__}()"))
    now = [a for a in (*arrays, out, written) if isinstance(a, np.ndarray)]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(now, kept)), "something was written"


def poisoned(function, arrays):
    """Where the result of a call fits, full of what no call writes."""
    options = {"reduction": "none"} if function in LOSSES else extra(function)
    shape, element = np.shape(function(*arrays, **options)), function(*arrays, **options).dtype
    return np.full(shape, POISON, element), options


def calls(function, arrays):
    """(callable, arrays, out, options) of a function forward and of its gradients."""
    out, options = poisoned(function, arrays)
    yield function, arrays, out, options
    for direction in ("backward", "with_gradient", "backward_target"):
        gradient = BY_NAME.get(f"{function.function}_{direction}")
        if gradient and not (direction == "backward_target" and function in CLASSES):
            given = arrays if direction == "with_gradient" else backward_arguments(function, arrays)
            yield gradient, given, np.full_like(arrays[0], POISON), extra(function)

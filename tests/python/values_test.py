"""What a call on NumPy's arrays gives is what the formula says, read by mpmath: values, gradients, reductions.

Promised: 1 unit in the last place in float32, 4 in float64. That holds at every number by tests/library; here a handful
of points shows that the package hands numbers, parameters and gradients over as they are.
"""

import ctypes
import re

import mpmath
import numpy as np
import pytest
from registry import (BY_NAME, CLASSES, DESCRIBED, ELEMENTWISE, GATES, PAIRS, ROWS, VECTORS, array, by_name, gradient, kind,
                      learned, takes_probabilities, vectors)

import lossact
from lossact import information

KNOWN = {function.name: function for function in lossact.functions()}
PROMISE = {"float32": 1, "float64": 4}
POINTS = [-30.25, -4.5, -1.0, -0.3, -1e-3, 1e-3, 0.7, 1.0, 3.25, 19.5]
LOGITS = [[0.5, -1.25, 3.0, 0.0], [-2.0, 7.5, 7.25, -30.0], [1e-3, 2e-3, -1e-3, 0.1]]
every_element = pytest.mark.parametrize("element", PROMISE)


@pytest.fixture(autouse=True)
def precision():
    with mpmath.workprec(1400):  # holds 1 + the smallest double
        yield


class Row(list):
    """Arithmetic element by element."""

    def paired(self, other, act):
        return Row(act(a, b) for a, b in zip(self, other if isinstance(other, Row) else [other] * len(self)))

    def __add__(self, other):
        return self.paired(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self.paired(other, lambda a, b: a - b)

    def __neg__(self):
        return Row(-a for a in self)

    def __mul__(self, other):
        return self.paired(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self.paired(other, lambda a, b: a / b)

    def __pow__(self, power):
        return Row(a**power for a in self)

    def __abs__(self):
        return Row(map(abs, self))

    def __rsub__(self, other):
        return -self + other

    def __radd__(self, other):
        return self + other


def each(f):
    return lambda x: Row(map(f, x)) if isinstance(x, Row) else f(x)


def largest(*values):
    """max, of rows element by element."""
    rows = [value for value in values if isinstance(value, Row)]
    if not rows:
        return max(values)
    return Row(map(max, zip(*(value if isinstance(value, Row) else [value] * len(rows[0]) for value in values))))


def threshold(x):
    """The t above which the numbers of x are above it by 1 in all."""
    of_the_largest = ((sum(sorted(x)[-count:]) - 1) / count for count in range(1, len(x) + 1))
    return max(of_the_largest)


WORDS = {word: each(getattr(mpmath, word)) for word in ("exp", "log", "tanh", "sqrt", "erf", "sin", "cos")}
WORDS.update(max=largest, threshold=threshold)


def read(function, **names):
    """The formula of a function, whose name is given, at exact numbers."""
    return eval(KNOWN[function].formula, dict(WORDS, pi=mpmath.pi), names)


def exact(values):
    return Row(mpmath.mpf(float(value)) for value in np.ravel(values))


def near(got, wanted, size=None):
    """Is each number within the promise, in units of what it was added up from?"""
    got = np.asarray(got)
    info = np.finfo(got.dtype)
    wanted = list(wanted)
    sizes = [max(abs(want), size or 0) for want in wanted]
    assert got.size == len(wanted)
    for number, want, of in zip(got.ravel(), wanted, sizes):
        exponent = max(int(mpmath.frexp(of)[1]) if of else info.minexp, info.minexp + 1)
        units = abs(mpmath.mpf(float(number)) - want) / mpmath.ldexp(1, exponent - info.nmant - 1)
        assert units <= PROMISE[got.dtype.name], f"{number} and not {mpmath.nstr(want, 20)}"


def kink(formula, at):
    """Whether the slope jumps there; tests/library has what it is then."""
    left, right = (mpmath.diff(formula, at, direction=side) for side in (-1, 1))
    return abs(left - right) > 1e-3


def settings(function):
    """The defaults, and each number and truth value of the formula at something else. The draws of a random operand are
    not to be seen from here."""
    known = KNOWN[function.function]
    defaults = {parameter.name: eval(parameter.default, {"nan": float("nan")}) for parameter in known.parameters}
    yield {}, defaults
    for parameter in known.parameters:
        value = defaults[parameter.name]
        if parameter.name not in known.formula or parameter.name == "training":
            continue
        if isinstance(value, (bool, float)):
            other = not value if isinstance(value, bool) else value * 0.75
            yield {parameter.name: other}, dict(defaults, **{parameter.name: other})
        elif isinstance(value, str):
            for other in re.findall(r"\w+", parameter.legal):
                yield {parameter.name: other}, dict(defaults, **{parameter.name: other})


@pytest.mark.parametrize("function", ELEMENTWISE, ids=by_name)
@every_element
def test_activations(function, element):
    x = np.asarray(POINTS, element)
    weight = [np.asarray([0.375], element)] if learned(function) else []
    names = {"weight": mpmath.mpf("0.375")} if weight else {}
    for options, parameters in settings(function):

        def formula(at):
            return read(function.function, **names, **parameters, x=at)

        near(function(x, *weight, **options), map(formula, exact(x)))
        ones = np.ones_like(x)
        slopes = gradient(BY_NAME[function.function], ones, x, *weight, **options)
        smooth = [not kink(formula, at) for at in exact(x)]
        near(slopes[smooth], (mpmath.diff(formula, at) for at in exact(x[smooth])))
        doubled = gradient(BY_NAME[function.function], 2 * ones, x, *weight, **options)
        assert np.array_equal(doubled, 2 * slopes)


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if "threshold" in f.__signature__.parameters], ids=by_name)
@every_element
def test_above_pytorchs_threshold_is_the_identity(function, element):
    """Where it is given and is not the default, which changes nothing, given or not."""
    x = np.asarray([*POINTS, 20.5, 25.0], element)
    default = function.__signature__.parameters["threshold"].default
    assert np.any(function(x)[x > default] > x[x > default]) or element == "float32"
    assert np.array_equal(function(x, threshold=default), function(x))
    grad = np.full_like(x, 3)
    slopes = gradient(function, grad, x)
    assert np.array_equal(gradient(function, grad, x, threshold=default), slopes)
    for threshold in (-2.0, 0.5, 19.0):
        above = x > threshold
        assert np.array_equal(function(x, threshold=threshold), np.where(above, x, function(x)))
        assert np.array_equal(gradient(function, grad, x, threshold=threshold), np.where(above, grad, slopes))


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if learned(f)], ids=by_name)
@every_element
def test_gradients_of_a_learned_weight(function, element):
    x, weight = np.asarray([POINTS, POINTS[::-1]], element).T, np.asarray([0.375, -1.5], element)
    grad = np.asarray(np.arange(x.size).reshape(x.shape) % 3 + 1, element)
    _, slopes = BY_NAME[function.function + "_backward"](grad, x, weight)
    for channel in range(2):
        at = mpmath.mpf(float(weight[channel]))
        terms = [
            g * mpmath.diff(lambda w: read(function.function, x=v, weight=w), at)
            for v, g in zip(exact(x[:, channel]), exact(grad[:, channel]))
        ]
        near(slopes[channel : channel + 1], [sum(terms)], sum(map(abs, terms)))


@pytest.mark.parametrize("function", ROWS, ids=by_name)
@every_element
def test_row_activations(function, element):
    x = np.asarray(LOGITS, element)
    results = function(x, dim=1)
    columns = function(np.ascontiguousarray(x.T), dim=0)
    grad = np.asarray([[1.0, -0.5, 0.25, 2.0]] * len(x), element)
    slopes = gradient(function, grad, x, dim=1)
    for row, result, column, slope in zip(x, results, columns.T, slopes):
        at = exact(row)
        wanted = [read(function.function, x=at, c=c) for c in range(len(at))]
        near(result, wanted)
        near(np.ascontiguousarray(column), wanted)

        def along(i, v):
            moved = Row([*at[:i], v, *at[i + 1 :]])
            return sum(g * read(function.function, x=moved, c=c) for c, g in enumerate(exact(grad[0])))

        near(slope, (mpmath.diff(lambda v: along(i, v), at[i]) for i in range(len(at))), mpmath.mpf(4))


def judge_loss(function, arrays, losses, slopes, options, size=None, of_losses=None):
    """Losses one by one and reduced, and gradients of the sum, against the formula's."""
    near(function(*arrays, **options, reduction="none"), losses, of_losses)
    near(function(*arrays, **options, reduction="sum"), [sum(losses)], of_losses)
    near(function(*arrays, **options, reduction="mean"), [sum(losses) / len(losses)], of_losses)
    got = gradient(function, 1.0, *arrays, **options, reduction="sum")
    near(got, slopes, size)
    loss, with_loss = BY_NAME[function.function + "_with_gradient"](*arrays, **options, reduction="sum")
    assert loss == function(*arrays, **options, reduction="sum") and np.array_equal(with_loss, got)


@pytest.mark.parametrize("function", PAIRS, ids=by_name)
@every_element
def test_losses_of_values(function, element):
    # Inputs below 0 and targets above 1: no formula's terms cancel.
    x, y = np.asarray([-0.25, -1.5, -3.0, -0.01], element), np.asarray([1.5, 2.25, 1.125, 3.5], element)
    for options, parameters in settings(function):

        names = [a["name"] for a in DESCRIBED[function.function]["arguments"] if not a["optional"]]
        arrays = [x, y, *([np.asarray([1.25, 4.0, 0.5, 2.5], element)] * (len(names) - 2))]
        left_out = {a["name"]: 1 for a in DESCRIBED[function.function]["arguments"] if a["optional"]}
        points = list(zip(*map(exact, arrays)))

        def formula(point):
            return read(function.function, **{**parameters, **left_out, **dict(zip(["x", "y", *names[2:]], point))})

        def slopes(place):
            return [mpmath.diff(lambda v: formula((*p[:place], v, *p[place + 1 :])), p[place]) for p in points]

        judge_loss(function, arrays, [formula(p) for p in points], slopes(0), options)
        for place, name in enumerate(names[1:], 1):
            gradient = BY_NAME[f"{function.function}_backward_{name}"]
            near(gradient(1.0, *arrays, **options, reduction="sum"), slopes(place))


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
@every_element
def test_losses_of_rows(function, element):
    x, y = np.asarray(LOGITS, element), np.asarray([2, 0, 3])
    rows = [exact(row) for row in x]
    losses, slopes = [], []
    defaults = dict(next(settings(function))[1], C=x.shape[1])
    for row, label in zip(rows, map(int, y)):
        losses.append(read(function.function, **defaults, x=row, y=label))
        for i in range(len(row)):
            moved = lambda v: read(function.function, **defaults, x=Row([*row[:i], v, *row[i + 1 :]]), y=label)
            slopes.append(mpmath.diff(moved, row[i]))
    judge_loss(function, [x, y], losses, slopes, {}, mpmath.mpf("0.75"))
    weight = np.asarray([0.5, 3.0, 1.25, 2.0], element)
    weighted = [w * loss for w, loss in zip(exact(weight[y]), losses)]
    size = sum(map(abs, weighted))
    near(function(x, y, weight=weight, reduction="sum"), [sum(weighted)], size)
    total = sum(exact(weight[y])) if takes_probabilities(function) else len(y)
    near(function(x, y, weight=weight), [sum(weighted) / total], size / 4)


@pytest.mark.parametrize("function", VECTORS, ids=by_name)
@every_element
def test_losses_of_vectors(function, element):
    arrays = vectors(function, (3, 5), element, 3)
    names = ["x", "y", *(a["name"] for a in DESCRIBED[function.function]["arguments"][2:])]
    # What is subtracted are numbers of the size of the vectors, or of a probability.
    terms = mpmath.mpf(1) if DESCRIBED[function.function]["input"] == "probabilities" else mpmath.mpf(8)
    for options, parameters in settings(function):

        def formula(row, moved=None, i=0, v=None):
            given = {}
            for name, a in zip(names, arrays):
                given[name] = Row(exact(a[row])) if a.ndim > 1 else exact(a[row])[0]
            if moved is not None:
                given[names[moved]] = Row([*given[names[moved]][:i], v, *given[names[moved]][i + 1 :]])
            return read(function.function, **parameters, **given)

        def slopes(place):
            return [mpmath.diff(lambda v: formula(row, place, i, v), mpmath.mpf(float(arrays[place][row, i])))
                    for row in range(3) for i in range(5)]

        judge_loss(function, arrays, [formula(row) for row in range(3)], slopes(0), options, mpmath.mpf(1), terms)
        for place, described in enumerate(DESCRIBED[function.function]["arguments"]):
            if place and described["gradient"]:
                backward = BY_NAME[f"{function.function}_backward_{described['name']}"]
                near(backward(1.0, *arrays, **options, reduction="sum"), slopes(place), mpmath.mpf(1))
    assert function(*(a[0] for a in arrays)) == function(*arrays, reduction="none")[0]
    several = [np.stack([a, a]) for a in arrays]
    assert np.array_equal(function(*several, reduction="none"), np.stack([function(*arrays, reduction="none")] * 2))


@pytest.mark.parametrize("function", GATES, ids=by_name)
@every_element
def test_gates(function, element):
    a, b = array((4, 6), element, 1), array((4, 6), element, 2)
    arrays = [np.concatenate([a, b], axis=1)] if kind(function) == "halves" else [a, b]
    pairs = list(zip(exact(a), exact(b)))
    near(function(*arrays), (read(function.function, x=x, y=y) for x, y in pairs))
    grads = BY_NAME[function.function + "_backward"](np.ones_like(a), *arrays)
    got = np.split(grads, 2, axis=1) if kind(function) == "halves" else grads
    near(np.ascontiguousarray(got[0]), (mpmath.diff(lambda v: read(function.function, x=v, y=y), x) for x, y in pairs),
         mpmath.mpf(1))
    near(np.ascontiguousarray(got[1]), (mpmath.diff(lambda v: read(function.function, x=x, y=v), y) for x, y in pairs),
         mpmath.mpf(1))
    if kind(function) == "halves":
        along = np.moveaxis(arrays[0], 1, 0).copy()
        assert np.array_equal(function(along, 0), function(arrays[0]).T)


@pytest.mark.parametrize("function", [f for f in ROWS if "mask" in f.__signature__.parameters], ids=by_name)
@every_element
def test_masks(function, element):
    x = array((3, 5), element, 1)
    mask = np.asarray([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], bool)
    nothing = -np.inf if DESCRIBED[function.function]["output"] == "log_probabilities" else 0
    for given_mask in (mask, mask.astype(element), mask.astype("int64")):
        y = function(x, dim=-1, mask=given_mask)
        assert np.all(y[~mask] == nothing)
        assert np.array_equal(y[2], function(x[2], dim=-1))
        assert np.allclose(y[0][mask[0]], function(x[0][mask[0]], dim=-1), rtol=1e-6)
    slopes = gradient(function, np.ones_like(x) * 3, x, dim=-1, mask=mask)
    assert np.all(slopes[~mask] == 0)
    with pytest.raises(ValueError, match="mask"):
        function(x, dim=-1, mask=mask * 2.0)
    with pytest.raises(ValueError, match="mask"):
        function(x, dim=-1, mask=mask[0])


@pytest.mark.parametrize("name", [name for name in KNOWN if name.startswith("information.")])
def test_information(name):
    p, q = np.asarray([0.125, 0.5, 0.375]), np.asarray([0.25, 0.625, 0.125])
    function = getattr(information, name.partition(".")[2])
    # Rounding leaves a sum of terms the units of its largest.
    for base, options in ((mpmath.e, {}), (mpmath.mpf(2), {"base": 2})):
        if "sum" not in KNOWN[name].formula:
            near(function(p, **options), (read(name, p=at, base=base) for at in exact(p)))
        else:
            both = {"p": exact(p), **({"q": exact(q)} if "q" in KNOWN[name].formula else {})}
            wanted = read(name, **both, base=base)
            near(np.float64(function(*[p, q][: len(both)], **options)), [wanted], mpmath.mpf(1))


@pytest.mark.parametrize("element", ["float16", "float32", "float64"])
def test_information_takes_the_softmax_of_every_element_type(element):
    for size in (2, 7, 1000):
        for seed in range(20):
            logits = np.random.default_rng(seed).normal(size=size).astype(element)
            p = lossact.functional.softmax(logits, 0)
            wide = p.astype(np.float64)
            got = information.entropy(p)
            assert got.dtype == np.float64
            assert got == pytest.approx(-(wide[wide > 0] * np.log(wide[wide > 0])).sum(), rel=1e-12)
            assert information.kl_divergence(p, p) == 0
    # What rounding does not explain is refused still.
    with pytest.raises(ValueError, match="sums to"):
        information.entropy(np.asarray([0.5, 0.45], element))
    with pytest.raises(ValueError, match="sums to"):
        information.entropy([0.5, 0.501])


def test_whole_bits_are_whole():
    assert [information.content(2.0**-k, base=2) for k in range(1075)] == list(range(1075))
    assert information.entropy([0.125] * 8, base=2) == 3
    assert information.content(0.001, base=10) == 3


@pytest.mark.parametrize("element", ["float16", "float32"])
def test_the_callers_rounding_changes_nothing(element):
    x, y = (np.random.default_rng(seed).random(1000).astype(element) for seed in (1, 2))
    expected = lossact.functional.mse_loss(x, y, reduction="none")
    c = ctypes.CDLL(None)
    for mode in (0x400, 0x800, 0xC00):  # FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO of x86
        assert c.fesetround(mode) == 0
        try:
            got = lossact.functional.mse_loss(x, y, reduction="none")
            kept = c.fegetround()
        finally:
            c.fesetround(0)
        assert got.tobytes() == expected.tobytes()
        assert kept == mode

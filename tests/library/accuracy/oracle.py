"""Compares what oracle_values prints with each function's formula, evaluated by mpmath.

The formula is the textbook's, a Python expression; the code that is judged shares no text with it. Precision is raised
until the answer no longer changes. Promised: 1 unit in the last place for float, 4 for double, for values and slopes.
"""

import json
import subprocess
import sys

import mpmath
from mpmath import mp, mpf

DIGITS = {"float": (24, -149, 128), "double": (53, -1074, 1024)}  # of the mantissa; least and largest exponent
PROMISE = {"float": 1, "double": 4}
# Around a zero of a slope a relative error has no meaning in the limit: (distance from it, absolute error allowed).
AROUND_ZERO = {"float": (mpf(1) / 64, mpf(2) ** -40), "double": (mpf(1) / 2, mpf(2) ** -50)}
# Near the zero of a pair loss, where its terms cancel, the error that is allowed, relative to the terms.
OF_TERMS = mpf(2) ** -50
# The absolute error allowed of losses of vectors and their gradients: sums and differences of numbers around 1.
OF_VECTORS = mpf(2) ** -48
FIRST_PRECISION, LAST_PRECISION = 1400, 11200  # bits; the first already holds 1 + the smallest double


class Vector(list):
    """Arithmetic element by element."""

    def _with(self, other, f):
        others = other if isinstance(other, Vector) else [other] * len(self)
        return Vector(f(a, b) for a, b in zip(self, others))

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self._with(other, lambda a, b: a / b)

    def __neg__(self):
        return Vector(-a for a in self)

    def __pow__(self, power):
        return Vector(a**power for a in self)

    def __abs__(self):
        return Vector(abs(a) for a in self)

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other


def beside_numbers(operation):
    """An operation on two numbers, which leaves that on a number and a vector to the vector."""

    def word(self, other):
        return NotImplemented if isinstance(other, Vector) else operation(self, other)

    return word


class Sized:
    """A number and the sum of the absolute values of its terms, relative to which the error of a sum that cancels is
    measured. The difference of two given numbers has no terms that were rounded before."""

    def __init__(self, value, size=None, given=False):
        self.value, self.size, self.given = value, abs(value) if size is None else size, given

    @staticmethod
    def of(x):
        return x if isinstance(x, Sized) else Sized(mpf(x), given=True)

    def _sum(self, other, value):
        return Sized(value, None if self.given and other.given else self.size + other.size)

    @beside_numbers
    def __add__(self, other):
        other = Sized.of(other)
        return self._sum(other, self.value + other.value)

    @beside_numbers
    def __sub__(self, other):
        other = Sized.of(other)
        return self._sum(other, self.value - other.value)

    def __rsub__(self, other):
        return Sized.of(other) - self

    @beside_numbers
    def __mul__(self, other):
        other = Sized.of(other)
        return Sized(self.value * other.value, self.size * other.size)

    @beside_numbers
    def __truediv__(self, other):
        other = Sized.of(other)
        return Sized(self.value / other.value, self.size / abs(other.value))

    def __rtruediv__(self, other):
        return Sized.of(other) / self

    def __pow__(self, power):
        power = Sized.of(power).value
        return Sized(self.value**power, self.size**power)

    def __neg__(self):
        return Sized(-self.value, self.size, self.given)

    def __abs__(self):
        return Sized(abs(self.value), self.size, self.given)

    def __gt__(self, other):
        return self.value > Sized.of(other).value

    def __lt__(self, other):
        return self.value < Sized.of(other).value

    def __le__(self, other):
        return self.value <= Sized.of(other).value

    def __ge__(self, other):
        return self.value >= Sized.of(other).value

    __radd__, __rmul__ = __add__, __mul__


def lifted(f):
    def word(x):
        if isinstance(x, Vector):
            return Vector(map(word, x))
        return Sized(f(x.value)) if isinstance(x, Sized) else f(x)

    return word


WORDS = {name: lifted(getattr(mpmath, name)) for name in ("exp", "log", "tanh", "sqrt", "erf", "sin", "cos")}


def elementwise(choose):
    """min and max: of vectors element by element."""

    def word(*values):
        vectors = [value for value in values if isinstance(value, Vector)]
        if len(values) == 1 or not vectors:
            return choose(*values)
        columns = [value if isinstance(value, Vector) else [value] * len(vectors[0]) for value in values]
        return Vector(choose(*each) for each in zip(*columns))

    return word


def threshold(x):
    """The t for which the sum of max(x[i] - t, 0) is 1."""
    above, total = sorted(x, reverse=True), mpf(0)
    best = None
    for count, value in enumerate(above, 1):
        total += value
        if value * count > total - 1:
            best = (total - 1) / count
    return best


WORDS.update(threshold=threshold, abs=abs, sum=sum, min=elementwise(min), max=elementwise(max), pi=mpmath.pi, __builtins__={})


def number(text):
    return mpf(float.fromhex(text))


def numbers(line, name):
    return [number(text) for text in line.get(name, [])]


def parameters(line):
    result = {}
    for name, text in line["parameters"].items():
        value = eval(text, {"nan": None, "inf": mpmath.inf, "__builtins__": {}})
        result[name] = mpf(value) if isinstance(value, float) else value
    return result


def standing(evaluate, close):
    """evaluate() at growing precision, until two answers are close."""
    mp.prec = FIRST_PRECISION
    before = evaluate()
    while mp.prec < LAST_PRECISION:
        mp.prec *= 2
        now = evaluate()
        if close(before, now):
            return now
        before = now
    raise ArithmeticError(f"no answer stands at {LAST_PRECISION} bits")


def unit(exact, kind):
    digits, least, _ = DIGITS[kind]
    exponent = mpmath.frexp(exact)[1] if exact else least
    return mpf(2) ** max(exponent - digits, least)


def distance(got, exact, kind):
    """The error of `got` in units in the last place of the exact result."""
    digits, _, largest = DIGITS[kind]
    most = (1 - mpf(2) ** -digits) * mpf(2) ** largest
    if mpmath.isinf(got):
        # Right where the exact result is beyond what rounds to the largest number.
        return 0 if abs(exact) >= most * (1 + mpf(2) ** -(digits + 1)) and (got > 0) == (exact > 0) else mpmath.inf
    return abs(got - exact) / unit(exact, kind)


def close_in(kind):
    return lambda a, b: abs(a - b) <= unit(b, kind) / 1024


class Worst:
    def __init__(self):
        self.units, self.where = 0, ""

    def see(self, units, where):
        if not units <= self.units:
            self.units, self.where = units, where


def read(formula, names):
    return eval(formula, WORDS, names)


def size_of(formula, names):
    """The sum of the absolute values of a formula's terms."""
    lift = lambda x: Vector(map(lift, x)) if isinstance(x, Vector) else Sized.of(x) if isinstance(x, mpf) else x
    result = read(formula, {name: lift(value) for name, value in names.items()})
    return Sized.of(result).size


def judge_activation(line, formula, given, kind, worst):
    x = numbers(line, "x")
    beside = {name: numbers(line, name) for name in ("weight", "u") if name in line}
    kinks = numbers(line, "kinks")
    radius, floor = AROUND_ZERO[kind]
    slopes = numbers(line, "slope")
    for i, (at, got) in enumerate(zip(x, numbers(line, "value"))):
        names = dict(given, **{name: values[i] for name, values in beside.items()})
        at_x = lambda v: read(formula, dict(names, x=v))
        worst["value"].see(distance(got, standing(lambda: at_x(at), close_in(kind)), kind), f"x = {at}")
        if i % 2 or at in kinks:  # a difference takes two evaluations; half of the points is enough
            continue

        def difference():
            step = mpf(2) ** -400 * (abs(at) if at else 1)
            return (at_x(at + step) - at_x(at - step)) / (2 * step)

        exact = standing(difference, close_in(kind))
        units = distance(slopes[i], exact, kind)
        if units > PROMISE[kind] and abs(slopes[i] - exact) <= floor:
            left, right = (standing(lambda: mpmath.diff(at_x, at + s), close_in(kind)) for s in (-radius, radius))
            if left * right < 0:
                continue
        worst["slope"].see(units, f"x = {at}")


def judge_pairs(line, formula, given, kind, worst):
    more = {name: numbers(line, name) for name, values in line.items() if isinstance(values, list)}
    for i, (x, y, got) in enumerate(zip(numbers(line, "x"), numbers(line, "y"), numbers(line, "value"))):
        names = {**given, **{name: values[i] for name, values in more.items()}}
        exact = standing(lambda: read(formula, names), close_in(kind))
        # Where two terms cancel, the error is relative to the terms.
        cancelled = PROMISE[kind] * abs(got - exact) / (size_of(formula, names) * OF_TERMS or 1)
        worst["value"].see(min(abs(got - exact) / unit(exact, kind), cancelled), f"x = {x}, y = {y}")


def judge_rows(line, formula, given, kind, worst):
    x = Vector(numbers(line, "x"))
    for c, got in enumerate(numbers(line, "value")):
        exact = standing(lambda: read(formula, dict(given, x=x, y=c, c=c)), close_in(kind))
        # A difference from the threshold, of numbers of the size of a probability, has their absolute error.
        cancelled = abs(got - exact) / OF_VECTORS if "threshold" in formula.co_names else mpmath.inf
        worst["value"].see(min(distance(got, exact, kind), cancelled), f"x = {list(x)}, class {c}")


def judge_vectors(line, formula, given, kind, worst):
    """Judges losses, and their gradients with respect to a few elements of each vector that has one."""
    names = {name: Vector(numbers(line, name)) for name in ("x", "y", "negative") if name in line}
    if "target" in line:
        names["target"] = numbers(line, "target")[0]
    if "x[y]" in line["formula"]:  # a class
        names["y"] = int(names["y"][0])
    names = {**given, **names, "C": len(names["x"])}
    got = numbers(line, "value")[0]
    exact = standing(lambda: read(formula, names), close_in(kind))
    # Where terms cancel, the error is relative to the terms.
    cancelled = PROMISE[kind] * abs(got - exact) / (size_of(formula, names) * OF_TERMS or 1)
    worst["value"].see(min(abs(got - exact) / unit(exact, kind), cancelled), f"{line}")
    for name in ("x", "y", "negative"):
        for i, slope in list(enumerate(numbers(line, f"slope_{name}")))[:3]:  # each takes four evaluations of a sum

            def at(step):
                moved = Vector(names[name])
                moved[i] += step
                return read(formula, {**names, name: moved})

            def difference():
                step = mpf(2) ** -400
                return (at(step) - at(-step)) / (2 * step)

            exact = standing(difference, close_in(kind))
            worst["slope"].see(min(abs(slope - exact) / unit(exact, kind), PROMISE[kind] * abs(slope - exact) / OF_VECTORS),
                               f"{name}[{i}] of {line}")


def judge_information(line, formula, given, kind, worst):
    p, q, values = Vector(numbers(line, "p")), Vector(numbers(line, "q")), numbers(line, "value")
    for i, got in enumerate(values):
        names = dict(given, p=p if len(values) == 1 and (q or len(p) > 1 or "sum" in formula) else p[i], q=q)
        exact = standing(lambda: read(formula, names), close_in(kind))
        worst["value"].see(abs(got - exact) / unit(size_of(formula, names), kind), f"p = {list(p)}, q = {list(q)}")


JUDGES = {
    "activation": judge_activation,
    "pair_loss": judge_pairs,
    "row_activation": judge_rows,
    "row_loss": judge_rows,
    "gate": judge_pairs,
    "vector_loss": judge_vectors,
    "information": judge_information,
}


def main():
    lines = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout.splitlines()
    table = {}
    for line in map(json.loads, lines):
        worst = table.setdefault((line["family"], line["name"], line["type"]), {"value": Worst(), "slope": Worst()})
        formula = compile(line["formula"], line["name"], "eval")
        judge = JUDGES[line["family"]]
        before = {what: w.units for what, w in worst.items()}
        judge(line, line["formula"] if judge is judge_information else formula, parameters(line), line["type"], worst)
        for what, w in worst.items():
            if w.units != before[what]:
                w.where += f" with {line['parameters']}"
    failed = 0
    for (family, name, kind), worst in table.items():
        units = ", ".join(f"{what} {float(w.units):.3f}" for what, w in worst.items() if w.where)
        print(f"{family} {name} in {kind}: {units or 'exact'}")
        for what, w in worst.items():
            if not w.units <= PROMISE[kind]:
                failed += 1
                print(f"  FAILED: {what} is {float(w.units):.3f} units from the formula at {w.where}")
    if not table:
        sys.exit("oracle_values printed nothing")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

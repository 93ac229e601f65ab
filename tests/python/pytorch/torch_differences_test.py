"""Where results differ from PyTorch's, docs/differences.md says so, and each of its calls is run here."""

import math
import pathlib
import re
import warnings

import mpmath
import numpy as np
import pytest
from registry import BY_NAME

from lossact import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the page of differences was left out")
from peer import peer

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "differences.md"
ITEM = re.compile(r"`([^`]+)`: PyTorch `([^`]+)`, Lossact `([^`]+)`(?:, exact `([^`]+)` = (\S+))?")


def rows():
    """The items of the page's lists: call, PyTorch's result, Lossact's, and where there is one the exact formula and its
    number. Above each list stands its reason, which ends with a colon."""
    blocks = PAGE.read_text().split("\n\n")
    for reason, block in zip(blocks, blocks[1:]):
        if block.startswith("- "):
            for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]:
                found = ITEM.fullmatch(" ".join(item.split()))
                assert found and reason.endswith(":") and not reason.startswith(("#", "- ")), item
                yield found.groups()


ROWS = list(rows())
NAMES = {"torch": torch, "tensor": torch.tensor, "nan": math.nan, "inf": math.inf, "ones": torch.ones,
         "zeros": torch.zeros}


def outcome(text, f):
    """What the expression gives, as numbers, an element type or an exception's type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            y = eval(text, {**NAMES, "F": f, "slope": slope})  # the page's own words
        except Exception as error:
            return type(error)
    return y.tolist() if isinstance(y, torch.Tensor) else y


def slope(f, x, dtype=torch.float32):
    """The derivative of f at x."""
    x = torch.tensor(x, dtype=dtype, requires_grad=True)
    return torch.autograd.grad(f(x).sum(), x)[0]


def equal(found, text):
    """Is what was found what the page says, to the digits that it shows?"""
    wanted = eval(text, dict(NAMES))  # the page's own words
    if isinstance(wanted, (type, torch.dtype)) or isinstance(found, (type, torch.dtype)):
        return found == wanted
    digits = max((len(number.replace(".", "").lstrip("0")) for number in re.findall(r"[\d.]+", text)), default=1)
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=10.0 ** (1 - digits) if digits > 5 else 0,
                                                       atol=0, equal_nan=True)


def test_the_page_has_rows():
    assert len(ROWS) > 60


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_differences_are_as_the_page_says(row):
    call, theirs, ours, exact, number = row
    ours_found = outcome(call, functional)
    theirs_found = outcome(call, Theirs())
    assert equal(theirs_found, theirs), f"PyTorch gives {theirs_found}"
    assert equal(ours_found, ours), f"Lossact gives {ours_found}"
    assert not equal(ours_found, theirs)
    if exact is None:
        return
    with mpmath.workdps(60):
        value = mpmath.mpf(eval(exact, dict(vars(mpmath))))  # the page's own words
        shown = mpmath.mpf(number)
        assert value == shown or abs(value - shown) <= abs(value) / 10**6
        step = float(np.spacing(np.abs(ours_found) if "double" in call or "float64" in call else np.float32(np.abs(ours_found))))
        assert abs(value - ours_found) <= step
        assert isinstance(theirs_found, type) or not abs(value - theirs_found) <= step


class Theirs:
    """PyTorch's functions, wherever it has them."""

    def __getattr__(self, name):
        return peer(BY_NAME[name])

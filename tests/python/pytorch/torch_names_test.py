"""lossact.torch.nn has every name and submodule of torch.nn: PyTorch's own objects, but for what Lossact computes."""

import copy
import importlib
import inspect
import pathlib
import pickle
import pkgutil
import subprocess
import sys
import warnings

import pytest
from registry import FUNCTIONS, PEERED, arguments, by_name, extra

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with its names was left out")
import names_page

import lossact.torch.nn as nn
import lossact.torch.nn.functional as F
from lossact.torch._names import module_name

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "pytorch-names.md"
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)


def is_ours(value):
    return getattr(value, "computed_by_lossact", False)


def submodules():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for found in pkgutil.walk_packages(torch.nn.__path__, "torch.nn."):
            try:
                yield importlib.import_module(found.name)
            except ImportError:  # what it is made for is not installed
                continue


def test_the_page_of_names_is_current():
    assert PAGE.read_text() == names_page.page(), "run tests/python/pytorch/names_page.py docs/pytorch-names.md"


def test_every_name_is_pytorchs_own_or_lossacts():
    for ours, theirs in ((nn, torch.nn), (F, torch.nn.functional)):
        assert set(dir(theirs)) <= set(dir(ours))
        for name in dir(theirs):
            value = getattr(ours, name)
            if not name.startswith("__") and not inspect.ismodule(value):
                assert is_ours(value) or value is getattr(theirs, name), name


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f not in PEERED], ids=by_name)
def test_modules_of_functions_that_pytorch_has_not(function):
    tensors = [torch.from_numpy(array) for array in arguments(function, (4, 3))]
    made = getattr(nn, module_name(function))(**extra(function))(*tensors)
    assert torch.equal(made, function(*tensors, **extra(function)))


@pytest.mark.parametrize("function", PEERED, ids=by_name)
def test_what_lossact_has_is_lossacts_wherever_it_stands(function):
    assert is_ours(getattr(F, function.__name__))
    if not hasattr(torch.nn.functional, function.__name__) and not hasattr(torch, function.__name__):
        module = getattr(nn, module_name(function))()  # computes nothing
        given = ("whatever", torch.tensor([1]))
        assert module(given) is given
        return
    assert is_ours(getattr(nn, module_name(function)))
    found = 0
    for theirs in submodules():
        ours = importlib.import_module("lossact." + theirs.__name__)
        for name, place in ((module_name(function), torch.nn), (function.__name__, torch.nn.functional)):
            if name in vars(theirs) and vars(theirs)[name] is getattr(place, name, None):
                found += 1
                assert is_ours(getattr(ours, name)), f"{ours.__name__}.{name}"
    assert found >= 1


def test_submodules_are_pytorchs_own_objects():
    ours = {theirs.__name__: importlib.import_module("lossact." + theirs.__name__) for theirs in submodules()}
    assert len(ours) > 50
    for name, module in ours.items():
        theirs = sys.modules[name]
        assert theirs.__spec__.name == name
        if module is not theirs:
            assert any(is_ours(value) for value in vars(module).values())
            assert set(dir(theirs)) <= set(dir(module))
    assert nn.utils is torch.nn.utils and nn.init is torch.nn.init
    assert nn.modules.activation is ours["torch.nn.modules.activation"] is not torch.nn.modules.activation


@pytest.mark.parametrize(
    "statement",
    [
        "from lossact.torch.nn.parameter import Parameter; assert Parameter is torch.nn.Parameter",
        "import lossact.torch.nn.functional as F; F.mish(torch.ones(2)), F.linear(torch.ones(2), torch.ones(3, 2))",
        "import lossact.torch.nn.utils.rnn as rnn; assert rnn is torch.nn.utils.rnn",
        "import lossact.torch.nn.utils.rnn; assert lossact.torch.nn.utils.rnn.PackedSequence is "
        "torch.nn.utils.rnn.PackedSequence",
        "from lossact.torch.nn.utils import clip_grad_norm_; assert clip_grad_norm_ is torch.nn.utils.clip_grad_norm_",
        "from lossact.torch.nn.modules.loss import _Loss; assert _Loss is torch.nn.modules.loss._Loss",
        "from lossact.torch.nn.modules import ReLU, Linear; assert ReLU is not torch.nn.ReLU and Linear is torch.nn.Linear",
        "import lossact.torch; lossact.torch.nn.Mish()",
        "from lossact.torch.nn import *; assert Linear is torch.nn.Linear and issubclass(Mish, torch.nn.Mish); Mish",
        "from lossact.torch.nn.functional import *; assert linear is torch.nn.functional.linear and mish",
        "from lossact.torch.nn.attention import SDPBackend; assert SDPBackend is torch.nn.attention.SDPBackend",
        "from lossact.torch.nn.parallel import DistributedDataParallel as D; assert D is "
        "torch.nn.parallel.DistributedDataParallel",
    ],
)
def test_imports_in_an_interpreter_of_their_own(statement):
    subprocess.run([sys.executable, "-c", f"import torch\n{statement}"], check=True)


def test_what_is_not_there_is_said():
    with pytest.raises(ModuleNotFoundError, match="lossact.torch.nn.nonsense"):
        importlib.import_module("lossact.torch.nn.nonsense")
    for module in (nn, F, nn.modules.activation):
        with pytest.raises(AttributeError, match="nonsense"):
            module.nonsense


@every_function
def test_modules_and_functions_are_pickled_by_name(function):
    made = getattr(nn, module_name(function))()
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert type(other) is type(made)
    if is_ours(type(made)):
        assert f"lossact.torch.nn\n{type(made).__name__}".encode() in pickle.dumps(made, 0)
    for name in (function.__name__, function.__name__ + "_"):
        if is_ours(getattr(F, name, None)):
            assert pickle.loads(pickle.dumps(getattr(F, name))) is getattr(F, name)


@every_function
def test_signatures_begin_with_pytorchs(function):
    for name in (function.__name__, function.__name__ + "_"):
        theirs = getattr(torch.nn.functional, name, None)
        try:
            wanted = inspect.signature(theirs).parameters
        except (TypeError, ValueError):  # there is none, or it is built in
            continue
        found = inspect.signature(getattr(F, name)).parameters
        assert list(found)[: len(wanted)] == list(wanted)
        assert [found[key].default for key in wanted] == [parameter.default for parameter in wanted.values()]


@pytest.mark.parametrize("name", [name for name in vars(F) if name.endswith("_") and is_ours(getattr(F, name))])
def test_functions_that_write_over_their_input(name):
    x = torch.linspace(-2, 2, 9)
    wanted = getattr(F, name[:-1])(x)
    assert getattr(F, name)(x) is x and torch.equal(x, wanted)

"""Scripts of the usual kinds compute the same when their imports are replaced, and nothing else."""

import pathlib
import re
import sys
import types

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: its scripts were left out")
SCRIPTS = sorted((pathlib.Path(__file__).parent / "scripts").glob("*.py"))


def replaced(source):
    source = re.sub(r"^(import|from) torch\.nn\b", r"\1 lossact.torch.nn", source, flags=re.MULTILINE)
    return re.sub(r"^from torch import nn\b", "from lossact.torch import nn", source, flags=re.MULTILINE)


def run(name, source):
    module = types.ModuleType(name)
    sys.modules[name] = module  # where pickle looks for what a script defines
    try:
        exec(compile(source, name, "exec"), module.__dict__)
    finally:
        del sys.modules[name]
    return module


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_script_computes_the_same_after_its_imports_change(path):
    source = path.read_text()
    assert replaced(source).count("lossact") == len(re.findall("^(?:import|from) .*torch.*nn", source, re.MULTILINE))
    theirs = run("theirs", source)
    ours = run("ours", replaced(source))
    assert theirs.nn is torch.nn and ours.nn is not torch.nn
    assert len(ours.results) == len(theirs.results) > 4
    assert ours.results == pytest.approx(theirs.results, rel=1e-4, abs=1e-5)

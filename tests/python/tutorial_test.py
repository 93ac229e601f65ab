"""The scripts that tutorials on these functions show run unchanged but for their imports."""

import importlib.util
import pathlib
import re
import subprocess
import sys

import pytest

TUTORIALS = sorted((pathlib.Path(__file__).parent / "tutorials").glob("*.py"))
IMPORTS = {
    "import torch": "import lossact as torch",
    "import torch.nn as nn": "import lossact.nn as nn",
    "import torch.nn.functional as AF": "import lossact.nn.functional as AF",
}
NUMBER = re.compile(r"-?\d+\.\d*(e[+-]\d+)?")


def of_lossact(script):
    return "\n".join(IMPORTS.get(line, line) for line in script.splitlines())


def printed(script):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def by_name(name):
    return next(path.read_text() for path in TUTORIALS if path.stem == name)


def test_the_imports_are_all_that_changes():
    for path in TUTORIALS:
        ours = of_lossact(path.read_text())
        assert "import torch" not in ours and "import lossact as torch" in ours


def test_one_hot_target():
    text = printed(of_lossact(by_name("one_hot")))
    input, target, loss, result, mean = re.findall(r"tensor\((.*?)\)", text, re.DOTALL)
    numbers = [[float(n.group()) for n in NUMBER.finditer(part)] for part in (input, target, loss, result, mean)]
    assert [len(part) for part in numbers] == [10, 10, 1, 10, 1]
    assert sorted(numbers[1]) == [0] * 9 + [1]
    squares = [(x - y) ** 2 for x, y in zip(*numbers[:2])]
    assert numbers[3] == pytest.approx(squares, abs=1e-3)
    assert numbers[2] == pytest.approx([sum(squares) / 10], abs=1e-3)
    assert numbers[2] == pytest.approx(numbers[4], abs=2e-4)


def test_activations_of_a_layer():
    assert printed(of_lossact(by_name("activations"))) == "torch.Size([8, 5])\n" * 5


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed: the comparison with PyTorch was left out",
)
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_pytorch_prints_the_same_but_for_chance(path):
    def layout(text):
        return re.sub(r" |\n(?= )", "", NUMBER.sub("0", text))

    assert layout(printed(of_lossact(path.read_text()))) == layout(printed(path.read_text()))

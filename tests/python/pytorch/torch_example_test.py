"""The example trains the same network with both libraries to the same loss."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with PyTorch was left out")
EXAMPLE = pathlib.Path(__file__).resolve().parents[3] / "examples" / "pytorch_mish.py"


def write_idx(path, array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


def test_both_libraries_learn_the_same(tmp_path):
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 256).astype(np.uint8)
    images = (random.integers(0, 100, (256, 28, 28)) + 15 * labels[:, None, None]).astype(np.uint8)
    write_idx(tmp_path / "train-images-idx3-ubyte", images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", labels)
    command = [sys.executable, EXAMPLE, tmp_path, "--steps", "5", "--seeds", "2", "--batch-size", "32"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    losses = [float(loss) for loss in re.findall(r"torch\.nn +(\d+\.\d+)", printed)]
    assert len(losses) == 4
    assert losses[0::2] == pytest.approx(losses[1::2], rel=1e-3), printed

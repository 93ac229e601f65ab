"""The README.md's samples for Python: each ```python block is a script, the ```text block after it what it prints."""

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).parents[2] / "README.md"
SAMPLES = re.findall(r"^```python\n(.*?)^```\n.*?^```text\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


def samples(pytorch):
    """Those that need PyTorch, or those that do not."""
    return [sample for sample in SAMPLES if ("import torch\n" in sample[0]) == pytorch]


def printed(script):
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout

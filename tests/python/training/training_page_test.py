"""The sample of docs/training-in-python.md runs."""

import pathlib
import re

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "training-in-python.md"


def test_the_sample_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (sample,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(compile(sample, str(PAGE), "exec"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]

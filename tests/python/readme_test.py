"""README.md's samples for NumPy and for the package's own tensors print what it says."""

import pytest
from readme import PAGE, printed, samples


@pytest.mark.parametrize("script, expected", samples(pytorch=False))
def test_the_sample_prints_what_the_page_says(script, expected):
    assert printed(script) == expected


def test_every_sample_is_seen():
    assert len(samples(pytorch=False)) + len(samples(pytorch=True)) == PAGE.read_text().count("```python\n") == 3

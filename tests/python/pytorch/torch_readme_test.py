"""README.md's sample for PyTorch prints what it says."""

import pytest
from readme import printed, samples

pytest.importorskip("torch", reason="PyTorch is not installed: README.md's sample for it was left out")


@pytest.mark.parametrize("script, expected", samples(pytorch=True))
def test_the_sample_prints_what_the_page_says(script, expected):
    assert printed(script) == expected

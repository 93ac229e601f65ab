"""Writes docs/pytorch-names.md, which of PyTorch's names Lossact computes: names_page.py FILE, where PyTorch is."""

import pathlib
import sys

import torch

from lossact import _core
from lossact.torch import nn
from lossact.torch._names import module_name

HEAD = """# Which of PyTorch's names Lossact computes

`import lossact.torch.nn as nn` and `import lossact.torch.nn.functional as F` stand where `torch.nn` and
`torch.nn.functional` stood. What is listed here is computed by Lossact, in `nn.modules` too; every other name and
submodule is PyTorch's own object. A module listed here is a class derived from PyTorch's of the same name, so that
`isinstance(module, torch.nn.{example})` holds, states are interchangeable and pickles name their class. Results differ
from PyTorch's where [differences.md](differences.md) says so.

| function | module | functions |
|---|---|---|
"""
TAIL = """
*: PyTorch has no such name. A function without a module has one in PyTorch that computes nothing: it is PyTorch's own.

Written by `tests/python/pytorch/names_page.py`; a test says when it is stale.
"""


def row(function):
    name = function.__name__
    module = module_name(function)
    functions = [name] + [name + "_"] * getattr(getattr(nn.functional, name + "_", None), "computed_by_lossact", False)
    star = {known: "" if hasattr(place, known) else "*"
            for place, names in ((torch.nn, [module]), (torch.nn.functional, functions)) for known in names}
    computed = getattr(getattr(nn, module), "computed_by_lossact", False)
    cells = [f"`nn.{module}`{star[module]}" if computed else "", ", ".join(f"`F.{known}`{star[known]}" for known in functions)]
    return f"| {name} | {' | '.join(cells)} |\n"


def page():
    forward = [function for function in _core.functions if function.direction == "forward"]
    example = next(module_name(f) for f in forward if hasattr(torch.nn, module_name(f)))
    return HEAD.replace("{example}", example) + "".join(row(function) for function in forward) + TAIL


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).write_text(page())

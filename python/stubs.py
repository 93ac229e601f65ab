"""Writes the type stubs of the modules that are made from the registry: stubs.py FOLDER, the package lossact within."""

import inspect
import pathlib
import sys
import textwrap

FOLDER = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(FOLDER.parent))

from lossact import _core, functional, information  # noqa: E402
from lossact.torch._names import module_name  # noqa: E402

HEAD = '''"""{summary}"""

from typing import Any, Literal, Optional, Tuple, TypeVar

_Array = TypeVar("_Array")

__all__: list[str]
'''
OLD = {"size_average": "Optional[bool]", "reduce": "Optional[bool]", "inplace": "bool", "dim": "Optional[int]",
       "_stacklevel": "int", "dtype": "Any", "threshold": "float", "out": "Any", "accuracy": 'Literal["faithful", "fast"]'}


def type_of(parameter, legal, first):
    name = parameter.name
    if parameter.default is inspect.Parameter.empty:
        return "_Array" if name == first else "Any"
    if name not in legal:
        return OLD[name]
    text = legal[name]
    if text == "true | false":
        return "bool"
    if " | " in text:
        return "Literal[" + ", ".join(f'"{choice}"' for choice in text.split(" | ")) + "]"
    if text.startswith("numbers"):
        return "Any"
    kind = "int" if text.startswith("an integer") else "float"
    return f"Optional[{kind}]" if parameter.default is None else kind


def result_of(function, described):
    of_numbers = described["name"] != function.function  # they give lists for lists
    if function.direction == "with_gradient":
        return "Tuple[Any, _Array]"
    if len(function.gradients) > 1:
        return "Tuple[_Array" + ", Any" * (len(function.gradients) - 1) + "]"
    first = function.gradients == (described["arguments"][0]["name"],)
    lossless = function.direction == "forward" and not function.reduces
    return "_Array" if not of_numbers and (lossless or first) else "Any"


def stub_of(function, described):
    legal = {name: text for name, _, text in described["parameters"]}
    parameters, star = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not star:
            parameters.append("*")
            star = True
        text = f"{parameter.name}: {type_of(parameter, legal, described['arguments'][0]['name'])}"
        if parameter.default is not inspect.Parameter.empty:
            default = repr(parameter.default)
            text += " = " + ("..." if default in ("nan", "inf", "-inf") else default)
        parameters.append(text)
    head = f"def {function.__name__}({', '.join(parameters)}) -> {result_of(function, described)}:"
    return head + '\n' + textwrap.indent(f'"""{function.__doc__}"""\n...', "    ") + "\n"


def write(module):
    described = {function["name"]: function for function in _core.registry}
    parts = [stub_of(function, described[function.registered]) for function in _core.modules[module.__name__]]
    head = HEAD.format(summary=module.__doc__.splitlines()[0])
    (FOLDER / (module.__name__.partition(".")[2] + ".pyi")).write_text(head + "\n" + "\n".join(parts))


def write_modules():
    lines = ['"""PyTorch\'s modules, those of Lossact\'s functions in their place."""', "", "import torch",
             "from torch import Tensor", "from torch.nn import *", "from lossact.torch.nn import functional as functional",
             ""]
    for function in _core.functions:
        if function.direction == "forward":
            name = module_name(function)
            arguments = "input: Tensor, target: Tensor" if function.reduces else "input: Tensor"
            base = name if function.function in _core.module_names else "Module"
            lines.append(f"class {name}(torch.nn.{base}):\n    def forward(self, {arguments}) -> Tensor: ...\n")
    (FOLDER / "torch" / "nn" / "__init__.pyi").write_text("\n".join(lines))
    names = ", ".join(f"{f.__name__} as {f.__name__}" for f in _core.functions if f.direction == "forward")
    lines = ['"""All of torch.nn.functional, by Lossact where Lossact has it."""', "", "from torch.nn.functional import *",
             f"from lossact.functional import {names}", ""]
    (FOLDER / "torch" / "nn" / "functional.pyi").write_text("\n".join(lines))


write(functional)
write(information)
write_modules()

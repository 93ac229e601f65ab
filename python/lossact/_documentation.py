"""Signatures and docstrings of the functions, made from the registry."""

import inspect
import math
import textwrap

from lossact import _core

_NUMBERS = "float16, bfloat16, float32 or float64"
_ARRAYS = {
    "grad_output": {
        "activation": "the gradient in the result, of the input's shape and element type",
        "row_activation": "the gradient in the result, of the input's shape and element type",
        "pair_loss": "the gradient in the loss: a number, or for reduction='none' one for each element",
        "row_loss": "the gradient in the loss: a number, or for reduction='none' one for each row",
    },
    "input": {
        "activation": f"an array of {_NUMBERS}, of any shape (*)",
        "row_activation": f"an array of {_NUMBERS}, of any shape; a row lies along dimension `dim`",
        "pair_loss": f"an array of {_NUMBERS}, of any shape (*)",
        "row_loss": f"an array of {_NUMBERS}, of shape (C), (N, C) or (N, C, d1, ...): {{input}} of C classes",
    },
    "probabilities": {"information": "a number, a list, or an array of any shape and element type"},
    "p": {"information": "a list or an array of one dimension, whose numbers sum to 1: what is the case"},
    "q": {"information": "the same: what was expected"},
    "target": {
        "pair_loss": "an array of the input's shape and element type",
        "row_loss": "the class of each row, integers of the input's shape without C; or probabilities of the input's "
        "shape and element type",
    },
    "weight": {"activation": "the slope: one, or one for each channel of dimension 1"},
}
_KNOWN = {
    "size_average": "PyTorch's old argument, with a DeprecationWarning: use reduction",
    "reduce": "PyTorch's old argument, with a DeprecationWarning: use reduction",
    "inplace": "write the result over the input, which is then returned",
    "dim": "the dimension of the rows; PyTorch's guess, with a warning, where it is None",
    "_stacklevel": "PyTorch's, without a meaning here",
    "dtype": "the element type that the input is converted to first",
    "threshold": "as in PyTorch, where it is not the default: the identity for what is above it",
    "accuracy": "'faithful': within 1 unit in the last place, 4 in float64 and for gradients of losses of rows; 'fast': within 4",
    "seed": "where the random numbers start; the next of manual_seed's stream where it is None",
    "weight": "one number for each class, or for a loss of values for each element; 1 where it is None",
    "ignore_index": "rows of this class count nothing",
    "reduction": "what becomes of the losses",
    "empty_mean": "the mean of no losses",
    "base": "of the logarithm: e for nats, 2 for bits",
    "rows": "what 'batchmean' divides by; the size of the leading dimension where it is 0",
}
_RETURNS = {
    ("activation", "forward"): "an array of the input's kind, shape and element type",
    ("row_activation", "forward"): "an array of the input's kind, shape and element type",
    ("pair_loss", "forward"): "a number, or for reduction='none' an array of the input's shape; float64 for float64, "
    "float32 otherwise",
    ("row_loss", "forward"): "a number, or for reduction='none' an array of the input's shape without C; float64 for "
    "float64, float32 otherwise",
    ("information", "forward"): "a number of float64, or for probabilities one by one an array of the argument's shape",
    "gradient": "the gradient, an array of float64 of the argument's shape",
    "backward": "the gradient in the input",
    "backward_target": "the gradient in the target",
    "with_gradient": "the loss, and its gradient in the input, from one pass",
}
_WORDS = {"values": "values", "probabilities": "probabilities", "log_probabilities": "logarithms of probabilities",
          "logits": "logits"}


def signature(arguments):
    """The signature of arguments (name, default or None, whether it is a keyword alone)."""
    names = {"nan": math.nan, "inf": math.inf}
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY if keyword_only else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if default is None else eval(default, names),  # from the registry
            )
            for name, default, keyword_only in arguments
        ]
    )


def _argument_text(function, described, name, default):
    by_family = _ARRAYS.get(name, {})
    if default is None:
        text = by_family[function.family].format(input=_WORDS.get(described["input"], "numbers"))
        if name == "weight":
            text += f"; it starts at {described['weight']}"
        return text
    if name == "out":
        return "where the " + ("gradient" if function.direction != "forward" else "result") + " is written, and returned"
    legal = {parameter: legal for parameter, _, legal in described["parameters"]}.get(name)
    known = _KNOWN.get(name)
    if name == "reduction":
        return f"{known}: {legal.replace(' | ', ', ')}"
    return known or legal


def documentation(function, described):
    """The docstring: formula, arguments with shapes, what is returned, errors, source."""
    lines = [described["summary"], ""]
    titles = {
        "backward": f"The gradient of {function.function} in its input.",
        "backward_target": f"The gradient of {function.function} in its target.",
        "gradient": f"The gradient of {function.function} in its last distribution.",
        "with_gradient": f"{function.function} and its gradient in the input.",
    }
    if function.direction in titles:
        lines = [titles[function.direction], "", *lines]
    lines += [f"Formula: {described['formula']}", "", "Args:"]
    for name, default, _ in function.arguments:
        text = _argument_text(function, described, name, default)
        lines += textwrap.wrap(f"{name}: {text}", 100, initial_indent="    ", subsequent_indent="        ")
    returns = _RETURNS.get(function.direction) or _RETURNS[function.family, function.direction]
    if described["operand"] == "learned" and function.direction == "backward":
        returns += ", and the gradient in the weight"
    lines += ["", "Returns:", *textwrap.wrap(returns, 100, initial_indent="    ", subsequent_indent="    ")]
    lines += ["", "Raises:", "    TypeError: an element type, a device or an argument that is not taken",
              "    ValueError: shapes that do not fit, a parameter outside its domain, memory shared in part"]
    if function.family == "row_loss":
        lines += ["    IndexError: a class outside the row"]
    if function.family == "row_activation":
        lines += ["    IndexError: a dimension that the input does not have"]
    if described["note"]:
        lines += ["", *textwrap.wrap(described["note"], 100)]
    lines += ["", f"Source: {described['source']}"]
    return "\n".join(lines) + "\n"


def prepare(namespace, functions):
    """Puts functions with signature and docstring into the namespace of their module; returns their names."""
    described = {function["name"]: function for function in _core.registry}
    for function in functions:
        prefix = "information." if function.family == "information" else ""
        function.__doc__ = documentation(function, described[prefix + function.function])
        function.__signature__ = signature(function.arguments)
        namespace[function.__name__] = function
    return [function.__name__ for function in functions]

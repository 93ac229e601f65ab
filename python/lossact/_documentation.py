"""Signatures and docstrings of the functions, made from the registry."""

import inspect
import math
import textwrap

from lossact import _core

_NUMBERS = "float16, bfloat16, float32 or float64"
_PROBABILITIES = {
    "probability": "a number, a list, or an array of any shape and element type",
    "distribution": "a list or an array of one dimension, whose numbers sum to 1",
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
    "ignore_index": "rows of this class count nothing",
    "reduction": "what becomes of the losses",
    "empty_mean": "the mean of no losses",
    "base": "of the logarithm: e for nats, 2 for bits",
    "rows": "what 'batchmean' divides by; the size of the leading dimension where it is 0",
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


def _of_classes(described):
    return any(argument["extent"] in ("target", "class_index") for argument in described["arguments"])


def _of_vectors(described):
    return described["reduces"] and described["by_rows"] and not _of_classes(described)


def _array_text(function, described, argument):
    """What an array is, from what of it belongs to what of the input."""
    says = argument["says"]
    if argument["constraint"] in _PROBABILITIES:
        return _PROBABILITIES[argument["constraint"]] + (f": {says}" if says else "")
    if argument["optional"]:
        one = "one number for each element"
        if argument["extent"] == "channel":
            one = ("one number for each class" if _of_classes(described)
                   else "one number, or one for each index of the last dimension")
        return f"{says}: {one}; 1 where it is None" if says else f"{one}; 1 where it is None"
    if argument["extent"] == "channel":
        text = f"{says or 'numbers'}: one, or one for each channel of dimension 1"
        return text + (f"; it starts at {argument['start']}" if argument["learned"] else "")
    if argument["extent"] == "target":
        return ("the class of each row, integers of the input's shape without C; or probabilities of the input's "
                "shape and element type")
    if argument["extent"] == "halves":
        return f"an array of {_NUMBERS}, of an even size in dimension `dim`: {argument['says']}"
    if argument["extent"] == "class_index":
        return "the class of each row, integers of the input's shape without C"
    if argument["extent"] == "row":
        return f"{argument['says']}: a number for each row, of the input's shape without D"
    if argument is not described["arguments"][0]:
        return "an array of the input's shape and element type"
    if _of_classes(described):
        meaning = _WORDS.get(described["input"], "numbers")
        return f"an array of {_NUMBERS}, of shape (C), (N, C) or (N, C, d1, ...): {meaning} of C classes"
    if _of_vectors(described):
        return f"an array of {_NUMBERS}, of shape (D), (N, D) or (N, ..., D): vectors of D numbers"
    if "dim" in (name for name, _, _ in function.arguments):
        return f"an array of {_NUMBERS}, of any shape; a row lies along dimension `dim`"
    return f"an array of {_NUMBERS}, of any shape (*)"


def _gradient_text(described):
    """What the gradient in the result is."""
    if described["arguments"][0]["extent"] == "halves":
        return "the gradient in the result, of the result's shape and the input's element type"
    if not described["reduces"]:
        return "the gradient in the result, of the input's shape and element type"
    each = "row" if described["by_rows"] else "element"
    return f"the gradient in the loss: a number, or for reduction='none' one for each {each}"


def _argument_text(function, described, name):
    if name == "dim" and described["arguments"][0]["extent"] == "halves":
        return "the dimension whose halves are taken"
    if name == "dim" and ("dim", "-1", False) in function.arguments:
        return "the dimension of the rows"
    if name == "grad_output":
        return _gradient_text(described)
    if name == "output" and function.direction == "backward_from_output":
        return f"what {function.function} gave"
    for argument in described["arguments"]:
        if argument["name"] == name:
            return _array_text(function, described, argument)
    if name == "out":
        return "where the " + ("gradient" if function.gradients else "result") + " is written, and returned"
    legal = {parameter: legal for parameter, _, legal in described["parameters"]}.get(name)
    known = _KNOWN.get(name)
    if name == "reduction":
        return f"{known}: {legal.replace(' | ', ', ')}"
    return known or legal


def _returns_text(function, described):
    if function.direction == "with_gradient":
        return "the loss, and its gradient in the input, from one pass"
    if function.gradients and "grad_output" not in (name for name, _, _ in function.arguments):
        return "the gradient, an array of float64 of the argument's shape"
    if function.gradients:
        return ", and ".join(f"the gradient in the {name}" for name in function.gradients)
    if function.registered != function.function:  # of numbers
        return ("a number of float64" if function.reduces
                else "an array of float64 of the argument's shape, or a number for a number")
    if described["arguments"][0]["extent"] == "halves":
        return "an array of the input's kind and element type, and half of its size in dimension `dim`"
    if not function.reduces:
        return "an array of the input's kind, shape and element type"
    shape = "shape without C" if _of_classes(described) else "shape without D" if _of_vectors(described) else "shape"
    return (f"a number, or for reduction='none' an array of the input's {shape}; float64 for float64, "
            "float32 otherwise")


def documentation(function, described):
    """The docstring: formula, arguments with shapes, what is returned, errors, source."""
    lines = [described["summary"], ""]
    if function.direction == "with_gradient":
        lines = [f"{function.function} and its gradient in the input.", "", *lines]
    elif function.direction == "backward_from_output":
        lines = [f"The gradient of {function.function} in its input, from its output.", "",
                 "The input need not be kept, and nothing is computed twice. It is the gradient of the numbers given: where",
                 "one class has nearly all of the probability, the output has lost digits that the input has.", "", *lines]
    elif function.gradients:
        lines = [f"The gradient of {function.function} in its {function.gradients[0]}.", "", *lines]
    lines += [f"Formula: {described['formula']}", "", "Args:"]
    for name, _, _ in function.arguments:
        text = _argument_text(function, described, name)
        lines += textwrap.wrap(f"{name}: {text}", 100, initial_indent="    ", subsequent_indent="        ")
    returns = _returns_text(function, described)
    lines += ["", "Returns:", *textwrap.wrap(returns, 100, initial_indent="    ", subsequent_indent="    ")]
    lines += ["", "Raises:", "    TypeError: an element type, a device or an argument that is not taken",
              "    ValueError: shapes that do not fit, a parameter outside its domain, memory shared in part"]
    if _of_classes(described):
        lines += ["    IndexError: a class outside the row"]
    if "dim" in (name for name, _, _ in function.arguments):
        lines += ["    IndexError: a dimension that the input does not have"]
    if described["note"]:
        lines += ["", *textwrap.wrap(described["note"], 100)]
    lines += ["", f"Source: {described['source']}"]
    return "\n".join(lines) + "\n"


def prepare(namespace, functions):
    """Puts functions with signature and docstring into the namespace of their module; returns their names."""
    described = {function["name"]: function for function in _core.registry}
    for function in functions:
        function.__doc__ = documentation(function, described[function.registered])
        function.__signature__ = signature(function.arguments)
        namespace[function.__name__] = function
    return [function.__name__ for function in functions]

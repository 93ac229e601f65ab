"""What PyTorch calls the module of a function."""

from lossact import _core


def module_name(function):
    """As the function's file has it, or the function's name in capitals."""
    name = _core.module_names.get(function.function)
    if name:
        return name
    name = "".join(word.capitalize() for word in function.function.split("_"))
    return name + "Loss" if function.reduces and not name.endswith("Loss") else name

"""Names, signatures and docstrings of what stands in the place of PyTorch's."""

import inspect


def adopt(call, name, function, module, without=()):
    """`call` under a name, with the signature and docstring of a function of Lossact's."""
    signature = inspect.signature(function)
    kept = [parameter for parameter in signature.parameters.values() if parameter.name not in without]
    call.__name__ = call.__qualname__ = name
    call.__module__, call.__doc__ = module, function.__doc__
    call.__signature__ = signature.replace(parameters=kept)
    call.computed_by_lossact = True
    return call

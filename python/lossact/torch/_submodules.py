"""The modules below lossact.torch.nn: PyTorch's own objects, and views of those that hold what is Lossact's.

`import lossact.torch.nn.utils.rnn` is torch.nn.utils.rnn itself, so that no class exists twice. A module of PyTorch's
in which something stands that Lossact has, torch.nn.modules.activation for one, is seen through a view.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types

OURS, THEIRS = "lossact.torch.nn", "torch.nn"
OWN = (f"{OURS}.functional",)


class Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what is imported below lossact.torch.nn. `in_place_of` has Lossact's objects by the ids of PyTorch's."""

    def __init__(self, in_place_of):
        self._in_place_of = in_place_of
        self._specs = {}

    def attribute(self, theirs, name):
        """What stands in a module of PyTorch's, or in its place."""
        value = getattr(theirs, name)
        if isinstance(value, types.ModuleType) and f"{value.__name__}.".startswith(f"{THEIRS}."):
            return importlib.import_module(OURS + value.__name__[len(THEIRS) :])
        return self._in_place_of.get(id(value), value)

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(f"{OURS}.") or fullname in OWN:
            return None
        name = THEIRS + fullname[len(OURS) :]
        try:
            theirs = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise  # something else is missing
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=hasattr(theirs, "__path__"))

    def create_module(self, spec):
        theirs = sys.modules[THEIRS + spec.name[len(OURS) :]]
        replaced = {name: ours for name, value in vars(theirs).items()
                    if (ours := self._in_place_of.get(id(value))) is not None}
        if not replaced:
            self._specs[spec.name] = theirs.__spec__
            return theirs
        view = types.ModuleType(spec.name, theirs.__doc__)
        view.__dict__.update(replaced)
        view.__all__ = getattr(theirs, "__all__", [name for name in vars(theirs) if not name.startswith("_")])
        view.__getattr__ = lambda name: self.attribute(theirs, name)
        view.__dir__ = lambda: dir(theirs)
        return view

    def exec_module(self, module):
        """Nothing is left to run; importing has put its own mark on PyTorch's module."""
        theirs = self._specs.pop(module.__spec__.name, None)
        if theirs is not None:
            module.__spec__ = theirs

"""Tensors in files, in the format safetensors."""

from lossact import _core


def save(obj, f):
    """Writes tensors by name, as module.state_dict() gives them, to a file in the format safetensors. It is written
    beside its place and renamed, so that at every moment there is the old file or the new one whole. TypeError for
    anything but a dictionary of names and tensors, OSError (FileNotFoundError, PermissionError and so on) where it
    cannot be written."""
    _core.save(f, obj)


def load(f):
    """Reads the tensors of a safetensors file: a dictionary by name. Nothing in the file is trusted: ValueError, with
    what was expected and what was found, for whatever is not exactly such a file of float32, float64, int64 and bool.
    OSError (FileNotFoundError, PermissionError and so on) where there is none that can be read.
    """
    return _core.load(f)

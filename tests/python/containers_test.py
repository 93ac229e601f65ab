"""What holds numbers but is no array is answered by its name, and by how it becomes one; what keeps beside its memory
which of its numbers count is not read as if it did not."""

import ctypes

import numpy as np
import pytest
from registry import CLASSES, DESCRIBED, FUNCTIONS, LOSSES, arguments, by_name
from spoiled import calls, refuse

import lossact
from lossact import functional

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)


def positions(function):
    """(call, name of an argument, arrays and options with another in its place) for each array that calls take."""
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        for i, (name, a) in enumerate(zip(call.__signature__.parameters, arrays)):
            if isinstance(a, np.ndarray):
                yield call, name, lambda other: ([*arrays[:i], other, *arrays[i + 1 :]], dict(options, out=out))
        if function in CLASSES:
            yield call, "weight", lambda other: (arrays, dict(options, out=out, weight=other))


def refuse_each(kind, words, function, others):
    for call, name, spoil in positions(function):
        for other in others:
            arrays, options = spoil(other)
            refuse(kind, f"{name} {words}", call, *arrays, **options)


def container(package, name, **methods):
    """An object of a class of this name, in a package that need not be installed."""
    given = {method: (lambda self, *_, result=result, **__: result) for method, result in methods.items()}
    return type(name, (), {"__module__": package, "__len__": lambda self: 4, **given})()


NUMBERS = np.zeros((4, 3), "float32")
CONTAINERS = [
    (container("pandas.core.series", "Series", to_numpy=NUMBERS, __array__=NUMBERS),
     r"is a Series of pandas, expected an array: to_numpy\(\) gives one"),
    (container("pandas", "DataFrame", to_numpy=NUMBERS, __array__=NUMBERS), "is a DataFrame of pandas, expected an"),
    (container("polars.series.series", "Series", to_numpy=NUMBERS), r"is a Series of polars, .*: to_numpy\(\) gives"),
    (container("xarray.core.dataarray", "DataArray", to_numpy=NUMBERS), r"is a DataArray of xarray, .*: to_numpy\(\)"),
    (container("scipy.sparse._csr", "csr_matrix", toarray=NUMBERS), r"is a csr_matrix of scipy, .*: toarray\(\) gives"),
    (container("tensorflow.python.framework.ops", "EagerTensor", numpy=NUMBERS), r"is a EagerTensor of .*: numpy\(\)"),
    (container("h5py._hl.dataset", "Dataset", __array__=NUMBERS), "is a Dataset of h5py, .*: numpy.asarray makes one"),
    (container("__main__", "Mine"), "is a Mine, expected an array$"),
    (range(4), "is a range, expected an array$"),
    ({1.0, 2.0}, "is a set, expected an array$"),
]


@every_function
def test_containers_are_answered_by_name(function):
    for other, words in CONTAINERS:
        refuse_each(TypeError, words, function, [other])


@every_function
def test_masked_arrays_are_refused(function):
    words = "is a masked array of NumPy, whose mask would be lost"
    refuse_each(TypeError, words, function,
                [np.ma.array([1.0, 2.0, 3.0], mask=mask) for mask in (np.ma.nomask, [False, True, False])])
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        refuse(TypeError, f"out {words}", call, *arrays, out=np.ma.array(out), **options)


def test_tensors_are_made_of_arrays_by_the_same_rules():
    for data, words in [
        (np.ma.array([1.0, 2.0], mask=[0, 1]), "data is a masked array of NumPy"),
        (np.zeros(2, "M8[s]"), r"data has elements of datetime64\[s\]"),
        (np.zeros(2, "complex64"), "data has elements of complex64"),
        (np.zeros(2, ">f4"), "data has elements of >f4, whose bytes are not in the machine's order"),
        (np.zeros(2, "float16"), "data has elements of float16, expected float32, float64, bool, or integers"),
        (np.zeros(2, "uint64"), "data has elements of uint64"),
    ]:
        with pytest.raises(TypeError, match=rf"^\[tensor\] {words}"):
            lossact.tensor(data)
    memory = np.zeros(25, "u1")
    odd = memory[1:].view("float64")
    odd[...] = [1, 2, 3]
    assert lossact.tensor(odd).tolist() == lossact.tensor(odd[::-1]).tolist()[::-1] == [1, 2, 3]


class Claims:
    """An array by DLPack alone, that says of eight numbers that they are as many as one likes."""

    class Tensor(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device", ctypes.c_int32),
                    ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
                    ("lanes", ctypes.c_uint16), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
                    ("offset", ctypes.c_uint64), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]

    def __init__(self, shape, strides, data=True, code=2, bits=32):
        sizes = ctypes.c_int64 * len(shape)
        self.kept = (ctypes.c_float * 8)(*range(8)), sizes(*shape), sizes(*strides)
        addresses = [ctypes.addressof(part) for part in self.kept]
        self.tensor = self.Tensor(addresses[0] if data else 0, 1, 0, len(shape), code, bits, 1, *addresses[1:], 0, 0, 0)

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, **_):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self.tensor), b"dltensor", None)


@every_function
def test_sizes_that_wrap(function):
    eight = np.arange(8.0, dtype="float32").reshape(2, 4)
    assert np.array_equal(functional.mish(Claims((2, 4), (4, 1))), functional.mish(eight))
    refuse_each(ValueError, "has shape .*, of more elements than memory holds", function,
                [Claims((2**33, 2**33), (0, 0)), Claims((2**62, 4), (0, 1)), Claims((4, 2**32, 2**30), (0, 0, 0)),
                 Claims((2, 2), (2**62, 1)), Claims((3, 2), (-(2**62), 1)), Claims((-1, 3), (0, 0))])
    refuse_each(TypeError, "has elements, but no memory", function, [Claims((4, 3), (3, 1), data=False)])


@pytest.mark.parametrize("function", LOSSES, ids=by_name)
def test_losses_of_no_elements_beside_large_sizes(function):
    empty = Claims((0, 2, 2**40, 2**40), (0, 0, 0, 0))
    target = Claims((0, 2**40, 2**40), (0, 0, 0), code=0, bits=64) if function in CLASSES else empty
    rows = Claims((0, 2, 2**40), (0, 0, 0))
    required = [a for a in DESCRIBED[function.function]["arguments"] if not a["optional"]]
    further = [rows if a["extent"] == "row" else empty for a in required[2:]]
    assert np.isnan(function(empty, target, *further))
    assert function(empty, target, *further, reduction="sum") == 0

"""Bad input gets Python's own kind of error, which says what was expected and what was found; nothing is written."""

import inspect
import re
import warnings

import ml_dtypes
import numpy as np
import pytest
from registry import (BY_NAME, CLASSES, DESCRIBED, ELEMENTWISE, FUNCTIONS, LOSSES, PAIRS, ROWS, arguments, array,
                      by_name, extra, first, learned)
from spoiled import POISON, calls, refuse

import lossact

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
every_loss = pytest.mark.parametrize("function", LOSSES, ids=by_name)


@every_function
def test_the_calls_that_are_spoiled_below_are_good(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        call(*arrays, **options, out=out)
        assert not np.any(out == POISON)


@every_function
def test_outputs_of_another_shape_or_type(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        spoiled = np.full((*out.shape, 2), POISON, out.dtype)
        refuse(ValueError, "out has shape .*expected", call, *arrays, out=spoiled, **options)
        for element in ("float64", "float16", "int32", ml_dtypes.bfloat16):
            cast = out.astype(element)
            refuse(TypeError, "out has elements of .*expected float32", call, *arrays, out=cast, **options)
        out.flags.writeable = False
        refuse(ValueError, "out is read-only", call, *arrays, out=out, **options)
        for nothing in ([1.0, 2.0], "text", 3.5):
            refuse(TypeError, "out is a (list|str|float), expected an array", call, *arrays, out=nothing, **options)


@every_function
def test_float64_does_not_become_float32(function):
    """Neither where it is the input nor where it lies beside one of float32."""
    arrays = arguments(function, (4, 3), "float64")
    for call, given, out, options in calls(function, arrays):
        assert out.dtype == np.float64
        narrow = out.astype("float32")
        refuse(TypeError, "out has elements of float32, expected float64", call, *given, out=narrow, **options)
        of_rows = {a["name"] for a in DESCRIBED[function.function]["arguments"] if a["extent"] == "row"}  # any numbers
        names = list(call.__signature__.parameters)
        floats = [i for i, a in enumerate(given)
                  if isinstance(a, np.ndarray) and a.dtype == np.float64 and names[i] not in of_rows]
        for i in floats if len(floats) > 1 else []:
            mixed = [a.astype("float32") if j == i else a for j, a in enumerate(given)]
            words = "has elements of float(32|64), expected float(64|32) as"
            refuse(TypeError, words, call, *mixed, out=out, **options)


@every_function
def test_inputs_that_are_no_numbers(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        place = list(call.__signature__.parameters).index(first(function))
        for element in ("int64", "bool", "uint8"):
            spoiled = list(arrays)
            spoiled[place] = arrays[place].astype(element)
            refuse(TypeError, f"{first(function)} has elements of {element}, expected", call, *spoiled, out=out, **options)
        for element in ("complex64", "longdouble", "U3", "S3", "V4", "M8[s]", "m8[us]", "O", "T", ">f4", [("a", "f4")],
                        ml_dtypes.float8_e5m2):
            spoiled[place] = np.zeros((4, 3), element)
            words = re.escape(f"{first(function)} has elements of {spoiled[place].dtype}") + ".*, expected floating-point numbers"
            refuse(TypeError, words, call, *spoiled, out=out, **options)
        for time in (np.datetime64("2026-01-01"), np.timedelta64(1, "s")):  # whose buffers are of bytes
            spoiled[place] = time
            refuse(TypeError, re.escape(f"{first(function)} has elements of {time.dtype}"), call, *spoiled, out=out, **options)
        for nothing in (None, "text", 1.5, [1.0, 2.0], {}):
            spoiled[place] = nothing
            refuse(TypeError, f"{first(function)} is a .*, expected an array", call, *spoiled, out=out, **options)


@every_function
def test_shapes_that_do_not_fit(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        for i, (name, a) in enumerate(zip(call.__signature__.parameters, arrays)):
            if name != first(function) and isinstance(a, np.ndarray):
                spoiled = list(arrays)
                spoiled[i] = np.zeros((5, 7), a.dtype)
                refuse(ValueError, f"{name} has shape ", call, *spoiled, out=out, **options)


@every_loss
def test_as_many_gradients_as_losses(function):
    backward = BY_NAME[function.function + "_backward"]
    arrays = arguments(function, (4, 3))
    out = np.full((4, 3), POISON, "float32")
    shape = np.shape(function(*arrays, reduction="none"))
    for other in ((5,), (*shape[::-1], 1), ()):
        grad = np.ones(other, "float32")
        refuse(ValueError, "grad_output has shape", backward, grad, *arrays, reduction="none", out=out)
    refuse(ValueError, "grad_output has 2 elements", backward, [1.0, 2.0], *arrays, out=out)
    for nothing in ("text", 10**400, None):
        refuse(TypeError, "grad_output is a ", backward, nothing, *arrays, out=out)
    assert np.all(out == POISON)


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
@pytest.mark.parametrize("label", [3, -1, 2**31, -(2**63), 2**63 - 1])
def test_a_class_outside_its_range_is_an_index_error(function, label):
    x, y = arguments(function, (4, 3))
    y[2] = label
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        arrays = [*arrays[:-1], y]
        refuse(IndexError, re.escape(f"target {label} at row 2 is outside [0, 3)"), call, *arrays, out=out, **options)
        if "ignore_index" in call.__signature__.parameters:
            call(*arrays, **options, out=out, ignore_index=label)


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
@pytest.mark.parametrize("kind", ["u8", "u4", "i1"])
def test_a_class_keeps_its_sign_and_size(function, kind):
    x, y = arguments(function, (4, 3))
    y = y.astype(kind)
    for label in {np.iinfo(kind).max, np.iinfo(kind).max // 2 + 1}:
        y[2] = label
        refuse(IndexError, re.escape(f"target {label} at row 2 is outside [0, 3)"), function, x, y)
    if kind == "u8" and "ignore_index" in function.__signature__.parameters:  # what it would be as int64 is no class that is ignored
        refuse(IndexError, "at row 2", function, x, y, ignore_index=int(y[2].astype("i8")))


@pytest.mark.parametrize("function", ROWS, ids=by_name)
@pytest.mark.parametrize("dim", [2, -3, 2**31, -(2**40)])
def test_a_dimension_that_is_not_there_is_an_index_error(function, dim):
    for call, arrays, out, _ in calls(function, arguments(function, (4, 3))):
        refuse(IndexError, f"dim is {dim}, expected one from -2 to 1", call, *arrays, out=out, dim=dim)
        for nothing in ("text", 1.5):
            refuse(TypeError, "dim is a (str|float), expected an integer", call, *arrays, out=out, dim=nothing)


def bad_values(parameter):
    """What the parameter's legal values in words leave out."""
    name, default, legal = parameter
    if legal.startswith("a number"):
        yield TypeError, "text"
        if "0.0" in legal:
            yield ValueError, float("nan")
        if "0.0 or more" in legal or "[0.0" in legal:
            yield ValueError, -0.5
        if "1.0]" in legal:
            yield ValueError, 1.5
    elif legal.startswith("an integer"):
        yield TypeError, 1.5
        yield TypeError, "text"
        yield ValueError, 2**64
        if "0 or more" in legal:
            yield ValueError, -1
    elif legal == "true | false":
        yield TypeError, "text"
    elif " | " in legal:
        yield ValueError, "text"
        yield TypeError, 1.5
    elif legal.startswith("numbers"):
        yield (ValueError, [-1.0])
        yield (TypeError, "text")


@every_function
def test_parameters_outside_their_domain(function):
    tried = 0
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        known = call.__signature__.parameters
        for parameter in DESCRIBED[function.function]["parameters"]:
            if parameter[0] not in known:
                continue
            for kind, value in bad_values(parameter):
                refuse(kind, parameter[0], call, *arrays, out=out, **dict(options, **{parameter[0]: value}))
                tried += 1
    assert tried or not DESCRIBED[function.function]["parameters"]


@every_function
def test_calls_that_no_signature_has(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        refuse(TypeError, "unexpected keyword argument 'inputs'", call, *arrays, out=out, inputs=1, **options)
        refuse(TypeError, "missing required argument", call, out=out, **options)
        refuse(TypeError, f"multiple values for argument '{first(function)}'", call, *arrays, out=out,
               **{first(function): arrays[0]}, **options)
        refuse(TypeError, "positional arguments but 30 were given", call, *[arrays[0]] * 30, out=out, **options)
        refuse(ValueError, "accuracy is 'exact', expected 'faithful' or 'fast'", call, *arrays, out=out,
               accuracy="exact", **options)
        refuse(TypeError, "accuracy is a (int|NoneType), expected a str", call, *arrays, out=out, accuracy=1, **options)
        assert inspect.Parameter.POSITIONAL_ONLY not in {p.kind for p in call.__signature__.parameters.values()}


class OnDevice:
    """An array that says it lies elsewhere, and must not be asked for its memory."""

    def __init__(self, type):
        self.type = type

    def __dlpack_device__(self):
        return (self.type, 1)

    def __dlpack__(self, **options):
        raise AssertionError("the memory of another device was asked for")


@every_function
@pytest.mark.parametrize("type, name", [(2, "cuda:1"), (13, "cuda:1"), (10, "rocm:1"), (8, "metal:1")])
def test_other_devices_are_refused_by_name(function, type, name):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        for i, (argument, a) in enumerate(zip(call.__signature__.parameters, arrays)):
            if isinstance(a, np.ndarray):
                spoiled = list(arrays)
                spoiled[i] = OnDevice(type)
                words = f"{argument} is on device {name}, expected one on the CPU"
                refuse(TypeError, words, call, *spoiled, out=out, **options)
        refuse(TypeError, f"out is on device {name}", call, *arrays, out=OnDevice(type), **options)


@every_function
@pytest.mark.parametrize("nowhere", [None, (1,), "cpu", (1.5, 0), (2**80, 0)])
def test_a_device_that_is_none(function, nowhere):
    array = type("Nowhere", (OnDevice,), {"__dlpack_device__": lambda self: nowhere})(1)
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        place = list(call.__signature__.parameters).index(first(function))
        spoiled = [*arrays[:place], array, *arrays[place + 1 :]]
        refuse(TypeError, f"{first(function)} names its device .*, expected two integers", call, *spoiled, out=out, **options)


def tracer():
    """What JAX hands to a function that it traces, by its name and its package."""
    base = type("Tracer", (), {"__module__": "jax._src.core", "shape": (4, 3), "dtype": np.dtype("float32")})
    return type("DynamicJaxprTracer", (base,), {"__module__": "jax._src.interpreters.partial_eval"})()


@every_function
def test_tracers_of_jax_are_refused_by_name(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        place = list(call.__signature__.parameters).index(first(function))
        spoiled = [*arrays[:place], tracer(), *arrays[place + 1 :]]
        refuse(TypeError, f"{first(function)} is a tracer of JAX", call, *spoiled, out=out, **options)


@pytest.mark.parametrize("function", [f for f in LOSSES if "size_average" in f.__signature__.parameters], ids=by_name)
def test_the_two_old_arguments_of_losses(function):
    arrays = arguments(function, (4, 3))
    by_old = {(None, None): "mean", (True, None): "mean", (False, None): "sum", (None, True): "mean",
              (True, False): "none", (False, False): "none", (None, False): "none", (False, True): "sum"}
    for (average, reduce), reduction in by_old.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = function(*arrays, size_average=average, reduce=reduce)
        assert np.array_equal(result, function(*arrays, reduction=reduction))
        kinds = [warning.category for warning in caught]
        assert kinds == ([] if (average, reduce) == (None, None) else [DeprecationWarning])
        assert all(warning.filename == __file__ for warning in caught), "it points at another file than the caller's"
        assert all(f"reduction='{reduction}'" in str(warning.message) for warning in caught)
    out = np.full(np.shape(function(*arrays, reduction="none")), POISON, "float32")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DeprecationWarning):
            function(*arrays, reduce=False, out=out)
    assert np.all(out == POISON)


@pytest.mark.parametrize("function", ROWS, ids=by_name)
def test_a_dimension_that_is_guessed_warns(function):
    if function.__signature__.parameters["dim"].default == -1:  # PyTorch does not have it, and so does not guess
        assert np.array_equal(function(array((4, 3))), function(array((4, 3)), 1))
        return
    with pytest.warns(UserWarning, match="dim is missing, and taken to be 1"):
        result = function(array((4, 3)))
    assert np.array_equal(result, function(array((4, 3)), 1))


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if "inplace" in f.__signature__.parameters], ids=by_name)
def test_inplace_and_out_exclude_each_other(function):
    x = array((4, 3))
    refuse(ValueError, "inplace and out were both given", function, x, out=np.full_like(x, POISON), inplace=True)
    frozen = x.copy()
    frozen.flags.writeable = False
    refuse(ValueError, "read-only", function, frozen, inplace=True)


@pytest.mark.parametrize("function", [f for f in ELEMENTWISE if learned(f)], ids=by_name)
def test_as_many_slopes_as_channels(function):
    for call, arrays, out, options in calls(function, arguments(function, (4, 3))):
        for count in (0, 2, 4):
            arrays[-1] = np.ones(count, "float32")
            refuse(ValueError, f"weight has {count} elements, expected 1 or 3", call, *arrays, out=out, **options)


@every_function
def test_tensors_have_their_own_way(function):
    tensors = [lossact.tensor(a) for a in arguments(function, (4, 3))]
    out = np.full((4, 3), POISON, "float32")
    refuse(ValueError, "a lossact.Tensor makes a new one", function, *tensors, written=out, **extra(function), out=out)
    if function in LOSSES:
        second = DESCRIBED[function.function]["arguments"][1]["name"]
        refuse(TypeError, f"{second} is a numpy.ndarray, expected a lossact.Tensor", function, tensors[0],
               out, *tensors[2:])
    if "inplace" in function.__signature__.parameters:
        refuse(ValueError, "inplace is for arrays", function, *tensors, inplace=True)
    for direction in ("backward", "with_gradient"):
        call = BY_NAME.get(f"{function.function}_{direction}")
        if call:
            before = [] if direction == "with_gradient" else [out]
            words = f"{first(function)} is a Tensor, expected an array"
            refuse(TypeError, words, call, *before, *tensors, **extra(function))


class Odd(list):
    """A list whose items are not those that it gives away, and whose length is none."""

    def __getitem__(self, index):
        raise KeyError(index)

    def __len__(self):
        return 1000


class Shrinking:
    """A number that empties the list it lies in, when it is read."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __float__(self):
        self.numbers.clear()
        return 1.0


@pytest.mark.parametrize("function", CLASSES, ids=by_name)
def test_lists_that_lie(function):
    arrays = arguments(function, (4, 3))
    assert function(*arrays, weight=Odd([1, 2, 3])) == function(*arrays, weight=[1, 2, 3])
    numbers = []
    numbers += [Shrinking(numbers), 2.0, 3.0]
    refuse(ValueError, "weight has 1 elements, input has 3 classes", function, *arrays, weight=numbers)


def test_distributions():
    functions = lossact._core.modules["lossact.information"]
    for function in functions:
        arguments = [p for p in function.__signature__.parameters.values() if p.default is inspect.Parameter.empty]
        good = [np.array([0.25, 0.75])] * len(arguments)
        function(*good)
        for i, argument in enumerate(arguments):
            negative = [np.array([-0.5, 1.5]) if i == j else a for j, a in enumerate(good)]
            refuse(ValueError, f"{argument.name} is -0.5 at 0, expected a probability", function, *negative)
            for bad in ("text", None, np.array(["a"])):
                refuse(TypeError, argument.name, function, *[bad if i == j else a for j, a in enumerate(good)])
        for base in (0, 1, -2, float("nan")):
            refuse(ValueError, "base", function, *good, base=base)
        refuse(TypeError, "base is a str", function, *good, base="e")
    names = [f.__name__ for f in functions]
    assert names and all(hasattr(lossact.information, name) for name in names)

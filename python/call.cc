#include "python/call.h"
#include <algorithm>

namespace nb = nanobind;

namespace lossact::python {
namespace {

PyObject* numpy_empty_like(PyObject* like) {
  static PyObject* function = nullptr;
  return call_python(imported(function, "numpy", "empty_like"), {&like, 1}).release().ptr();
}

/// A number of NumPy: float64 where `wide`, float32 otherwise.
PyObject* numpy_number(double value, bool wide) {
  static PyObject* types[2] = {};
  const nb::object number = nb::steal(PyFloat_FromDouble(value));
  PyObject* argument = number.ptr();
  return call_python(imported(types[wide], "numpy", wide ? "float64" : "float32"), {&argument, 1}).release().ptr();
}

bool requires_gradient(PyObject* object) {
  if (!object || object == Py_None || is_numpy_array(object) || PyFloat_CheckExact(object) || as_tensor(object))
    return false;
  PyObject* wanted = PyObject_GetAttrString(object, "requires_grad");
  if (!wanted) {
    PyErr_Clear();
    return false;
  }
  const bool result = wanted == Py_True;
  Py_DECREF(wanted);
  return result;
}

nb::object shape_tuple(std::span<const Py_ssize_t> shape) {
  nb::object tuple = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(shape.size())));
  for (std::size_t i = 0; i < shape.size(); ++i)
    PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), PyLong_FromSsize_t(shape[i]));
  return tuple;
}

void open_out(const Spec& spec, const char* what, PyObject* out, Array& array) {
  if (as_tensor(out)) refuse_type(spec, "out", out, "an array of the input's kind");
  if (requires_gradient(out))
    throw domain_error(said_by(spec) + "out requires a gradient, and would be overwritten behind its graph's back");
  array.open(spec.name, what, out, true);
}

/// Refuses an array to be written to whose elements share memory, as those of a broadcast view do.
void check_repeats(const Spec& spec, const Array& written) {
  if (overlaps_itself(written))
    throw overlap_error(said_by(spec).append(written.what()) + " has elements that share memory");
}

}  // namespace

std::string said_by(const Spec& spec) { return "[" + spec.name + "] "; }

void refuse_type(const Spec& spec, std::string_view what, PyObject* found, std::string_view expected) {
  throw type_error(said_by(spec).append(what) + " is a " + Py_TYPE(found)->tp_name + ", expected " +
                   std::string(expected));
}

double read_number(const Spec& spec, std::string_view name, PyObject* value) {
  const double number = PyUnicode_Check(value) ? -1 : PyFloat_AsDouble(value);
  if (PyUnicode_Check(value) || (number == -1 && PyErr_Occurred())) {
    PyErr_Clear();
    refuse_type(spec, name, value, "a number");
  }
  return number;
}

bool read_flag(const Spec& spec, std::string_view name, PyObject* value) {
  if (PyBool_Check(value)) return value == Py_True;
  const int truth = PyUnicode_Check(value) || value == Py_None ? -1 : PyObject_IsTrue(value);
  if (truth < 0) {
    PyErr_Clear();
    refuse_type(spec, name, value, "True or False");
  }
  return truth != 0;
}

std::int64_t read_integer(const Spec& spec, std::string_view name, PyObject* value) {
  const nb::object index = nb::steal(PyNumber_Index(value));
  const long long number = index.is_valid() ? PyLong_AsLongLong(index.ptr()) : -1;
  if (number == -1 && PyErr_Occurred()) {
    const bool large = PyErr_ExceptionMatches(PyExc_OverflowError);
    PyErr_Clear();
    if (large) throw domain_error(said_by(spec).append(name) + " does not fit into 64 bits");
    refuse_type(spec, name, value, "an integer");
  }
  return number;
}

std::uint64_t read_natural(const Spec& spec, std::string_view name, PyObject* value) {
  const nb::object index = nb::steal(PyNumber_Index(value));
  if (!index.is_valid()) {
    PyErr_Clear();
    refuse_type(spec, name, value, "an integer of 0 or more");
  }
  const unsigned long long number = PyLong_AsUnsignedLongLong(index.ptr());
  if (PyErr_Occurred()) {
    PyErr_Clear();
    throw domain_error(said_by(spec).append(name) + " is " + nb::str(index).c_str() +
                       ", expected an integer from 0 to 2**64 - 1");
  }
  return number;
}

std::string_view read_word(const Spec& spec, std::string_view name, PyObject* value) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &size) : nullptr;
  if (!text) {
    PyErr_Clear();
    refuse_type(spec, name, value, "a str");
  }
  return {text, static_cast<std::size_t>(size)};
}

std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value, Array& array) {
  if (PyList_Check(value) || PyTuple_Check(value)) {
    std::vector<double> numbers;
    // Asked anew each time: an item's __float__ may change the list.
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); ++i)
      numbers.push_back(read_number(spec, name, nb::borrow(PySequence_Fast_GET_ITEM(value, i)).ptr()));
    return numbers;
  }
  array.open(spec.name, name, value, false);
  return doubles(spec.name, array);
}

Accuracy read_accuracy(const Spec& spec, const Slots& slots) {
  PyObject* value = spec.at(slots, Role::accuracy);
  if (!value) return Accuracy::faithful;
  const std::string_view word = read_word(spec, "accuracy", value);
  if (word == "faithful") return Accuracy::faithful;
  if (word == "fast") return Accuracy::fast;
  throw domain_error(said_by(spec) + "accuracy is '" + std::string(word) + "', expected 'faithful' or 'fast'");
}

std::optional<Reduction> read_old_reduction(const Spec& spec, const Slots& slots) {
  PyObject *average = spec.at(slots, Role::size_average), *reduce = spec.at(slots, Role::reduce);
  if (!given(average) && !given(reduce)) return {};
  const bool averaged = !given(average) || read_flag(spec, "size_average", average);
  const bool reduced = !given(reduce) || read_flag(spec, "reduce", reduce);
  const Reduction reduction = !reduced ? Reduction::none : averaged ? Reduction::mean : Reduction::sum;
  if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                       "[%s] size_average and reduce are PyTorch's old arguments: use reduction=%s instead",
                       spec.name.c_str(), shown(reduction).c_str()) != 0)
    throw nb::python_error();
  return reduction;
}

void check_tensor_call(const Spec& spec, const Slots& slots) {
  for (const Role role : {Role::out, Role::dtype})
    if (given(spec.at(slots, role)))
      throw domain_error(said_by(spec) + "a lossact.Tensor makes a new one; out and dtype are for arrays");
  if (PyObject* inplace = spec.at(slots, Role::inplace); inplace && read_flag(spec, "inplace", inplace))
    throw domain_error(said_by(spec) + "inplace is for arrays, not for a lossact.Tensor");
}

void check_same_element(const Spec& spec, const Array& array, const Array& as) {
  if (array.element() == as.element()) return;
  throw type_error(said_by(spec).append(array.what()) + " has elements of " + std::string(to_string(array.element())) +
                   ", expected " + std::string(to_string(as.element())) + " as " + std::string(as.what()) + " has");
}

void check_same_shape(const Spec& spec, const Array& array, const Array& as) {
  if (array.same_shape(as)) return;
  throw shape_error(said_by(spec).append(array.what()) + " has shape " + array.shape_text() + ", expected " +
                    as.shape_text() + " as " + std::string(as.what()) + " has");
}

void check_overlap(const Spec& spec, const Array& written, const Array& read, bool exactly) {
  if (exactly && written.data() == read.data() && written.element() == read.element() && written.same_layout(read))
    return;
  if (share_memory(written, read))
    throw overlap_error(said_by(spec).append(written.what()) + " shares memory with " + std::string(read.what()) +
                        (exactly ? " in part" : ""));
}

void check_overlap(const Spec& spec, const Array& written, const Inputs& inputs) {
  for (const Array* array : inputs.arrays)
    if (array) check_overlap(spec, written, *array);
  if (!inputs.weights) return;
  for (const Array& weight : *inputs.weights) check_overlap(spec, written, weight, false);
}

Result::Result(const Spec& spec, const char* what, PyObject* like, const Array& like_array, PyObject* out)
    : like_(like), out_(given(out) ? out : nullptr) {
  if (out_) {
    open_out(spec, what, out_, array_);
    check_same_element(spec, array_, like_array);
    check_same_shape(spec, array_, like_array);
    check_repeats(spec, array_);
  } else if (is_numpy_array(like)) {
    made_ = nb::steal(numpy_empty_like(like));
    array_.open(spec.name, what, made_.ptr(), true);
  } else {
    made_ = ask("empty_like", like);
    array_.open(spec.name, "result", made_.ptr(), true);
    check_same_element(spec, array_, like_array);
    check_same_shape(spec, array_, like_array);
  }
}

Result::Result(const Spec& spec, const char* what, PyObject* like, std::span<const Py_ssize_t> shape, Element element,
               PyObject* out)
    : like_(like), out_(given(out) ? out : nullptr) {
  if (out_) {
    open_out(spec, what, out_, array_);
    if (array_.element() != element)
      throw type_error(said_by(spec) + what + " has elements of " + std::string(to_string(array_.element())) +
                       ", expected " + std::string(to_string(element)));
    if (!std::ranges::equal(array_.shape(), shape))
      throw shape_error(said_by(spec) + what + " has shape " + array_.shape_text() + ", expected " +
                        nb::str(shape_tuple(shape)).c_str());
    check_repeats(spec, array_);
  } else {
    made_ = ask("empty", like, shape_tuple(shape).ptr(), nb::str(to_string(element).data()).ptr());
    array_.open(spec.name, "result", made_.ptr(), true);
  }
}

PyObject* Result::give() {
  if (out_) return Py_NewRef(out_);
  if (is_numpy_array(like_)) return made_.release().ptr();
  return ask("finish", like_, made_.ptr()).release().ptr();
}

PyObject* give_number(const Spec& spec, PyObject* like, double value, bool wide, PyObject* out, const Inputs& inputs) {
  if (given(out) || (!is_numpy_array(like) && is_torch_tensor(like)))
    return give_losses(spec, like, {}, {value}, wide, out, inputs);
  if (is_numpy_array(like)) return numpy_number(value, wide);
  return ask("number", like, nb::float_(value).ptr(), wide ? Py_True : Py_False).release().ptr();
}

PyObject* give_losses(const Spec& spec, PyObject* like, std::span<const Py_ssize_t> shape,
                      const std::vector<double>& losses, bool wide, PyObject* out, const Inputs& inputs) {
  Result result(spec, "out", like, shape, wide ? Element::float64 : Element::float32, out);
  check_overlap(spec, result.array(), inputs);
  if (wide) {
    result.array().scatter(losses.data());
  } else {
    const std::vector<float> narrow(losses.begin(), losses.end());
    result.array().scatter(narrow.data());
  }
  return result.give();
}

std::vector<double> read_grad_output(const Spec& spec, PyObject* object, const std::vector<Py_ssize_t>* shape,
                                     Array& array) {
  if (PyFloat_Check(object) || PyLong_Check(object)) return {read_number(spec, "grad_output", object)};
  if (PyList_Check(object) || PyTuple_Check(object)) return read_numbers(spec, "grad_output", object, array);
  array.open(spec.name, "grad_output", object, false);
  if (shape && !std::ranges::equal(array.shape(), *shape))
    throw shape_error(said_by(spec) + "grad_output has shape " + array.shape_text() + ", expected " +
                      nb::str(shape_tuple(*shape)).c_str() + " as the losses have");
  return doubles(spec.name, array);
}

PyObject* pair(PyObject* first, PyObject* second) {
  PyObject* both = first && second ? PyTuple_Pack(2, first, second) : nullptr;
  Py_XDECREF(first);
  Py_XDECREF(second);
  return both;
}

nb::object cast_array(PyObject* array, PyObject* dtype) { return ask("cast", array, dtype); }

}  // namespace lossact::python

#include "python/call/result.h"
#include <algorithm>
#include "lossact/error.h"
#include "python/interpreter.h"
#include "python/tensor/tensor.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

PyObject* numpy_empty_like(PyObject* like) {
  static PyObject* function = nullptr;
  return call_python(imported(function, "numpy", "empty_like"), {&like, 1}).release().ptr();
}

bool requires_gradient(PyObject* object) {
  PyObject* wanted = PyObject_GetAttrString(object, "requires_grad");
  if (!wanted) {
    PyErr_Clear();
    return false;
  }
  const bool result = wanted == Py_True;
  Py_DECREF(wanted);
  return result;
}

void open_out(const Spec& spec, PyObject* out, Array& array) {
  if (!is_numpy_array(out)) {
    if (as_tensor(out)) refuse_type(spec, "out", out, "an array of the input's kind");
    if (requires_gradient(out))
      throw domain_error(said_by(spec) + "out requires a gradient, and would be overwritten behind its graph's back");
  }
  array.open(spec.name, "out", out, true);
}

/// Refuses an array to be written to whose elements share memory, as those of a broadcast view do.
void check_repeats(const Spec& spec, const Array& written) {
  if (overlaps_itself(written))
    throw overlap_error(said_by(spec).append(written.what()) + " has elements that share memory");
}

}  // namespace

nb::object shape_tuple(std::span<const Py_ssize_t> shape) {
  nb::object tuple = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(shape.size())));
  for (std::size_t i = 0; i < shape.size(); ++i)
    PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), PyLong_FromSsize_t(shape[i]));
  return tuple;
}

Result::Result(const Spec& spec, PyObject* like, const Array& like_array, PyObject* out)
    : like_(like), out_(given(out) ? out : nullptr) {
  if (out_) {
    open_out(spec, out_, array_);
    check_same_element(spec, array_, like_array);
    check_same_shape(spec, array_, like_array);
    check_repeats(spec, array_);
  } else if (is_numpy_array(like)) {
    made_ = nb::steal(numpy_empty_like(like));
    array_.open(spec.name, "result", made_.ptr(), true);
  } else {
    made_ = ask("empty_like", like);
    array_.open(spec.name, "result", made_.ptr(), true);
    check_same_element(spec, array_, like_array);
    check_same_shape(spec, array_, like_array);
  }
}

Result::Result(const Spec& spec, PyObject* like, std::span<const Py_ssize_t> shape, Element element, PyObject* out)
    : like_(like), out_(given(out) ? out : nullptr) {
  if (out_) {
    open_out(spec, out_, array_);
    if (array_.element() != element)
      throw type_error(said_by(spec) + "out has elements of " + std::string(to_string(array_.element())) +
                       ", expected " + std::string(to_string(element)));
    if (!std::ranges::equal(array_.shape(), shape))
      throw shape_error(said_by(spec) + "out has shape " + array_.shape_text() + ", expected " +
                        nb::str(shape_tuple(shape)).c_str());
    check_repeats(spec, array_);
  } else {
    made_ = ask("empty", like, shape_tuple(shape).ptr(), nb::str(to_string(element).data()).ptr());
    array_.open(spec.name, "result", made_.ptr(), true);
  }
}

nb::object Result::give() {
  if (out_) return nb::borrow(out_);
  if (is_numpy_array(like_)) return std::move(made_);
  return ask("finish", like_, made_.ptr());
}

nb::object give_number(PyObject* like, double value, bool wide) {
  const nb::object number = nb::steal(PyFloat_FromDouble(value));
  if (!is_numpy_array(like)) return ask("number", like, number.ptr(), wide ? Py_True : Py_False);
  static PyObject* types[2] = {};
  PyObject* argument = number.ptr();
  return call_python(imported(types[wide], "numpy", wide ? "float64" : "float32"), {&argument, 1});
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

void check_overlap(const Spec& spec, Result& result, const Array& read, bool exactly) {
  const Array& written = result.array();
  if (exactly && written.data() == read.data() && written.element() == read.element() && written.same_layout(read))
    return;
  if (are_apart(written, read)) return;
  if (share_memory(written, read))
    throw overlap_error(said_by(spec).append(written.what()) + " shares memory with " + std::string(read.what()) +
                        (exactly ? " in part" : ""));
  result.interleaved = true;
}

}  // namespace lossact::python

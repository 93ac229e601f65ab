// What a call gives back: arrays and numbers of the caller's kind.
#ifndef LOSSACT_PYTHON_CALL_RESULT_H_
#define LOSSACT_PYTHON_CALL_RESULT_H_
#include <span>
#include "python/arrays/array.h"
#include "python/call/options.h"

namespace lossact::python {

/// Where a call writes an array: the caller's, or a new one.
class Result {
 public:
  /// Of the kind, shape and element type of another.
  Result(const Spec& spec, PyObject* like, const Array& like_array, PyObject* out);
  /// Of the kind of `like`, with another shape and element type.
  Result(const Spec& spec, PyObject* like, std::span<const Py_ssize_t> shape, Element element, PyObject* out);
  const Array& array() const { return array_; }
  /// A new reference to it, as the caller's kind of array.
  nanobind::object give();

  /// It lies between elements that are read, so that it is filled by way of a copy.
  bool interleaved = false;

 private:
  nanobind::object made_;
  PyObject *like_, *out_;
  Array array_;
};

/// A number that no array holds, as the caller's kind: of float64 where `wide`, of float32 otherwise.
nanobind::object give_number(PyObject* like, double value, bool wide);
/// (2, 3), as a tuple of Python.
nanobind::object shape_tuple(std::span<const Py_ssize_t> shape);

void check_same_element(const Spec& spec, const Array& array, const Array& as);
void check_same_shape(const Spec& spec, const Array& array, const Array& as);
/// Refuses a result that shares memory with an array that is read; `exactly` allows that they are one.
void check_overlap(const Spec& spec, Result& result, const Array& read, bool exactly = true);

}  // namespace lossact::python
#endif

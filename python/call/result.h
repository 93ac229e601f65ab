// The results of a call: arrays and numbers of the caller's kind.
#ifndef LOSSACT_PYTHON_CALL_RESULT_H_
#define LOSSACT_PYTHON_CALL_RESULT_H_
#include <span>
#include "python/arrays/array.h"
#include "python/call/options.h"

namespace lossact::python {

/// Where a call writes an array: the caller's, or a new one.
class Result {
 public:
  /// Of the kind, shape and element type of `like`, which `like_array` has opened; `out`, if given, must have these.
  Result(const Spec& spec, PyObject* like, const Array& like_array, PyObject* out);
  /// Of the kind of `like`, with this shape and element type; `out`, if given, must have these.
  Result(const Spec& spec, PyObject* like, std::span<const Py_ssize_t> shape, Element element, PyObject* out);
  const Array& array() const { return array_; }
  /// A new reference to it, as the caller's kind of array.
  nanobind::object give();

  /// Whether its elements lie between elements that are read, so that a call writes to a copy of it.
  bool interleaved = false;

 private:
  nanobind::object made_;
  PyObject *like_, *out_;
  Array array_;
};

/// A number that no array holds, as the caller's kind: of float64 where `wide`, of float32 otherwise.
nanobind::object give_number(PyObject* like, double value, bool wide);
/// A shape as a tuple of Python: (2, 3).
nanobind::object shape_tuple(std::span<const Py_ssize_t> shape);

void check_same_element(const Spec& spec, const Array& array, const Array& as);
void check_same_shape(const Spec& spec, const Array& array, const Array& as);
/// Throws overlap_error if a result shares memory with an array that is read; `exactly` allows them to be the same
/// elements in the same places.
void check_overlap(const Spec& spec, Result& result, const Array& read, bool exactly = true);

}  // namespace lossact::python
#endif

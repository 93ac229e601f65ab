// The calls of any function: they read options, open arrays, make results, and return a new reference to these. They
// throw lossact's errors and nanobind::python_error.
#ifndef LOSSACT_PYTHON_CALL_CALL_H_
#define LOSSACT_PYTHON_CALL_CALL_H_
#include "lossact/nn/tensor.h"
#include "python/call/options.h"

namespace lossact::python {

/// A call on arrays, or on tensors of the training layer.
PyObject* run(const Spec& spec, const Slots& slots);
/// A call on tensors of the training layer, the first of which is `input`.
PyObject* run_on_tensors(const Spec& spec, const Slots& slots, const Settings& settings, const nn::Tensor& input);
/// A call on arrays, lists or numbers, of a function in a namespace (lossact.information).
PyObject* run_on_numbers(const Spec& spec, const Slots& slots);

}  // namespace lossact::python
#endif

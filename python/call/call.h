// What a call of a function does, whatever the function: reads options, opens arrays, makes results, hands over what it
// must not compute itself.
#ifndef LOSSACT_PYTHON_CALL_CALL_H_
#define LOSSACT_PYTHON_CALL_CALL_H_
#include "lossact/nn/tensor.h"
#include "python/call/options.h"

namespace lossact::python {

/// On arrays, or on tensors of the training layer.
PyObject* run(const Spec& spec, const Slots& slots);
/// On tensors of the training layer, the first of which is `input`.
PyObject* run_on_tensors(const Spec& spec, const Slots& slots, const Settings& settings, const nn::Tensor& input);
/// On arrays, lists or numbers, as functions of a namespace of their own are called.
PyObject* run_on_numbers(const Spec& spec, const Slots& slots);

}  // namespace lossact::python
#endif

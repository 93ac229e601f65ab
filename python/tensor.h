// Where the functions meet the tensor of the training layer.
#ifndef LOSSACT_PYTHON_TENSOR_H_
#define LOSSACT_PYTHON_TENSOR_H_
#include <Python.h>
#include "lossact/nn/tensor.h"

namespace lossact::python {

/// The tensor that a Python object is; null where it is none. No exception is ever pending afterwards.
const nn::Tensor* as_tensor(PyObject* object) noexcept;
/// A new reference to a Python object that is the tensor. Throws nanobind::python_error.
PyObject* give_tensor(nn::Tensor tensor);

}  // namespace lossact::python
#endif

// The parts of the binding of Tensor, each in a file of its name.
#ifndef LOSSACT_PYTHON_TENSOR_BIND_H_
#define LOSSACT_PYTHON_TENSOR_BIND_H_
#include <nanobind/nanobind.h>
#include "lossact/nn/tensor.h"

namespace lossact::python {

void bind_arithmetic(nanobind::module_& m, nanobind::class_<nn::Tensor>& tensor);
void bind_conversions(nanobind::class_<nn::Tensor>& tensor);
void bind_shape(nanobind::class_<nn::Tensor>& tensor);
void bind_gradients(nanobind::module_& m, nanobind::class_<nn::Tensor>& tensor);
void bind_creation(nanobind::module_& m);
void bind_files(nanobind::module_& m);
void bind_modules(nanobind::module_& m);
void bind_optimizers(nanobind::module_& m);

}  // namespace lossact::python
#endif

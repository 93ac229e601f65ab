// The parts of the extension module lossact._core, each in a file of its name.
#ifndef LOSSACT_PYTHON_MODULE_H_
#define LOSSACT_PYTHON_MODULE_H_
#include <nanobind/nanobind.h>

namespace lossact::python {

/// From now on what the library throws becomes Python's own kinds of exception.
void bind_errors();
/// Every function of the registry on arrays, and the registry itself.
void bind_functions(nanobind::module_& m);
/// The tensor of the training layer, its modules and optimizers.
void bind_tensor(nanobind::module_& m);

}  // namespace lossact::python
#endif

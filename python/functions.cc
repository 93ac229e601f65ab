#include "python/module.h"

namespace lossact::python {

void bind_functions(nanobind::module_&) {}

}  // namespace lossact::python

#include "python/module.h"

namespace lossact::python {

void bind_information(nanobind::module_&) {}

}  // namespace lossact::python

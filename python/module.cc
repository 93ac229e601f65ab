#include "python/module.h"
#include "lossact/lossact.h"

NB_MODULE(_core, m) {
  m.attr("__version__") = nanobind::str(lossact::version().data(), lossact::version().size());
  lossact::python::bind_errors();
  lossact::python::bind_functions(m);
  lossact::python::bind_tensor(m);
}

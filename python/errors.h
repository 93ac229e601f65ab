#ifndef LOSSACT_PYTHON_ERRORS_H_
#define LOSSACT_PYTHON_ERRORS_H_

namespace lossact::python {

/// Within a catch block: makes of the C++ exception in flight the Python exception that is pending from now on.
/// ValueError for shapes, domains, overlaps and formats, IndexError for a class or an element outside, TypeError for
/// element types.
void set_python_error() noexcept;

}  // namespace lossact::python
#endif

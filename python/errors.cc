#include "python/errors.h"
#include <cstring>
#include "lossact/error.h"
#include "lossact/nn/file_error.h"
#include "python/interpreter.h"
#include "python/module.h"

namespace lossact::python {

namespace {

/// A message may name what is not UTF-8, as a file's name.
void set(PyObject* type, const char* what) {
  const nanobind::object text =
      nanobind::steal(PyUnicode_DecodeUTF8(what, static_cast<Py_ssize_t>(std::strlen(what)), "surrogateescape"));
  if (text.is_valid()) PyErr_SetObject(type, text.ptr());
}
/// Python makes FileNotFoundError, PermissionError and so on of it, by its number.
void set(const file_error& e) {
  const nanobind::object arguments =
      nanobind::steal(Py_BuildValue("(isN)", e.code, e.why.c_str(), PyUnicode_DecodeFSDefault(e.file.c_str())));
  if (arguments.is_valid()) PyErr_SetObject(PyExc_OSError, arguments.ptr());
}

}  // namespace

void set_python_error() noexcept {
  try {
    throw;
  } catch (nanobind::python_error& e) {
    e.restore();
  } catch (const index_error& e) {
    set(PyExc_IndexError, e.what());
  } catch (const type_error& e) {
    set(PyExc_TypeError, e.what());
  } catch (const file_error& e) {
    set(e);
  } catch (const error& e) {
    set(PyExc_ValueError, e.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& e) {
    set(PyExc_RuntimeError, e.what());
  } catch (...) {
    stop_thread();
  }
}

void bind_errors() {
  nanobind::register_exception_translator([](const std::exception_ptr& exception, void*) {
    try {
      std::rethrow_exception(exception);
    } catch (const error&) {
      set_python_error();
    }
  });
}

}  // namespace lossact::python

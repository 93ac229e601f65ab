#include "python/interpreter.h"
#include <chrono>
#include <thread>

namespace nb = nanobind;

namespace lossact::python {

void stop_thread() noexcept {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

void take_interpreter(PyThreadState* state) noexcept {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {  // pthread_exit
    stop_thread();
  }
}

namespace {

/// What Python's code makes, a new reference.
template <class F>
nb::object made(const F& call) {
  PyObject* result = nullptr;
  try {
    result = call();
  } catch (...) {  // pthread_exit
    stop_thread();
  }
  if (!result) throw nb::python_error();
  return nb::steal(result);
}

}  // namespace

nb::object call_python(PyObject* function, std::span<PyObject* const> arguments) {
  return made([&] { return PyObject_Vectorcall(function, arguments.data(), arguments.size(), nullptr); });
}

PyObject* imported(PyObject*& kept, const char* module, const char* attribute) {
  if (kept) return kept;
  nb::object found = made([&] { return PyImport_ImportModule(module); });
  if (attribute) found = made([&] { return PyObject_GetAttrString(found.ptr(), attribute); });
  if (!kept) kept = found.release().ptr();  // another thread may have been here
  return kept;
}

}  // namespace lossact::python

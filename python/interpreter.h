// How C++ calls Python code, and gives the interpreter to other threads.
#ifndef LOSSACT_PYTHON_INTERPRETER_H_
#define LOSSACT_PYTHON_INTERPRETER_H_
#include <Python.h>
#include <cstddef>
#include <span>
#include <nanobind/nanobind.h>

namespace lossact::python {

/// Never returns. Where an interpreter that ends finds a daemon thread that wants it, it calls pthread_exit, which
/// unwinds the stack: through functions that let no exception out, and destructors that need the interpreter. The
/// thread stays here instead until the process is over, as it does from Python 3.14 on.
[[noreturn]] void stop_thread() noexcept;

/// Takes the interpreter again that PyEval_SaveThread gave away.
void take_interpreter(PyThreadState* state) noexcept;

/// Gives the interpreter to other threads while a kernel runs on enough elements to be worth it.
class Unlocked {
 public:
  explicit Unlocked(std::size_t elements) : state_(elements >= 4096 ? PyEval_SaveThread() : nullptr) {}
  ~Unlocked() {
    if (state_) take_interpreter(state_);
  }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  PyThreadState* state_;
};

/// function(*arguments), where Python's code may run. Throws nanobind::python_error.
nanobind::object call_python(PyObject* function, std::span<PyObject* const> arguments);

/// A module or an attribute of it, which `kept` holds from then on. A variable that C++ initializes itself
/// would be waited for by a thread that has the interpreter, while the import gives it away.
PyObject* imported(PyObject*& kept, const char* module, const char* attribute = nullptr);

/// Calls a function of lossact._arrays, which knows the kinds of array.
template <class... Arguments>
nanobind::object ask(const char* name, Arguments*... arguments) {
  static PyObject* module = nullptr;
  const nanobind::object function = nanobind::steal(PyObject_GetAttrString(imported(module, "lossact._arrays"), name));
  if (!function.is_valid()) throw nanobind::python_error();
  PyObject* const all[] = {arguments...};
  return call_python(function.ptr(), all);
}

}  // namespace lossact::python
#endif

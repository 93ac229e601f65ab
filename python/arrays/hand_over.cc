#include <utility>
#include "lossact/modes.h"
#include "python/arrays/array.h"
#include "python/arrays/array_kind.h"
#include "python/call/function.h"
#include "python/interpreter.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

thread_local bool direct = false;

bool may_hold_tensor(const Argument& argument, PyObject* object) {
  switch (argument.role) {
    case Role::array:
    case Role::grad_output:
    case Role::out:
      return !is_numpy_array(object) && !PyFloat_CheckExact(object);
    case Role::parameter:  // a seed may be a tensor
      return !PyFloat_CheckExact(object) && !PyLong_Check(object) && !PyUnicode_CheckExact(object) &&
             !is_numpy_array(object);
    default:
      return false;
  }
}

/// PyTorch's own protocol: what has it is a tensor, a subclass, or what stands for one while PyTorch traces.
bool is_of_pytorch(PyObject* object) {
  static PyObject* name = PyUnicode_InternFromString("__torch_function__");
  return _PyType_Lookup(Py_TYPE(object), name) != nullptr;
}

bool is_exactly_a_tensor(PyObject* object) {
  static PyObject* type = nullptr;
  return reinterpret_cast<PyObject*>(Py_TYPE(object)) == imported(type, "torch", "Tensor");
}

bool requires_gradient(PyObject* object) {
  return nb::object(nb::getattr(nb::handle(object), "requires_grad")).ptr() != Py_False;
}

bool is_true(PyObject* object) {
  const int truth = PyObject_IsTrue(object);
  if (truth < 0) PyErr_Clear();  // the call refuses it
  return truth > 0;
}

/// Whether a tensor was made in inference mode, outside of which PyTorch lets nobody write to it.
bool is_of_inference_mode(PyObject* tensor) {
  static PyObject* name = PyUnicode_InternFromString("is_inference");
  const nb::object answer = nb::steal(PyObject_CallMethodNoArgs(tensor, name));
  if (!answer.is_valid()) throw nb::python_error();
  return answer.ptr() != Py_False;
}

/// Whether PyTorch neither traces, transforms nor casts.
bool is_ordinary() {
  static PyObject* kept = nullptr;
  return call_python(imported(kept, "lossact.torch._dispatch", "ordinary"), {}).ptr() == Py_True;
}

/// The call, and that PyTorch counts a change of what it writes to.
PyObject* run_and_count(const Spec& spec, const Slots& slots, PyObject* written) {
  static PyObject* kept = nullptr;
  PyObject* increment = written ? imported(kept, "torch._C", "_increment_version") : nullptr;
  nb::object result;
  {
    const lossact::detail::DefaultModes modes;  // losses are rounded on their way out
    result = nb::steal(spec.run(spec, slots));
  }
  if (increment) {
    const nb::tuple tensors = nb::make_tuple(nb::handle(written));
    PyObject* const given[] = {tensors.ptr()};
    call_python(increment, given);
  }
  return result.release().ptr();
}

}  // namespace

Direct::Direct() { direct = true; }
Direct::~Direct() { direct = false; }

PyObject* handed_over(const Spec& spec, const Slots& slots) {
  if (std::exchange(direct, false)) return nullptr;
  bool any = false, plain = !spec.draws;
  PyObject* written = nullptr;
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    PyObject* object = slots[i];
    if (!object || object == Py_None) continue;
    const Argument& argument = spec.arguments[i];
    if (argument.role == Role::inplace && is_true(object)) written = spec.array(slots, 0);
    if (!may_hold_tensor(argument, object) || !is_of_pytorch(object)) continue;
    any = true;
    plain = plain && is_exactly_a_tensor(object) && !requires_gradient(object);
    if (argument.role == Role::out) written = object;
  }
  if (!any) return nullptr;
  if (plain && is_ordinary()) {
    if (written && !is_exactly_a_tensor(written)) written = nullptr;
    if (!written || !is_of_inference_mode(written)) {
      try {
        return run_and_count(spec, slots, written);
      } catch (const without_numbers&) {  // its operator knows what comes of it
      }
    }
  }
  nb::dict arguments;
  for (std::size_t i = 0; i < spec.arguments.size(); ++i)
    if (slots[i]) arguments[spec.arguments[i].name.c_str()] = nb::handle(slots[i]);
  static PyObject* kept = nullptr;
  PyObject* const given[] = {spec.object, arguments.ptr()};
  return call_python(imported(kept, "lossact.torch._dispatch", "dispatch"), given).release().ptr();
}

}  // namespace lossact::python

#include <utility>
#include "python/array.h"
#include "python/function.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

thread_local bool direct = false;

bool may_hold_tensor(const Argument& argument, PyObject* object) {
  switch (argument.role) {
    case Role::grad_output:
    case Role::input:
    case Role::weight:
    case Role::target:
    case Role::out:
      return !is_numpy_array(object) && !PyFloat_CheckExact(object);
    case Role::parameter:  // the weights of classes may be a tensor
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

/// A function that is imported at the first call. Importing lets other threads run: a static variable that waits for it
/// would be waited for with the interpreter held.
nb::handle found(PyObject*& kept, const char* module, const char* name) {
  if (!kept) {
    nb::object function = nb::module_::import_(module).attr(name);
    if (!kept) kept = function.release().ptr();
  }
  return kept;
}

bool is_exactly_a_tensor(PyObject* object) {
  static PyObject* type = nullptr;
  return reinterpret_cast<PyObject*>(Py_TYPE(object)) == found(type, "torch", "Tensor").ptr();
}

bool requires_gradient(PyObject* object) {
  return nb::object(nb::getattr(nb::handle(object), "requires_grad")).ptr() != Py_False;
}

bool is_true(PyObject* object) {
  const int truth = PyObject_IsTrue(object);
  if (truth < 0) PyErr_Clear();  // the call refuses it
  return truth > 0;
}

/// The call, and that PyTorch counts a change of what it writes to.
PyObject* run_and_count(const Spec& spec, const Slots& slots, PyObject* written) {
  static PyObject* kept = nullptr;
  const nb::handle increment = found(kept, "torch._C", "_increment_version");
  PyObject* result = spec.run(spec, slots);
  if (result) increment(nb::make_tuple(nb::handle(written)));
  return result;
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
    if (argument.role == Role::inplace && is_true(object)) written = spec.at(slots, Role::input);
    if (!may_hold_tensor(argument, object) || !is_of_pytorch(object)) continue;
    any = true;
    plain = plain && is_exactly_a_tensor(object) && !requires_gradient(object);
    if (argument.role == Role::out) written = object;
  }
  if (!any) return nullptr;
  static PyObject *ordinary = nullptr, *dispatch = nullptr, *is_inference = nullptr;
  if (plain && found(ordinary, "lossact.torch._dispatch", "ordinary")().ptr() == Py_True) {
    if (!written || !is_exactly_a_tensor(written)) return nullptr;
    if (found(is_inference, "torch", "is_inference")(nb::handle(written)).ptr() == Py_False)
      return run_and_count(spec, slots, written);
  }
  nb::dict arguments;
  for (std::size_t i = 0; i < spec.arguments.size(); ++i)
    if (slots[i]) arguments[spec.arguments[i].name.c_str()] = nb::handle(slots[i]);
  return found(dispatch, "lossact.torch._dispatch", "dispatch")(nb::handle(spec.object), arguments).release().ptr();
}

}  // namespace lossact::python

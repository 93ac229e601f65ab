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

bool is_exactly_a_tensor(PyObject* object) {
  static PyObject* type = nb::object(nb::module_::import_("torch").attr("Tensor")).release().ptr();
  return reinterpret_cast<PyObject*>(Py_TYPE(object)) == type;
}

bool requires_gradient(PyObject* object) {
  static PyObject* name = PyUnicode_InternFromString("requires_grad");
  const nb::object wanted = nb::steal(PyObject_GetAttr(object, name));
  if (!wanted.is_valid()) throw nb::python_error();
  return wanted.ptr() != Py_False;
}

}  // namespace

Direct::Direct() { direct = true; }
Direct::~Direct() { direct = false; }

PyObject* handed_over(const Spec& spec, const Slots& slots) {
  if (std::exchange(direct, false)) return nullptr;
  bool any = false, plain = !spec.draws;
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    PyObject* object = slots[i];
    if (!object || object == Py_None) continue;
    const Argument& argument = spec.arguments[i];
    if (argument.role == Role::inplace && object != Py_False) plain = false;
    if (!may_hold_tensor(argument, object) || !is_of_pytorch(object)) continue;
    any = true;
    plain = plain && argument.role != Role::out && is_exactly_a_tensor(object) && !requires_gradient(object);
  }
  if (!any) return nullptr;
  static const nb::handle module = nb::object(nb::module_::import_("lossact.torch._dispatch")).release();
  static const nb::handle ordinary = nb::object(module.attr("ordinary")).release();
  static const nb::handle dispatch = nb::object(module.attr("dispatch")).release();
  if (plain && ordinary().ptr() == Py_True) return nullptr;
  nb::dict arguments;
  for (std::size_t i = 0; i < spec.arguments.size(); ++i)
    if (slots[i]) arguments[spec.arguments[i].name.c_str()] = nb::handle(slots[i]);
  return dispatch(nb::handle(spec.object), arguments).release().ptr();
}

}  // namespace lossact::python

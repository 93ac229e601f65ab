#include "python/call/function.h"
#include <algorithm>
#include <cstddef>
#include <structmember.h>
#include "lossact/modes.h"
#include "python/errors.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

struct FunctionObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  const Spec* spec;
  PyObject* dict;
  PyObject* weak_references;
};

PyObject* too_many(const Spec& spec, Py_ssize_t given) {
  PyErr_Format(PyExc_TypeError, "%s() takes %zu positional arguments but %zd were given", spec.name.c_str(),
               spec.positional, given);
  return nullptr;
}

/// The place of a keyword in the signature; -1 with an exception pending where it has none.
int place_of(const Spec& spec, PyObject* key) {
  const auto& arguments = spec.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].key == key) return static_cast<int>(i);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (PyUnicode_Compare(arguments[i].key, key) == 0) return static_cast<int>(i);
  PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", spec.name.c_str(), key);
  return -1;
}

PyObject* call(PyObject* self, PyObject* const* args, std::size_t flagged, PyObject* names) {
  const Spec& spec = *reinterpret_cast<FunctionObject*>(self)->spec;
  const Py_ssize_t count = PyVectorcall_NARGS(flagged);
  if (static_cast<std::size_t>(count) > spec.positional) return too_many(spec, count);
  Slots slots;
  std::copy(args, args + count, slots.begin());
  std::fill(slots.begin() + count, slots.begin() + static_cast<std::ptrdiff_t>(spec.arguments.size()), nullptr);
  if (names) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
      const int place = place_of(spec, PyTuple_GET_ITEM(names, i));
      if (place < 0) return nullptr;
      PyObject*& slot = slots[static_cast<std::size_t>(place)];
      if (slot) {
        PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", spec.name.c_str(),
                     PyTuple_GET_ITEM(names, i));
        return nullptr;
      }
      slot = args[count + i];
    }
  }
  for (std::size_t i = 0; i < spec.required; ++i)
    if (!slots[i]) {
      PyErr_Format(PyExc_TypeError, "%s() missing required argument: '%s'", spec.name.c_str(),
                   spec.arguments[i].name.c_str());
      return nullptr;
    }
  try {
    if (PyObject* done = handed_over(spec, slots)) return done;
    const lossact::detail::DefaultModes modes;  // losses are rounded to float after the library has returned
    return spec.run(spec, slots);
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}

PyObject* repr(PyObject* self) {
  const nb::object module = nb::getattr(nb::handle(self), "__module__", nb::none());
  return PyUnicode_FromFormat("<function %S.%s>", module.ptr(),
                              reinterpret_cast<FunctionObject*>(self)->spec->name.c_str());
}
// The call as it is, without handing it over to lossact.torch.
PyObject* compute(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Direct here;
  return call(self, args, static_cast<std::size_t>(count), names);
}
// Pickled by its name.
PyObject* reduce(PyObject* self, PyObject*) {
  return PyUnicode_FromString(reinterpret_cast<FunctionObject*>(self)->spec->name.c_str());
}
void release(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_ClearWeakRefs(self);
  Py_XDECREF(reinterpret_cast<FunctionObject*>(self)->dict);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

void Spec::complete() {
  places.fill(-1);
  array_places.fill(-1);
  parameter_places.fill(-1);
  if (arguments.size() > kMostArguments) throw std::length_error(name + " has too many arguments");
  required = positional = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Argument& argument = arguments[i];
    argument.key = PyUnicode_InternFromString(argument.name.c_str());
    if (argument.default_text.empty()) required = i + 1;
    if (!argument.keyword_only) positional = i + 1;
    std::int8_t& place = argument.role == Role::array       ? array_places.at(argument.index)
                         : argument.role == Role::parameter ? parameter_places.at(argument.index)
                                                            : places[static_cast<std::size_t>(argument.role)];
    place = static_cast<std::int8_t>(i);
  }
}

nb::object make_function_type() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
      {"__dictoffset__", T_PYSSIZET, offsetof(FunctionObject, dict), READONLY, nullptr},
      {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, nullptr},
                                  {"compute", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(compute)),
                                   METH_FASTCALL | METH_KEYWORDS, "The call without what PyTorch does around it."},
                                  {nullptr, nullptr, 0, nullptr}};
  static PyGetSetDef attributes[] = {{"__dict__", PyObject_GenericGetDict, nullptr, nullptr, nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  PyType_Slot slots[] = {{Py_tp_members, members},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, attributes},
                         {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                         {Py_tp_repr, reinterpret_cast<void*>(repr)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(release)},
                         {0, nullptr}};
  PyType_Spec type = {.name = "lossact._core.Function",
                      .basicsize = sizeof(FunctionObject),
                      .itemsize = 0,
                      .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
                      .slots = slots};
  return nb::steal(PyType_FromSpec(&type));
}

nb::object make_function(Spec& spec, nb::handle type) {
  auto* python_type = reinterpret_cast<PyTypeObject*>(type.ptr());
  PyObject* self = python_type->tp_alloc(python_type, 0);
  if (!self) throw nb::python_error();
  auto* function = reinterpret_cast<FunctionObject*>(self);
  function->vectorcall = call;
  function->spec = &spec;
  spec.object = self;
  return nb::steal(self);
}

}  // namespace lossact::python

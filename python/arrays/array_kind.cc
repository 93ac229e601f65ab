#include "python/arrays/array_kind.h"
#include <array>
#include <string_view>
#include "python/arrays/array.h"
#include "python/interpreter.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

/// A class of the type whose name and package are these.
bool inherits(PyTypeObject* type, std::string_view package, std::string_view name) {
  PyObject* mro = type->tp_mro;
  for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); ++i) {
    const nb::handle base(PyTuple_GET_ITEM(mro, i));
    const nb::object module = nb::getattr(base, "__module__", nb::none()), called = nb::getattr(base, "__name__");
    if (!nb::isinstance<nb::str>(module)) continue;
    const std::string_view path = nb::cast<const char*>(module);
    if (path.starts_with(package) && (path.size() == package.size() || path[package.size()] == '.') &&
        std::string_view(nb::cast<const char*>(called)) == name)
      return true;
  }
  return false;
}

Kind find_kind(PyTypeObject* type) {
  const nb::object kept = nb::borrow(reinterpret_cast<PyObject*>(type));
  Kind kind;
  kind.type = type;
  kind.numpy = inherits(type, "numpy", "ndarray");
  kind.masked = kind.numpy && inherits(type, "numpy.ma", "MaskedArray");
  kind.time = inherits(type, "numpy", "datetime64") || inherits(type, "numpy", "timedelta64");
  kind.tracer = inherits(type, "jax", "Tracer");
  kind.torch = inherits(type, "torch", "Tensor");
  kind.plain = kind.torch && ask("is_plain_type", kept.ptr()).ptr() == Py_True;
  const nb::object capsule = nb::getattr(kept, "__dlpack_c_exchange_api__", nb::none());
  if (PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api"))
    kind.exchange = static_cast<const Exchange*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (kind.exchange && kind.exchange->major != 1) kind.exchange = kind.exchange->previous;
  return kind;
}

}  // namespace

Kind kind_of(PyObject* object) {
  static std::array<Kind, 8> known;
  static std::size_t next = 0;
  PyTypeObject* type = Py_TYPE(object);
  for (const Kind& kind : known)
    if (kind.type == type) return kind;
  const Kind kind = find_kind(type);
  Kind& place = known[next++ % known.size()];
  const nb::object forgotten = nb::steal(reinterpret_cast<PyObject*>(place.type));
  Py_INCREF(type);
  place = kind;
  return kind;
}

bool is_negated(PyObject* tensor) {
  static PyObject* name = PyUnicode_InternFromString("is_neg");
  const nb::object answer = nb::steal(PyObject_CallMethodNoArgs(tensor, name));
  if (!answer.is_valid()) throw nb::python_error();
  return answer.ptr() == Py_True;
}

bool has_memory(PyObject* tensor, const nb::dlpack::dltensor& found) {
  if (!found.data) return false;
  static PyObject *storage_name = PyUnicode_InternFromString("untyped_storage"),
                  *size_name = PyUnicode_InternFromString("nbytes"),
                  *offset_name = PyUnicode_InternFromString("storage_offset");
  const nb::object storage = nb::steal(PyObject_CallMethodNoArgs(tensor, storage_name));
  const nb::object size = nb::steal(storage.is_valid() ? PyObject_CallMethodNoArgs(storage.ptr(), size_name) : nullptr);
  const nb::object offset = nb::steal(size.is_valid() ? PyObject_CallMethodNoArgs(tensor, offset_name) : nullptr);
  if (!offset.is_valid()) throw nb::python_error();
  std::int64_t last = PyLong_AsLongLong(offset.ptr());
  for (int axis = 0; axis < found.ndim; ++axis) {
    if (found.shape[axis] == 0) return true;
    last += (found.shape[axis] - 1) * found.strides[axis];
  }
  return (last + 1) * (found.dtype.bits / 8) <= PyLong_AsLongLong(size.ptr());
}

bool is_torch_tensor(PyObject* object) { return kind_of(object).torch; }

}  // namespace lossact::python

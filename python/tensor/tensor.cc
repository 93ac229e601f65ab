// The tensor's class, its element types, and shapes from Python and back.
#include "python/tensor/tensor.h"
#include <string>
#include <vector>
#include <nanobind/stl/string.h>
#include "lossact/nn/detail/autograd.h"
#include "python/module.h"
#include "python/tensor/bind.h"

namespace lossact::python {

namespace nb = nanobind;
using nn::DType;
using nn::Tensor;

const Tensor* as_tensor(PyObject* object) noexcept {
  const nb::handle handle(object);
  return nb::isinstance<Tensor>(handle) ? nb::inst_ptr<Tensor>(handle) : nullptr;
}
PyObject* give_tensor(Tensor tensor) { return nb::cast(std::move(tensor)).release().ptr(); }

nn::Shape to_shape(nb::handle sizes) {
  if (PyTuple_Check(sizes.ptr()) && nb::len(sizes) == 1 && !PyIndex_Check(sizes[0].ptr())) return to_shape(sizes[0]);
  std::vector<std::size_t> result;
  const auto add = [&](nb::handle size) {
    const Py_ssize_t value = PyNumber_AsSsize_t(size.ptr(), PyExc_OverflowError);
    if (value == -1 && PyErr_Occurred()) throw nb::python_error();
    if (value < -1) throw shape_error("[Shape] a size is " + std::to_string(value) + ", expected 0 or more");
    result.push_back(static_cast<std::size_t>(value));
  };
  if (PyIndex_Check(sizes.ptr())) add(sizes);
  else
    for (const nb::handle size : nb::iter(sizes)) add(size);
  return nn::Shape(std::span<const std::size_t>(result));
}
nb::object give_shape(const nn::Shape& shape) {
  static PyObject* type = nb::module_::import_("lossact._size").attr("Size").inc_ref().ptr();
  nb::list sizes;
  for (const std::size_t size : shape) sizes.append(size);
  return nb::handle(type)(sizes);
}

namespace {

void bind_dtype(nb::module_& m) {
  auto dtype = nb::enum_<DType>(m, "dtype")
                   .value("float32", DType::float32)
                   .value("float64", DType::float64)
                   .value("int64", DType::int64)
                   .value("bool", DType::boolean)
                   .def_prop_ro("is_floating_point", [](DType self) { return nn::detail::is_floating_point(self); });
  dtype.attr("__repr__") = nb::cpp_function([](DType self) { return "torch." + std::string(to_string(self)); },
                                            nb::is_method(), nb::name("__repr__"), nb::scope(dtype));
  dtype.attr("__str__") = dtype.attr("__repr__");
}

}  // namespace

void bind_tensor(nb::module_& m) {
  bind_dtype(m);
  auto tensor = nb::class_<Tensor>(m, "Tensor", nb::is_weak_referenceable(),
                                   "An n-dimensional array with gradients, by PyTorch's names.");
  tensor.def("__init__", [](Tensor* self, nb::handle data) { new (self) Tensor(make_tensor(data).detach()); });
  bind_arithmetic(m, tensor);
  bind_conversions(tensor);
  bind_shape(tensor);
  bind_gradients(m, tensor);
  bind_creation(m);
  bind_files(m);
  bind_modules(m);
  bind_optimizers(m);
}

}  // namespace lossact::python

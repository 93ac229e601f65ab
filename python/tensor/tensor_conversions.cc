// What a tensor becomes: text, numbers of Python, arrays of others, a tensor of another element type.
#include <sstream>
#include <stdexcept>
#include <string>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include "lossact/nn/detail/autograd.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::DType;
using nn::Tensor;

namespace {

std::string text(const Tensor& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

nb::object item(const Tensor& tensor) {
  if (tensor.numel() != 1) (void)tensor.item();  // throws
  return to_list(tensor.reshape({}));
}

/// Without a graph of its own: what no_grad and its kin would otherwise have to do.
void forbid_export(const Tensor& tensor, const char* what) {
  if (tensor.requires_grad())
    throw std::runtime_error(std::string("cannot call ") + what +
                             " on a tensor that requires grad: use tensor.detach()." + what + " instead");
}

}  // namespace

void bind_conversions(nb::class_<Tensor>& tensor) {
  tensor.def("__repr__", &text)
      .def("__str__", [](nb::handle self) { return nb::repr(self); })
      .def("__format__",
           [](nb::handle self, const nb::str& spec) -> nb::object {
             const Tensor& t = *as_tensor(self.ptr());
             return nb::module_::import_("builtins").attr("format")(t.dim() == 0 ? item(t) : nb::str(self), spec);
           })
      .def("item", &item, "The number of a tensor of one element, as a float, an int or a bool of Python.")
      .def("tolist", &to_list, "Nested lists of Python's numbers.")
      .def("__float__", [](const Tensor& self) { return self.item(); })
      .def("__int__", [](const Tensor& self) { return nb::module_::import_("builtins").attr("int")(item(self)); })
      .def("__index__",
           [](const Tensor& self) {
             if (nn::detail::is_floating_point(self.dtype()) || self.numel() != 1)
               throw type_error("[Tensor] only an integer tensor of one element can be an index");
             return nb::module_::import_("builtins").attr("int")(item(self));
           })
      .def("__bool__",
           [](const Tensor& self) {
             if (self.numel() != 1)
               throw std::runtime_error("Boolean value of Tensor with " +
                                        std::string(self.numel() == 0 ? "no values" : "more than one value") +
                                        " is ambiguous");
             return self.item() != 0;
           })
      .def("__hash__", [](nb::handle self) { return reinterpret_cast<std::uintptr_t>(self.ptr()) >> 4; })
      .def(
          "numpy",
          [](const Tensor& self) {
            forbid_export(self, "numpy()");
            return to_numpy(self);
          },
          "An array of NumPy that shares the memory.")
      .def(
          "__array__",
          [](const Tensor& self, nb::object dtype, nb::object copy) {
            forbid_export(self, "numpy()");
            const nb::object array = to_numpy(self);
            if (!dtype.is_none()) return nb::object(array.attr("astype")(dtype));
            return !copy.is_none() && nb::cast<bool>(copy) ? nb::object(array.attr("copy")()) : array;
          },
          "dtype"_a.none() = nb::none(), "copy"_a.none() = nb::none())
      .def(
          "__dlpack__",
          [](const Tensor& self, nb::object, nb::object, nb::object, nb::object copy) {
            if (self.requires_grad())
              throw nb::buffer_error("cannot export a tensor that requires grad: use tensor.detach()");
            return to_dlpack(!copy.is_none() && nb::cast<bool>(copy) ? self.clone() : self);
          },
          nb::kw_only(), "stream"_a.none() = nb::none(), "max_version"_a.none() = nb::none(),
          "dl_device"_a.none() = nb::none(), "copy"_a.none() = nb::none())
      .def("__dlpack_device__", [](const Tensor&) { return nb::make_tuple(1, 0); })
      .def_prop_ro("__array_priority__", [](nb::handle) { return 1000; })
      .def(
          "to", [](const Tensor& self, DType dtype) { return self.to(dtype); }, "dtype"_a)
      .def("float", [](const Tensor& self) { return self.to(DType::float32); })
      .def("double", [](const Tensor& self) { return self.to(DType::float64); })
      .def("long", [](const Tensor& self) { return self.to(DType::int64); })
      .def("bool", [](const Tensor& self) { return self.to(DType::boolean); });
}

}  // namespace lossact::python

// Operators on tensors and numbers of Python, with PyTorch's promotion of types; in place too.
#include <string>
#include "lossact/nn/detail/autograd.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::DType;
using nn::Tensor;

namespace {

// PyTorch's promotion: the kind of number comes first (truth values, integers, floats), then whether it has dimensions,
// then how wide it is.
struct Operand {
  Tensor tensor;
  bool number;  // of Python
};
int kind(DType dtype) { return nn::detail::is_floating_point(dtype) ? 2 : dtype == DType::int64 ? 1 : 0; }
DType promoted(const Operand& a, const Operand& b) {
  const DType x = a.tensor.dtype(), y = b.tensor.dtype();
  const auto rank = [](const Operand& o) { return o.number ? 0 : o.tensor.dim() == 0 ? 1 : 2; };
  if (kind(x) != kind(y)) return kind(x) > kind(y) ? x : y;
  if (rank(a) != rank(b)) return rank(a) > rank(b) ? x : y;
  return x == DType::float64 ? x : y;
}

bool operand(nb::handle object, Operand& result) {
  if (const Tensor* tensor = as_tensor(object.ptr())) result = {*tensor, false};
  else result = {number_tensor(object), true};
  return result.tensor.defined();
}

/// An operation of Python on two operands of one type, or NotImplemented where one is no tensor and no number.
template <class F>
nb::object binary(nb::handle a, nb::handle b, bool divides, F f) {
  Operand first, second;
  if (!operand(a, first) || !operand(b, second)) return nb::borrow(Py_NotImplemented);
  DType dtype = promoted(first, second);
  if (divides && kind(dtype) < 2) dtype = DType::float32;
  // A float of Python has more digits than the float32 that it counts as.
  const auto converted = [&](const Operand& o, nb::handle object) {
    return o.number ? make_tensor(object, dtype) : o.tensor.to(dtype);
  };
  return nb::cast(f(converted(first, a), converted(second, b)));
}

Tensor subtract(const Tensor& a, const Tensor& b) { return a - b; }
/// PyTorch has a name of its own for a number minus a tensor.
nb::object reverse_subtract(nb::handle a, nb::handle b) {
  const Tensor* tensor = as_tensor(a.ptr());
  if (tensor && nn::detail::is_floating_point(tensor->dtype()) && PyFloat_Check(b.ptr()))
    return nb::cast(PyFloat_AS_DOUBLE(b.ptr()) - *tensor);
  if (tensor && nn::detail::is_floating_point(tensor->dtype()) && PyLong_Check(b.ptr()) && number_tensor(b).defined())
    return nb::cast(number_tensor(b).item() - *tensor);
  return binary(b, a, false, subtract);
}

nb::object power(nb::handle a, nb::handle b) {
  const Tensor* base = as_tensor(a.ptr());
  // Powers by a number have faster forms.
  if (base && nn::detail::is_floating_point(base->dtype()) && !as_tensor(b.ptr()))
    if (const Tensor exponent = number_tensor(b); exponent.defined())
      return nb::cast(base->pow(PyFloat_Check(b.ptr()) ? PyFloat_AS_DOUBLE(b.ptr()) : exponent.item()));
  return binary(a, b, false, [](const Tensor& x, const Tensor& y) { return nn::pow(x, y); });
}

/// self = f(self, other), in place: the result has self's shape and type, or nothing happens.
template <class F>
nb::object in_place(nb::handle self, nb::handle other, F f) {
  Tensor& tensor = *nb::inst_ptr<Tensor>(self);
  const Tensor* source = as_tensor(other.ptr());
  const bool recorded = recorded_change(tensor, source && source->requires_grad());
  const nb::object result = f(self, other);
  if (result.is(nb::handle(Py_NotImplemented))) return result;
  const Tensor changed = *as_tensor(result.ptr());
  if (changed.dtype() != tensor.dtype())
    throw type_error("[in place] the result is " + std::string(to_string(changed.dtype())) + ", the tensor is " +
                     std::string(to_string(tensor.dtype())));
  if (!(changed.shape() == tensor.shape()))
    throw shape_error("[in place] the result has shape " + to_string(changed.shape()) + ", the tensor has shape " +
                      to_string(tensor.shape()));
  if (recorded) tensor = changed;
  else tensor.copy_(changed);
  return nb::borrow(self);
}

nb::object add(nb::handle a, nb::handle b) {
  return binary(a, b, false, [](const Tensor& x, const Tensor& y) { return x + y; });
}
nb::object sub(nb::handle a, nb::handle b) { return binary(a, b, false, subtract); }
nb::object mul(nb::handle a, nb::handle b) {
  return binary(a, b, false, [](const Tensor& x, const Tensor& y) { return x * y; });
}
nb::object div(nb::handle a, nb::handle b) {
  return binary(a, b, true, [](const Tensor& x, const Tensor& y) { return x / y; });
}

}  // namespace

void bind_arithmetic(nb::module_& m, nb::class_<Tensor>& tensor) {
  const auto both = [&](const char* name, const char* reverse, const char* in_place_name, const char* method, auto f) {
    tensor.def(name, f, nb::is_operator());
    tensor.def(reverse, [f](nb::handle self, nb::handle other) { return f(other, self); }, nb::is_operator());
    const auto change = [f](nb::handle self, nb::handle other) { return in_place(self, other, f); };
    tensor.def(in_place_name, change, nb::is_operator());
    tensor.def((std::string(method) + "_").c_str(), change);
    tensor.def(method, f);
  };
  both("__add__", "__radd__", "__iadd__", "add", [](nb::handle a, nb::handle b) { return add(a, b); });
  both("__sub__", "__rsub__", "__isub__", "sub",
       [](nb::handle a, nb::handle b) { return as_tensor(a.ptr()) ? sub(a, b) : reverse_subtract(b, a); });
  both("__mul__", "__rmul__", "__imul__", "mul", [](nb::handle a, nb::handle b) { return mul(a, b); });
  both("__truediv__", "__rtruediv__", "__itruediv__", "div", [](nb::handle a, nb::handle b) { return div(a, b); });
  both("__pow__", "__rpow__", "__ipow__", "pow", [](nb::handle a, nb::handle b) { return power(a, b); });
  const auto compare = [&](const char* name, const char* method, auto f) {
    const auto call = [f](nb::handle a, nb::handle b) { return binary(a, b, false, f); };
    tensor.def(name, call, nb::is_operator());
    tensor.def(method, call);
  };
  compare("__eq__", "eq", nn::eq);
  compare("__ne__", "ne", nn::ne);
  compare("__lt__", "lt", nn::lt);
  compare("__le__", "le", nn::le);
  compare("__gt__", "gt", nn::gt);
  compare("__ge__", "ge", nn::ge);
  tensor.def("__neg__", [](const Tensor& self) { return -self; });
  tensor.def("__pos__", [](const Tensor& self) { return self; });
  for (const char* name : {"matmul", "mm", "__matmul__"})
    tensor.def(name, &Tensor::matmul, "other"_a, nb::is_operator(), nb::call_guard<nb::gil_scoped_release>());
  tensor.def("exp", &Tensor::exp).def("log", &Tensor::log).def("sqrt", &Tensor::sqrt).def("abs", &Tensor::abs);
  tensor.def("__abs__", &Tensor::abs)
      .def(
          "fill_",
          [](nb::handle self, nb::handle value) {
            set_item(*nb::inst_ptr<Tensor>(self), nb::borrow(Py_Ellipsis), value);
            return nb::borrow(self);
          },
          "value"_a)
      .def("zero_",
           [](nb::handle self) {
             set_item(*nb::inst_ptr<Tensor>(self), nb::borrow(Py_Ellipsis), nb::cast(0));
             return nb::borrow(self);
           })
      .def(
          "copy_",
          [](nb::handle self, nb::handle source) {
            set_item(*nb::inst_ptr<Tensor>(self), nb::borrow(Py_Ellipsis), source);
            return nb::borrow(self);
          },
          "source"_a);
  m.def("where", [](const Tensor& condition, nb::handle input, nb::handle other) {
    return binary(input, other, false, [&](const Tensor& a, const Tensor& b) { return nn::where(condition, a, b); });
  });
  // The input becomes the output: what inplace=True means.
  m.def("replace", [](nb::handle input, nb::handle output) {
    if (!as_tensor(input.ptr()) || !as_tensor(output.ptr())) throw type_error("[replace] expected two tensors");
    return in_place(input, output, [](nb::handle, nb::handle result) { return nb::borrow(result); });
  });
}

}  // namespace lossact::python

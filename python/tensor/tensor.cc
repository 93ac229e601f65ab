#include "python/tensor/tensor.h"
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include "lossact/nn/detail/autograd.h"
#include "lossact/nn/random.h"
#include "lossact/nn/safetensors.h"
#include "python/module.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
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

/// A new tensor needs every size.
nn::Shape whole_shape(nb::handle sizes) {
  const nn::Shape shape = to_shape(sizes);
  for (const std::size_t size : shape)
    if (size == nn::infer) throw shape_error("[Shape] a size is -1, expected 0 or more");
  return shape;
}

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

/// PyTorch's RuntimeError for what is wrong with the graph rather than with a number.
template <class F>
auto of_graph(F f) {
  try {
    return f();
  } catch (const type_error&) {
    throw;
  } catch (const error& e) {
    throw std::runtime_error(e.what());
  }
}

std::string text(const Tensor& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

nb::object item(const Tensor& tensor) {
  if (tensor.numel() != 1) (void)tensor.item();  // throws
  return to_list(tensor.reshape({}));
}

void set_requires_grad(const Tensor& tensor, bool on) {
  of_graph([&] { tensor.requires_grad_(on); });
}

Tensor copy_of_view(Tensor copy, const Tensor& of) {
  if (copy.state()->storage != of.state()->storage) forbid_writing(copy);
  return copy;
}

template <class Whole, class Along>
Tensor reduce(const Tensor& tensor, std::optional<std::ptrdiff_t> dim, bool keepdim, Whole whole, Along along) {
  if (dim) return along(tensor, *dim, keepdim);
  const Tensor result = whole(tensor);
  if (!keepdim) return result;
  nn::Shape shape = tensor.shape();
  for (std::size_t i = 0; i < shape.size(); ++i) shape = shape.with(i, 1);
  return result.reshape(shape);
}

/// Without a graph of its own: what no_grad and its kin would otherwise have to do.
void forbid_export(const Tensor& tensor, const char* what) {
  if (tensor.requires_grad())
    throw std::runtime_error(std::string("cannot call ") + what +
                             " on a tensor that requires grad: use tensor.detach()." + what + " instead");
}

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

void bind_arithmetic(nb::class_<Tensor>& tensor) {
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
  tensor.def("__abs__", &Tensor::abs);
}

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
             if (kind(self.dtype()) == 2 || self.numel() != 1)
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
      .def_prop_ro("__array_priority__", [](nb::handle) { return 1000; });
}

void bind_shape(nb::class_<Tensor>& tensor) {
  tensor.def_prop_ro("shape", [](const Tensor& self) { return give_shape(self.shape()); })
      .def(
          "size",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim) {
            return dim ? nb::cast(self.size(*dim)) : give_shape(self.shape());
          },
          "dim"_a.none() = nb::none(), "torch.Size of all dimensions, or the size of one.")
      .def("dim", &Tensor::dim)
      .def_prop_ro("ndim", &Tensor::dim)
      .def("numel", &Tensor::numel)
      .def("nelement", &Tensor::numel)
      .def_prop_ro("dtype", &Tensor::dtype)
      .def("__len__",
           [](const Tensor& self) {
             if (self.dim() == 0) throw type_error("[len] the tensor has no dimension");
             return self.shape()[0];
           })
      .def("__iter__",
           [](nb::handle self) {
             const Tensor& t = *as_tensor(self.ptr());
             if (t.dim() == 0) throw type_error("[iter] the tensor has no dimension");
             nb::list rows;
             for (std::size_t i = 0; i < t.shape()[0]; ++i) rows.append(t[i]);
             return nb::iter(rows);
           })
      .def("__getitem__", &get_item, "key"_a.none())
      .def("__setitem__", &set_item, "key"_a.none(), "value"_a)
      .def(
          "reshape", [](const Tensor& self, nb::args sizes) { return self.reshape(to_shape(sizes)); },
          "The same elements in another shape; one size may be -1.")
      .def("view", [](const Tensor& self, nb::args sizes) { return self.reshape(to_shape(sizes)); })
      .def("expand",
           [](const Tensor& self, nb::args sizes) {
             // -1 keeps the size.
             nn::Shape shape = to_shape(sizes);
             for (std::size_t i = 0; i < shape.size() && i < self.dim(); ++i)
               if (const std::size_t at = shape.size() - 1 - i; shape[at] == nn::infer)
                 shape = shape.with(at, self.shape()[self.dim() - 1 - i]);
             return copy_of_view(self.expand(shape), self);
           })
      .def(
          "flatten",
          [](const Tensor& self, std::ptrdiff_t start_dim, std::ptrdiff_t end_dim) {
            if (self.dim() == 0) return self.reshape({1});
            const std::size_t first = self.shape().at("flatten", start_dim), last = self.shape().at("flatten", end_dim);
            if (first > last) throw shape_error("[flatten] start_dim comes after end_dim");
            std::vector<std::size_t> sizes(self.shape().begin(), self.shape().begin() + first);
            std::size_t product = 1;
            for (std::size_t i = first; i <= last; ++i) product *= self.shape()[i];
            sizes.push_back(product);
            sizes.insert(sizes.end(), self.shape().begin() + last + 1, self.shape().end());
            return self.reshape(nn::Shape(std::span<const std::size_t>(sizes)));
          },
          "start_dim"_a = 0, "end_dim"_a = -1)
      .def(
          "unsqueeze",
          [](const Tensor& self, std::ptrdiff_t dim) {
            const nn::Shape one = self.shape().inserted(0, 1);
            return self.reshape(self.shape().inserted(one.at("unsqueeze", dim), 1));
          },
          "dim"_a)
      .def(
          "squeeze",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim) {
            std::vector<std::size_t> sizes;
            const std::size_t only = dim ? self.shape().at("squeeze", *dim) : 0;
            for (std::size_t i = 0; i < self.dim(); ++i)
              if (self.shape()[i] != 1 || (dim && i != only)) sizes.push_back(self.shape()[i]);
            return self.reshape(nn::Shape(std::span<const std::size_t>(sizes)));
          },
          "dim"_a.none() = nb::none())
      .def(
          "transpose",
          [](const Tensor& self, std::ptrdiff_t a, std::ptrdiff_t b) {
            return copy_of_view(self.transpose(a, b), self);
          },
          "dim0"_a, "dim1"_a)
      .def("t", [](const Tensor& self) { return self.dim() < 2 ? self : copy_of_view(self.t(), self); })
      .def_prop_ro("T", [](const Tensor& self) { return self.dim() < 2 ? self : copy_of_view(self.t(), self); })
      .def(
          "sum",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            return reduce(
                self, dim, keepdim, [](const Tensor& t) { return t.sum(); },
                [](const Tensor& t, std::ptrdiff_t d, bool keep) { return t.sum(d, keep); });
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false)
      .def(
          "mean",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            return reduce(
                self, dim, keepdim, [](const Tensor& t) { return t.mean(); },
                [](const Tensor& t, std::ptrdiff_t d, bool keep) { return t.mean(d, keep); });
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false)
      .def(
          "argmax",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            const auto along = [](const Tensor& t, std::ptrdiff_t d, bool keep) {
              const Tensor result = t.argmax(d);
              return keep ? result.reshape(t.shape().with(t.shape().at("argmax", d), 1)) : result;
            };
            return reduce(self, dim, keepdim, [](const Tensor& t) { return t.reshape({-1}).argmax(); }, along);
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false);
}

void bind_autograd(nb::class_<Tensor>& tensor) {
  tensor.def_prop_rw("requires_grad", &Tensor::requires_grad, &set_requires_grad)
      .def(
          "requires_grad_",
          [](nb::handle self, bool on) {
            set_requires_grad(*as_tensor(self.ptr()), on);
            return nb::borrow(self);
          },
          "requires_grad"_a = true)
      .def_prop_ro("is_leaf", &Tensor::is_leaf)
      .def_prop_rw(
          "grad",
          [](const Tensor& self) {
            const Tensor grad = self.grad();
            return grad.defined() ? std::optional(grad) : std::nullopt;
          },
          [](const Tensor& self, nb::handle given) {
            const Tensor* grad = as_tensor(given.ptr());
            if (!grad && !given.is_none()) throw type_error("[grad] the gradient is no tensor");
            of_graph([&] { self.set_grad(grad ? *grad : Tensor()); });
          },
          nb::for_setter(nb::arg().none()))
      .def_prop_ro("grad_fn",
                   [](const Tensor& self) -> nb::object {
                     if (self.is_leaf()) return nb::none();
                     return nb::module_::import_("lossact._grad").attr("Node")(self.grad_fn());
                   })
      .def(
          "backward",
          [](const Tensor& self, nb::handle given) {
            const Tensor* gradient = as_tensor(given.ptr());
            if (!gradient && !given.is_none()) throw type_error("[backward] gradient is no tensor");
            const nb::gil_scoped_release release;
            of_graph([&] {
              if (gradient) self.backward(*gradient);
              else self.backward();
            });
          },
          "gradient"_a.none() = nb::none(),
          "Adds the gradient of this in every leaf that requires one to its .grad, and frees the graph.")
      .def("detach", &Tensor::detach)
      .def_prop_rw("data", &Tensor::detach,
                   [](const Tensor& self, const Tensor& data) { of_graph([&] { self.set_data(data); }); })
      .def("clone", &Tensor::clone)
      .def("__deepcopy__",
           [](nb::handle self, nb::handle) {
             const Tensor& t = *as_tensor(self.ptr());
             if (!t.is_leaf()) throw std::runtime_error("only tensors that a user has made can be copied deeply");
             const Tensor copy = t.detach().clone();
             return self.type()(nb::cast(copy)).attr("requires_grad_")(t.requires_grad());
           })
      .def(
          "to", [](const Tensor& self, DType dtype) { return self.to(dtype); }, "dtype"_a)
      .def("float", [](const Tensor& self) { return self.to(DType::float32); })
      .def("double", [](const Tensor& self) { return self.to(DType::float64); })
      .def("long", [](const Tensor& self) { return self.to(DType::int64); })
      .def("bool", [](const Tensor& self) { return self.to(DType::boolean); })
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
}

void bind_creation(nb::module_& m) {
  const auto made = [](auto make) {
    return [make](nb::handle size, DType dtype, bool requires_grad) {
      return make(whole_shape(size), nn::TensorOptions{.dtype = dtype, .requires_grad = requires_grad});
    };
  };
  m.def("zeros", made(nn::zeros)).def("ones", made(nn::ones)).def("empty", made(nn::zeros));
  m.def("rand", made(nn::rand)).def("randn", made(nn::randn));
  m.def("tensor", &make_tensor, "data"_a, "dtype"_a.none() = nb::none());
  m.def("randint",
        [](std::int64_t low, std::int64_t high, nb::handle size) { return nn::randint(low, high, whole_shape(size)); });
  m.def("randperm", &nn::randperm, "n"_a);
  m.def("where", [](const Tensor& condition, nb::handle input, nb::handle other) {
    return binary(input, other, false, [&](const Tensor& a, const Tensor& b) { return nn::where(condition, a, b); });
  });
  // The input becomes the output: what inplace=True means.
  m.def("replace", [](nb::handle input, nb::handle output) {
    if (!as_tensor(input.ptr()) || !as_tensor(output.ptr())) throw type_error("[replace] expected two tensors");
    return in_place(input, output, [](nb::handle, nb::handle result) { return nb::borrow(result); });
  });
  m.def("manual_seed", &nn::manual_seed, "seed"_a);
  m.def("fresh_seed", &nn::fresh_seed);
  m.def("is_grad_enabled", &nn::is_grad_enabled);
  m.def("set_grad_enabled", &nn::detail::set_grad_enabled, "mode"_a);
}

std::string path_of(nb::handle path) {
  const nb::object bytes = nb::module_::import_("os").attr("fsencode")(path);
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

void bind_files(nb::module_& m) {
  m.def("save", [](nb::handle path, const nb::dict& tensors) {
    nn::StateDict state;
    for (const auto& [name, value] : tensors) {
      const Tensor* tensor = as_tensor(value.ptr());
      if (!PyUnicode_Check(name.ptr()) || !tensor)
        throw type_error("[save] expected a dictionary of names and tensors, found " +
                         std::string(nb::type_name(name.type()).c_str()) + " and " +
                         std::string(nb::type_name(value.type()).c_str()));
      state.emplace(nb::cast<std::string>(name), *tensor);
    }
    nn::save(path_of(path), state);
  });
  m.def("load", [](nb::handle path) {
    nb::dict tensors;
    for (const auto& [name, tensor] : nn::load(path_of(path))) tensors[nb::str(name.data(), name.size())] = tensor;
    return tensors;
  });
}

}  // namespace

void bind_tensor(nb::module_& m) {
  bind_dtype(m);
  auto tensor = nb::class_<Tensor>(m, "Tensor", nb::is_weak_referenceable(),
                                   "An n-dimensional array with gradients, by PyTorch's names.");
  tensor.def("__init__", [](Tensor* self, nb::handle data) { new (self) Tensor(make_tensor(data).detach()); });
  bind_arithmetic(tensor);
  bind_conversions(tensor);
  bind_shape(tensor);
  bind_autograd(tensor);
  bind_creation(m);
  bind_files(m);
  bind_modules(m);
  bind_optimizers(m);
}

}  // namespace lossact::python

// Numbers, lists and arrays as tensors, and tensors as lists and arrays.
#include <cstring>
#include <memory>
#include <string>
#include <vector>
#include <nanobind/ndarray.h>
#include "lossact/nn/detail/autograd.h"
#include "python/arrays/array.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using nn::DType;
using nn::Tensor;

namespace {

bool is_sequence(nb::handle object) {
  return PySequence_Check(object.ptr()) != 0 && !PyUnicode_Check(object.ptr()) && !PyBytes_Check(object.ptr());
}
bool is_array(nb::handle object) { return nb::ndarray_check(object); }

/// One number in a list, as wide as it can be.
struct Number {
  double real = 0;
  std::int64_t integer = 0;
  DType dtype = DType::boolean;
};

std::optional<Number> number(nb::handle object) {
  if (const Tensor* tensor = as_tensor(object.ptr()); tensor && tensor->dim() == 0) {
    Number result{tensor->item(), 0, tensor->dtype()};
    if (result.dtype == DType::int64) result.integer = tensor->data<std::int64_t>()[0];
    if (result.dtype == DType::boolean) result.integer = tensor->data<bool>()[0];
    return result;
  }
  if (PyBool_Check(object.ptr())) {
    const bool on = object.ptr() == Py_True;
    return Number{on ? 1.0 : 0.0, on ? 1 : 0, DType::boolean};
  }
  if (PyFloat_Check(object.ptr())) return Number{PyFloat_AS_DOUBLE(object.ptr()), 0, DType::float32};
  if (PyIndex_Check(object.ptr()) && !is_sequence(object)) {
    const nb::object integer = nb::steal(PyNumber_Index(object.ptr()));
    if (!integer.is_valid()) {  // an array of several numbers
      PyErr_Clear();
      return {};
    }
    const long long value = PyLong_AsLongLong(integer.ptr());
    if (value == -1 && PyErr_Occurred()) throw nb::python_error();
    return Number{static_cast<double>(value), value, DType::int64};
  }
  // NumPy's numbers of other types.
  if (PyNumber_Check(object.ptr()) && !is_sequence(object) && nb::hasattr(object, "dtype") &&
      nb::hasattr(object, "item")) {
    const nb::object item = object.attr("item")();
    if (PyFloat_Check(item.ptr()) || PyBool_Check(item.ptr()) || PyLong_Check(item.ptr())) return number(item);
  }
  return {};
}

[[noreturn]] void refuse(nb::handle object) {
  throw type_error("[tensor] cannot make a tensor of " + std::string(nb::type_name(object.type()).c_str()));
}

/// The numbers of nested sequences in row-major order, and their shape.
struct Nested {
  nn::Shape shape = {};
  std::vector<Number> numbers = {};
  DType dtype = DType::boolean;

  void add(nb::handle object, std::size_t depth) {
    if (const std::optional<Number> n = number(object)) {
      if (depth != shape.size()) ragged();
      numbers.push_back(*n);
      const auto rank = [](DType d) {
        return d == DType::boolean ? 0 : d == DType::int64 ? 1 : d == DType::float32 ? 2 : 3;
      };
      if (rank(n->dtype) > rank(dtype)) dtype = n->dtype;
      return;
    }
    if (!is_sequence(object)) refuse(object);
    const std::size_t size = nb::len(object);
    if (depth == shape.size()) {
      if (!numbers.empty() || closed_) ragged();
      shape = shape.inserted(depth, size);
    } else if (shape[depth] != size) {
      throw shape_error("[tensor] a list has " + std::to_string(size) + " elements, the one before has " +
                        std::to_string(shape[depth]));
    }
    closed_ = closed_ || size == 0;
    for (std::size_t i = 0; i < size; ++i) {
      const nb::object item = nb::steal(PySequence_GetItem(object.ptr(), static_cast<Py_ssize_t>(i)));
      if (!item.is_valid()) throw nb::python_error();
      add(item, depth + 1);
    }
  }

 private:
  [[noreturn]] static void ragged() { throw shape_error("[tensor] numbers and lists lie beside each other"); }
  bool closed_ = false;  // an empty list has ended the shape
};

Tensor from_numbers(const Nested& nested) {
  // Without a number there is nothing to tell the type by.
  const DType dtype = nested.numbers.empty() ? DType::float32 : nested.dtype;
  const Tensor result = nn::empty(nested.shape, {.dtype = dtype});
  nn::detail::by_any_type(dtype, [&]<class T>(T) {
    T* to = result.data<T>().data();
    for (const Number& n : nested.numbers)
      *to++ = n.dtype == DType::int64 || n.dtype == DType::boolean ? static_cast<T>(n.integer) : static_cast<T>(n.real);
  });
  return result;
}

Tensor from_array(nb::handle object) {
  Array array;
  array.open("tensor", "data", object.ptr(), false);
  std::vector<std::size_t> sizes;
  for (int axis = 0; axis < array.dim(); ++axis) sizes.push_back(array.size(axis));
  const nn::Shape shape{std::span<const std::size_t>(sizes)};
  Tensor result;
  const auto take = [&]<class From, class To>(From, To) {
    result = nn::empty(shape, {.dtype = nn::dtype_of<To>});
    To* to = result.data<To>().data();
    for_each(array, [&](const std::byte* from) {
      From value;
      std::memcpy(&value, from, sizeof value);  // elements need not be aligned
      *to++ = static_cast<To>(value);
    });
  };
  switch (array.element()) {
    case Element::float32:
      take(float(), float());
      break;
    case Element::float64:
      take(double(), double());
      break;
    case Element::boolean:
      take(bool(), bool());
      break;
    default:
      if (array.element() == Element::uint64 ||
          !by_integer(array.element(), [&]<class From>(From from) { take(from, std::int64_t()); }))
        throw type_error("[tensor] data has elements of " + std::string(to_string(array.element())) +
                         ", expected float32, float64, bool, or integers that fit in int64");
  }
  return result;
}

/// An owner for memory that is shared with the tensor.
nb::capsule keep_alive(const Tensor& tensor) {
  auto kept = std::make_unique<Tensor>(tensor);
  nb::capsule owner(kept.get(), [](void* p) noexcept { delete static_cast<Tensor*>(p); });
  (void)kept.release();
  return owner;
}
template <class NdArray>
nb::object shared(const Tensor& tensor) {
  return nn::detail::by_any_type(tensor.dtype(), [&]<class T>(T) {
    return nb::cast(NdArray(tensor.data<T>().data(), tensor.dim(), tensor.shape().begin(), keep_alive(tensor), nullptr,
                            nb::dtype<T>()));
  });
}

}  // namespace

Tensor number_tensor(nb::handle object) {
  if (as_tensor(object.ptr()) || (is_array(object) && !PyNumber_Check(object.ptr()))) return {};
  if (!number(object)) return {};
  Nested nested;
  nested.add(object, 0);
  return from_numbers(nested);
}

Tensor make_tensor(nb::handle data, std::optional<DType> dtype) {
  Tensor result;
  if (const Tensor* tensor = as_tensor(data.ptr())) {
    result = *tensor;
  } else if (is_array(data)) {
    result = from_array(data);
  } else if (nb::hasattr(data, "dtype") && nb::hasattr(data, "item")) {
    // A number of NumPy, which keeps its type as its arrays do.
    result = from_array(nb::module_::import_("numpy").attr("asarray")(data));
  } else if (Tensor one = number_tensor(data); one.defined()) {
    // A float of Python has more digits than float32.
    if (dtype == DType::float64 && PyFloat_Check(data.ptr()))
      return nn::full({}, PyFloat_AS_DOUBLE(data.ptr()), {.dtype = DType::float64});
    result = one;
  } else {
    Nested nested;
    nested.add(data, 0);
    if (dtype == DType::float64 && nested.dtype == DType::float32) nested.dtype = DType::float64;
    result = from_numbers(nested);
  }
  return dtype ? result.to(*dtype) : result;
}

nb::object to_list(const Tensor& tensor) {
  const auto element = [&](std::size_t offset) -> nb::object {
    switch (tensor.dtype()) {
      case DType::float32:
        return nb::cast(static_cast<double>(tensor.data<float>()[offset]));
      case DType::float64:
        return nb::cast(tensor.data<double>()[offset]);
      case DType::int64:
        return nb::cast(tensor.data<std::int64_t>()[offset]);
      case DType::boolean:
        break;
    }
    return nb::cast(tensor.data<bool>()[offset]);
  };
  const auto part = [&](const auto& self, std::size_t dim, std::size_t offset, std::size_t count) -> nb::object {
    if (dim == tensor.dim()) return element(offset);
    const std::size_t size = tensor.shape()[dim], inner = size == 0 ? 0 : count / size;
    nb::list list;
    for (std::size_t i = 0; i < size; ++i) list.append(self(self, dim + 1, offset + i * inner, inner));
    return list;
  };
  return part(part, 0, 0, tensor.numel());
}

nb::object to_numpy(const Tensor& tensor) {
  return tensor.state()->copied ? shared<nb::ndarray<nb::numpy, nb::ro>>(tensor)
                                : shared<nb::ndarray<nb::numpy>>(tensor);
}
nb::object to_dlpack(const Tensor& tensor) {
  return tensor.state()->copied ? shared<nb::ndarray<nb::ro>>(tensor) : shared<nb::ndarray<>>(tensor);
}

}  // namespace lossact::python

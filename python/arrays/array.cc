#include "python/arrays/array.h"
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include "lossact/error.h"

namespace lossact::python {
namespace {

constexpr std::array<std::string_view, 14> kNames = {"float32", "float64", "bfloat16", "float16",        "bool",
                                                     "int8",    "int16",   "int32",    "int64",          "uint8",
                                                     "uint16",  "uint32",  "uint64",   "an unknown type"};

[[noreturn]] void refuse(std::string_view function, std::string_view what, const std::string& why) {
  throw type_error(std::string("[").append(function).append("] ").append(what).append(" ").append(why));
}

/// No memory reaches so far, and sums of as many distances as an array has dimensions do not wrap.
constexpr Py_ssize_t kFar = Py_ssize_t(1) << 56;

/// Calls body(size) with the element's size as a constant, so that a copy of one is an instruction.
template <class Body>
void by_size(std::size_t bytes, const Body& body) {
  switch (bytes) {
    case 1:
      return body(std::integral_constant<std::size_t, 1>());
    case 2:
      return body(std::integral_constant<std::size_t, 2>());
    case 4:
      return body(std::integral_constant<std::size_t, 4>());
    default:
      return body(std::integral_constant<std::size_t, 8>());
  }
}

template <class T, class To>
void converted(const Array& array, std::vector<To>& to) {
  for_each(array, [&](const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    to.push_back(static_cast<To>(value));
  });
}

}  // namespace

std::string_view to_string(Element element) { return kNames[static_cast<std::size_t>(element)]; }

void Array::finish(std::string_view function) {
  const auto too_large = [&]() {
    throw shape_error(std::string("[").append(function).append("] ").append(what_) + " has shape " + shape_text() +
                      ", of more elements than memory holds");
  };
  count_ = 1;
  for (int axis = 0; axis < dim_; ++axis)
    if (shape_[axis] == 0) count_ = 0;
  contiguous_ = true;
  auto expected = static_cast<Py_ssize_t>(item_size_);
  std::size_t places = reinterpret_cast<std::uintptr_t>(data_);
  for (int axis = dim_; axis-- > 0 && count_ > 0;) {
    if (shape_[axis] != 1) {
      if (strides_[axis] != expected) contiguous_ = false;
      places |= static_cast<std::size_t>(strides_[axis]);
      Py_ssize_t reach;
      if (__builtin_mul_overflow(shape_[axis] - 1, strides_[axis], &reach) || std::abs(reach) > kFar) too_large();
    }
    if (shape_[axis] < 0 || __builtin_mul_overflow(expected, shape_[axis], &expected)) too_large();
    count_ *= static_cast<std::size_t>(shape_[axis]);
  }
  if (count_ > 0 && !data_) refuse(function, what_, "has elements, but no memory where they lie");
  aligned_ = count_ == 0 || places % item_size_ == 0;
  contiguous_ = (contiguous_ || count_ <= 1) && aligned_;
}

bool Array::dense_in_any_order() const {
  if (!aligned_) return false;
  std::vector<int> axes;
  for (int axis = 0; axis < dim_; ++axis)
    if (shape_[axis] != 1) axes.push_back(axis);
  std::ranges::sort(axes, {}, [&](int axis) { return strides_[axis]; });
  auto expected = static_cast<Py_ssize_t>(item_size_);
  for (const int axis : axes) {
    if (strides_[axis] != expected) return false;
    expected *= shape_[axis];
  }
  return true;
}

bool Array::same_layout(const Array& other) const {
  if (!same_shape(other) || aligned_ != other.aligned_) return false;
  if (contiguous_ && other.contiguous_) return true;
  for (int axis = 0; axis < dim_; ++axis)
    if (shape_[axis] != 1 && strides_[axis] != other.strides_[axis]) return false;
  return true;
}

std::string Array::shape_text() const {
  std::string text = "(";
  for (int axis = 0; axis < dim_; ++axis) text += (axis ? ", " : "") + std::to_string(shape_[axis]);
  return text + (dim_ == 1 ? ",)" : ")");
}

void Array::gather(void* to) const {
  auto* next = static_cast<std::byte*>(to);
  by_size(item_size_, [&](auto bytes) {
    for_each(*this, [&](const std::byte* from) {
      std::memcpy(next, from, bytes);
      next += bytes;
    });
  });
}

void Array::scatter(const void* from) const {
  const auto* next = static_cast<const std::byte*>(from);
  by_size(item_size_, [&](auto bytes) {
    for_each(*this, [&](std::byte* to) {
      std::memcpy(to, next, bytes);
      next += bytes;
    });
  });
}

std::vector<double> doubles(std::string_view function, const Array& array) {
  std::vector<double> result;
  result.reserve(array.count());
  switch (array.element()) {
    case Element::float32:
      converted<float>(array, result);
      break;
    case Element::float64:
      converted<double>(array, result);
      break;
    case Element::bfloat16:
      converted<bfloat16>(array, result);
      break;
    case Element::float16:
      converted<float16>(array, result);
      break;
    case Element::boolean:
      converted<std::uint8_t>(array, result);
      break;
    default:
      if (!by_integer(array.element(), [&]<class T>(T) { converted<T>(array, result); }))
        refuse(function, array.what(),
               std::string("has elements of ").append(to_string(array.element())) + ", expected numbers");
  }
  return result;
}

std::vector<std::int64_t> integers(std::string_view function, const Array& array,
                                   const std::function<void(std::uint64_t, std::size_t)>& overflow) {
  std::vector<std::int64_t> result;
  result.reserve(array.count());
  if (!by_integer(array.element(), [&]<class T>(T) { converted<T>(array, result); }))
    refuse(function, array.what(),
           std::string("has elements of ").append(to_string(array.element())) + ", expected integers");
  if (array.element() == Element::uint64)
    for (std::size_t i = 0; i < result.size(); ++i)
      if (result[i] < 0) overflow(static_cast<std::uint64_t>(result[i]), i);
  return result;
}

}  // namespace lossact::python

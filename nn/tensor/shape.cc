#include "lossact/nn/shape.h"
#include <algorithm>
#include <limits>
#include "lossact/error.h"

namespace lossact::nn {
namespace {
void check_count(std::size_t count) {
  if (count > Shape::most)
    throw shape_error("[Shape] " + std::to_string(count) + " dimensions, at most " + std::to_string(Shape::most) +
                      " are possible");
}
}  // namespace

Shape::Shape(std::initializer_list<Size> sizes) : count_(sizes.size()) {
  check_count(count_);
  std::transform(sizes.begin(), sizes.end(), sizes_.begin(), [](Size size) { return size.value; });
}

Shape::Shape(std::span<const std::size_t> sizes) : count_(sizes.size()) {
  check_count(count_);
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

std::size_t Shape::numel() const {
  constexpr auto limit = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(double);
  std::size_t product = 1;
  for (const std::size_t size : *this) {
    if (size != 0 && product > limit / size)
      throw shape_error("[Shape] " + to_string(*this) + " has more elements than memory has addresses");
    product *= size;
  }
  return product;
}

std::size_t Shape::at(std::string_view function, std::ptrdiff_t dim) const {
  const auto count = static_cast<std::ptrdiff_t>(count_);
  const std::ptrdiff_t place = dim < 0 ? dim + count : dim;
  if (place < 0 || place >= count)
    throw index_error("[" + std::string(function) + "] dimension " + std::to_string(dim) + " is outside [" +
                      std::to_string(-count) + ", " + std::to_string(count) + ")");
  return static_cast<std::size_t>(place);
}

Shape Shape::with(std::size_t dim, std::size_t size) const {
  Shape result = *this;
  result.sizes_[dim] = size;
  return result;
}

Shape Shape::without(std::size_t dim) const {
  Shape result = *this;
  std::copy(sizes_.begin() + static_cast<std::ptrdiff_t>(dim) + 1, sizes_.begin() + static_cast<std::ptrdiff_t>(count_),
            result.sizes_.begin() + static_cast<std::ptrdiff_t>(dim));
  --result.count_;
  return result;
}

Shape Shape::inserted(std::size_t dim, std::size_t size) const {
  check_count(count_ + 1);
  Shape result = *this;
  std::copy_backward(sizes_.begin() + static_cast<std::ptrdiff_t>(dim),
                     sizes_.begin() + static_cast<std::ptrdiff_t>(count_),
                     result.sizes_.begin() + static_cast<std::ptrdiff_t>(count_) + 1);
  result.sizes_[dim] = size;
  ++result.count_;
  return result;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (const std::size_t size : shape) {
    if (text.size() > 1) text += ", ";
    text += size == infer ? "-1" : std::to_string(size);
  }
  return text + ")";
}

Shape broadcast(std::string_view function, const Shape& input, const Shape& other) {
  if (input == other) return input;
  const Shape& longer = input.size() >= other.size() ? input : other;
  const Shape& shorter = input.size() >= other.size() ? other : input;
  Shape result = longer;
  const std::size_t missing = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const std::size_t a = longer[missing + i], b = shorter[i];
    if (a != b && a != 1 && b != 1)
      throw shape_error("[" + std::string(function) + "] input has shape " + to_string(input) + ", other has shape " +
                        to_string(other) + ", which do not broadcast");
    result = result.with(missing + i, a == 1 ? b : a);
  }
  return result;
}

}  // namespace lossact::nn

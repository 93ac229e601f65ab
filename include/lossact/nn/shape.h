// The sizes of a tensor's dimensions, kept in place: no shape ever allocates.
#ifndef LOSSACT_NN_SHAPE_H_
#define LOSSACT_NN_SHAPE_H_
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include "lossact/api.h"

namespace lossact::nn {

/// The size of one dimension. It takes any integer, so that braces may hold literals and variables of any type alike.
struct Size {
  std::size_t value;
  template <std::integral I>
  constexpr Size(I size) : value(static_cast<std::size_t>(size)) {}
};

/// In reshape, the one size that follows from the others; -1 means the same.
inline constexpr std::size_t infer = static_cast<std::size_t>(-1);

/// The sizes of a tensor's dimensions, outermost first. Shape{} is that of a single number.
class LOSSACT_API Shape {
 public:
  static constexpr std::size_t most = 8;  // dimensions

  constexpr Shape() = default;
  /// shape_error for more than eight dimensions.
  Shape(std::initializer_list<Size> sizes);
  explicit Shape(std::span<const std::size_t> sizes);

  /// How many dimensions there are.
  constexpr std::size_t size() const { return count_; }
  constexpr bool empty() const { return count_ == 0; }
  constexpr std::size_t operator[](std::size_t dim) const { return sizes_[dim]; }
  constexpr const std::size_t* begin() const { return sizes_.data(); }
  constexpr const std::size_t* end() const { return sizes_.data() + count_; }
  constexpr std::size_t back() const { return sizes_[count_ - 1]; }

  /// The number of elements; shape_error if it does not fit in memory's addresses.
  std::size_t numel() const;
  /// The place of dimension `dim`, counted from the end if negative; index_error outside.
  std::size_t at(std::string_view function, std::ptrdiff_t dim) const;
  Shape with(std::size_t dim, std::size_t size) const;
  Shape without(std::size_t dim) const;
  /// This shape with one dimension more, before `dim`.
  Shape inserted(std::size_t dim, std::size_t size) const;

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.count_ != b.count_) return false;
    for (std::size_t i = 0; i < a.count_; ++i)
      if (a.sizes_[i] != b.sizes_[i]) return false;
    return true;
  }

 private:
  std::array<std::size_t, most> sizes_{};
  std::size_t count_ = 0;
};

/// (2, 3), as error messages show it.
LOSSACT_API std::string to_string(const Shape& shape);

/// The shape that both broadcast to by PyTorch's rule: sizes are compared from the last dimension, and a size of 1, or
/// a missing dimension, is repeated. shape_error where they do not fit.
LOSSACT_API Shape broadcast(std::string_view function, const Shape& input, const Shape& other);

}  // namespace lossact::nn
#endif

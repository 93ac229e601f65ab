// Rows of classes in memory, and the targets they are compared with.
#ifndef LOSSACT_VIEW_H_
#define LOSSACT_VIEW_H_
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include "lossact/array.h"

namespace lossact {

/// `rows` rows of `classes` contiguous elements; `stride` elements lie between the starts of two rows.
template <class T>
struct Rows {
  T* data = nullptr;
  std::size_t rows = 0, classes = 0, stride = classes;

  constexpr T* operator[](std::size_t row) const { return data + row * stride; }
  constexpr operator Rows<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data, rows, classes, stride};
  }
};

/// An array of shape (outer, classes, inner), as (N, C, d1, d2) with inner = d1 * d2: the class axis is not the last.
/// Row r is (r / inner, r % inner).
template <class T>
struct ClassAxis {
  T* data = nullptr;
  std::size_t outer = 0, classes = 0, inner = 1;

  constexpr operator ClassAxis<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data, outer, classes, inner};
  }
};

namespace detail {

/// Rows or ClassAxis, as the row functions take either.
template <class T>
struct AnyRows {
  T* data = nullptr;
  std::size_t outer = 0, classes = 0, inner = 1, step = 0;  // `step` elements lie between two outer indices

  constexpr AnyRows() = default;
  constexpr AnyRows(T* first, std::size_t rows, std::size_t row_classes) : AnyRows(Rows<T>{first, rows, row_classes}) {}
  constexpr AnyRows(T* first, std::size_t rows, std::size_t row_classes, std::size_t stride)
      : AnyRows(Rows<T>{first, rows, row_classes, stride}) {}
  constexpr AnyRows(Rows<T> r) : data(r.data), outer(r.rows), classes(r.classes), step(r.stride) {}
  constexpr AnyRows(ClassAxis<T> c)
      : data(c.data), outer(c.outer), classes(c.classes), inner(c.inner), step(c.classes * c.inner) {}
  constexpr AnyRows(Rows<std::remove_const_t<T>> r)
    requires std::is_const_v<T>
      : AnyRows(Rows<T>(r)) {}
  constexpr AnyRows(ClassAxis<std::remove_const_t<T>> c)
    requires std::is_const_v<T>
      : AnyRows(ClassAxis<T>(c)) {}

  constexpr std::size_t rows() const { return outer * inner; }
};

/// The target of rows: a class for each, of any of the three index types, or a probability for each class.
template <class T>
struct AnyTarget {
  const void* classes = nullptr;
  std::size_t width = 0, count = 0;  // of the classes: the bytes of an index, and how many there are
  AnyRows<const T> probabilities = {};
  bool by_class = true;

  template <class Range>
    requires std::convertible_to<const Range&, std::span<const std::uint8_t>>
  constexpr AnyTarget(const Range& target) : AnyTarget(std::span<const std::uint8_t>(target), 1) {}
  template <class Range>
    requires std::convertible_to<const Range&, std::span<const std::int32_t>>
  constexpr AnyTarget(const Range& target) : AnyTarget(std::span<const std::int32_t>(target), 4) {}
  template <class Range>
    requires std::convertible_to<const Range&, std::span<const std::int64_t>>
  constexpr AnyTarget(const Range& target) : AnyTarget(std::span<const std::int64_t>(target), 8) {}
  template <class View>
    requires std::convertible_to<const View&, AnyRows<const T>>
  constexpr AnyTarget(const View& target) : probabilities(target), by_class(false) {}

  std::int64_t operator[](std::size_t row) const {
    switch (width) {
      case 1:
        return at<std::uint8_t>(row);
      case 4:
        return at<std::int32_t>(row);
      default:
        return at<std::int64_t>(row);
    }
  }

 private:
  template <class Index>
  std::int64_t at(std::size_t row) const {
    Index index;
    std::memcpy(&index, static_cast<const std::byte*>(classes) + row * sizeof index, sizeof index);
    return index;
  }
  template <class Index>
  constexpr AnyTarget(std::span<const Index> target, std::size_t bytes)
      : classes(target.data()), width(bytes), count(target.size()) {}
};

/// Probabilities, as the functions of distributions take them: contiguous, of any element type.
struct Probabilities : Array {
  template <class T>
  constexpr Probabilities(std::span<const T> p) : Array(line(p.data(), p.size())) {}
#define LOSSACT_ONE(name, T)                                       \
  template <class Range>                                           \
    requires std::convertible_to<const Range&, std::span<const T>> \
  constexpr Probabilities(const Range& p) : Probabilities(std::span<const T>(p)) {}
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
};

}  // namespace detail
}  // namespace lossact
#endif

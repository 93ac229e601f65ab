// What the drivers refuse, in the words of the function that was called.
#ifndef LOSSACT_SRC_CHECKS_H_
#define LOSSACT_SRC_CHECKS_H_
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include "lossact/error.h"
#include "lossact/kernel.h"
#include "lossact/view.h"
#include "src/element.h"

namespace lossact::detail {

inline std::string said_by(std::string_view function) { return std::string("[").append(function).append("] "); }

/// The bytes that a span or a view touches, from its first to its last element.
struct Extent {
  std::uintptr_t first = 0, last = 0;
};
template <class T>
Extent extent(std::span<T> s) {
  const auto first = reinterpret_cast<std::uintptr_t>(s.data());
  return {first, first + s.size_bytes()};
}
template <class T>
Extent extent(const AnyRows<T>& v) {
  const auto first = reinterpret_cast<std::uintptr_t>(v.data);
  if (v.rows() == 0 || v.classes == 0) return {first, first};
  return {first, first + ((v.outer - 1) * v.step + v.classes * v.inner) * sizeof(T)};
}

/// Whether any memory could hold that view: no product of its sizes wraps.
template <class T>
bool fits(const AnyRows<T>& v) {
  std::size_t rows, width, elements, bytes;
  if (__builtin_mul_overflow(v.outer, v.inner, &rows)) return false;
  if (rows == 0 || v.classes == 0) return true;
  return !__builtin_mul_overflow(v.classes, v.inner, &width) &&
         !__builtin_mul_overflow(v.outer - 1, v.step, &elements) &&
         !__builtin_add_overflow(elements, width, &elements) && !__builtin_mul_overflow(elements, sizeof(T), &bytes) &&
         bytes <= PTRDIFF_MAX;
}

/// Throws overlap_error where output and input share memory in part: all of it may be shared where `same` says that
/// element by element they are the same.
inline void no_partial_overlap(std::string_view function, std::string_view output_name, Extent output,
                               std::string_view input_name, Extent input, bool same) {
  const bool apart = output.last <= input.first || input.last <= output.first;
  const bool empty = output.first == output.last || input.first == input.last;
  if (apart || empty || (same && output.first == input.first && output.last == input.last)) return;
  throw overlap_error(said_by(function)
                          .append(output_name)
                          .append(" overlaps ")
                          .append(input_name)
                          .append(", expected the same memory or none in common"));
}
template <class T, class U>
void no_partial_overlap(std::string_view function, std::string_view output_name, std::span<T> output,
                        std::string_view input_name, std::span<U> input) {
  no_partial_overlap(function, output_name, extent(output), input_name, extent(input),
                     std::is_same_v<std::remove_const_t<T>, std::remove_const_t<U>>);
}
template <class T>
void no_partial_overlap(std::string_view function, std::string_view output_name, const AnyRows<T>& output,
                        std::string_view input_name, const AnyRows<const T>& input) {
  no_partial_overlap(function, output_name, extent(output), input_name, extent(input),
                     output.inner == input.inner && (output.step == input.step || output.outer == 1));
}

}  // namespace lossact::detail
#endif

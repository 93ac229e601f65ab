// Where arrays lie, and whether two of them have memory in common.
#ifndef LOSSACT_SRC_CHECK_MEMORY_H_
#define LOSSACT_SRC_CHECK_MEMORY_H_
#include <algorithm>
#include <cstdint>
#include "lossact/array.h"

namespace lossact {

inline bool equal(const auto (&a)[3], const auto (&b)[3]) { return std::equal(a, a + 3, b); }
inline bool same_shape(const Array& a, const Array& b) { return a.rank == b.rank && equal(a.shape, b.shape); }

/// The bytes from an array's first to its last element.
struct Bytes {
  std::uintptr_t first, last;
};
inline Bytes bytes(const Array& a) {
  auto first = reinterpret_cast<std::uintptr_t>(a.data), last = first;
  const std::size_t size = a.size();
  if (size == 0) return {first, first};
  if (a.contiguous()) return {first, first + size * size_of(a.type)};
  for (int i = 0; i < 3; ++i) {
    const auto reach =
        static_cast<std::ptrdiff_t>(a.shape[i] - 1) * a.stride[i] * static_cast<std::ptrdiff_t>(size_of(a.type));
    (reach < 0 ? first : last) += static_cast<std::uintptr_t>(reach);
  }
  return {first, last + size_of(a.type)};
}
/// Whether any memory could hold the array: no product of its sizes wraps.
inline bool fits(const Array& a) {
  constexpr std::size_t small = std::size_t{1} << 20;  // of sizes below it no product wraps
  if (a.shape[0] < small && a.shape[1] < small && a.shape[2] < small && a.contiguous()) return true;
  std::size_t rows, elements = 0;
  if (__builtin_mul_overflow(a.shape[0], a.shape[2], &rows)) return false;
  if (rows == 0 || a.shape[1] == 0) return true;
  for (int i = 0; i < 3; ++i) {
    const std::size_t step = a.stride[i] < 0 ? std::size_t{0} - static_cast<std::size_t>(a.stride[i])
                                             : static_cast<std::size_t>(a.stride[i]);
    std::size_t reach;
    if (__builtin_mul_overflow(a.shape[i] - 1, step, &reach) || __builtin_add_overflow(elements, reach, &elements))
      return false;
  }
  std::size_t count, bytes;
  return !__builtin_mul_overflow(rows, a.shape[1], &count) &&
         !__builtin_add_overflow(elements, std::size_t{1}, &elements) &&
         !__builtin_mul_overflow(elements, size_of(a.type), &bytes) && bytes <= PTRDIFF_MAX && count <= PTRDIFF_MAX;
}
/// Whether the memory from the first to the last element of one array is apart from that of the other.
inline bool apart(const Array& a, const Array& b) {
  const Bytes x = bytes(a), y = bytes(b);
  return x.last <= y.first || y.last <= x.first || x.first == x.last || y.first == y.last;
}
/// Element by element the same memory.
inline bool same_memory(const Array& a, const Array& b) {
  if (a.data != b.data || a.type != b.type || !equal(a.shape, b.shape)) return false;
  for (int i = 0; i < 3; ++i)
    if (a.shape[i] > 1 && a.stride[i] != b.stride[i]) return false;
  return true;
}

}  // namespace lossact
#endif

// Elements of the caller's arrays, which may lie at any address, and which other threads may write.
#ifndef LOSSACT_SRC_ELEMENT_H_
#define LOSSACT_SRC_ELEMENT_H_
#include <cstddef>
#include <cstring>

namespace lossact::detail {

// By bytes: the type of a pointer promises an alignment that the caller's arrays need not have.
inline void copy(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
template <class T>
inline T get(const T* p) {
  T value;
  copy(&value, p, sizeof value);
  return value;
}
template <class T>
inline void put(T* p, T value) {
  copy(p, &value, sizeof value);
}
template <class T>
inline void fill(T* p, std::size_t n, T value) {
  for (std::size_t i = 0; i < n; ++i) put(p + i, value);
}

/// An index that was read. The compiler cannot read it from memory again, so the index that is checked is the one that
/// is used.
template <class Index>
inline Index settled(Index index) {
  asm("" : "+r"(index));
  return index;
}

}  // namespace lossact::detail
#endif

// Arrays at any address, and results as bits.
#ifndef LOSSACT_TESTS_LIBRARY_SHIFTED_H_
#define LOSSACT_TESTS_LIBRARY_SHIFTED_H_
#include "tests/library/all_functions.h"

namespace lossact::testing {

/// An array at an address that is `offset` bytes beyond an aligned one.
template <class T>
class Shifted {
 public:
  explicit Shifted(const std::vector<T>& values, std::size_t offset = 0)
      : size_(values.size()), offset_(offset), storage_(size_ * sizeof(T) / sizeof(std::max_align_t) + 2) {
    std::memcpy(bytes(), static_cast<const void*>(values.data()), size_ * sizeof(T));
  }
  std::span<T> span() { return {reinterpret_cast<T*>(bytes()), size_}; }
  std::span<const T> span() const { return const_cast<Shifted*>(this)->span(); }
  std::vector<T> values() const {
    std::vector<T> all(size_);
    std::memcpy(static_cast<void*>(all.data()), const_cast<Shifted*>(this)->bytes(), size_ * sizeof(T));
    return all;
  }

 private:
  std::byte* bytes() { return reinterpret_cast<std::byte*>(storage_.data()) + offset_; }
  std::size_t size_, offset_;
  std::vector<std::max_align_t> storage_;
};

using Bits = std::vector<std::uint64_t>;
template <class T>
void append(Bits& all, const std::vector<T>& values) {
  const Bits more = bits(values);
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace lossact::testing
#endif

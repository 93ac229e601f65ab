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
    std::ranges::copy(std::as_bytes(std::span(values)), bytes());
  }
  std::span<T> span() { return {reinterpret_cast<T*>(bytes()), size_}; }
  std::span<const T> span() const { return const_cast<Shifted*>(this)->span(); }
  std::vector<T> values() const {
    std::vector<T> all(size_);
    std::copy_n(const_cast<Shifted*>(this)->bytes(), size_ * sizeof(T), std::as_writable_bytes(std::span(all)).data());
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

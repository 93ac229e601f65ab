// The order of the bytes of a number.
#ifndef LOSSACT_FILES_BYTES_H_
#define LOSSACT_FILES_BYTES_H_
#include <algorithm>
#include <array>
#include <bit>

namespace lossact::cli {

template <class T>
T reversed(T value) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  std::ranges::reverse(bytes);
  return std::bit_cast<T>(bytes);
}

}  // namespace lossact::cli
#endif

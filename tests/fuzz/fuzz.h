// What the fuzz targets share. Each is a function of any bytes that must come back, whatever they are: a reader answers
// or throws lossact::error, and nothing else.
#ifndef LOSSACT_TESTS_FUZZ_FUZZ_H_
#define LOSSACT_TESTS_FUZZ_FUZZ_H_
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline void ensure(bool condition) {
  if (!condition) std::abort();
}
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

#endif

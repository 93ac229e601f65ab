#include "files/idx.h"
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <fmt/format.h>
#include "files/bytes.h"
#include "files/packed.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

static_assert(std::endian::native == std::endian::little);
// The third byte of the file, in the order of Idx's alternatives.
constexpr unsigned char types[] = {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E};
constexpr std::size_t most_dimensions = 8;

unsigned char byte(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

template <class T>
void read_values(std::string_view bytes, std::vector<T>& values) {
  values.resize(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  if constexpr (sizeof(T) > 1)
    for (T& value : values) value = reversed(value);
}

/// Makes the alternative that the type says; false where there is none.
template <std::size_t... Index>
bool choose_type(Idx& array, unsigned char type, std::index_sequence<Index...>) {
  return ((types[Index] == type && (array.values.emplace<Index>(), true)) || ...);
}

}  // namespace

bool is_idx(std::string_view bytes) {
  return bytes.size() >= 4 && byte(bytes, 0) == 0 && byte(bytes, 1) == 0 &&
         std::ranges::find(types, byte(bytes, 2)) != std::end(types) && byte(bytes, 3) > 0 &&
         byte(bytes, 3) <= most_dimensions;
}

Idx read_idx(std::string_view bytes, const std::string& file) {
  const auto fail = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", file, why)); };
  std::string unpacked;
  if (is_gzip(bytes)) {
    unpacked = gunzip(bytes, file);
    bytes = unpacked;
  }
  if (!is_idx(bytes)) fail(unpacked.empty() ? "this is not an IDX file" : "what is packed in it is not an IDX file");
  Idx array;
  choose_type(array, byte(bytes, 2), std::make_index_sequence<std::variant_size_v<decltype(array.values)>>());
  const std::size_t dimensions = byte(bytes, 3), start = 4 + 4 * dimensions;
  if (bytes.size() < start) fail("the file ends within its header");
  std::size_t size = std::visit([]<class T>(const std::vector<T>&) { return sizeof(T); }, array.values);
  bool overflow = false;
  for (std::size_t i = 4; i < start; i += 4) {
    array.shape.push_back(std::size_t{byte(bytes, i)} << 24 | std::size_t{byte(bytes, i + 1)} << 16 |
                          std::size_t{byte(bytes, i + 2)} << 8 | byte(bytes, i + 3));
    overflow |= __builtin_mul_overflow(size, array.shape.back(), &size);
  }
  if (overflow) fail("its shape is too large");
  if (bytes.size() - start != size)
    fail(fmt::format("its shape needs {} bytes, {} are there", size, bytes.size() - start));
  std::visit([&](auto& values) { read_values(bytes.substr(start), values); }, array.values);
  return array;
}

}  // namespace lossact::cli

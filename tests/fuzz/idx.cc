// IDX files, packed by gzip or not. libFuzzer cannot guess the sum at the end of a gzip file, so the bytes are read
// as they are and, packed here, once more: whole, and in two parts with zeros behind them.
#include "files/idx.h"
#include <vector>
#include <zlib.h>
#include "lossact/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

std::string packed(std::string_view bytes) {
  z_stream stream{};
  constexpr int gzip = 31;
  ensure(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ensure(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// How many numbers were read; -1 where it was refused.
long count(std::string_view bytes) {
  using namespace lossact::cli;
  try {
    const Idx array = read_idx(bytes, "file.idx");
    std::size_t product = 1;
    for (const std::size_t length : array.shape) product *= length;
    return std::visit(
        [&](const auto& values) {
          ensure(values.size() == product);
          return static_cast<long>(product);
        },
        array.values);
  } catch (const lossact::error&) {
    return -1;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = text_of(data, size);
  const long plain = count(bytes);
  if (lossact::cli::is_idx(bytes)) {
    ensure(count(packed(bytes)) == plain);
    const std::size_t half = size / 2;
    ensure(count(packed(bytes.substr(0, half)) + packed(bytes.substr(half)) + std::string(half, '\0')) == plain);
  }
  return 0;
}

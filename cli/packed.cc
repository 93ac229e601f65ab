#include "cli/packed.h"
#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <fmt/format.h>
#include <zlib.h>
#include "lossact/error.h"

namespace lossact::cli {

void check_unpacked_size(std::size_t packed, std::size_t unpacked, std::string_view what) {
  // The format allows 1032; images and labels have 2 to 30, and mostly empty ones 200. Little is never too much.
  constexpr std::size_t highest_ratio = 400, little = std::size_t{1} << 24;
  if (unpacked > most_bytes)
    throw format_error(
        fmt::format("{}: more than {} MiB, unpacked; that is the most that is read", what, most_bytes >> 20));
  if (unpacked > little && unpacked / highest_ratio > packed)
    throw format_error(fmt::format("{}: {} bytes would become {}, more than {} times as many; that is not read", what,
                                   packed, unpacked, highest_ratio));
}

std::string gunzip(std::string_view bytes, const std::string& file) {
  const auto fail = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", file, why)); };
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  if (bytes.size() > std::numeric_limits<uInt>::max()) fail("the file is too large");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string content;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    const std::size_t before = content.size();
    content.resize(std::max<std::size_t>(2 * before, std::size_t{1} << 16));
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + before);
    stream.avail_out = static_cast<uInt>(content.size() - before);
    state = inflate(&stream, Z_NO_FLUSH);
    content.resize(content.size() - stream.avail_out);
    check_unpacked_size(bytes.size() - stream.avail_in, content.size(), file);
    if (state == Z_MEM_ERROR) throw std::bad_alloc();
    if (state == Z_BUF_ERROR || (state == Z_OK && stream.avail_in == 0 && stream.avail_out > 0))
      fail("the gzip file ends early");
    if (state != Z_OK && state != Z_STREAM_END) fail("the gzip file is damaged");
  }
  if (stream.avail_in > 0) fail("the gzip file goes on behind its end");
  return content;
}

}  // namespace lossact::cli

#include "files/packed.h"
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
  std::string content, piece(std::size_t{1} << 16, '\0');
  // What gzip and others make in pieces is several files one after the other; tape archives are filled up with zeros.
  while (stream.avail_in > 0) {
    const std::string_view rest = bytes.substr(bytes.size() - stream.avail_in);
    if (rest.size() < bytes.size()) {
      if (rest.find_first_not_of('\0') == rest.npos) break;
      if (!is_gzip(rest)) fail("the gzip file goes on behind its end");
      if (inflateReset(&stream) != Z_OK) fail("the gzip file is damaged");
    }
    for (int state = Z_OK; state != Z_STREAM_END;) {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      state = inflate(&stream, Z_NO_FLUSH);
      content.append(piece.data(), piece.size() - stream.avail_out);
      check_unpacked_size(bytes.size() - stream.avail_in, content.size(), file);
      if (state == Z_MEM_ERROR) throw std::bad_alloc();
      if (state == Z_BUF_ERROR || (state == Z_OK && stream.avail_in == 0 && stream.avail_out > 0))
        fail("the gzip file ends early");
      if (state != Z_OK && state != Z_STREAM_END) fail("the gzip file is damaged");
    }
  }
  return content;
}

}  // namespace lossact::cli

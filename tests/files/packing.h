// Files that the readers' tests read, written here from the formats' descriptions: nothing of the program is used.
#ifndef LOSSACT_TESTS_FILES_PACKING_H_
#define LOSSACT_TESTS_FILES_PACKING_H_
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

namespace lossact::cli {

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text.push_back(static_cast<char>(value & 0xFF));
  return text;
}
inline std::string big_endian(std::uint64_t value, int bytes) {
  const std::string text = little_endian(value, bytes);
  return {text.rbegin(), text.rend()};
}
/// The bytes of a number as they lie in memory.
template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}
template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes;
  for (const T value : values) bytes += bytes_of(value);
  return bytes;
}

/// A .npy file of version 1, padded as NumPy does.
inline std::string npy_bytes(const std::string& descr, const std::string& shape, const std::string& data,
                             bool fortran_order = false) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64) header.push_back(' ');
  header.push_back('\n');
  return std::string("\x93NUMPY\1\0", 8) + little_endian(header.size(), 2) + header + data;
}

inline std::string idx_bytes(unsigned char type, const std::vector<std::size_t>& shape, const std::string& data) {
  std::string bytes = {0, 0, static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::size_t size : shape) bytes += big_endian(size, 4);
  return bytes + data;
}

/// Deflated bytes with nothing around them, or with gzip's header and trailer.
inline std::string deflated(const std::string& bytes, bool gzip) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, gzip ? 31 : -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string gzip(const std::string& bytes) { return deflated(bytes, true); }

struct Entry {
  std::string name, content;
};
/// A zip file. `said` is added to the size that the entries say they have.
inline std::string zip_bytes(const std::vector<Entry>& entries, bool deflate, std::uint64_t said = 0) {
  std::string files, directory;
  for (const auto& [name, content] : entries) {
    const std::string packed = deflate ? deflated(content, false) : content;
    const std::uint64_t sum =
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    // Version 2.0, no flags, the method, a date; then sum, sizes, and the lengths of name and extra field.
    const std::string shared = little_endian(20, 2) + little_endian(0, 2) + little_endian(deflate ? 8 : 0, 2) +
                               little_endian(0x21 << 16, 4) + little_endian(sum, 4) + little_endian(packed.size(), 4) +
                               little_endian(content.size() + said, 4) + little_endian(name.size(), 2) +
                               little_endian(0, 2);
    directory += "PK\1\2" + little_endian(20, 2) + shared + little_endian(0, 2 + 2 + 2 + 4) +
                 little_endian(files.size(), 4) + name;
    files += "PK\3\4" + shared + name + packed;
  }
  return files + directory + "PK\5\6" + little_endian(0, 4) + little_endian(entries.size(), 2) +
         little_endian(entries.size(), 2) + little_endian(directory.size(), 4) + little_endian(files.size(), 4) +
         little_endian(0, 2);
}

}  // namespace lossact::cli
#endif

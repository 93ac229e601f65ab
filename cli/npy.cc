#include "cli/npy.h"
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <fmt/format.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::string_view magic("\x93NUMPY", 6);
constexpr std::size_t longest_header = 10000;  // NumPy's own limit

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// A dictionary of Python with just the three entries that the format has.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Header read() {
    Header header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!next_is('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !descr) header.descr = quoted(), descr = true;
      else if (key == "fortran_order" && !order) header.fortran_order = boolean(), order = true;
      else if (key == "shape" && !shape) header.shape = tuple(), shape = true;
      else fail();
      if (!next_is(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty() || !descr || !order || !shape) fail();
    return header;
  }

 private:
  [[noreturn]] void fail() const { throw format_error(file_ + ": the header is not that of a .npy file"); }
  void skip_space() {
    const std::size_t end = text_.find_first_not_of(" \n");
    text_.remove_prefix(end == text_.npos ? text_.size() : end);
  }
  bool next_is(char c) {
    skip_space();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!next_is(c)) fail();
  }
  std::string quoted() {
    const char quote = next_is('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    const std::size_t end = text_.find(quote);
    if (end == text_.npos || text_.substr(0, end).find('\\') != text_.npos) fail();
    std::string result(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return result;
  }
  bool boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.starts_with(word)) return text_.remove_prefix(word.size()), value;
    }
    fail();
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> sizes;
    expect('(');
    bool comma = true;
    while (!next_is(')')) {
      if (!comma) fail();
      std::size_t size = 0;
      skip_space();
      const auto [end, failure] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (failure != std::errc()) fail();
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      sizes.push_back(size);
      comma = next_is(',');
    }
    if (sizes.size() == 1 && !comma) fail();  // (3) is a number in Python, (3,) a tuple
    return sizes;
  }

  std::string_view text_;
  const std::string& file_;
};

template <class T>
std::vector<T> values_of(std::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

Npy read_npy(std::string_view bytes, const std::string& file) {
  const auto fail = [&](const std::string& why) { throw format_error(file + ": " + why); };
  if (!bytes.starts_with(magic)) fail("this is not a .npy file");
  if (bytes.size() < 12) fail("the file ends within its header");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t major = byte(6);
  if (major < 1 || major > 3 || byte(7) != 0)
    fail(fmt::format("version {}.{} of the format is not known", major, byte(7)));
  const std::size_t start = major == 1 ? 10 : 12;
  const std::size_t length = byte(8) | byte(9) << 8 | (major == 1 ? 0 : byte(10) << 16 | byte(11) << 24);
  if (length > longest_header) fail(fmt::format("a header of {} bytes is too long", length));
  if (bytes.size() - start < length) fail("the file ends within its header");
  const Header header = HeaderReader(bytes.substr(start, length), file).read();
  const std::string_view data = bytes.substr(start + length);

  const std::size_t width = header.descr == "<f4" ? 4 : header.descr == "<f8" ? 8 : 0;
  if (width == 0)
    fail(fmt::format("its elements are of type '{}', expected float32 ('<f4') or float64 ('<f8')", header.descr));
  std::size_t count = 1;
  bool overflow = false;
  for (const std::size_t size : header.shape) overflow |= __builtin_mul_overflow(count, size, &count);
  for (const std::size_t size : header.shape)
    if (size == 0) count = 0, overflow = false;
  if (overflow || count > std::numeric_limits<std::size_t>::max() / width) fail("its shape is too large");
  if (data.size() != count * width)
    fail(fmt::format("its shape needs {} bytes, {} are there", count * width, data.size()));
  Npy array{.shape = header.shape, .fortran_order = header.fortran_order, .values = {}};
  if (width == 4) array.values = values_of<float>(data);
  else array.values = values_of<double>(data);
  return array;
}

std::string write_npy(const Npy& array) {
  std::string shape;
  for (const std::size_t size : array.shape) shape += fmt::format("{}, ", size);
  if (array.shape.size() == 1) shape.pop_back();
  else if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  const bool single = array.values.index() == 0;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", single ? "<f4" : "<f8",
                                   array.fortran_order ? "True" : "False", shape);
  header.append((64 - (magic.size() + 4 + header.size() + 1) % 64) % 64, ' ').push_back('\n');
  std::string bytes(magic);
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  bytes += header;
  std::visit(
      [&](const auto& values) {
        bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof values[0]);
      },
      array.values);
  return bytes;
}

}  // namespace lossact::cli

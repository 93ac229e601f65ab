#include "cli/npy.h"
#include <algorithm>
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
constexpr std::size_t longest_header = 10000;  // this and the next are NumPy's own limits
constexpr std::size_t most_dimensions = 64;

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
    if (end == text_.npos) fail();
    std::string result(text_.substr(0, end));
    if (std::ranges::any_of(result, [](char c) { return c < ' ' || c > '~' || c == '\\'; })) fail();
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
      if (sizes.size() == most_dimensions) fail();
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
constexpr std::string_view kind = std::is_floating_point_v<T> ? "f"
                                  : std::is_signed_v<T>       ? "i"
                                                              : "u";
/// As NumPy names the type: a single byte has no order.
template <class T>
std::string descr_of() {
  return fmt::format("{}{}{}", sizeof(T) == 1 ? '|' : '<', kind<T>, sizeof(T));
}

/// Gives `array` the alternative of its values that has this name, empty; returns its elements' width, 0 for none.
template <std::size_t... Index>
std::size_t choose_type(Npy& array, std::string_view descr, std::index_sequence<Index...>) {
  std::size_t width = 0;
  const auto consider = [&]<std::size_t I>() {
    using T = typename std::variant_alternative_t<I, decltype(array.values)>::value_type;
    if (descr == descr_of<T>()) array.values.template emplace<I>(), width = sizeof(T);
  };
  (consider.template operator()<Index>(), ...);
  return width;
}

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

  Npy array{.shape = header.shape, .fortran_order = header.fortran_order, .values = {}};
  const bool truth = header.descr == "|b1";
  const std::size_t width = choose_type(array, truth ? "|u1" : header.descr,
                                        std::make_index_sequence<std::variant_size_v<decltype(array.values)>>());
  if (width == 0)
    fail(fmt::format("its elements are of type '{}', expected little-endian floats of 4 or 8 bytes, integers, or bool",
                     header.descr));
  std::size_t count = 1;
  bool overflow = false;
  for (const std::size_t size : header.shape) overflow |= __builtin_mul_overflow(count, size, &count);
  for (const std::size_t size : header.shape)
    if (size == 0) count = 0, overflow = false;
  if (overflow || count > std::numeric_limits<std::size_t>::max() / width) fail("its shape is too large");
  if (data.size() != count * width)
    fail(fmt::format("its shape needs {} bytes, {} are there", count * width, data.size()));
  if (truth && std::ranges::any_of(data, [](char c) { return c != 0 && c != 1; }))
    fail("it has a truth value that is neither 0 nor 1");
  std::visit([&]<class T>(std::vector<T>& values) { values = values_of<T>(data); }, array.values);
  return array;
}

std::string write_npy(const Npy& array) {
  std::string shape;
  for (const std::size_t size : array.shape) shape += fmt::format("{}, ", size);
  if (array.shape.size() == 1) shape.pop_back();
  else if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  const std::string descr = std::visit([]<class T>(const std::vector<T>&) { return descr_of<T>(); }, array.values);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", descr,
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

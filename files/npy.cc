#include "files/npy.h"
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <fmt/format.h>
#include "files/bytes.h"
#include "text/number.h"
#include "lossact/error.h"
#include "files/file.h"

namespace lossact::cli {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::string_view magic("\x93NUMPY", 6);
constexpr std::size_t longest_header = 10000;  // this and the next are NumPy's own limits
constexpr std::size_t most_dimensions = 64;

struct Header {
  std::string descr;
  std::vector<std::string> fields;  // of a structured array, which has them in the place of `descr`
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// A dictionary of Python, 2 or 3, with just the three entries that the format has.
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
      if (key == "descr" && !descr) type(header), descr = true;
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
    const std::size_t end = text_.find_first_not_of(" \t\r\n\f");
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
  /// u'...' is how Python 2 writes some of them.
  std::string quoted() {
    skip_space();
    if (text_.starts_with("u'") || text_.starts_with("u\"")) text_.remove_prefix(1);
    const char quote = next_is('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    const std::size_t end = text_.find(quote);
    if (end == text_.npos) fail();
    std::string result(text_.substr(0, end));
    if (std::ranges::any_of(result, [](char c) { return c < ' ' || c > '~' || c == '\\'; })) fail();
    text_.remove_prefix(end + 1);
    return result;
  }
  void type(Header& header) {
    if (!next_is('[')) header.descr = quoted();
    else header.fields = fields();
  }
  /// [('name', type), ...]: the names, of which one may be any letters, or a pair of a title and a name.
  std::vector<std::string> fields() {
    std::vector<std::string> names;
    while (!next_is(']')) {
      expect('(');
      const bool titled = next_is('(');
      if (titled) skip_text(), expect(',');
      names.push_back(skip_text());
      int depth = titled ? 2 : 1;
      while (depth > 0) {
        skip_space();
        if (text_.empty()) fail();
        const char c = text_.front();
        if (c == '\'' || c == '"' || c == 'u') {
          skip_text();
          continue;
        }
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        text_.remove_prefix(1);
      }
      if (!next_is(',')) {
        expect(']');
        break;
      }
    }
    if (names.empty()) fail();
    return names;
  }
  std::string skip_text() {
    next_is('u');
    const char quote = next_is('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    std::size_t end = 0;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) fail();
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
  /// 3L is how Python 2 writes some numbers.
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
      if (text_.starts_with('L')) text_.remove_prefix(1);
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

/// What the first letter of a type says of the order of bytes, if it says any.
constexpr std::string_view orders = "<>=|";
std::string_view without_order(std::string_view descr) {
  return descr.substr(!descr.empty() && orders.find(descr[0]) != orders.npos ? 1 : 0);
}

/// Gives `array` the alternative of its values that has this name, empty; returns its elements' width, 0 for none.
template <std::size_t... Index>
std::size_t choose_type(Npy& array, std::string_view name, std::index_sequence<Index...>) {
  std::size_t width = 0;
  const auto consider = [&]<std::size_t I>() {
    using T = typename std::variant_alternative_t<I, decltype(array.values)>::value_type;
    if (name == without_order(descr_of<T>())) array.values.template emplace<I>(), width = sizeof(T);
  };
  (consider.template operator()<Index>(), ...);
  return width;
}

/// What NumPy keeps in files beside the numbers that are read, by the first letter of the type; empty for none.
std::string_view in_words(std::string_view name) {
  if (name == "f2") return "float16";
  if (name == "f12" || name == "f16") return "long doubles";
  switch (name.empty() ? ' ' : name[0]) {
    case 'c':
      return "complex numbers";
    case 'O':
      return "Python objects";
    case 'U':
    case 'S':
    case 'a':
      return "texts";
    case 'M':
      return "dates";
    case 'm':
      return "durations";
    case 'V':
      return "bytes without a type";
    default:
      return "";
  }
}

/// What the header says, checked: where the data begins, and how much there must be of it.
struct Plan {
  Header header;
  Npy array;  // of the right type, without its values
  std::size_t start = 0, width = 0, size = 0;
  bool truth = false;
};

/// From the beginning of a file: all of its header, or all that there is.
Plan plan_of(std::string_view bytes, const std::string& file) {
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

  Plan plan{.header = HeaderReader(bytes.substr(start, length), file).read(), .array = {}, .start = start + length};
  const Header& header = plan.header;
  if (!header.fields.empty())
    fail(fmt::format("this is a structured array, with the fields {}; save each as an array of its own",
                     join(header.fields)));
  const std::string_view name = without_order(header.descr);
  plan.truth = name == "b1";
  plan.array.shape = header.shape, plan.array.fortran_order = header.fortran_order;
  plan.width = choose_type(plan.array, plan.truth ? "u1" : name,
                           std::make_index_sequence<std::variant_size_v<decltype(plan.array.values)>>());
  if (plan.width == 0) {
    const std::string_view words = in_words(name);
    fail(fmt::format("its elements are {}'{}'{}, expected floats of 4 or 8 bytes, integers, or bool",
                     words.empty() ? "of type " : fmt::format("{} (", words), header.descr, words.empty() ? "" : ")"));
  }
  // No product may wrap, not even one that a size of 0 hides: a product in another order would wrap.
  std::size_t count = plan.width;
  bool overflow = false, empty = false;
  for (const std::size_t size : header.shape)
    if (size == 0) empty = true;
    else overflow |= __builtin_mul_overflow(count, size, &count);
  if (overflow || count > std::numeric_limits<std::ptrdiff_t>::max()) fail("its shape is too large");
  plan.size = empty ? 0 : count;
  return plan;
}

void check_size(const Plan& plan, std::uintmax_t found, const std::string& file) {
  if (found != plan.size)
    throw format_error(fmt::format("{}: its shape needs {} bytes, {} are there", file, plan.size, found));
}

template <class T>
std::vector<T> values_of(std::string_view bytes, bool big_endian) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  if (big_endian && sizeof(T) > 1)
    for (T& value : values) value = reversed(value);
  return values;
}

}  // namespace

Npy read_npy(std::string_view bytes, const std::string& file) {
  Plan plan = plan_of(bytes, file);
  const std::string_view data = bytes.substr(plan.start);
  check_size(plan, data.size(), file);
  if (plan.truth && std::ranges::any_of(data, [](char c) { return c != 0 && c != 1; }))
    throw format_error(file + ": it has a truth value that is neither 0 nor 1");
  std::visit([&]<class T>(std::vector<T>& values) { values = values_of<T>(data, plan.header.descr.starts_with('>')); },
             plan.array.values);
  return std::move(plan.array);
}

Npy load_npy(const std::string& file) {
  files::Input input(file);
  std::string bytes = input.read(std::uintmax_t{12} + longest_header);
  const Plan plan = plan_of(bytes, file);
  if (input.size()) check_size(plan, *input.size() - plan.start, file);
  const std::size_t whole = plan.start + plan.size;
  if (bytes.size() <= whole) bytes += input.read(whole - bytes.size() + 1);
  return read_npy(bytes, file);
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

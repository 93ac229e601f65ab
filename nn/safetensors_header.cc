#include "nn/safetensors_header.h"
#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <nlohmann/json.hpp>
#include "lossact/error.h"
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn::safetensors {
namespace {

/// What the header says of a tensor.
struct Entry {
  std::string name;
  std::optional<DType> dtype = {};
  bool has_shape = false, has_offsets = false;
  std::vector<std::uint64_t> shape = {}, offsets = {};
};

/// Takes the header's JSON piece by piece, and only what may stand at each place.
class Header {
 public:
  using json = nlohmann::json;

  explicit Header(const std::string& file) : file_(file) {}
  std::vector<Entry> take() { return std::move(entries_); }

  bool null() { return refuse("null"); }
  bool boolean(bool) { return refuse("a truth value"); }
  bool number_integer(json::number_integer_t) { return refuse("a negative number"); }
  bool number_float(json::number_float_t, const json::string_t& text) { return refuse("the number " + text); }
  bool binary(json::binary_t&) { return refuse("bytes"); }
  bool number_unsigned(json::number_unsigned_t value) {
    if (place_ != Place::list) return refuse("a number");
    list_->push_back(value);
    return true;
  }
  bool string(json::string_t& text) {
    if (place_ == Place::metadata) return true;
    if (place_ != Place::dtype) return refuse("a text");
    for (const auto& [name, dtype] : kNames)
      if (name == text) entries_.back().dtype = dtype;
    if (!entries_.back().dtype) fail(where() + " has dtype " + quoted(text) + ", expected F32, F64, I64 or BOOL");
    place_ = Place::entry;
    return true;
  }
  bool start_object(std::size_t) {
    if (place_ == Place::start) place_ = Place::top;
    else if (place_ == Place::tensor) place_ = Place::entry;
    else if (place_ == Place::metadata && !open_) open_ = true;
    else return refuse("an object");
    return true;
  }
  bool end_object() {
    if (place_ == Place::entry) {
      const Entry& entry = entries_.back();
      if (!entry.dtype || !entry.has_shape || !entry.has_offsets)
        fail(where() + " lacks one of dtype, shape and data_offsets");
    }
    place_ = place_ == Place::top ? Place::end : Place::top;
    open_ = false;
    return true;
  }
  bool key(json::string_t& name) {
    if (place_ == Place::entry) {
      Entry& entry = entries_.back();
      const auto once = [&](bool there) {
        if (there) fail(where() + " has " + name + " twice");
        return true;
      };
      const auto list = [&](bool& there, std::vector<std::uint64_t>& values) {
        there = once(there);
        list_ = &values;
        place_ = Place::list_next;
      };
      if (name == "dtype") once(entry.dtype.has_value()), place_ = Place::dtype;
      else if (name == "shape") list(entry.has_shape, entry.shape);
      else if (name == "data_offsets") list(entry.has_offsets, entry.offsets);
      else fail(where() + " has " + quoted(name) + ", expected dtype, shape and data_offsets");
      return true;
    }
    std::set<std::string>& names = place_ == Place::metadata ? metadata_ : names_;
    if (!names.insert(name).second) fail("the header has " + quoted(name) + " twice");
    if (place_ == Place::metadata) return true;
    if (name == kMetadata) {
      place_ = Place::metadata;
    } else {
      place_ = Place::tensor;
      entries_.push_back({.name = std::move(name)});
    }
    return true;
  }
  bool start_array(std::size_t) {
    if (place_ != Place::list_next) return refuse("a list");
    place_ = Place::list;
    return true;
  }
  bool end_array() {
    place_ = Place::entry;
    return true;
  }
  template <class Error>
  bool parse_error(std::size_t position, const std::string&, const Error&) {
    fail("the header is no JSON at its byte " + std::to_string(position));
  }

 private:
  enum class Place { start, top, tensor, entry, dtype, list_next, list, metadata, end };

  static std::string quoted(std::string_view text) {
    constexpr std::size_t most = 60;
    std::size_t size = std::min(most, text.size());
    while (size > 0 && size < text.size() && (text[size] & 0xC0) == 0x80) --size;  // no letter of UTF-8 is cut
    std::string result = "'";
    return result.append(text.substr(0, size)).append(size < text.size() ? "...'" : "'");
  }
  std::string where() const { return entries_.empty() ? "the header" : "tensor " + quoted(entries_.back().name); }
  std::string_view expected() const {
    switch (place_) {
      case Place::start:
      case Place::tensor:
        return "an object";
      case Place::dtype:
        return "the name of an element type";
      case Place::list_next:
        return "a list of numbers";
      case Place::list:
        return "an integer of 0 or more";
      case Place::metadata:
        return open_ ? "a text" : "an object of texts";
      default:
        return "a name";
    }
  }
  [[noreturn]] void fail(const std::string& why) const { throw format_error(file_ + ": " + why); }
  bool refuse(const std::string& found) const {
    fail((place_ == Place::metadata ? "the metadata" : where()) + " has " + found + ", expected " +
         std::string(expected()));
  }

  const std::string& file_;
  Place place_ = Place::start;
  bool open_ = false;  // within the object of the metadata
  std::vector<Entry> entries_;
  std::vector<std::uint64_t>* list_ = nullptr;
  std::set<std::string> names_, metadata_;
};

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw format_error(file + ": " + why); }

/// The bytes that an entry's shape needs.
std::uint64_t bytes_needed(const Entry& entry, const std::string& file) {
  // No product may wrap, not even one that a size of 0 hides: a product in another order would wrap.
  constexpr std::uint64_t most = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(double);
  std::uint64_t product = 1;
  bool empty = false;
  for (const std::uint64_t size : entry.shape) {
    if (size != 0 && product > most / size)
      fail(file, "tensor '" + entry.name + "' has more elements than memory has addresses");
    if (size == 0) empty = true;
    else product *= size;
  }
  return empty ? 0 : product * bytes_of(*entry.dtype);
}

}  // namespace

std::size_t bytes_of(DType dtype) {
  return detail::by_any_type(dtype, []<class T>(T) { return sizeof(T); });
}

std::vector<Placed> read_header(std::string_view text, const std::string& file) {
  if (!text.starts_with('{')) fail(file, "the header does not begin with '{'");
  // The parser takes a NUL for the end.
  if (const std::size_t nul = text.find('\0'); nul != text.npos)
    fail(file, "the header is no JSON at its byte " + std::to_string(nul + 1));
  Header header(file);
  nlohmann::json::sax_parse(text.begin(), text.end(), &header);
  std::vector<Entry> entries = header.take();
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.offsets, a.name) < std::tie(b.offsets, b.name); });
  std::uint64_t end = 0;
  std::vector<Placed> tensors;
  for (const Entry& entry : entries) {
    const std::string tensor = std::string("tensor '").append(entry.name).append("'");
    if (entry.offsets.size() != 2)
      fail(file, tensor + " has " + std::to_string(entry.offsets.size()) + " data_offsets, expected 2");
    if (entry.shape.size() > Shape::most)
      fail(file, tensor + " has " + std::to_string(entry.shape.size()) + " dimensions, expected at most " +
                     std::to_string(Shape::most));
    const std::uint64_t size = bytes_needed(entry, file), first = entry.offsets[0], last = entry.offsets[1];
    if (first != end)
      fail(file, tensor + " begins at byte " + std::to_string(first) + " of the data, expected " + std::to_string(end));
    if (last < first || last - first != size)
      fail(file, tensor + " has bytes " + std::to_string(first) + " to " + std::to_string(last) +
                     " of the data, expected " + std::to_string(size) + " bytes by its shape");
    end = last;
    const std::vector<std::size_t> sizes(entry.shape.begin(), entry.shape.end());
    tensors.push_back({entry.name, *entry.dtype, Shape(std::span<const std::size_t>(sizes)), first, last});
  }
  return tensors;
}

}  // namespace lossact::nn::safetensors

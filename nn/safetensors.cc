// A file is the length of a header (64 bits, little-endian), the header, which is JSON, and the data of all tensors one
// after the other: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}.
#include "lossact/nn/safetensors.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>
#include <nlohmann/json.hpp>
#include "lossact/nn/detail/autograd.h"
#include "nn/file.h"

namespace lossact::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "the format's numbers are little-endian");

constexpr std::size_t kLength = 8;                          // bytes of the header's length
constexpr std::size_t kMostHeader = std::size_t{16} << 20;  // a header of a hundred thousand tensors has 10 MB
constexpr std::string_view kMetadata = "__metadata__";
struct Name {
  std::string_view name;
  DType dtype;
};
// Wide elements first, so that in a file all are aligned.
constexpr std::array kNames = {Name{"I64", DType::int64}, Name{"F64", DType::float64}, Name{"F32", DType::float32},
                               Name{"BOOL", DType::boolean}};

const Name* name_of(const Tensor& tensor) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.dtype == tensor.dtype(); });
}
std::size_t bytes_of(DType dtype) {
  return detail::by_any_type(dtype, []<class T>(T) { return sizeof(T); });
}

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
    std::string result = "'";
    return result.append(text.substr(0, most)).append(text.size() > most ? "...'" : "'");
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

/// a b, unless it is more than memory has bytes.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t most = std::numeric_limits<std::ptrdiff_t>::max();
  if (b != 0 && a > most / b) return {};
  return a * b;
}

}  // namespace

StateDict read_safetensors(std::string_view bytes, const std::string& file) {
  const auto fail = [&](const std::string& why) { throw format_error(file + ": " + why); };
  if (bytes.size() < kLength)
    fail("the file has " + std::to_string(bytes.size()) + " bytes, expected the 8 of a safetensors header's length");
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), kLength);
  if (length > kMostHeader)
    fail("the header is " + std::to_string(length) + " bytes long, expected at most " + std::to_string(kMostHeader) +
         ": this is no safetensors file");
  if (length > bytes.size() - kLength)
    fail("the header is " + std::to_string(length) + " bytes long, and " + std::to_string(bytes.size() - kLength) +
         " bytes follow");
  const std::string_view text = bytes.substr(kLength, length), data = bytes.substr(kLength + length);
  if (!text.starts_with('{')) fail("the header does not begin with '{'");
  Header header(file);
  nlohmann::json::sax_parse(text.begin(), text.end(), &header);
  std::vector<Entry> entries = header.take();

  // In the order of their data, each must begin where the one before ends.
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.offsets, a.name) < std::tie(b.offsets, b.name); });
  std::uint64_t end = 0;
  std::vector<std::pair<const Entry*, Shape>> checked;
  for (const Entry& entry : entries) {
    const auto tensor = [&] { return "tensor '" + entry.name + "'"; };
    if (entry.offsets.size() != 2)
      fail(tensor() + " has " + std::to_string(entry.offsets.size()) + " data_offsets, expected 2");
    if (entry.shape.size() > Shape::most)
      fail(tensor() + " has " + std::to_string(entry.shape.size()) + " dimensions, expected at most " +
           std::to_string(Shape::most));
    // Zeros first, so that no product of the others counts where there is nothing.
    const bool empty = std::find(entry.shape.begin(), entry.shape.end(), 0u) != entry.shape.end();
    std::optional<std::uint64_t> size = empty ? 0 : bytes_of(*entry.dtype);
    for (const std::uint64_t dim : entry.shape) {
      if (size) size = product(*size, dim);
      if (dim > std::numeric_limits<std::uint64_t>::max() / 16) size.reset();
    }
    if (!size) fail(tensor() + " has more elements than memory has addresses");
    const std::uint64_t first = entry.offsets[0], last = entry.offsets[1];
    if (first != end)
      fail(tensor() + " begins at byte " + std::to_string(first) + " of the data, expected " + std::to_string(end));
    if (last < first || last - first != *size)
      fail(tensor() + " has bytes " + std::to_string(first) + " to " + std::to_string(last) +
           " of the data, expected " + std::to_string(*size) + " bytes by its shape");
    end = last;
    std::vector<std::size_t> sizes(entry.shape.begin(), entry.shape.end());
    checked.emplace_back(&entry, Shape(std::span<const std::size_t>(sizes)));
  }
  if (end != data.size())
    fail("the tensors have " + std::to_string(end) + " bytes, and the file has " + std::to_string(data.size()) +
         " after its header");

  StateDict tensors;
  for (const auto& [entry, shape] : checked) {
    const Tensor tensor = empty(shape, {.dtype = *entry->dtype});
    const char* from = data.data() + entry->offsets[0];
    detail::by_any_type(*entry->dtype, [&]<class T>(T) {
      const std::span<T> to = tensor.data<T>();
      if constexpr (std::is_same_v<T, bool>) {
        for (std::size_t i = 0; i < to.size(); ++i) {
          if (from[i] != 0 && from[i] != 1) fail("tensor '" + entry->name + "' is BOOL and has a byte beside 0 and 1");
          to[i] = from[i] != 0;
        }
      } else if (!to.empty()) {
        std::memcpy(to.data(), from, to.size_bytes());
      }
    });
    tensors.emplace(entry->name, tensor);
  }
  return tensors;
}

// Wide elements first, so that all are aligned, then by name: the order of the other libraries, whose files are then
// the same.
std::string write_safetensors(const StateDict& tensors) {
  std::vector<std::pair<std::string, Tensor>> order(tensors.begin(), tensors.end());
  std::string header = "{";
  std::size_t offset = 0;
  for (const auto& [name, tensor] : order) {
    if (name == kMetadata) throw domain_error("[save] the format keeps the name __metadata__ for itself");
    if (!tensor.defined()) throw domain_error("[save] tensor '" + name + "' is undefined");
  }
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return std::pair(name_of(a.second), std::string_view(a.first)) <
           std::pair(name_of(b.second), std::string_view(b.first));
  });
  for (const auto& [name, tensor] : order) {
    if (header.size() > 1) header += ',';
    try {
      header += nlohmann::json(name).dump();
    } catch (const nlohmann::json::exception&) {
      throw domain_error("[save] the name of a tensor is not UTF-8");
    }
    header.append(":{\"dtype\":\"").append(name_of(tensor)->name).append("\",\"shape\":[");
    for (std::size_t i = 0; i < tensor.dim(); ++i)
      header.append(i > 0 ? "," : "").append(std::to_string(tensor.shape()[i]));
    const std::size_t last = offset + tensor.numel() * bytes_of(tensor.dtype());
    header.append("],\"data_offsets\":[").append(std::to_string(offset)).append(",");
    header.append(std::to_string(last)).append("]}");
    offset = last;
  }
  header += '}';
  header.append((kLength - header.size() % kLength) % kLength, ' ');
  if (header.size() > kMostHeader)
    throw domain_error("[save] the names and shapes need " + std::to_string(header.size()) + " bytes, at most " +
                       std::to_string(kMostHeader) + " are possible");
  const std::uint64_t length = header.size();
  std::string bytes(kLength, '\0');
  std::memcpy(bytes.data(), &length, kLength);
  bytes.reserve(kLength + header.size() + offset);
  bytes += header;
  for (const auto& [name, tensor] : order)
    detail::by_any_type(tensor.dtype(), [&]<class T>(T) {
      const std::span<const T> from = tensor.data<T>();
      bytes.append(reinterpret_cast<const char*>(from.data()), from.size_bytes());
    });
  return bytes;
}

void save(const std::filesystem::path& path, const StateDict& tensors) {
  files::write_file(path, write_safetensors(tensors));
}
StateDict load(const std::filesystem::path& path) { return read_safetensors(files::read_file(path), path.string()); }

}  // namespace lossact::nn

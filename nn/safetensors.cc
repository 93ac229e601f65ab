// A file is the length of a header (64 bits, little-endian), the header, which is JSON, and the data of all tensors one
// after the other: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}.
#include "lossact/nn/safetensors.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <nlohmann/json.hpp>
#include "lossact/nn/detail/autograd.h"
#include "files/file.h"
#include "nn/safetensors_header.h"

namespace lossact::nn {
namespace {

using namespace safetensors;

static_assert(std::endian::native == std::endian::little, "the format's numbers are little-endian");

constexpr std::size_t kLength = 8;                          // bytes of the header's length
constexpr std::size_t kMostHeader = std::size_t{16} << 20;  // a header of a hundred thousand tensors has 10 MB

const Name* name_of(const Tensor& tensor) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.dtype == tensor.dtype(); });
}

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw format_error(file + ": " + why); }

std::uint64_t header_length(std::string_view start, const std::string& file) {
  if (start.size() < kLength)
    fail(file,
         "the file has " + std::to_string(start.size()) + " bytes, expected the 8 of a safetensors header's length");
  std::uint64_t length;
  std::memcpy(&length, start.data(), kLength);
  if (length > kMostHeader)
    fail(file, "the header is " + std::to_string(length) + " bytes long, expected at most " +
                   std::to_string(kMostHeader) + ": this is no safetensors file");
  return length;
}

/// Bytes in memory, read as a file is.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}
  std::optional<std::uintmax_t> size() const { return size_; }
  std::string read(std::uintmax_t most) {
    std::string piece(rest_.substr(0, most));
    rest_.remove_prefix(piece.size());
    return piece;
  }
  std::size_t read(char* to, std::size_t most) {
    const std::size_t size = rest_.copy(to, most);
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
  std::size_t size_;
};

void check_size(std::uint64_t expected, std::uint64_t found, const std::string& file) {
  if (found != expected)
    fail(file, "the tensors have " + std::to_string(expected) + " bytes, and the file has " + std::to_string(found) +
                   " after its header");
}

StateDict read_data(auto& source, const std::vector<Placed>& placed, const std::string& file) {
  StateDict tensors;
  for (const auto& [name, dtype, shape, first, last] : placed) {
    const Tensor tensor = empty(shape, {.dtype = dtype});
    const auto next = [&](char* to, std::size_t size) {
      if (source.read(to, size) != size) fail(file, "the file ends within its data");
    };
    detail::by_any_type(dtype, [&]<class T>(T) {
      const std::span<T> to = tensor.data<T>();
      if constexpr (std::is_same_v<T, bool>) {
        std::string bytes(to.size(), '\0');  // a byte may hold no value of a bool
        next(bytes.data(), bytes.size());
        for (std::size_t i = 0; i < to.size(); ++i) {
          if (bytes[i] != 0 && bytes[i] != 1) fail(file, "tensor '" + name + "' is BOOL and has a byte beside 0 and 1");
          to[i] = bytes[i] != 0;
        }
      } else if (!to.empty()) {
        next(reinterpret_cast<char*>(to.data()), to.size_bytes());
      }
    });
    tensors.emplace(name, tensor);
  }
  return tensors;
}

/// The header is read, and all that it says checked, before the data is.
StateDict read_from(auto& source, const std::string& file) {
  const std::uint64_t length = header_length(source.read(std::uintmax_t{kLength}), file);
  const std::optional<std::uintmax_t> size = source.size();
  const std::uintmax_t rest = size && *size > kLength ? *size - kLength : 0;
  const std::string text = !size || rest >= length ? source.read(length) : "";
  if (text.size() < length)
    fail(file, "the header is " + std::to_string(length) + " bytes long, and " +
                   std::to_string(size ? rest : text.size()) + " bytes follow");
  const std::vector<Placed> placed = read_header(text, file);
  const std::uint64_t end = placed.empty() ? 0 : placed.back().last;
  if (size) {
    check_size(end, rest - length, file);
    return read_data(source, placed, file);
  }
  // What comes through a pipe has no size before it has come.
  const std::string data = source.read(end + 1);
  check_size(end, data.size(), file);
  Bytes bytes(data);
  return read_data(bytes, placed, file);
}

}  // namespace

StateDict read_safetensors(std::string_view bytes, const std::string& file) {
  Bytes source(bytes);
  return read_from(source, file);
}
StateDict load(const std::filesystem::path& path) {
  files::Input source(path);
  return read_from(source, path.string());
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

}  // namespace lossact::nn

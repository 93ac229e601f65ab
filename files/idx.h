// Arrays in the IDX format, in which MNIST and data like it are published, packed by gzip or not.
#ifndef LOSSACT_FILES_IDX_H_
#define LOSSACT_FILES_IDX_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lossact::cli {

struct Idx {
  std::vector<std::size_t> shape;  // the last index runs fastest
  std::variant<std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::int16_t>,
               std::vector<std::int32_t>, std::vector<float>, std::vector<double>>
      values;
};

/// Does it begin as an IDX file does?
bool is_idx(std::string_view bytes);
/// Throws format_error, beginning with `file`, for whatever is not exactly an IDX file, packed by gzip or not. Nothing
/// in it is trusted.
Idx read_idx(std::string_view bytes, const std::string& file);

}  // namespace lossact::cli
#endif

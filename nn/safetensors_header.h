// What the header of a safetensors file says.
#ifndef LOSSACT_NN_SAFETENSORS_HEADER_H_
#define LOSSACT_NN_SAFETENSORS_HEADER_H_
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/nn/tensor.h"

namespace lossact::nn::safetensors {

inline constexpr std::string_view kMetadata = "__metadata__";
struct Name {
  std::string_view name;
  DType dtype;
};
// Wide elements first, so that in a file all are aligned.
inline constexpr std::array kNames = {Name{"I64", DType::int64}, Name{"F64", DType::float64},
                                      Name{"F32", DType::float32}, Name{"BOOL", DType::boolean}};

std::size_t bytes_of(DType dtype);

/// What a header says of one tensor, checked.
struct Placed {
  std::string name;
  DType dtype;
  Shape shape;
  std::uint64_t first, last;  // its bytes in the data
};

/// The tensors in the order of their data, in which each begins where the one before ends. Throws format_error,
/// beginning with `file`, for whatever else a header may say.
std::vector<Placed> read_header(std::string_view text, const std::string& file);

}  // namespace lossact::nn::safetensors
#endif

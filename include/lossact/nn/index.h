// Elements and parts of tensors, by the rules of NumPy and PyTorch.
#ifndef LOSSACT_NN_INDEX_H_
#define LOSSACT_NN_INDEX_H_
#include <cstddef>
#include <optional>
#include <span>
#include <variant>
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// start, start + step, ... before stop, as Python counts: negative from the end, and what lies outside is left out.
struct Slice {
  std::optional<std::ptrdiff_t> start = {}, stop = {};
  std::ptrdiff_t step = 1;
};
/// A new dimension of size 1.
struct NewAxis {};
/// As many whole dimensions as the other indices leave.
struct Ellipsis {};
/// What stands between the brackets for one dimension: a number, which takes the dimension away; a slice; int64
/// positions of any shape, which takes the dimension's place; or a boolean mask, which stands for as many dimensions as
/// it has. Several tensors are broadcast to one shape, and index together.
using Index = std::variant<std::ptrdiff_t, Slice, NewAxis, Ellipsis, Tensor>;

/// input[indices...]. It shares the data where numbers come before at most one slice of step 1 and nothing else is cut,
/// and is a copy otherwise; inside the graph in any case. index_error for a position outside or too many indices,
/// shape_error for a mask of another shape, domain_error for a step of 0 or less, type_error for indices that are not.
LOSSACT_API Tensor index(const Tensor& input, std::span<const Index> indices);
/// input[indices...] = value, broadcast, in place and outside the graph. Throws as above, and shape_error, before
/// anything is written. Where a position is named twice the last value stays.
LOSSACT_API void index_put_(const Tensor& input, std::span<const Index> indices, const Tensor& value);
/// The same as a new tensor, inside the graph: the gradient of what was replaced is 0.
LOSSACT_API Tensor index_put(const Tensor& input, std::span<const Index> indices, const Tensor& value);

}  // namespace lossact::nn
#endif

// A shape around one of its dimensions: (outer, axis, inner).
#ifndef LOSSACT_NN_TENSOR_AXIS_H_
#define LOSSACT_NN_TENSOR_AXIS_H_
#include "lossact/nn/shape.h"

namespace lossact::nn::detail {

struct Axis {
  std::size_t outer = 1, axis = 0, inner = 1;

  Axis(const Shape& shape, std::size_t dim) : axis(shape[dim]) {
    for (std::size_t i = 0; i < dim; ++i) outer *= shape[i];
    for (std::size_t i = dim + 1; i < shape.size(); ++i) inner *= shape[i];
  }
};

}  // namespace lossact::nn::detail
#endif

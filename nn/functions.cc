// What all functions on tensors have in common.
#include "lossact/nn/functions.h"
#include <string>

namespace lossact::nn::detail {

Axis axis(std::string_view function, const Tensor& input, std::ptrdiff_t dim) {
  const std::size_t place = input.shape().at(function, dim);
  Axis rows{1, input.shape()[place], 1};
  for (std::size_t i = 0; i < place; ++i) rows.outer *= input.shape()[i];
  for (std::size_t i = place + 1; i < input.dim(); ++i) rows.inner *= input.shape()[i];
  return rows;
}

void check_row_target(std::string_view function, const Tensor& input, const Tensor& target) {
  const std::size_t place = input.shape().at(function, class_dim(input));
  if (target.dtype() != DType::int64) {
    same_type(function, "target", target, input);
    same_shape(function, "target", target, input);
  } else if (const Shape expected = input.shape().without(place); !(target.shape() == expected)) {
    throw shape_error("[" + std::string(function) + "] target has shape " + to_string(target.shape()) +
                      ", expected a class for each row, " + to_string(expected));
  }
}

std::size_t check_channels(std::string_view function, const Tensor& input, const Tensor& weight) {
  const std::size_t count = weight.numel();
  if (count == 1) return 1;
  if (weight.dim() != 1 || input.dim() < 2 || input.shape()[1] != count)
    throw shape_error("[" + std::string(function) + "] weight has shape " + to_string(weight.shape()) +
                      ", input has shape " + to_string(input.shape()) +
                      ", expected one weight or one for each channel of dimension 1");
  return axis(function, input, 1).inner;
}

Tensor finish_loss(std::string_view function, const Tensor& input, const Tensor& target, const Tensor& loss,
                   Tensor grad_input, Tensor grad_target) {
  Tensor result = input.dtype() == DType::float64 ? loss : loss.to(input.dtype());
  if (!grad_input.defined() && !grad_target.defined()) return result;
  auto backward = [grad_input = std::move(grad_input), grad_target = std::move(grad_target)](
                      const auto& inputs, const Tensor& grad_output) mutable {
    // Used once, so the gradients themselves may be handed on.
    const auto scaled = [&](Tensor gradient) {
      if (grad_output.numel() == 1 && grad_output.item() == 1) return gradient;
      // One number for each row, beside all its classes.
      if (grad_output.dim() > 0 && !(grad_output.shape() == gradient.shape()))
        return gradient * grad_output.reshape(grad_output.shape().inserted(1, 1));
      return gradient * grad_output;
    };
    if (grad_input.defined()) accumulate(inputs[0], scaled(std::move(grad_input)));
    if (grad_target.defined()) accumulate(inputs[1], scaled(std::move(grad_target)));
  };
  record({function, false}, result, std::move(backward), input, target);
  return result;
}

}  // namespace lossact::nn::detail

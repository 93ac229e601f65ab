#ifndef LOSSACT_TESTS_NN_NUMERICAL_GRADIENT_H_
#define LOSSACT_TESTS_NN_NUMERICAL_GRADIENT_H_
#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>
#include "lossact/nn/nn.h"
#include "tests/function_traits.h"

namespace lossact::nn::test {

inline constexpr TensorOptions kDouble = {.dtype = float64}, kLeaf = {.dtype = float64, .requires_grad = true};

/// Compares the gradient of a fixed weighted sum of f's elements, in every element of every input that requires one,
/// with central differences in double.
inline void check_gradient(const std::string& what, const std::function<Tensor()>& f, const std::vector<Tensor>& inputs,
                           double step = 1e-5, double tolerance = 1e-7) {
  SCOPED_TRACE(what);
  Tensor weights;
  const auto total = [&] {
    const Tensor output = f();
    if (!weights.defined()) weights = linspace(0.3, 1.7, output.numel(), kDouble).reshape(output.shape());
    return (output * weights).sum();
  };
  for (const Tensor& input : inputs) input.zero_grad();
  total().backward();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor gradient = inputs[i].grad();
    ASSERT_TRUE(gradient.defined()) << "input " << i;
    ASSERT_EQ(gradient.shape(), inputs[i].shape()) << "input " << i;
    const NoGrad guard;
    const std::span<double> x = inputs[i].data<double>();
    for (std::size_t k = 0; k < x.size(); ++k) {
      const double at = x[k];
      x[k] = at + step;
      const double above = total().item();
      x[k] = at - step;
      const double below = total().item();
      x[k] = at;
      const double expected = (above - below) / (2 * step);
      ASSERT_NEAR(gradient.data<double>()[k], expected, tolerance * std::max(1.0, std::fabs(expected)))
          << "input " << i << ", element " << k;
    }
  }
}

}  // namespace lossact::nn::test
#endif

// Dropout.
#include "lossact/nn/tensor.h"
#include <algorithm>
#include <array>
#include "lossact/nn/detail/autograd.h"
#include "numbers/philox.h"

namespace lossact::nn {

Tensor dropout(const Tensor& input, double p, std::uint64_t seed) {
  if (!(p >= 0 && p <= 1)) throw domain_error("[dropout] p is " + std::to_string(p) + ", expected a number in [0, 1]");
  if (p == 0) return input;
  // The mask is drawn again in the backward pass rather than kept.
  const auto masked = [p, seed]<class T>(const T* from, T* to, std::size_t n) {
    constexpr std::size_t kDrawn = 256;
    std::array<float, kDrawn> u;
    const auto scale = static_cast<T>(p < 1 ? 1 / (1 - p) : 0);
    const auto limit = static_cast<float>(p);
    for (std::size_t first = 0; first < n; first += kDrawn) {
      const std::size_t live = std::min(kDrawn, n - first);
      uniform(seed, first, u.data(), (live + 3) / 4);
      for (std::size_t i = 0; i < live; ++i) to[first + i] = u[i] < limit ? T(0) : from[first + i] * scale;
    }
  };
  return detail::by_type("dropout", input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    masked(input.data<T>().data(), output.data<T>().data(), input.numel());
    const auto backward = [masked](const auto& inputs, const Tensor& grad_output) {
      const Tensor grad_input = detail::reuse(grad_output);
      masked(static_cast<const T*>(grad_output.data<T>().data()), grad_input.data<T>().data(), grad_output.numel());
      detail::accumulate(inputs[0], grad_input);
    };
    detail::record({"dropout", false}, output, backward, input);
    return output;
  });
}

}  // namespace lossact::nn

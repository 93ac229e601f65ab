// Where training starts: the spread of the first weights.
#ifndef LOSSACT_NN_INIT_H_
#define LOSSACT_NN_INIT_H_
#include <cmath>
#include <span>
#include <vector>
#include "lossact/family.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// How a weight (out, in) is drawn. `standard` is PyTorch's for Linear: weight and bias uniform in +-1/sqrt(in). The
/// others leave the bias at 0 and give the weight a variance of gain^2 / in (kaiming: the forward pass keeps its scale)
/// or 2 gain^2 / (in + out) (xavier: a compromise with the backward pass).
enum class Init { standard, kaiming_uniform, kaiming_normal, xavier_uniform, xavier_normal };

/// Fills a weight (out, in) by this thread's stream of random numbers.
LOSSACT_API void init_(const Tensor& weight, Init init, double gain = 1);

namespace detail {
/// Standard normal numbers, evenly spaced, and 1 / sqrt(E[f(z)^2]) of the values of f at them.
LOSSACT_API std::span<const double> normal_points();
LOSSACT_API double gain_of(std::span<const double> values);
}  // namespace detail

/// The factor that keeps a signal's scale through f: 1 / sqrt(E[f(z)^2]) for a standard normal z, by numerical
/// integration of f itself. It is sqrt(2) for relu and 1 for identity. (PyTorch has a table: 5/3 for tanh where this
/// gives 1.59, and 1 for sigmoid where this gives 1.85.) A learned weight counts with its start value, random slopes
/// with their mean.
template <class P>
double gain(const Activation<P>& f, const P& options = {}) {
  const std::span<const double> z = detail::normal_points();
  std::vector<double> y(z.size());
  if constexpr (lossact::detail::operand<P> == Operand::learned) {
    const double start = P::weight;
    f(z, std::span<const double>(&start, 1), std::span<double>(y));
  } else if constexpr (lossact::detail::operand<P> == Operand::uniform) {
    P mean = options;
    mean.training = false;
    f(z, std::span<double>(y), mean);
  } else {
    f(z, std::span<double>(y), options);
  }
  return detail::gain_of(y);
}
template <class P>
double gain(const With<Activation<P>>& f) {
  return gain(Activation<P>(), f.options);
}

}  // namespace lossact::nn
#endif

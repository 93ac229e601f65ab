#include "lossact/nn/init.h"
#include <array>
#include <numbers>
#include "lossact/nn/random.h"

namespace lossact::nn {
namespace detail {
namespace {

constexpr std::size_t kPoints = 24 * 64 + 1;  // from -12 to 12, 0 among them, where kinks are

std::array<double, kPoints> points() {
  std::array<double, kPoints> z;
  for (std::size_t i = 0; i < kPoints; ++i) z[i] = (static_cast<double>(i) - 768) / 64;
  return z;
}

}  // namespace

std::span<const double> normal_points() {
  static const std::array<double, kPoints> z = points();
  return z;
}

// The trapezoidal rule converges faster than any power of the step here, for the density dies out at both ends.
double gain_of(std::span<const double> values) {
  const std::span<const double> z = normal_points();
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) sum += values[i] * values[i] * std::exp(-z[i] * z[i] / 2);
  const double mean = sum / 64 / std::sqrt(2 * std::numbers::pi);
  return mean > 0 && std::isfinite(mean) ? 1 / std::sqrt(mean) : 1;
}

}  // namespace detail

namespace {

void uniform_(const Tensor& weight, double bound) {
  weight.copy_((rand(weight.shape(), {.dtype = weight.dtype()}) * 2 - 1) * bound);
}
void normal_(const Tensor& weight, double deviation) {
  weight.copy_(randn(weight.shape(), {.dtype = weight.dtype()}) * deviation);
}

}  // namespace

void init_(const Tensor& weight, Init init, double gain) {
  if (weight.dim() != 2)
    throw shape_error("[init_] weight has shape " + to_string(weight.shape()) + ", expected (out, in)");
  const NoGrad guard;
  const auto out = static_cast<double>(weight.shape()[0]), in = static_cast<double>(weight.shape()[1]);
  if (weight.numel() == 0) return;
  switch (init) {
    case Init::standard:
      return uniform_(weight, 1 / std::sqrt(in));
    case Init::kaiming_uniform:
      return uniform_(weight, gain * std::sqrt(3 / in));
    case Init::kaiming_normal:
      return normal_(weight, gain / std::sqrt(in));
    case Init::xavier_uniform:
      return uniform_(weight, gain * std::sqrt(6 / (in + out)));
    case Init::xavier_normal:
      return normal_(weight, gain * std::sqrt(2 / (in + out)));
  }
}

}  // namespace lossact::nn

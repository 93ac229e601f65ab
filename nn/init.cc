#include "lossact/nn/init.h"
#include <array>
#include <cmath>
#include <numbers>
#include <vector>
#include "lossact/nn/random.h"

namespace lossact::nn {
namespace {

constexpr std::size_t kPoints = 24 * 64 + 1;  // from -12 to 12, 0 among them, where kinks are

std::array<double, kPoints> points() {
  std::array<double, kPoints> z;
  for (std::size_t i = 0; i < kPoints; ++i) z[i] = (static_cast<double>(i) - 768) / 64;
  return z;
}

void uniform_(const Tensor& weight, double bound) {
  weight.copy_((rand(weight.shape(), {.dtype = weight.dtype()}) * 2 - 1) * bound);
}
void normal_(const Tensor& weight, double deviation) {
  weight.copy_(randn(weight.shape(), {.dtype = weight.dtype()}) * deviation);
}

}  // namespace

// The trapezoidal rule converges faster than any power of the step here, for the density vanishes at both ends.
double gain(const Options& options) {
  const Function& f = options.function();
  if (f.along_axis() || !f.is_activation()) return 1;
  const std::array<double, kPoints> z = points();
  std::array<double, kPoints> y{};
  Options mean = options;
  mean.set_draws(false, 0);
  std::vector<Array> arrays(f.arguments.size());
  std::vector<const Array*> all(f.arguments.size());
  arrays[0] = Array::line(z.data(), z.size()), all[0] = &arrays[0];
  for (std::size_t i = 1; i < arrays.size(); ++i)
    if (f.arguments[i].learned()) arrays[i] = Array::line(&f.arguments[i].start, 1), all[i] = &arrays[i];
  const Array to = Array::line(y.data(), y.size());
  run(f, {.arrays = all, .options = mean.data(), .output = &to});
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) sum += y[i] * y[i] * std::exp(-z[i] * z[i] / 2);
  const double square = sum / 64 / std::sqrt(2 * std::numbers::pi);
  return square > 0 && std::isfinite(square) ? 1 / std::sqrt(square) : 1;
}

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

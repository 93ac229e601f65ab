// leaky_relu(x) = x for x > 0, a small multiple of x otherwise.
#ifndef LOSSACT_ACTIVATION_LEAKY_RELU_H_
#define LOSSACT_ACTIVATION_LEAKY_RELU_H_
#include "lossact/define.h"
namespace lossact {
struct LeakyRelu {
  double negative_slope = 0.01;

  static constexpr About about = {
      .name = "leaky_relu",
      .formula = "x if x > 0 else negative_slope * x",
      .source = "Maas, Hannun and Ng 2013",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "negative_slope, inplace", .module = "LeakyReLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<LeakyRelu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{Parameter{"negative_slope", &LeakyRelu::negative_slope}};
  static constexpr Passes compensated = {};
  static constexpr Passes rounds_once = {.forward = false};
  constexpr Facts facts() const {
    const double s = negative_slope;
    return {.range = {s > 0 ? -inf : 0, inf},
            .increasing = s >= 0,
            .convex = s <= 1,
            .left = s > 0   ? -inf
                    : s < 0 ? inf
                            : 0,
            .lipschitz = s > 1    ? s
                         : s < -1 ? -s
                                  : 1,
            .kinks = {{.at = 0, .slope = s}},  // as PyTorch; JAX takes 1
            .float_suffices = product_suffices(s)};
  }
};
inline constexpr Callable<LeakyRelu> leaky_relu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// Zero times infinity would be NaN, and the limit is zero.
template <class M, class V = typename M::V>
constexpr V forward(const LeakyRelu& p, M m, V x) {
  return m.select(m.gt(x, m(0)), x, m(p.negative_slope) * (p.negative_slope == 0 ? m.max(x, m(-1)) : x));
}
template <class M, class V = typename M::V>
constexpr V derivative(const LeakyRelu& p, M m, V x) {
  return m.select(m.gt(x, m(0)), m(1), m(p.negative_slope));
}
// A slope that is not negative keeps the sign.
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const LeakyRelu& p, M m, V y) {
  return derivative(p, m, y);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

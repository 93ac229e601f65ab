// softplus(x) = log(1 + exp(beta x)) / beta, a smooth ReLU.
#ifndef LOSSACT_ACTIVATION_SOFTPLUS_H_
#define LOSSACT_ACTIVATION_SOFTPLUS_H_
#include "lossact/define.h"
namespace lossact {
struct Softplus {
  double beta = 1.0;

  static constexpr About about = {
      .name = "softplus",
      .formula = "log(1 + exp(beta * x)) / beta",
      .source = "Dugas, Bengio, Belisle, Nadeau and Garcia 2001",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "beta, threshold"};
  static constexpr IdentityAbove<Softplus> identity_above = {
      .name = "threshold", .value = 20, .scale = &Softplus::beta};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Softplus> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{Parameter{"beta", &Softplus::beta, {.low = 0}}};
  static constexpr Passes compensated = {};
  constexpr std::string_view refusal() const {
    return beta >= 1e-300 && beta <= 1e300 ? "" : "beta is not a positive number that has a reciprocal";
  }
  constexpr Facts facts() const {
    return {.range = {0, inf},
            .increasing = true,
            .convex = true,
            .left = 0,
            .lipschitz = 1,
            .float_suffices = product_suffices(beta, {-80 / beta, 80 / beta})};
  }
};
inline constexpr Callable<Softplus> softplus;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

template <class M, class V = typename M::V>
constexpr V forward(const Softplus& p, M m, V x) {
  return m.fma(m.log1p_unit(m.decay(p.beta, m.abs(x))), m(1 / p.beta), m.max(x, m(0)));  // softplus without overflow
}
// The slope is the sigmoid of beta x.
template <class M, class V = typename M::V>
constexpr V derivative(const Softplus& p, M m, V x) {
  return m.logistic(p.beta, x);
}
// 1 / (1 + exp(-beta x)) = 1 - exp(-beta y)
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Softplus& p, M m, V y) {
  return m(0) - m.expm1(m.max(m(-p.beta) * y, m(-60)));
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

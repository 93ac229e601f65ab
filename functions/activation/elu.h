// elu(x) = x for x > 0, alpha (exp(x) - 1) otherwise: a ReLU that bends into -alpha.
#ifndef LOSSACT_ACTIVATION_ELU_H_
#define LOSSACT_ACTIVATION_ELU_H_
#include "lossact/define.h"
namespace lossact {
struct Elu {
  double alpha = 1.0;

  static constexpr About about = {
      .name = "elu",
      .formula = "x if x > 0 else alpha * (exp(x) - 1)",
      .source = "Clevert, Unterthiner and Hochreiter 2016, arXiv:1511.07289",
      .note =
          "Saturates on the left, at -alpha, though tutorials call it non-saturating: that is true of its right "
          "side alone.",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "alpha, inplace", .module = "ELU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Elu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{Parameter{"alpha", &Elu::alpha}};
  static constexpr Passes compensated = {.derivative_from_output = false};  // y + alpha cancels
  static constexpr Passes rounds_once = {.forward = false, .derivative = false};
  constexpr Facts facts() const {
    Facts f = {.range = {alpha > 0 ? -alpha : 0, inf},
               .increasing = alpha >= 0,
               .convex = alpha >= 0 && alpha <= 1,
               .left = 0 - alpha,
               .lipschitz = alpha > 1    ? alpha
                            : alpha < -1 ? -alpha
                                         : 1,
               .float_suffices = product_suffices(alpha, {-80, inf})};
    if (alpha != 1) f.kinks = {{.at = 0, .slope = alpha}};  // as PyTorch; for alpha = 1 the slope is continuous
    return f;
  }
};
inline constexpr Callable<Elu> elu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Elu& p, M m, V x) {
  return m.select(m.gt(x, m(0)), x, m(p.alpha) * m.expm1(x));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Elu& p, M m, V x) {
  return m.select(m.gt(x, m(0)), m(1), m(p.alpha) * m.exp(m.min(x, m(0))));
}
// alpha exp(x) = y + alpha, of which nothing may be lost where y is close to -alpha.
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Elu& p, M m, V y) {
  return m.select(m.gt(y, m(0)), m(1), m.add(y, p.alpha));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// tanh(x) = (exp(2x) - 1) / (exp(2x) + 1), a sigmoid around zero.
#ifndef LOSSACT_ACTIVATION_TANH_H_
#define LOSSACT_ACTIVATION_TANH_H_
#include "lossact/define.h"
namespace lossact {
struct Tanh {
  static constexpr About about = {
      .name = "tanh",
      .formula = "tanh(x)",
      .source = "Lambert 1768; as an activation LeCun, Bottou, Orr and Mueller 1998",
      .compared = true,
  };
  static constexpr Torch torch = {};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Tanh> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {};
  static constexpr Passes rounds_once = {.forward = false, .derivative = false};
  constexpr Facts facts() const {
    return {.range = {-1, 1},
            .increasing = true,
            .odd = true,
            .left = -1,
            .right = 1,
            .lipschitz = 1,
            .float_suffices = {-40, 40}};
  }
};
inline constexpr Callable<Tanh> tanh;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// With t = exp(-2|x|) - 1, |tanh x| = -t / (2 + t): exact at zero without a branch, and it never overflows.
template <class M, class V = typename M::V>
constexpr V forward(const Tanh&, M m, V x) {
  const V t = m.expm1(m(-2) * m.abs(x));
  return m.copysign(m.over(t, 2, t), x);
}
template <class M, class V = typename M::V>
constexpr V derivative(const Tanh&, M m, V x) {
  const V e = m.decay(m(2) * m.abs(x));
  return m(4) * e / m.fma(e, e + m(2), m(1));  // 4 e / (1 + e)^2
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Tanh&, M m, V y) {
  return m.fma(m(0) - y, y, m(1));
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// logsigmoid(x) = log(1 / (1 + exp(-x))), the logarithm of the probability that a sigmoid gives.
#ifndef LOSSACT_ACTIVATION_LOGSIGMOID_H_
#define LOSSACT_ACTIVATION_LOGSIGMOID_H_
#include "lossact/define.h"
namespace lossact {
struct Logsigmoid {
  static constexpr About about = {
      .name = "logsigmoid",
      .formula = "-log(1 + exp(-x))",
      .source = "Good 1952",
  };
  static constexpr Torch torch = {.module = "LogSigmoid"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Logsigmoid> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {};
  constexpr Facts facts() const {
    return {.range = {-inf, 0}, .increasing = true, .right = 0, .lipschitz = 1, .float_suffices = {-80, 80}};
  }
};
inline constexpr Callable<Logsigmoid> logsigmoid;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// min(x, 0) - log(1 + exp(-|x|)): nothing overflows and nothing cancels.
template <class M, class V = typename M::V>
constexpr V forward(const Logsigmoid&, M m, V x) {
  return m.min(x, m(0)) - m.log1p_unit(m.decay(m.abs(x)));
}
// The sigmoid of -x.
template <class M, class V = typename M::V>
constexpr V derivative(const Logsigmoid&, M m, V x) {
  return m.logistic(1, m(0) - x);
}
// 1 - exp(y)
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Logsigmoid&, M m, V y) {
  return m(0) - m.expm1(m.max(y, m(-60)));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// sigmoid(x) = 1 / (1 + exp(-x)), a probability from a number.
#ifndef LOSSACT_ACTIVATION_SIGMOID_H_
#define LOSSACT_ACTIVATION_SIGMOID_H_
#include "lossact/define.h"
namespace lossact {
struct Sigmoid {
  static constexpr About about = {
      .name = "sigmoid",
      .formula = "1 / (1 + exp(-x))",
      .source = "Verhulst 1845",
      .note = "Its slope is at most a quarter, so gradients shrink with every layer they pass.",
      .compared = true,
  };
  static constexpr Torch torch = {};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Sigmoid> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {};
  static constexpr Passes rounds_once = {.forward = false, .derivative = false};
  constexpr Facts facts() const {
    return {.range = {0, 1}, .increasing = true, .left = 0, .right = 1, .lipschitz = 0.25, .float_suffices = {-80, 80}};
  }
};
inline constexpr Callable<Sigmoid> sigmoid;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// With e = exp(-|x|) nothing overflows, and neither tail is a difference.
template <class M, class V = typename M::V>
constexpr V forward(const Sigmoid&, M m, V x) {
  return m.logistic(1, x);
}
template <class M, class V = typename M::V>
constexpr V derivative(const Sigmoid&, M m, V x) {
  const V e = m.decay(m.abs(x));
  return e / m.fma(e, e + m(2), m(1));  // e / (1 + e)^2
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Sigmoid&, M m, V y) {
  return m.fma(m(0) - y, y, y);
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

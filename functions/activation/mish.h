// mish(x) = x tanh(softplus(x)), a smooth, non-monotone cousin of ReLU.
#ifndef LOSSACT_ACTIVATION_MISH_H_
#define LOSSACT_ACTIVATION_MISH_H_
#include "lossact/define.h"
namespace lossact {
struct Mish {
  static constexpr About about = {
      .name = "mish",
      .formula = "x * tanh(log(1 + exp(x)))",
      .source = "Misra 2019, arXiv:1908.08681",
      .claim = {.against = "relu",
                .text = "+1.671 % top-1 accuracy over ReLU on CIFAR-100, with a Squeeze-Excite network"},
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "inplace"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Mish> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {.derivative = false};  // beside its zero a slope asks for more digits
  constexpr Facts facts() const {
    return {.range = {-0.30884342, inf}, .left = 0, .lipschitz = 1.0885, .float_suffices = {-80, inf}};
  }
};
inline constexpr Callable<Mish> mish;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// tanh(log(1 + e)) = n / (n + 2) with e = exp(x), n = e^2 + 2e: one exp, one division, no cancellation.
// Beyond 30 the ratio is 1 even in double, below -90 it is e; at -1000 that is 0, and x must stay finite.
template <class M, class V = typename M::V>
constexpr V forward(const Mish&, M m, V x) {
  const V c = m.min(x, m(30));
  const V e = m.exp(c);
  const V n = m.fma(e, e, m(2) * e);
  return m.select(m.gt(x, m(-90)), x * (n / (n + m(2))), m.exp(c, m.max(x, m(-1000))));
}

// f'(x) = e w / d with w = x + 1 + e (x + 3/2 + e q), q = 1 + e / 4 and d = (n / 2 + 1)^2 = 1 + e (2 + e (2 + e q)):
// what cancels around the zero at -1.19 is x + 1, exactly. Beyond 22 the slope is 1 even in double; at -1000 it is 0,
// and w must stay finite.
template <class M, class V = typename M::V>
constexpr V derivative(const Mish&, M m, V x) {
  const V c = m.clamp(x, m(-1000), m(22));
  const V e = m.decay(-1, c);
  const V q = m.fma(m(0.25), e, m(1));
  const V w = m.fma(e, m.fma(e, q, c + m(1.5)), c + m(1));
  const V d = m.fma(e, m.fma(e, m.fma(e, q, m(2)), m(2)), m(1));
  return m.exp(c, w, d);
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// mish(x) = x tanh(softplus(x)), a smooth, non-monotone cousin of ReLU.
#ifndef LOSSACT_ACTIVATION_MISH_H_
#define LOSSACT_ACTIVATION_MISH_H_
#include "lossact/family.h"
namespace lossact {
struct Mish {
  static constexpr About about = {
      .name = "mish",
      .formula = "x * tanh(log(1 + exp(x)))",
      .source = "Misra 2019, arXiv:1908.08681",
  };
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const {
    return {.range = {-0.30884342, inf}, .left = 0, .lipschitz = 1.0885, .float_suffices = {-80, inf}};
  }
};
inline constexpr Activation<Mish> mish;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// tanh(log(1 + e)) = n / (n + 2) with e = exp(x), n = e^2 + 2e: one exp, one division, no cancellation.
// Beyond 30 the ratio is 1 even in double; below -1000 exp is 0 even in double, and x must stay finite.
template <class M, class V = typename M::V>
constexpr V forward(const Mish&, M m, V x) {
  const V e = m.exp(m.min(x, m(30)));
  const V n = m.fma(e, e, e + e);
  return m.max(x, m(-1000)) * (n / (n + m(2)));
}

// f'(x) = n / (n + 2) + 4 x e (e + 1) / (n + 2)^2
template <class M, class V = typename M::V>
constexpr V derivative(const Mish&, M m, V x) {
  const V c = m.clamp(x, m(-1000), m(30));
  const V e = m.exp(c);
  const V n = m.fma(e, e, e + e);
  const V r = m(1) / (n + m(2));
  return n * r + m(4) * c * (e * r) * ((e + m(1)) * r);
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// softsign(x) = x / (1 + |x|), a sigmoid that reaches its bounds slowly.
#ifndef LOSSACT_ACTIVATION_SOFTSIGN_H_
#define LOSSACT_ACTIVATION_SOFTSIGN_H_
#include "lossact/define.h"
namespace lossact {
struct Softsign {
  static constexpr About about = {
      .name = "softsign",
      .formula = "x / (1 + abs(x))",
      .source = "Turian, Bergstra and Bengio 2009",
  };
  static constexpr Torch torch = {};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Softsign> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const {
    return {.range = {-1, 1}, .increasing = true, .odd = true, .left = -1, .right = 1, .lipschitz = 1};
  }
};
inline constexpr Callable<Softsign> softsign;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// Beyond 1e30 the ratio is 1 even in double, and infinity divided by infinity would be NaN.
template <class M, class V = typename M::V>
constexpr V forward(const Softsign&, M m, V x) {
  const V a = m.min(m.abs(x), m(1e30));
  return m.copysign(a / (m(1) + a), x);
}
template <class M, class V = typename M::V>
constexpr V derivative(const Softsign&, M m, V x) {
  const V r = m(1) / (m(1) + m.abs(x));
  return r * r;
}
// 1 / (1 + |x|) = 1 - |y|
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Softsign&, M m, V y) {
  return (m(1) - m.abs(y)) * (m(1) - m.abs(y));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// hardswish(x) = x min(max(x + 3, 0), 6) / 6: a silu of a parabola and two straight lines.
#ifndef LOSSACT_ACTIVATION_HARDSWISH_H_
#define LOSSACT_ACTIVATION_HARDSWISH_H_
#include "lossact/define.h"
namespace lossact {
struct Hardswish {
  static constexpr About about = {
      .name = "hardswish",
      .formula = "x * min(max(x + 3, 0), 6) / 6 if x > -3 else 0 * x",
      .source = "Howard et al. 2019, arXiv:1905.02244",
  };
  static constexpr Torch torch = {.arguments = "inplace"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Hardswish> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const {
    return {.range = {-0.375, inf},
            .left = 0,
            .lipschitz = 1.5,
            .kinks = {{.at = -3, .slope = 0}, {.at = 3, .slope = 1}}};  // as PyTorch
  }
};
inline constexpr Callable<Hardswish> hardswish;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// The factor first, for the product with 6 may overflow; below -3 it is 0, and x must stay finite.
template <class M, class V = typename M::V>
constexpr V forward(const Hardswish&, M m, V x) {
  return m.max(x, m(-3)) * (m.clamp(x + m(3), m(0), m(6)) * m(1.0 / 6));
}
// Between, (x + 3 / 2) / 3: what cancels does so exactly.
template <class M, class V = typename M::V>
constexpr V derivative(const Hardswish&, M m, V x) {
  const V between = (m.min(x, m(3)) + m(1.5)) * m(1.0 / 3);
  return m.select(m.gt(x, m(-3)), m.select(m.gt(m(3), x), between, m(1)), m(0));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

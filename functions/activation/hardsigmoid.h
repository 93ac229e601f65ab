// hardsigmoid(x) = min(max(x + 3, 0), 6) / 6: a sigmoid of three straight lines.
#ifndef LOSSACT_ACTIVATION_HARDSIGMOID_H_
#define LOSSACT_ACTIVATION_HARDSIGMOID_H_
#include "lossact/define.h"
namespace lossact {
struct Hardsigmoid {
  static constexpr About about = {
      .name = "hardsigmoid",
      .formula = "min(max(x + 3, 0), 6) / 6",
      .source =
          "Courbariaux, Bengio and David 2015, arXiv:1511.00363; with this slope Howard et al. 2019, arXiv:1905.02244",
  };
  static constexpr Torch torch = {.arguments = "inplace"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Hardsigmoid> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const {
    return {.range = {0, 1},
            .increasing = true,
            .left = 0,
            .right = 1,
            .lipschitz = 1.0 / 6,
            .kinks = {{.at = -3, .slope = 0}, {.at = 3, .slope = 0}}};  // as PyTorch
  }
};
inline constexpr Callable<Hardsigmoid> hardsigmoid;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Hardsigmoid&, M m, V x) {
  return m.clamp(x + m(3), m(0), m(6)) * m(1.0 / 6);
}
template <class M, class V = typename M::V>
constexpr V derivative(const Hardsigmoid&, M m, V x) {
  return m.select(m.gt(m(3), m.abs(x)), m(1.0 / 6), m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Hardsigmoid&, M m, V y) {
  return m.select(m.gt(y, m(0)), m.select(m.gt(m(1), y), m(1.0 / 6), m(0)), m(0));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// relu6(x) = min(max(x, 0), 6): a ReLU that stops at 6, so that few bits hold it.
#ifndef LOSSACT_ACTIVATION_RELU6_H_
#define LOSSACT_ACTIVATION_RELU6_H_
#include "lossact/define.h"
namespace lossact {
struct Relu6 {
  static constexpr About about = {
      .name = "relu6",
      .formula = "min(max(x, 0), 6)",
      .source = "Krizhevsky 2010",
  };
  static constexpr Torch torch = {.arguments = "inplace", .module = "ReLU6"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Relu6> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr bool exact = true;
  constexpr Facts facts() const {
    return {.range = {0, 6},
            .increasing = true,
            .left = 0,
            .right = 6,
            .lipschitz = 1,
            .kinks = {{.at = 0, .slope = 0}, {.at = 6, .slope = 0}}};  // as PyTorch and JAX
  }
};
inline constexpr Callable<Relu6> relu6;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Relu6&, M m, V x) {
  return m.clamp(x, m(0), m(6));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Relu6&, M m, V x) {
  return m.select(m.gt(x, m(0)), m.select(m.gt(m(6), x), m(1), m(0)), m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Relu6& p, M m, V y) {
  return derivative(p, m, y);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

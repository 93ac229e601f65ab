// relu(x) = max(x, 0): the positive part.
#ifndef LOSSACT_ACTIVATION_RELU_H_
#define LOSSACT_ACTIVATION_RELU_H_
#include "lossact/define.h"
namespace lossact {
struct Relu {
  static constexpr About about = {
      .name = "relu",
      .formula = "x if x > 0 else 0 * x",
      .source = "Nair and Hinton 2010",
      .note = "A unit whose inputs are all below zero has no gradient: it is dead until they rise.",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "inplace", .module = "ReLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Relu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr bool exact = true;
  constexpr Facts facts() const {
    return {.range = {0, inf},
            .increasing = true,
            .convex = true,
            .left = 0,
            .lipschitz = 1,
            .kinks = {{.at = 0, .slope = 0}}};  // as PyTorch and JAX
  }
};
inline constexpr Callable<Relu> relu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Relu&, M m, V x) {
  return m.max(x, m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Relu&, M m, V x) {
  return m.select(m.gt(x, m(0)), m(1), m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Relu& p, M m, V y) {
  return derivative(p, m, y);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

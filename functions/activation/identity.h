// identity(x) = x: no activation at all, which leaves a network of any depth one linear map.
#ifndef LOSSACT_ACTIVATION_IDENTITY_H_
#define LOSSACT_ACTIVATION_IDENTITY_H_
#include "lossact/define.h"
namespace lossact {
struct Identity {
  static constexpr About about = {
      .name = "identity",
      .formula = "x",
      .source = "the linear neuron: Widrow and Hoff 1960",
      .note = "Layers with nothing between them are one linear layer, however many they are.",
      .compared = true,
  };
  static constexpr Torch torch = {};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Identity> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr bool exact = true;
  constexpr Facts facts() const { return {.increasing = true, .odd = true, .convex = true, .lipschitz = 1}; }
};
inline constexpr Callable<Identity> identity;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Identity&, M, V x) {
  return x;
}
template <class M, class V = typename M::V>
constexpr V derivative(const Identity&, M m, V) {
  return m(1);
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Identity&, M m, V) {
  return m(1);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

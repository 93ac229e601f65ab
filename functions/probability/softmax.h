// softmax(x)[c] = exp(x[c]) / sum exp(x), the probability of each class.
#ifndef LOSSACT_PROBABILITY_SOFTMAX_H_
#define LOSSACT_PROBABILITY_SOFTMAX_H_
#include "lossact/define.h"
namespace lossact {
struct Softmax {
  Weights mask = {};

  static constexpr About about = {
      .name = "softmax",
      .formula = "exp(x[c]) / sum(exp(x))",
      .source = "Bridle 1990",
      .note = "An element that is masked has probability 0, and so has a row of nothing else.",
  };
  static constexpr Torch torch = {.arguments = "dim, _stacklevel, dtype"};
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Softmax> arguments[] = {{.name = "input", .gradient = true},
                                                    {.name = "mask",
                                                     .weighs = true,
                                                     .divides = false,
                                                     .option = &Softmax::mask,
                                                     .constraint = Constraint::mask,
                                                     .says = "1 where an element takes part, 0 where it is left out"}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Meaning meaning = Meaning::probabilities;
  constexpr Facts facts() const { return {.range = {0, 1}, .convex = true, .left = inf, .right = 0}; }
};
inline constexpr Callable<Softmax> softmax;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class C, class V = typename M::V>
constexpr V forward(const Softmax&, M, C c) {
  return c.probability;
}
// p = exp(-surprise)
template <class M, class C, class V = typename M::V>
constexpr V derivative(const Softmax&, M m, C c) {
  return m(0) - c.probability;
}
template <class M, class V = typename M::V>
constexpr V probability_from_output(const Softmax&, M, V y) {
  return y;
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Softmax&, M m, V y) {
  return m(0) - y;
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

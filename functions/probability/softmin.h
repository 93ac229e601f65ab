// softmin(x)[c] = exp(-x[c]) / sum exp(-x): the smaller x[c] against the others, as an energy or a cost, the likelier
// c.
#ifndef LOSSACT_PROBABILITY_SOFTMIN_H_
#define LOSSACT_PROBABILITY_SOFTMIN_H_
#include "lossact/define.h"
namespace lossact {
struct Softmin {
  Weights mask = {};

  static constexpr About about = {
      .name = "softmin",
      .formula = "exp(-x[c]) / sum(exp(-x))",
      .source = "Gibbs 1902; Bridle 1990",
      .note = "The softmax of -x.",
  };
  static constexpr Torch torch = {.arguments = "dim, _stacklevel, dtype"};
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Softmin> arguments[] = {{.name = "input", .gradient = true, .negated = true},
                                                    {.name = "mask",
                                                     .weighs = true,
                                                     .divides = false,
                                                     .option = &Softmin::mask,
                                                     .constraint = Constraint::mask,
                                                     .says = "1 where an element takes part, 0 where it is left out"}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Meaning meaning = Meaning::probabilities;
  constexpr Facts facts() const { return {.range = {0, 1}, .convex = true, .left = inf, .right = 0}; }
};
inline constexpr Callable<Softmin> softmin;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class C, class V = typename M::V>
constexpr V forward(const Softmin&, M, C c) {
  return c.probability;
}
// p = exp(-surprise)
template <class M, class C, class V = typename M::V>
constexpr V derivative(const Softmin&, M m, C c) {
  return m(0) - c.probability;
}
template <class M, class V = typename M::V>
constexpr V probability_from_output(const Softmin&, M, V y) {
  return y;
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Softmin&, M m, V y) {
  return m(0) - y;
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

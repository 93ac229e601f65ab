// sparsemax(x)[c] = max(0, x[c] - threshold(x)), the probabilities that are nearest to x: those of small elements are
// 0.
#ifndef LOSSACT_PROBABILITY_SPARSEMAX_H_
#define LOSSACT_PROBABILITY_SPARSEMAX_H_
#include "lossact/define.h"
namespace lossact {
struct Sparsemax {
  Weights mask = {};

  static constexpr About about = {
      .name = "sparsemax",
      .formula = "max(0, x[c] - threshold(x))",
      .source = "Martins and Astudillo 2016, arXiv:1602.02068",
      .note = "The threshold makes the sum of a row 1. What is at it or below has probability 0 and no gradient.",
  };
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::elements;
  static constexpr Statistic statistic = Statistic::threshold;
  static constexpr Argument<Sparsemax> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "mask",
       .weighs = true,
       .divides = false,
       .option = &Sparsemax::mask,
       .constraint = Constraint::mask,
       .says = "1 where an element takes part, 0 where it is left out"}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Meaning meaning = Meaning::probabilities;
  static constexpr double whole = 1;  // so far above the threshold an element has probability 1
  constexpr Facts facts() const { return {.range = {0, 1}, .left = nan, .right = nan}; }
};
inline constexpr Callable<Sparsemax> sparsemax;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// Of what an element is above the threshold.
template <class M, class V = typename M::V>
constexpr V forward(const Sparsemax&, M m, V above) {
  return m.max(above, m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Sparsemax&, M m, V above) {
  return m.select(m.gt(above, m(0)), m(1), m(0));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

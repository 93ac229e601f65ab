// log_softmax(x)[c] = x[c] - log sum exp(x), the logarithm of each class's probability.
#ifndef LOSSACT_PROBABILITY_LOG_SOFTMAX_H_
#define LOSSACT_PROBABILITY_LOG_SOFTMAX_H_
#include "lossact/define.h"
namespace lossact {
struct LogSoftmax {
  Weights mask = {};

  static constexpr About about = {
      .name = "log_softmax",
      .formula = "x[c] - log(sum(exp(x)))",
      .source = "Bridle 1990",
      .note = "The logarithm of an element that is masked is -inf, and so is all of a row of nothing else.",
  };
  static constexpr Torch torch = {.arguments = "dim, _stacklevel, dtype"};
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::elements;
  static constexpr Argument<LogSoftmax> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "mask",
       .weighs = true,
       .divides = false,
       .option = &LogSoftmax::mask,
       .constraint = Constraint::mask,
       .says = "1 where an element takes part, 0 where it is left out"}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Meaning meaning = Meaning::log_probabilities;
  constexpr Facts facts() const {
    return {.range = {-inf, 0}, .convex = true, .left = inf, .right = -inf, .lipschitz = 1};
  }
};
inline constexpr Callable<LogSoftmax> log_softmax;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class C, class V = typename M::V>
constexpr V forward(const LogSoftmax&, M m, C c) {
  return m(0) - c.surprise;
}
template <class M, class C, class V = typename M::V>
constexpr V derivative(const LogSoftmax&, M m, C) {
  return m(-1);
}
template <class M, class V = typename M::V>
constexpr V probability_from_output(const LogSoftmax&, M m, V y) {
  return m.exp(y);
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const LogSoftmax&, M m, V) {
  return m(-1);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

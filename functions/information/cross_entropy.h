// cross_entropy(p, q) = sum p (-log q), the information that an event of p brings on average to one who expected q.
#ifndef LOSSACT_INFORMATION_CROSS_ENTROPY_H_
#define LOSSACT_INFORMATION_CROSS_ENTROPY_H_
#include "lossact/information.h"
namespace lossact::information {
struct CrossEntropy {
  double base = std::numbers::e;  // e counts in nats, 2 in bits

  static constexpr About about = {
      .name = "cross_entropy",
      .formula = "-sum(p * log(q)) / log(base)",
      .source = "Kerridge 1961, as inaccuracy",
      .note = "It is the entropy of p and the divergence of q from p, together.",
  };
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<CrossEntropy> arguments[] = {
      {.name = "p", .constraint = Constraint::distribution, .says = "what is the case"},
      {.name = "q", .gradient = true, .constraint = Constraint::distribution, .says = "what was expected"}};
  static constexpr auto parameters = std::tuple{Parameter{"base", &CrossEntropy::base, {.low = 0}}};
  constexpr std::string_view refusal() const { return refused_base(base); }
  constexpr Facts facts() const { return {.range = {0, inf}, .convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<CrossEntropy> cross_entropy;
}  // namespace lossact::information
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const information::CrossEntropy&, M m, V p, V q) {
  return m.select(m.eq(p, m(0)), m(0), m(0) - p * m.log(q));  // what never comes costs nothing
}
// In q.
template <class M, class V = typename M::V>
constexpr V derivative(const information::CrossEntropy&, M m, V p, V q) {
  return m.select(m.eq(p, m(0)), m(0), m(0) - p / q);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

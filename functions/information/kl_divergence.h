// kl_divergence(p, q) = sum p log(p / q), the information that is wasted on average by expecting q where p is the case.
#ifndef LOSSACT_INFORMATION_KL_DIVERGENCE_H_
#define LOSSACT_INFORMATION_KL_DIVERGENCE_H_
#include "lossact/information.h"
namespace lossact::information {
struct KlDivergence {
  double base = std::numbers::e;  // e counts in nats, 2 in bits

  static constexpr About about = {
      .name = "kl_divergence",
      .formula = "sum(p * log(p / q)) / log(base)",
      .source = "Kullback and Leibler 1951",
      .note = "Not a distance: exchanging p and q gives another number.",
  };
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<KlDivergence> arguments[] = {
      {.name = "p", .constraint = Constraint::distribution, .says = "what is the case"},
      {.name = "q", .gradient = true, .constraint = Constraint::distribution, .says = "what was expected"}};
  static constexpr auto parameters = std::tuple{Parameter{"base", &KlDivergence::base, {.low = 0}}};
  constexpr std::string_view refusal() const { return refused_base(base); }
  constexpr Facts facts() const { return {.range = {0, inf}, .convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<KlDivergence> kl_divergence;
}  // namespace lossact::information
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// The logarithm of the ratio from the difference, which is exact where p and q are close; where one of them is next to
// nothing the ratio may overflow.
template <class M, class V = typename M::V>
constexpr V forward(const information::KlDivergence&, M m, V p, V q) {
  const V d = p - q, less = m.min(p, q);
  const V log_ratio = m.select(m.gt(less, m(1e-290)), m.copysign(m.log1p(m.abs(d) / less), d), m.log(p) - m.log(q));
  return m.select(m.eq(p, m(0)), m(0), p * log_ratio);
}
// In q; the entropy of p does not depend on it, so this is the cross entropy's.
template <class M, class V = typename M::V>
constexpr V derivative(const information::KlDivergence&, M m, V p, V q) {
  return m.select(m.eq(p, m(0)), m(0), m(0) - p / q);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

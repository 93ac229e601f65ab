// binary_cross_entropy_with_logits(x, y) = -y log sigmoid(x) - (1 - y) log sigmoid(-x): the surprise of an answer, yes
// or no, in nats, where x is the log odds of yes.
#ifndef LOSSACT_CLASSIFICATION_BINARY_CROSS_ENTROPY_WITH_LOGITS_H_
#define LOSSACT_CLASSIFICATION_BINARY_CROSS_ENTROPY_WITH_LOGITS_H_
#include "lossact/define.h"
namespace lossact {
struct BinaryCrossEntropyWithLogits {
  Weights weight = {};  // one per element; the mean divides by their number, as PyTorch's
  Reduction reduction = Reduction::mean;
  Weights pos_weight = {};
  double empty_mean = nan;

  static constexpr About about = {
      .name = "binary_cross_entropy_with_logits",
      .formula = "pos_weight * y * log(1 + exp(-x)) + (1 - y) * log(1 + exp(x))",
      .source = "Good 1952",
      .note =
          "The sigmoid is part of the loss: by itself it rounds to 1 above 17, and the surprise at a no would be "
          "infinite.",
  };
  static constexpr Torch torch = {.arguments = "weight, size_average, reduce, reduction, pos_weight",
                                  .module = "BCEWithLogitsLoss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<BinaryCrossEntropyWithLogits> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "target", .gradient = true, .says = "the probability of yes"},
      {.name = "weight",
       .weighs = true,
       .divides = false,
       .option = &BinaryCrossEntropyWithLogits::weight,
       .constraint = Constraint::not_negative},
      {.name = "pos_weight",
       .extent = Extent::channel,
       .option = &BinaryCrossEntropyWithLogits::pos_weight,
       .constraint = Constraint::not_negative,
       .says = "how much a yes counts beside a no"}};
  static constexpr auto parameters = std::tuple{Parameter{"reduction", &BinaryCrossEntropyWithLogits::reduction},
                                                Parameter{"empty_mean", &BinaryCrossEntropyWithLogits::empty_mean}};
  static constexpr Meaning input = Meaning::logits;
  constexpr Facts facts() const { return {.convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<BinaryCrossEntropyWithLogits> binary_cross_entropy_with_logits;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// With e = exp(-|x|), log(1 + exp(x)) = log(1 + e) + max(x, 0), likewise for -x: neither overflows, and for
// probabilities no term is negative. What counts nothing is nothing even of an infinity.
template <class M, class V = typename M::V>
constexpr V forward(const BinaryCrossEntropyWithLogits&, M m, V x, V y, V pos_weight) {
  const V yes = pos_weight * y, no = m(1) - y, both = m.fma(pos_weight - m(1), y, m(1));
  const V below = m.max(m(0) - x, m(0)), above = m.max(x, m(0));
  const V far = yes * m.select(m.eq(yes, m(0)), m.min(below, m(1e300)), below) +
                no * m.select(m.eq(no, m(0)), m.min(above, m(1e300)), above);
  return m.fma(both, m.log1p_unit(m.decay(m.abs(x))), far);
}
// In the input no p - yes (1 - p), p being sigmoid(x); in the target pos_weight log(1 + exp(-x)) - log(1 + exp(x)), and
// the difference of these logarithms is x.
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const BinaryCrossEntropyWithLogits&, M m, V x, V y, V pos_weight) {
  const V yes = pos_weight * y, no = m(1) - y, more = pos_weight - m(1), e = m.decay(m.abs(x));
  const V slope = m.select(m.gt(m(0), x), m.fma(e, no, m(0) - yes), m.fma(m(0) - e, yes, no)) / (m(1) + e);
  const V of_yes = m.log1p_unit(e) + m.max(m(0) - x, m(0));
  return {slope, m.select(m.eq(more, m(0)), m(0), more * of_yes) - x};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

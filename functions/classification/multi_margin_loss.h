// multi_margin_loss(x, k): the mean over the classes of max(0, margin - x[k] + x[c])^p, but for the class k itself.
#ifndef LOSSACT_CLASSIFICATION_MULTI_MARGIN_LOSS_H_
#define LOSSACT_CLASSIFICATION_MULTI_MARGIN_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct MultiMarginLoss {
  std::int64_t p = 1;
  double margin = 1;
  Weights weight = {};
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "multi_margin_loss",
      .formula = "(sum(max(0, margin - x[y] + x)**p) - max(0, margin)**p) / C",
      .source = "Crammer and Singer 2001",
      .note =
          "A class's weight multiplies its rows' losses, and a mean divides by their number, as in PyTorch. C is "
          "the number of classes.",
  };
  static constexpr Torch torch = {.arguments = "p, margin, weight, size_average, reduce, reduction"};
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<MultiMarginLoss> arguments[] = {{.name = "input", .gradient = true},
                                                            {.name = "target", .extent = Extent::class_index},
                                                            {.name = "weight",
                                                             .extent = Extent::channel,
                                                             .weighs = true,
                                                             .divides = false,
                                                             .option = &MultiMarginLoss::weight,
                                                             .constraint = Constraint::not_negative,
                                                             .says = "how much a class counts"}};
  static constexpr auto parameters = std::tuple{
      Parameter{"p", &MultiMarginLoss::p, {1, 2}, "the power"},
      Parameter{"margin", &MultiMarginLoss::margin, {}, "by how much a row's class should be above the others"},
      Parameter{"reduction", &MultiMarginLoss::reduction}, Parameter{"empty_mean", &MultiMarginLoss::empty_mean}};
  static constexpr Meaning input = Meaning::logits;
  constexpr Facts facts() const { return {.range = {0, inf}, .convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<MultiMarginLoss> multi_margin_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
/// By how much a class is too near, and how fast its power grows; 0 of the row's own class and of what is far enough.
template <class M, class V = typename M::V>
constexpr std::array<V, 2> terms(const MultiMarginLoss& p, M m, V x, TargetClass<V> target) {
  const V z = m.max((x - target.input) + m(p.margin), m(0));
  const V slope = p.p == 1 ? m.select(m.gt(z, m(0)), m(1), m(0)) : m(2) * z;
  const auto own = m.eq(target.is_here, m(1));
  return {m.select(own, m(0), p.p == 1 ? z : z * z), m.select(own, m(0), slope)};
}
template <class M, class V = typename M::V>
constexpr std::array<V, 3> finish(const MultiMarginLoss&, M m, std::array<V, 2> sums, V n, V) {
  return {sums[0] / n, m(1) / n, m(0) - sums[1] / n};
}
template <class M, class V = typename M::V>
constexpr std::array<V, 1> slopes(const MultiMarginLoss& p, M m, std::array<V, 2> found, V x, TargetClass<V> target) {
  return {m.select(m.eq(target.is_here, m(1)), found[1], found[0] * terms(p, m, x, target)[1])};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

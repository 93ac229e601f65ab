// margin_ranking_loss(a, b, y) = max(0, margin - y (a - b)): a should be above b by a margin where y is 1, below it
// where y is -1.
#ifndef LOSSACT_CLASSIFICATION_MARGIN_RANKING_LOSS_H_
#define LOSSACT_CLASSIFICATION_MARGIN_RANKING_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct MarginRankingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "margin_ranking_loss",
      .formula = "max(0, margin - target * (x - y))",
      .source = "Herbrich, Graepel and Obermayer 1999",
      .note =
          "Two scores are ranked by their difference, so that what they are is free. At the kink the slope is that "
          "of the line, as PyTorch's: two equal scores are pulled apart.",
  };
  static constexpr Torch torch = {.arguments = "margin, size_average, reduce, reduction"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<MarginRankingLoss> arguments[] = {
      {.name = "input1", .gradient = true},
      {.name = "input2", .gradient = true},
      {.name = "target", .gradient = true, .says = "1 where the first should be above, -1 where below"}};
  static constexpr auto parameters = std::tuple{
      Parameter{"margin", &MarginRankingLoss::margin, {}, "by how much one should be above the other"},
      Parameter{"reduction", &MarginRankingLoss::reduction}, Parameter{"empty_mean", &MarginRankingLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const {
    return {.range = {0, inf}, .convex = true, .of_difference = true, .left = inf, .right = 0};
  }
};
inline constexpr Callable<MarginRankingLoss> margin_ranking_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const MarginRankingLoss& p, M m, V a, V b, V y) {
  return m.max(m.fma(m(0) - y, a - b, m(p.margin)), m(0));
}
// On which side of the kink what the difference lost may decide.
template <class M, class V = typename M::V>
constexpr std::array<V, 3> derivatives(const MarginRankingLoss& p, M m, V a, V b, V y) {
  const V d = a - b, part = a - d, lost = (a - (d + part)) + (part - b), z = m.fma(m(0) - y, d, m(p.margin));
  const auto enough = m.gt(m(0), m.select(m.eq(z, m(0)), m(0) - y * lost, z));
  return {m.select(enough, m(0), m(0) - y), m.select(enough, m(0), y), m.select(enough, m(0), m(0) - d)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

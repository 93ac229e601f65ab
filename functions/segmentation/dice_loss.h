// dice_loss(x, y) = 1 - (2 sum(x y) + smooth) / (sum(x) + sum(y) + smooth): how little two sets have in common, of
// which each element is a member with a probability.
#ifndef LOSSACT_SEGMENTATION_DICE_LOSS_H_
#define LOSSACT_SEGMENTATION_DICE_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct DiceLoss {
  double smooth = 1;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "dice_loss",
      .formula = "1 - (2 * sum(x * y) + smooth) / (sum(x) + sum(y) + smooth)",
      .source = "Dice 1945; as a loss Milletari, Navab and Ahmadi 2016, arXiv:1606.04797",
      .note = "An image is one set: its elements are one row. Two empty sets are alike unless smooth is 0, then NaN.",
  };
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<DiceLoss> arguments[] = {
      {.name = "input", .gradient = true, .constraint = Constraint::probability},
      {.name = "target",
       .gradient = true,
       .constraint = Constraint::probability,
       .says = "1 of a member, 0 of others"}};
  static constexpr auto parameters =
      std::tuple{Parameter{"smooth", &DiceLoss::smooth, {.low = 0}, "elements that both sets are given beside theirs"},
                 Parameter{"reduction", &DiceLoss::reduction}, Parameter{"empty_mean", &DiceLoss::empty_mean}};
  static constexpr Meaning input = Meaning::probabilities;
  constexpr Facts facts() const { return {.range = {0, 1}, .left = nan, .right = nan}; }
};
inline constexpr Callable<DiceLoss> dice_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr std::array<V, 3> terms(const DiceLoss&, M m, V x, V y) {
  return {x * y, x + y, m.fma(x, m(1) - y, y * (m(1) - x))};
}
// 1 - (2 both + s) / (all + s) = (all - 2 both) / (all + s), whose numerator is a sum of its own: x + y - 2 x y.
template <class M, class V = typename M::V>
constexpr std::array<V, 3> finish(const DiceLoss& p, M m, std::array<V, 3> sums, V) {
  const V all = sums[1] + m(p.smooth), alike = m.fma(m(2), sums[0], m(p.smooth));
  return {sums[2] / all, m(-2) / all, alike / (all * all)};
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> slopes(const DiceLoss&, M m, std::array<V, 2> found, V x, V y) {
  return {m.fma(found[0], y, found[1]), m.fma(found[0], x, found[1])};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// l1_loss(x, y) = |x - y|, the absolute error.
#ifndef LOSSACT_REGRESSION_L1_LOSS_H_
#define LOSSACT_REGRESSION_L1_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct L1Loss {
  Reduction reduction = Reduction::mean;
  Weights weight = {};  // one per element; the mean divides by their sum
  double empty_mean = nan;

  static constexpr About about = {
      .name = "l1_loss",
      .formula = "abs(x - y)",
      .source = "Boscovich 1757, Laplace 1793",
      .note = "It is least at the median of the targets, where the squared error is at their mean.",
  };
  static constexpr Torch torch = {.arguments = "size_average, reduce, reduction, weight", .module = "L1Loss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<L1Loss> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "target", .gradient = true},
      {.name = "weight", .weighs = true, .option = &L1Loss::weight, .constraint = Constraint::not_negative}};
  static constexpr auto parameters =
      std::tuple{Parameter{"reduction", &L1Loss::reduction}, Parameter{"empty_mean", &L1Loss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const {
    return {.range = {0, inf}, .even = true, .convex = true, .of_difference = true, .left = inf, .lipschitz = 1};
  }
};
inline constexpr Callable<L1Loss> l1_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const L1Loss&, M m, V x, V y) {
  return m.abs(x - y);
}
// The sign, and none where both are equal.
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const L1Loss&, M m, V x, V y) {
  const V slope = m.select(m.gt(x, y), m(1), m.select(m.gt(y, x), m(-1), x - y));
  return {slope, m(0) - slope};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

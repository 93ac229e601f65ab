// mse_loss(x, y) = (x - y)^2, the squared error.
#ifndef LOSSACT_REGRESSION_MSE_LOSS_H_
#define LOSSACT_REGRESSION_MSE_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct MseLoss {
  Reduction reduction = Reduction::mean;
  Weights weight = {};  // one per element; the mean divides by their sum
  double empty_mean = nan;

  static constexpr About about = {
      .name = "mse_loss",
      .formula = "(x - y)**2",
      .source = "Legendre 1805, Gauss 1809",
      .note = "The mean is over all elements, so a row of ten outputs counts each a tenth.",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "size_average, reduce, reduction, weight", .module = "MSELoss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<MseLoss> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "target", .gradient = true},
      {.name = "weight", .weighs = true, .option = &MseLoss::weight, .constraint = Constraint::not_negative}};
  static constexpr auto parameters =
      std::tuple{Parameter{"reduction", &MseLoss::reduction}, Parameter{"empty_mean", &MseLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const {
    return {.range = {0, inf}, .even = true, .convex = true, .of_difference = true, .left = inf};
  }
};
inline constexpr Callable<MseLoss> mse_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const MseLoss&, M, V x, V y) {
  const V d = x - y;
  return d * d;
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const MseLoss&, M m, V x, V y) {
  return {m(2) * (x - y), m(2) * (y - x)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

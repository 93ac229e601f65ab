// huber_loss(x, y) = d^2 / 2 where d = |x - y| is at most delta, delta (d - delta / 2) beyond: what is far off counts
// no more than in proportion.
#ifndef LOSSACT_REGRESSION_HUBER_LOSS_H_
#define LOSSACT_REGRESSION_HUBER_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct HuberLoss {
  double delta = 1;
  Reduction reduction = Reduction::mean;
  Weights weight = {};  // one per element; the mean divides by their number, as PyTorch's
  double empty_mean = nan;

  static constexpr About about = {
      .name = "huber_loss",
      .formula = "(x - y)**2 / 2 if abs(x - y) <= delta else delta * (abs(x - y) - delta / 2)",
      .source = "Huber 1964",
      .note = "A robust squared error: no target, however wrong, pulls harder than one that is off by delta.",
  };
  static constexpr Torch torch = {.arguments = "reduction, delta, weight", .module = "HuberLoss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<HuberLoss> arguments[] = {{.name = "input", .gradient = true},
                                                      {.name = "target", .gradient = true},
                                                      {.name = "weight",
                                                       .weighs = true,
                                                       .divides = false,
                                                       .option = &HuberLoss::weight,
                                                       .constraint = Constraint::not_negative}};
  static constexpr auto parameters =
      std::tuple{Parameter{"delta", &HuberLoss::delta, {1e-150, 1e150}, "from where on the loss is a line"},
                 Parameter{"reduction", &HuberLoss::reduction}, Parameter{"empty_mean", &HuberLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const {
    return {.range = {0, inf}, .even = true, .convex = true, .of_difference = true, .left = inf, .lipschitz = delta};
  }
};
inline constexpr Callable<HuberLoss> huber_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// With c = min(d, delta) both sides are c (d - c / 2).
template <class M, class V = typename M::V>
constexpr V forward(const HuberLoss& p, M m, V x, V y) {
  const V d = m.abs(x - y), c = m.min(d, m(p.delta));
  return c * m.fma(m(-0.5), c, d);
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const HuberLoss& p, M m, V x, V y) {
  const V d = m.clamp(x - y, m(-p.delta), m(p.delta));
  return {d, m(0) - d};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// smooth_l1_loss(x, y) = d^2 / (2 beta) where d = |x - y| is below beta, d - beta / 2 beyond: huber_loss / beta.
#ifndef LOSSACT_REGRESSION_SMOOTH_L1_LOSS_H_
#define LOSSACT_REGRESSION_SMOOTH_L1_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct SmoothL1Loss {
  double beta = 1;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "smooth_l1_loss",
      .formula = "abs(x - y) - beta / 2 if abs(x - y) >= beta else (x - y)**2 / (2 * beta)",
      .source = "Girshick 2015, arXiv:1504.08083",
      .note = "With beta = 0 it is l1_loss. Its slope is at most 1 whatever beta is, that of huber_loss at most delta.",
  };
  static constexpr Torch torch = {.arguments = "size_average, reduce, reduction, beta", .module = "SmoothL1Loss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<SmoothL1Loss> arguments[] = {{.name = "input", .gradient = true},
                                                         {.name = "target", .gradient = true}};
  static constexpr auto parameters =
      std::tuple{Parameter{"beta", &SmoothL1Loss::beta, {0, 1e150}, "from where on the loss is a line"},
                 Parameter{"reduction", &SmoothL1Loss::reduction}, Parameter{"empty_mean", &SmoothL1Loss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const {
    return {.range = {0, inf}, .even = true, .convex = true, .of_difference = true, .left = inf, .lipschitz = 1};
  }
};
inline constexpr Callable<SmoothL1Loss> smooth_l1_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// With c = min(d, beta) both sides are c (d - c / 2) / beta.
template <class M, class V = typename M::V>
constexpr V forward(const SmoothL1Loss& p, M m, V x, V y) {
  const V d = m.abs(x - y), c = m.min(d, m(p.beta));
  return p.beta == 0 ? d : c / m(p.beta) * m.fma(m(-0.5), c, d);
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const SmoothL1Loss& p, M m, V x, V y) {
  const V d = x - y, sign = m.select(m.gt(d, m(0)), m(1), m.select(m.gt(m(0), d), m(-1), d));
  const V slope = p.beta == 0 ? sign : m.clamp(d / m(p.beta), m(-1), m(1));
  return {slope, m(0) - slope};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

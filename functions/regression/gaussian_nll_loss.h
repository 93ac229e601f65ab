// gaussian_nll_loss(x, y, v) = (log v + (x - y)^2 / v) / 2: the surprise at y where a normal distribution of mean x and
// variance v was expected, in nats.
#ifndef LOSSACT_REGRESSION_GAUSSIAN_NLL_LOSS_H_
#define LOSSACT_REGRESSION_GAUSSIAN_NLL_LOSS_H_
#include <numbers>
#include "lossact/define.h"
namespace lossact {
struct GaussianNllLoss {
  bool full = false;
  double eps = 1e-6;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "gaussian_nll_loss",
      .formula = "(log(max(var, eps)) + (x - y)**2 / max(var, eps) + (log(2 * pi) if full else 0)) / 2",
      .source = "Nix and Weigend 1994",
      .note =
          "A network learns how sure it is: it puts out a mean and a variance for each target. A variance below eps "
          "counts as eps, in its gradient too, which therefore does not vanish there.",
  };
  static constexpr Torch torch = {.arguments = "full, eps, reduction", .module = "GaussianNLLLoss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<GaussianNllLoss> arguments[] = {
      {.name = "input", .gradient = true, .says = "the expected mean"},
      {.name = "target", .gradient = true},
      {.name = "var", .gradient = true, .constraint = Constraint::not_negative, .says = "the expected variance"}};
  static constexpr auto parameters = std::tuple{
      Parameter{"full", &GaussianNllLoss::full, {}, "adds log(2 pi) / 2, on which no gradient depends"},
      Parameter{"eps", &GaussianNllLoss::eps, {1e-300, 1e300}, "the least variance"},
      Parameter{"reduction", &GaussianNllLoss::reduction}, Parameter{"empty_mean", &GaussianNllLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const { return {.even = true, .convex = true, .of_difference = true, .left = inf}; }
};
inline constexpr Callable<GaussianNllLoss> gaussian_nll_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// d (d / v), for d^2 may overflow where the quotient does not.
template <class M, class V = typename M::V>
constexpr V forward(const GaussianNllLoss& p, M m, V x, V y, V var) {
  const V v = m.max(var, m(p.eps)), d = x - y, loss = m(0.5) * (m.log(v) + d * (d / v));
  return p.full ? loss + m(0.5 * 1.8378770664093453) : loss;  // log(2 pi)
}
template <class M, class V = typename M::V>
constexpr std::array<V, 3> derivatives(const GaussianNllLoss& p, M m, V x, V y, V var) {
  const V v = m.max(var, m(p.eps)), d = x - y, slope = d / v;
  return {slope, m(0) - slope, m(0.5) * ((m(1) - d * slope) / v)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

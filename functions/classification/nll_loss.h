// nll_loss(x, y) = -x[y] for logarithms of probabilities x: the negative log-likelihood, in nats.
#ifndef LOSSACT_CLASSIFICATION_NLL_LOSS_H_
#define LOSSACT_CLASSIFICATION_NLL_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct NllLoss {
  Weights weight = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "nll_loss",
      .formula = "-x[y]",
      .source = "Fisher 1922",
      .note = "It does not check that the rows are logarithms of probabilities: log_softmax makes them so.",
  };
  static constexpr Torch torch = {.arguments = "weight, size_average, ignore_index, reduce, reduction",
                                  .module = "NLLLoss"};
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::number;
  static constexpr Argument<NllLoss> arguments[] = {{.name = "input", .gradient = true},
                                                    {.name = "target", .extent = Extent::target, .gradient = true},
                                                    {.name = "weight",
                                                     .extent = Extent::channel,
                                                     .weighs = true,
                                                     .option = &NllLoss::weight,
                                                     .constraint = Constraint::not_negative}};
  static constexpr auto parameters =
      std::tuple{Parameter{"ignore_index", &NllLoss::ignore_index}, Parameter{"reduction", &NllLoss::reduction},
                 Parameter{"empty_mean", &NllLoss::empty_mean}};
  static constexpr Meaning input = Meaning::log_probabilities;
  constexpr Facts facts() const { return {.increasing = true, .convex = true, .lipschitz = 1}; }
};
inline constexpr Callable<NllLoss> nll_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

template <class M, class V = typename M::V>
constexpr V mass(const NllLoss&, M, V t, V w, double) {
  return w * t;
}
template <class M, class C, class V = typename M::V>
constexpr V forward(const NllLoss&, M, C c) {
  return c.surprise;
}
template <class M, class C, class V = typename M::V>
constexpr V derivative(const NllLoss&, M m, C) {
  return m(1);
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// cross_entropy(x, y) = -log softmax(x)[y], the surprise at the class that came, in nats.
#ifndef LOSSACT_CLASSIFICATION_CROSS_ENTROPY_H_
#define LOSSACT_CLASSIFICATION_CROSS_ENTROPY_H_
#include "lossact/define.h"
namespace lossact {
struct CrossEntropy {
  Weights weight = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;
  double label_smoothing = 0.0;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "cross_entropy",
      .formula = "log(sum(exp(x))) - x[y]",
      .source = "Bridle 1990; label smoothing: Szegedy et al. 2016, arXiv:1512.00567",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments =
                                      "weight, size_average, ignore_index, reduce, reduction, label_smoothing"};
  static constexpr Loop loop = Loop::row;
  static constexpr Output output = Output::number;
  static constexpr Argument<CrossEntropy> arguments[] = {{.name = "input", .gradient = true},
                                                         {.name = "target", .extent = Extent::target, .gradient = true},
                                                         {.name = "weight",
                                                          .extent = Extent::channel,
                                                          .weighs = true,
                                                          .option = &CrossEntropy::weight,
                                                          .constraint = Constraint::not_negative}};
  static constexpr auto parameters = std::tuple{Parameter{"ignore_index", &CrossEntropy::ignore_index},
                                                Parameter{"reduction", &CrossEntropy::reduction},
                                                Parameter{"label_smoothing", &CrossEntropy::label_smoothing, {0, 1}},
                                                Parameter{"empty_mean", &CrossEntropy::empty_mean}};
  static constexpr Meaning input = Meaning::logits;
  constexpr Facts facts() const { return {.range = {0, inf}, .increasing = true, .convex = true, .lipschitz = 1}; }
};
inline constexpr Callable<CrossEntropy> cross_entropy;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// How much a class counts: t is its target (1 at y, or a probability), w its weight.
template <class M, class V = typename M::V>
constexpr V mass(const CrossEntropy& p, M m, V t, V w, double classes) {
  return w * (m(1 - p.label_smoothing) * t + m(p.label_smoothing / classes));
}
template <class M, class C, class V = typename M::V>
constexpr V forward(const CrossEntropy&, M, C c) {
  return c.surprise;
}
template <class M, class C, class V = typename M::V>
constexpr V derivative(const CrossEntropy&, M m, C) {
  return m(1);
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

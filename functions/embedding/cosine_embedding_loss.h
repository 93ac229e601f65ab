// cosine_embedding_loss(a, b, y) = 1 - cos(a, b) where y is 1, max(0, cos(a, b) - margin) where y is -1: vectors that
// belong together should point the same way.
#ifndef LOSSACT_EMBEDDING_COSINE_EMBEDDING_LOSS_H_
#define LOSSACT_EMBEDDING_COSINE_EMBEDDING_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct CosineEmbeddingLoss {
  double margin = 0;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "cosine_embedding_loss",
      .formula =
          "1 - sum(x * y) / sqrt((sum(x * x) + 1e-12) * (sum(y * y) + 1e-12)) if target > 0 else "
          "max(0, sum(x * y) / sqrt((sum(x * x) + 1e-12) * (sum(y * y) + 1e-12)) - margin)",
      .source = "Hadsell, Chopra and LeCun 2006, doi:10.1109/CVPR.2006.100",
      .note =
          "What is added to the squared lengths keeps a vector of zeros from 0 / 0, as in PyTorch. At the kink the "
          "slope is that of the line, as PyTorch's. A vector with an infinite element has no direction: NaN.",
  };
  static constexpr Torch torch = {.arguments = "margin, size_average, reduce, reduction"};
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<CosineEmbeddingLoss> arguments[] = {
      {.name = "input1", .gradient = true},
      {.name = "input2", .gradient = true},
      {.name = "target",
       .extent = Extent::row,
       .constraint = Constraint::sign,
       .says = "1 where two vectors belong together, -1 where not"}};
  static constexpr auto parameters =
      std::tuple{Parameter{"margin", &CosineEmbeddingLoss::margin, {-1, 1}, "how alike may be what is to be apart"},
                 Parameter{"reduction", &CosineEmbeddingLoss::reduction},
                 Parameter{"empty_mean", &CosineEmbeddingLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const { return {.range = {0, 2}, .left = nan, .right = nan}; }
};
inline constexpr Callable<CosineEmbeddingLoss> cosine_embedding_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr std::array<V, 3> terms(const CosineEmbeddingLoss&, M, V a, V b, V) {
  return {a * b, a * a, b * b};
}
// With c = ab / sqrt(aa bb) the gradient in a is loss'(c) (b / sqrt(aa bb) - c a / aa).
template <class M, class V = typename M::V>
constexpr std::array<V, 4> finish(const CosineEmbeddingLoss& p, M m, std::array<V, 3> sums, V, V target) {
  const V aa = sums[1] + m(1e-12), bb = sums[2] + m(1e-12), length = m.sqrt(aa) * m.sqrt(bb), c = sums[0] / length;
  const auto alike = m.gt(target, m(0));
  const V slope = m.select(alike, m(-1), m.select(m.gt(m(p.margin), c), m(0), m(1)));
  return {m.select(alike, m(1) - c, m.max(c - m(p.margin), m(0))), slope / length, slope * c / aa, slope * c / bb};
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> slopes(const CosineEmbeddingLoss&, M m, std::array<V, 3> found, V a, V b, V) {
  return {m.fms(found[0], b, found[1] * a), m.fms(found[0], a, found[2] * b)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

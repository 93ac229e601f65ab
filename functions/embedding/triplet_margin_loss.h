// triplet_margin_loss(a, p, n) = max(0, d(a, p) - d(a, n) + margin): an anchor should be nearer to what is like it than
// to what is not.
#ifndef LOSSACT_EMBEDDING_TRIPLET_MARGIN_LOSS_H_
#define LOSSACT_EMBEDDING_TRIPLET_MARGIN_LOSS_H_
#include "lossact/define.h"
namespace lossact {
struct TripletMarginLoss {
  double margin = 1, p = 2, eps = 1e-6;
  bool swap = false;
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;

  static constexpr About about = {
      .name = "triplet_margin_loss",
      .formula =
          "max(0, sum(abs(x - y + eps)**p)**(1 / p) - (min(sum(abs(x - negative + eps)**p)**(1 / p), "
          "sum(abs(y - negative + eps)**p)**(1 / p)) if swap else sum(abs(x - negative + eps)**p)**(1 / p)) + margin)",
      .source = "Balntas, Riba, Ponsa and Mikolajczyk 2016; Schroff, Kalenichenko and Philbin 2015, arXiv:1503.03832",
      .note =
          "eps is added to each difference, as in PyTorch. At the kink the slope is that of the line; a distance of 0 "
          "has no slope.",
  };
  static constexpr Torch torch = {.arguments = "margin, p, eps, swap, size_average, reduce, reduction"};
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<TripletMarginLoss> arguments[] = {{.name = "anchor", .gradient = true},
                                                              {.name = "positive", .gradient = true},
                                                              {.name = "negative", .gradient = true}};
  static constexpr auto parameters =
      std::tuple{Parameter{"margin", &TripletMarginLoss::margin, {.low = 0}, "by how much one should be nearer"},
                 Parameter{"p", &TripletMarginLoss::p, {1, 64}, "of the norm"},
                 Parameter{"eps", &TripletMarginLoss::eps, {0, 1}},
                 Parameter{"swap", &TripletMarginLoss::swap, {}, "whether the positive may stand for the anchor"},
                 Parameter{"reduction", &TripletMarginLoss::reduction},
                 Parameter{"empty_mean", &TripletMarginLoss::empty_mean}};
  static constexpr Meaning input = Meaning::values;
  constexpr Facts facts() const { return {.range = {0, inf}, .left = nan, .right = nan}; }
};
inline constexpr Callable<TripletMarginLoss> triplet_margin_loss;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// |d|^e, which is 0 at 0 and d itself where e is 1.
template <class M, class V = typename M::V>
constexpr V power(M m, V d, double e) {
  if (e == 1 || e == 2) return e == 1 ? m.abs(d) : d * d;
  const V size = m.abs(d);
  return m.select(m.eq(size, m(0)), m(0), m.exp(m(e) * m.log(size)));
}
template <class M, class V = typename M::V>
constexpr std::array<V, 3> terms(const TripletMarginLoss& p, M m, V anchor, V positive, V negative) {
  const V third = p.swap ? power(m, (positive - negative) + m(p.eps), p.p) : m(0);
  return {power(m, (anchor - positive) + m(p.eps), p.p), power(m, (anchor - negative) + m(p.eps), p.p), third};
}
template <class M, class V = typename M::V>
constexpr std::array<V, 4> finish(const TripletMarginLoss& p, M m, std::array<V, 3> sums, V) {
  std::array<V, 3> d = {}, slope = {};  // the slope of a distance d in an element e is |e|^(p - 1) / d^(p - 1)
  for (std::size_t i = 0; i < 3; ++i) {
    d[i] = p.p == 2 ? m.sqrt(sums[i]) : power(m, sums[i], 1 / p.p);
    slope[i] = m.select(m.eq(d[i], m(0)), m(0), p.p == 2 ? m(1) / d[i] : d[i] / sums[i]);
  }
  const V swapped = p.swap ? m.select(m.gt(d[1], d[2]), m(1), m.select(m.eq(d[1], d[2]), m(0.5), m(0))) : m(0);
  const V z = d[0] - m.select(m.gt(swapped, m(0)), d[2], d[1]) + m(p.margin);
  const V on = m.select(m.gt(m(0), z), m(0), m(1));
  return {m.max(z, m(0)), on * slope[0], m(0) - on * (m(1) - swapped) * slope[1], m(0) - on * swapped * slope[2]};
}
// Of a distance, without what belongs to the whole row.
template <class M, class V = typename M::V>
constexpr V direction(const TripletMarginLoss& p, M m, V difference) {
  const V e = difference + m(p.eps);
  if (p.p == 2) return e;
  return m.select(m.eq(e, m(0)), m(0), m.copysign(p.p == 1 ? m(1) : power(m, e, p.p - 1), e));
}
template <class M, class V = typename M::V>
constexpr std::array<V, 3> slopes(const TripletMarginLoss& p, M m, std::array<V, 3> found, V a, V b, V c) {
  const V near = found[0] * direction(p, m, a - b), far = found[1] * direction(p, m, a - c);
  const V third = p.swap ? found[2] * direction(p, m, b - c) : m(0);
  return {near + far, third - near, m(0) - (far + third)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

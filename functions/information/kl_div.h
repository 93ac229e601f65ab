// kl_div(x, y) = y (log y - x): the Kullback-Leibler divergence of what was expected, exp(x), from what is the case, y.
#ifndef LOSSACT_INFORMATION_KL_DIV_H_
#define LOSSACT_INFORMATION_KL_DIV_H_
#include "lossact/define.h"
namespace lossact {
struct KlDiv {
  Reduction reduction = Reduction::mean;
  bool log_target = false;  // the target holds logarithms of probabilities too
  std::size_t rows = 0;     // what batchmean divides by
  double empty_mean = nan;

  static constexpr About about = {
      .name = "kl_div",
      .formula = "exp(y) * (y - x) if log_target else y * (log(y) - x)",
      .source = "Kullback and Leibler 1951",
      .note =
          "The input is logarithms of probabilities and comes first, the opposite of the textbook's order. "
          "batchmean, not the default mean, is the divergence of the textbook. "
          "Where the input is near the target's logarithm the two terms cancel, and the loss is right to 2^-50 of "
          "them.",
  };
  static constexpr Torch torch = {.arguments = "size_average, reduce, reduction, log_target", .module = "KLDivLoss"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::number;
  static constexpr Argument<KlDiv> arguments[] = {{.name = "input", .gradient = true},
                                                  {.name = "target", .gradient = true}};
  static constexpr auto parameters =
      std::tuple{Parameter{"reduction", &KlDiv::reduction}, Parameter{"log_target", &KlDiv::log_target},
                 Parameter{"rows", &KlDiv::rows}, Parameter{"empty_mean", &KlDiv::empty_mean}};
  static constexpr Meaning input = Meaning::log_probabilities;
  constexpr std::string_view refusal() const {
    return reduction == Reduction::batchmean && rows == 0 ? "reduction is 'batchmean', which needs rows of 1 or more"
                                                          : "";
  }
  // Linear in the input, falling where the target is positive and flat where it is zero.
  constexpr Facts facts() const { return {.convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<KlDiv> kl_div;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// A target of probability 0 costs nothing, whatever was expected: 0 log 0 = 0.
template <class M, class V = typename M::V>
constexpr V forward(const KlDiv& p, M m, V x, V y) {
  const V q = p.log_target ? m.exp(y) : y;
  const V log_q = p.log_target ? y : m.log(y);
  return m.select(m.eq(q, m(0)), m(0), q * (log_q - x));
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const KlDiv& p, M m, V x, V y) {
  if (!p.log_target) return {m(0) - y, m.log(y) + m(1) - x};
  const V q = m.exp(y);
  return {m(0) - q, m.select(m.eq(q, m(0)), m(0), q * (y - x + m(1)))};
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// rrelu(x) = x for x > 0, otherwise x times a slope: drawn anew for each element while training, the mean slope
// afterwards.
#ifndef LOSSACT_ACTIVATION_RRELU_H_
#define LOSSACT_ACTIVATION_RRELU_H_
#include "lossact/define.h"
namespace lossact {
struct RRelu {
  double lower = 1.0 / 8, upper = 1.0 / 3;
  bool training = false;
  std::uint64_t seed = 0;  // the slope of element i is a function of (seed, i): backward draws the same again

  static constexpr About about = {
      .name = "rrelu",
      .formula = "x if x > 0 else (lower + (upper - lower) * (u if training else 0.5)) * x",
      .source = "Xu, Wang, Chen and Li 2015, arXiv:1505.00853",
      .note = "While training every element draws its own slope from [lower, upper).",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "lower, upper, training, inplace", .module = "RReLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<RRelu> arguments[] = {{.name = "input", .gradient = true},
                                                  {.name = "u", .extent = Extent::random}};
  static constexpr auto parameters =
      std::tuple{Parameter{"lower", &RRelu::lower}, Parameter{"upper", &RRelu::upper},
                 Parameter{"training", &RRelu::training}, Parameter{"seed", &RRelu::seed}};
  static constexpr Passes compensated = {};
  constexpr std::string_view refusal() const { return lower <= upper ? "" : "lower is above upper"; }
  constexpr Facts facts() const {  // of the mean slope, but what bounds the slope holds for every draw
    const double s = (lower + upper) / 2, least = training ? lower : s, most = training ? upper : s,
                 steepest = most > -least ? most : -least;
    return {.range = {s > 0 ? -inf : 0, inf},
            .increasing = least >= 0,
            .convex = most <= 1,
            .left = s > 0   ? -inf
                    : s < 0 ? inf
                            : 0,
            .lipschitz = steepest > 1 ? steepest : 1,
            .kinks = {{.at = 0, .slope = s}},
            .float_suffices = product_suffices(s, product_suffices(training ? upper - lower : 0))};
  }
};
inline constexpr Callable<RRelu> rrelu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// From the mean, which is then exact however lower and upper cancel.
template <class M, class V = typename M::V>
constexpr V slope(const RRelu& p, M m, V u) {
  const V mean = m((p.lower + p.upper) / 2);
  return p.training ? m.fma(m(p.upper - p.lower), u - m(0.5), mean) : mean;
}
// Where the slope is zero its product with infinity would be NaN, and the limit is zero.
template <class M, class V = typename M::V>
constexpr V forward(const RRelu& p, M m, V x, V u) {
  const V s = slope(p, m, u);
  const V finite = m.max(x, p.training ? m.select(m.eq(s, m(0)), m(-1e30), m(-inf)) : m(-1e30));
  return m.select(m.gt(x, m(0)), x, s * (p.training || (p.lower + p.upper) / 2 == 0 ? finite : x));
}
template <class M, class V = typename M::V>
constexpr V derivative(const RRelu& p, M m, V x, V u) {
  return m.select(m.gt(x, m(0)), m(1), slope(p, m, u));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

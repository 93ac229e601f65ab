// prelu(x) = x for x > 0, a learned multiple of x otherwise: one weight, or one per channel.
#ifndef LOSSACT_ACTIVATION_PRELU_H_
#define LOSSACT_ACTIVATION_PRELU_H_
#include "lossact/define.h"
namespace lossact {
struct PRelu {
  static constexpr About about = {
      .name = "prelu",
      .formula = "x if x > 0 else weight * x",
      .source = "He, Zhang, Ren and Sun 2015, arXiv:1502.01852",
      .note = "The weight is an argument and is trained with the network; it starts at 0.25.",
      .compared = true,
  };
  static constexpr Torch torch = {.module = "PReLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<PRelu> arguments[] = {
      {.name = "input", .gradient = true},
      {.name = "weight", .extent = Extent::channel, .gradient = true, .start = 0.25, .says = "the slope"}};
  static constexpr auto parameters = std::tuple{};
  static constexpr bool exact = true;  // a product of two floats, rounded once in either type
  constexpr Facts facts() const {      // at that weight
    return {.increasing = true, .convex = true, .lipschitz = 1, .kinks = {{.at = 0, .slope = arguments[1].start}}};
  }
};
inline constexpr Callable<PRelu> prelu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// A weight of zero times infinity would be NaN, and the limit is zero.
template <class M, class V = typename M::V>
constexpr V forward(const PRelu&, M m, V x, V weight) {
  return m.select(m.gt(x, m(0)), x, weight * m.max(x, m.select(m.eq(weight, m(0)), m(-1e30), m(-inf))));
}
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const PRelu&, M m, V x, V weight) {
  const auto positive = m.gt(x, m(0));
  return {m.select(positive, m(1), weight), m.select(positive, m(0), x)};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

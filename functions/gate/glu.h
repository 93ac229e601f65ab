// glu(x) = a sigmoid(b), for the halves a and b of each row: b decides how much of a goes through.
#ifndef LOSSACT_GATE_GLU_H_
#define LOSSACT_GATE_GLU_H_
#include "lossact/define.h"
namespace lossact {
struct Glu {
  static constexpr About about = {
      .name = "glu",
      .formula = "x / (1 + exp(-y))",
      .source = "Dauphin, Fan, Auli and Grangier 2017, arXiv:1612.08083",
      .note = "In the formula x is an element of the first half, and y that in its place in the second.",
  };
  static constexpr Torch torch = {.arguments = "dim", .module = "GLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Glu> arguments[] = {
      {.name = "input", .extent = Extent::halves, .gradient = true, .says = "what goes through, then how much of it"}};
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const { return {.left = nan, .right = nan, .float_suffices = {inf, -inf}}; }
};
inline constexpr Callable<Glu> glu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
// Below -40 the gate is e^b, whose product with a must not be made of a number that has underflowed.
template <class M, class V = typename M::V>
constexpr V forward(const Glu&, M m, V a, V b) {
  const V c = m.min(b, m(40)), e = m.exp(c);
  const V tail = m.select(m.gt(m(1e30), m.abs(a)), m.exp(c, a), e * a);
  return m.select(m.gt(b, m(-40)), a * (e / (m(1) + e)), tail);
}
// s and a s (1 - s) with s = 1 / (1 + e^-b), whose product is e^-|b| / (1 + e^-|b|)^2 on both sides.
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const Glu&, M m, V a, V b) {
  const V c = m.clamp(b, m(-1000), m(1000)), d = m.decay(m.abs(c)), one = m(1) + d;
  return {m.select(m.gt(c, m(0)), m(1), d) / one, a * (d / (one * one))};
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

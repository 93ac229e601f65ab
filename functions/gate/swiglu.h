// swiglu(a, b) = a sigmoid(a) b: a decides, smoothly, how much of b goes through.
#ifndef LOSSACT_GATE_SWIGLU_H_
#define LOSSACT_GATE_SWIGLU_H_
#include "lossact/define.h"
namespace lossact {
struct Swiglu {
  static constexpr About about = {
      .name = "swiglu",
      .formula = "x / (1 + exp(-x)) * y",
      .source = "Shazeer 2020, arXiv:2002.05202",
      .note = "The first array opens the gate, as in ONNX, Paddle and Megatron; that of glu is the second half.",
  };
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Swiglu> arguments[] = {
      {.name = "gate", .gradient = true, .says = "how far the gate is open: silu of it"},
      {.name = "value", .gradient = true, .says = "what goes through it"}};
  static constexpr auto parameters = std::tuple{};
  constexpr Facts facts() const { return {.left = nan, .right = nan, .float_suffices = {-60, inf}}; }
};
inline constexpr Callable<Swiglu> swiglu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// Below -40 the gate is a e^a, whose product with b must not be made of a number that has underflowed. Beyond 40 it is
// a even in double.
template <class M, class V = typename M::V>
constexpr V forward(const Swiglu&, M m, V a, V b) {
  const V c = m.min(a, m(40)), e = m.exp(c), far = m.max(a, m(-1000));
  const V tail = m.select(m.gt(m(1e30), m.abs(b)), m.exp(c, far * b), m.exp(c, far) * b);
  return m.select(m.gt(a, m(-40)), a * (e / (m(1) + e)) * b, tail);
}
// silu'(a) b, whose e w / d is that of silu, and silu(a).
template <class M, class V = typename M::V>
constexpr std::array<V, 2> derivatives(const Swiglu&, M m, V a, V b) {
  const V c = m.clamp(a, m(-1000), m(44)), e = m.decay(-1, c);
  const V slope = m.exp(c, (c + m(1)) + e, m.fma(e, e + m(2), m(1)));
  const V gate = m.select(m.gt(a, m(-40)), a * (e / (m(1) + e)), m.exp(c, m.max(a, m(-1000))));
  return {slope * b, gate};
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

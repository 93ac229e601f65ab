// selu(x) = scale x for x > 0, scale alpha (exp(x) - 1) otherwise: an ELU that keeps mean 0 and variance 1.
#ifndef LOSSACT_ACTIVATION_SELU_H_
#define LOSSACT_ACTIVATION_SELU_H_
#include "lossact/define.h"
namespace lossact {
struct Selu {
  static constexpr About about = {
      .name = "selu",
      .formula = "1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (exp(x) - 1))",
      .source = "Klambauer, Unterthiner, Mayr and Hochreiter 2017, arXiv:1706.02515",
      .note = "A network of it normalises itself where its weights start as LeCun's and dropout is AlphaDropout.",
  };
  static constexpr Torch torch = {.arguments = "inplace", .module = "SELU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Selu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {.derivative_from_output = false};  // y + scale alpha cancels
  constexpr Facts facts() const {
    const double steepest = 1.7580993408473766;  // scale alpha
    return {.range = {-steepest, inf},
            .increasing = true,
            .left = -steepest,
            .lipschitz = steepest,
            .kinks = {{.at = 0, .slope = steepest}},  // as PyTorch
            .float_suffices = {-80, 1e38}};
  }
};
inline constexpr Callable<Selu> selu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Selu&, M m, V x) {
  return m.select(m.gt(x, m(0)), m(1.0507009873554805) * x, m(1.7580993408473766) * m.expm1(x));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Selu&, M m, V x) {
  return m.select(m.gt(x, m(0)), m(1.0507009873554805), m(1.7580993408473766) * m.exp(m.min(x, m(0))));
}
// scale alpha exp(x) = y + scale alpha, of which nothing may be lost where y is close to -scale alpha.
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Selu&, M m, V y) {
  return m.select(m.gt(y, m(0)), m(1.0507009873554805), m.add(y, 1.7580993408473766));
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

// silu(x) = x sigmoid(x), a line that a sigmoid gates by itself; swish by another name.
#ifndef LOSSACT_ACTIVATION_SILU_H_
#define LOSSACT_ACTIVATION_SILU_H_
#include "lossact/define.h"
namespace lossact {
struct Silu {
  static constexpr About about = {
      .name = "silu",
      .formula = "x / (1 + exp(-x))",
      .source = "Hendrycks and Gimpel 2016, arXiv:1606.08415; Elfwing, Uchibe and Doya 2018",
      .claim = {.against = "relu",
                .text =
                    "found by a search over formulas as swish, and +0.9 % top-1 accuracy on ImageNet over ReLU in a "
                    "mobile network (Ramachandran, Zoph and Le 2017, arXiv:1710.05941)"},
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "inplace", .module = "SiLU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Silu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{};
  static constexpr Passes compensated = {.derivative = false};  // beside its zero a slope asks for more digits
  constexpr Facts facts() const {
    return {.range = {-0.27846455, inf}, .left = 0, .lipschitz = 1.0999, .float_suffices = {-80, inf}};
  }
};
inline constexpr Callable<Silu> silu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// x e / (1 + e) with e = exp(x). Beyond 40 the ratio is 1 even in double, below -40 it is e; at -1000 that is 0, and x
// must stay finite.
template <class M, class V = typename M::V>
constexpr V forward(const Silu&, M m, V x) {
  const V c = m.min(x, m(40));
  const V e = m.exp(c);
  return m.select(m.gt(x, m(-40)), x * (e / (m(1) + e)), m.exp(c, m.max(x, m(-1000))));
}

// f'(x) = e w / d with w = x + 1 + e and d = (1 + e)^2: what cancels around the zero at -1.28 is x + 1, exactly. Beyond
// 44 the slope is 1 even in double.
template <class M, class V = typename M::V>
constexpr V derivative(const Silu&, M m, V x) {
  const V c = m.clamp(x, m(-1000), m(44));
  const V e = m.decay(-1, c);
  return m.exp(c, (c + m(1)) + e, m.fma(e, e + m(2), m(1)));
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

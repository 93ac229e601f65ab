// hardtanh(x) = min(max(x, min_val), max_val): the identity between two bounds.
#ifndef LOSSACT_ACTIVATION_HARDTANH_H_
#define LOSSACT_ACTIVATION_HARDTANH_H_
#include "lossact/define.h"
namespace lossact {
struct Hardtanh {
  double min_val = -1.0, max_val = 1.0;

  static constexpr About about = {
      .name = "hardtanh",
      .formula = "min(max(x, min_val), max_val)",
      .source = "Collobert 2004",
  };
  static constexpr Torch torch = {.arguments = "min_val, max_val, inplace"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Hardtanh> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters =
      std::tuple{Parameter{"min_val", &Hardtanh::min_val}, Parameter{"max_val", &Hardtanh::max_val}};
  static constexpr Passes rounds_once = {};
  constexpr std::string_view refusal() const { return min_val < max_val ? "" : "min_val is not below max_val"; }
  constexpr Facts facts() const {
    const auto is_float = [](double c) { return static_cast<double>(static_cast<float>(c)) == c; };
    return {.range = {min_val, max_val},
            .increasing = true,
            .odd = min_val == -max_val,
            .left = min_val,
            .right = max_val,
            .lipschitz = 1,
            .kinks = {{.at = min_val, .slope = 0}, {.at = max_val, .slope = 0}},  // as PyTorch; JAX takes 1
            .float_suffices = is_float(min_val) && is_float(max_val) ? Interval{} : Interval{inf, -inf}};
  }
};
inline constexpr Callable<Hardtanh> hardtanh;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const Hardtanh& p, M m, V x) {
  return m.clamp(x, m(p.min_val), m(p.max_val));
}
template <class M, class V = typename M::V>
constexpr V derivative(const Hardtanh& p, M m, V x) {
  return m.select(m.gt(x, m(p.min_val)), m.select(m.gt(m(p.max_val), x), m(1), m(0)), m(0));
}
template <class M, class V = typename M::V>
constexpr V derivative_from_output(const Hardtanh& p, M m, V y) {
  return derivative(p, m, y);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif

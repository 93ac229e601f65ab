// gelu(x) = x P(N <= x) for a standard normal N: a line that a Gaussian gates by itself.
#ifndef LOSSACT_ACTIVATION_GELU_H_
#define LOSSACT_ACTIVATION_GELU_H_
#include "lossact/define.h"
namespace lossact {
/// What stands for the Gaussian: itself, or a hyperbolic tangent of a cubic that is within 5e-4 of it.
enum class Approximation { none, tanh };
template <>
inline constexpr std::array choices<Approximation> = {Choice{"none", Approximation::none},
                                                      Choice{"tanh", Approximation::tanh}};

struct Gelu {
  Approximation approximate = Approximation::none;

  static constexpr About about = {
      .name = "gelu",
      .formula =
          "x / 2 * (1 + (erf(x / sqrt(2)) if approximate == 'none' else "
          "tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))))",
      .source = "Hendrycks and Gimpel 2016, arXiv:1606.08415",
      .note = "PyTorch's default is the exact one, that of JAX and of many models the tanh.",
      .compared = true,
  };
  static constexpr Torch torch = {.arguments = "approximate", .module = "GELU"};
  static constexpr Loop loop = Loop::map;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Gelu> arguments[] = {{.name = "input", .gradient = true}};
  static constexpr auto parameters = std::tuple{Parameter{"approximate", &Gelu::approximate}};
  constexpr Facts facts() const {
    const bool exact = approximate == Approximation::none;
    return {.range = {exact ? -0.16997121 : -0.17004076, inf},
            .left = 0,
            .lipschitz = 1.129,
            .float_suffices = exact ? Interval{-1.25, 12} : Interval{inf, -inf}};  // below, the slope is a difference
  }
};
inline constexpr Callable<Gelu> gelu;
}  // namespace lossact
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {

// t with x / 2 (1 + tanh(t / 2)) = x e / (1 + e), e = exp(t): t + rest = c (k + b c^2), where k = sqrt(8 / pi) and
// b = 0.044715 k. The exponential feels what rounding does to t some t times, so the rest is kept.
template <class M, class V = typename M::V>
constexpr V twice_the_cubic(M m, V c, V& rest) {
  const V k = m(1.5957691216057308), b = m(0.07135481627260025);
  const V square = c * c, curved = b * square, p = curved + k, part = p - curved;
  const V lost =
      (curved - (p - part)) + (k - part) + m.fma(b, square, m(0) - curved) +
      m.fma(b, m.fma(c, c, m(0) - square), m.fma(m(-4.1218577217431825e-18), square, m(-9.96930880911092e-17)));
  const V t = c * p;
  rest = m.fma(c, lost, m.fma(c, p, m(0) - t));
  return t;
}

// Beyond 44 the ratio e / (1 + e) is 1 even in double, below -44 it is e.
template <class M, class V = typename M::V>
constexpr V forward(const Gelu& p, M m, V x) {
  const V low = m.max(x, m(-40)), c = m.min(low, m(40));
  if (p.approximate == Approximation::none) {
    const V tail = m.gaussian_tail(m.abs(c), c);
    return m.select(m.gt(m(0), x), tail, x - tail);
  }
  V rest = c;
  const V t = m.clamp(twice_the_cubic(m, c, rest), m(-1000), m(44));
  const V e = m.exp(t), whole = m.fma(e, rest, e);
  return m.select(m.gt(t, m(-44)), x * (whole / (m(1) + whole)), m.exp(t, m.fma(low, rest, low)));
}

// Phi(x) + x phi(x), where what the square of x lost is put back, for the density falls by it. Of the tanh
// e w / (1 + e)^2 with w = (1 + e) + x t'.
template <class M, class V = typename M::V>
constexpr V derivative(const Gelu& p, M m, V x) {
  const V c = m.clamp(x, m(-40), m(40)), square = c * c;
  if (p.approximate == Approximation::none) {
    const V q = m.gaussian_tail(m.abs(c)), lost = m.fma(c, c, m(0) - square);
    // c / sqrt(2 pi) (1 - lost / 2), rounded once: the root is a float and a rest.
    const V root = m(0.3989422917366028), rest = m.fma(m(-0.1994711458683014), lost, m(-1.133517010526318e-08));
    const V bend = m.exp(m(-0.5) * square, m.fma(c, root, c * rest));
    return m.select(m.gt(m(0), x), q, m(1) - q) + bend;
  }
  const V near = m.min(c, m(7.6));  // beyond, the slope is 1 even in double
  V rest = near;
  const V cubic = twice_the_cubic(m, near, rest), t = m.max(cubic, m(-1000));
  const V e = m.exp(t), whole = m.fma(e, rest, e);
  const V rise = cubic + m.fma(m(2 * 0.07135481627260025) * near, near * near, rest);
  const V w = (m(1) + whole) + rise;
  return m.exp(t, m.fma(w, rest, w), m.fma(whole, whole + m(2), m(1)));
}

}  // namespace lossact::LOSSACT_NUMBERS
#endif

// A value with its derivative: forward-mode differentiation, used by the tests to check every hand-written derivative.
#ifndef LOSSACT_NUMBERS_DUAL_H_
#define LOSSACT_NUMBERS_DUAL_H_
#include <cmath>
namespace lossact {
struct Dual {
  double v, d = 0;
};
inline Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
inline Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
inline Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
inline Dual operator/(Dual a, Dual b) { return {a.v / b.v, (a.d - a.v / b.v * b.d) / b.v}; }
struct Duals {
  using V = Dual;
  using Mask = bool;
  Dual operator()(double c) const { return {c}; }
  Dual exp(Dual x) const {
    const double e = std::exp(x.v);
    return {e, e * x.d};
  }
  Dual residue(double) const { return {0}; }
  Dual exp(Dual x, Dual factor) const { return exp(x) * factor; }
  Dual exp(Dual x, Dual factor, Dual divisor) const { return exp(x) * factor / divisor; }
  Dual decay(Dual a) const { return exp({-a.v, -a.d}); }
  Dual decay(double c, Dual a) const { return exp({-c * a.v, -c * a.d}); }
  Dual log1p_unit(Dual t) const { return log1p(t); }
  Dual expm1(Dual x) const { return {std::expm1(x.v), std::exp(x.v) * x.d}; }
  Dual log(Dual x) const { return {std::log(x.v), x.d / x.v}; }
  Dual log1p(Dual x) const { return {std::log1p(x.v), x.d / (1 + x.v)}; }
  Dual fma(Dual a, Dual b, Dual c) const { return a * b + c; }
  Dual abs(Dual x) const { return x.v < 0 ? Dual{-x.v, -x.d} : x; }
  Dual copysign(Dual x, Dual s) const { return std::signbit(x.v) == std::signbit(s.v) ? x : Dual{-x.v, -x.d}; }
  bool gt(Dual a, Dual b) const { return a.v > b.v; }
  bool eq(Dual a, Dual b) const { return a.v == b.v; }
  Dual select(bool m, Dual a, Dual b) const { return m ? a : b; }
  Dual min(Dual x, Dual c) const { return x.v > c.v ? c : x; }
  Dual max(Dual x, Dual c) const { return x.v < c.v ? c : x; }
  Dual clamp(Dual x, Dual lo, Dual hi) const { return min(max(x, lo), hi); }
};
}  // namespace lossact
#endif

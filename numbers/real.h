// Numbers that are one machine number wide, with the C library's functions: the reference the tests compare with.
#ifndef LOSSACT_NUMBERS_REAL_H_
#define LOSSACT_NUMBERS_REAL_H_
#include <cmath>
namespace lossact {
/// The words of a definition, for T = float, double or long double.
template <class T>
struct Real {
  using V = T;
  using Mask = bool;
  constexpr T operator()(double c) const { return static_cast<T>(c); }
  constexpr T residue(double c) const { return static_cast<T>(c - static_cast<double>(static_cast<T>(c))); }  // of m(c)
  T exp(T x) const { return std::exp(x); }
  T exp(T x, T factor) const { return std::exp(x) * factor; }
  T exp(T x, T factor, T divisor) const { return std::exp(x) * factor / divisor; }
  T decay(T a) const { return std::exp(-a); }
  T decay(double c, T a) const { return std::exp(-static_cast<T>(c) * a); }
  T log1p_unit(T t) const { return std::log1p(t); }
  T expm1(T x) const { return std::expm1(x); }
  T log(T x) const { return std::log(x); }
  T log1p(T x) const { return std::log1p(x); }
  T fma(T a, T b, T c) const { return std::fma(a, b, c); }
  T abs(T x) const { return std::fabs(x); }
  T copysign(T x, T s) const { return std::copysign(x, s); }
  bool gt(T a, T b) const { return a > b; }
  bool eq(T a, T b) const { return a == b; }
  T select(bool m, T a, T b) const { return m ? a : b; }
  T min(T x, T c) const { return x > c ? c : x; }  // a NaN x stays NaN
  T max(T x, T c) const { return x < c ? c : x; }
  T clamp(T x, T lo, T hi) const { return min(max(x, lo), hi); }
};
}  // namespace lossact
#endif

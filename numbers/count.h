// Numbers that only count what is done to them: the cost line of each doc page.
#ifndef LOSSACT_NUMBERS_COUNT_H_
#define LOSSACT_NUMBERS_COUNT_H_
namespace lossact {
struct Cost {
  int add = 0, mul = 0, div = 0, exp = 0, log = 0, compare = 0;
};
struct Counted {
  Cost* cost;
};
inline Counted operator+(Counted a, Counted) {
  ++a.cost->add;
  return a;
}
inline Counted operator-(Counted a, Counted) {
  ++a.cost->add;
  return a;
}
inline Counted operator*(Counted a, Counted) {
  ++a.cost->mul;
  return a;
}
inline Counted operator/(Counted a, Counted) {
  ++a.cost->div;
  return a;
}
struct Counting {
  using V = Counted;
  using Mask = bool;
  Cost* cost;
  V operator()(double) const { return {cost}; }
  V exp(V x) const {
    ++cost->exp;
    return x;
  }
  V residue(double) const { return {cost}; }
  V exp(V x, V factor) const { return exp(x) * factor; }
  V exp(V x, V factor, V divisor) const { return exp(x) * factor / divisor; }
  V decay(V x) const { return exp(x); }
  V decay(double c, V x) const { return exp((*this)(c)*x); }
  V expm1(V x) const { return exp(x); }
  V log(V x) const {
    ++cost->log;
    return x;
  }
  V log1p(V x) const { return log(x); }
  V log1p_unit(V x) const { return log(x); }
  V fma(V a, V, V) const {
    ++cost->mul, ++cost->add;
    return a;
  }
  V abs(V x) const { return x; }
  V copysign(V x, V) const { return x; }
  bool gt(V, V) const {
    ++cost->compare;
    return true;
  }
  bool eq(V a, V b) const { return gt(a, b); }
  V select(bool, V a, V) const { return a; }
  V min(V x, V) const {
    ++cost->compare;
    return x;
  }
  V max(V x, V) const {
    ++cost->compare;
    return x;
  }
  V clamp(V x, V, V) const {
    cost->compare += 2;
    return x;
  }
};
}  // namespace lossact
#endif

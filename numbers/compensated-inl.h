// Numbers that are the sum of two registers of floats: hi, and in lo most of what hi leaves out. Some 45 binary digits
// go in, and what comes out rounds to a float within 1 ULP, at half the cost of doubles, of which a register holds half
// as many. Included once per target, inside its namespace, after simd-inl.h or single-inl.h.
//
// A number carries what is known of it while the program is compiled: that lo is zero, and an interval it lies in.
// Where the order of two summands is known, two operations recover what their sum lost instead of five, and where a
// comparison is decided, its other branch is never computed. None of this changes a bit of a result.
//
// Good within the range that a definition declares with `compensated`. Outside it, and where an infinity met a lo, the
// result is whatever it is, NaN as a rule: the loops then ask doubles.
template <class S>
struct Compensated {
  using P = typename S::V;
  using F = Fit<float, 24>;
  static constexpr size_t kLanes = S::kLanes;
  static constexpr S s{};

  struct V {
    P hi, lo;
    bool exact;        // lo is zero
    double low, high;  // what hi lies in
    P nearest;         // the sum, rounded once: a product or a quotient has it sooner than its lo

    LOSSACT_INLINE friend V operator+(V a, V b) { return Compensated::template sum<false>(a, b); }
    LOSSACT_INLINE friend V operator-(V a, V b) { return Compensated::template sum<true>(a, b); }
    LOSSACT_INLINE friend V operator*(V a, V b) { return product(a, b); }
    LOSSACT_INLINE friend V operator/(V a, V b) { return quotient(a, b); }
  };
  struct Mask {
    typename S::Mask r;
    bool always;  // true of every number
  };

  /// A float of which nothing is known but its interval.
  static LOSSACT_INLINE V input(P x, double low = -inf, double high = inf) { return of(x, s(0), true, low, high); }
  /// Rounded towards zero, so that hi and lo have one sign, and a product with an infinity is that infinity.
  LOSSACT_INLINE V operator()(double c) const {
    const float near = static_cast<float>(c);
    const double away = (static_cast<double>(near) - c) * c;
    const uint32_t too_far = static_cast<uint32_t>(away > 0) & static_cast<uint32_t>(away < inf);  // no branch in loops
    const double hi = static_cast<double>(std::bit_cast<float>(std::bit_cast<uint32_t>(near) - too_far));
    return of(s(hi), s(std::copysign(c - hi, c)), known(c == hi), hi, hi);
  }
  LOSSACT_INLINE V add(V x, double c) const { return x + (*this)(c); }
  LOSSACT_INLINE V fma(V a, V b, V c) const { return a * b + c; }
  LOSSACT_INLINE V abs(V x) const {
    const P lo = x.exact ? x.lo : s.select(s.gt(s(0), x.hi), s(0) - x.lo, x.lo);
    return {s.abs(x.hi), lo, x.exact, least(x), most(x), s.abs(x.nearest)};
  }
  LOSSACT_INLINE V copysign(V x, V sign) const {
    const P hi = s.copysign(x.hi, sign.hi);
    const P lo = x.exact ? x.lo : s.select(s.eq(hi, x.hi), x.lo, s(0) - x.lo);
    return {hi, lo, x.exact, -most(x), most(x), s.copysign(x.nearest, sign.hi)};
  }
  LOSSACT_INLINE Mask gt(V a, V b) const { return {s.gt(a.hi, b.hi), known(a.low > b.high)}; }
  LOSSACT_INLINE Mask eq(V a, V b) const { return {s.eq(a.hi, b.hi), false}; }
  LOSSACT_INLINE V select(Mask m, V a, V b) const {
    if (m.always) return a;
    const bool exact = a.exact && b.exact;
    return {s.select(m.r, a.hi, b.hi), exact ? a.lo : s.select(m.r, a.lo, b.lo), exact, lesser(a.low, b.low),
            greater(a.high, b.high),   s.select(m.r, a.nearest, b.nearest)};
  }
  LOSSACT_INLINE V min(V x, V c) const {
    V y = select(gt(x, c), c, x);
    if (x.exact && c.exact) y.hi = y.nearest = s.min(x.hi, c.hi);
    return {y.hi, y.lo, y.exact, lesser(x.low, c.low), lesser(x.high, c.high), y.nearest};
  }
  LOSSACT_INLINE V max(V x, V c) const {
    V y = select(gt(c, x), c, x);
    if (x.exact && c.exact) y.hi = y.nearest = s.max(x.hi, c.hi);
    return {y.hi, y.lo, y.exact, greater(x.low, c.low), greater(x.high, c.high), y.nearest};
  }
  LOSSACT_INLINE V clamp(V x, V low, V high) const { return min(max(x, low), high); }

  /// From -87 to 88.
  LOSSACT_INLINE V exp(V x) const {
    P lost, scale;
    const P p = power<false>(x, lost, scale);
    const P hi = s.fma(p, scale, scale);
    return of(hi, s.fma(lost, scale, s.fma(p, scale, scale - hi)), false, 0, known(x.high <= 0) ? 1 : inf);
  }
  LOSSACT_INLINE V exp(V x, V factor) const { return exp(x) * factor; }
  LOSSACT_INLINE V exp(V x, V factor, V divisor) const { return exp(x) * factor / divisor; }
  LOSSACT_INLINE V decay(V a) const {
    P lost, scale;
    const P p = power<true>(a, lost, scale);
    const P hi = s.fma(p, scale, scale);
    return of(hi, s.fma(lost, scale, s.fma(p, scale, scale - hi)), false, 0, 1);
  }
  LOSSACT_INLINE V decay(double c, V a) const { return decay((*this)(c)*a); }
  LOSSACT_INLINE V logistic(double c, V x) const {
    const Compensated& m = *this;
    const V e = decay(c, abs(x));
    return over(select(gt(m(0), x), e, m(1)), 1, e);
  }
  /// a / (w + b) with w a power of two and at least |b|: w hi is from a / 2 to 2 a, so that a - w hi is exact, and what
  /// adding b to w lost is not asked for.
  LOSSACT_INLINE V over(V a, double w, V b) const {
    const P reciprocal = s(1) / (s(w) + b.hi), hi = a.hi * reciprocal;
    P rest = s.fnma(hi, b.hi, w == 1 ? a.hi - hi : s.fnma(hi, s(w), a.hi));
    if (!b.exact) rest = s.fnma(hi, b.lo, rest);
    const bool positive = known(b.low >= 0);
    return divided(a, of(b.hi, b.lo, b.exact, positive ? 0 : -inf, inf), reciprocal, hi, rest);
  }
  /// To 88. Keeps the sign of a zero.
  LOSSACT_INLINE V expm1(V x) const {
    V above = x;
    if (!known(x.low >= -87)) {
      above.hi = s.max(x.hi, s(-60));
      if (!x.exact) above.lo = s.select(s.eq(above.hi, x.hi), x.lo, s(0));
    }
    P lost, scale;
    const P p = power<false>(above, lost, scale);
    // Either n = 0, and nothing is added to p, or |scale - 1| is above |p| scale.
    const P whole = scale - s(1), missing = scale - (whole + s(1)), hi = s.fma(p, scale, whole);
    const P lo = s.fma(lost, scale, s.fma(p, scale, whole - hi) + missing);
    const bool falls = known(x.high <= 0);
    return of(falls ? s.copysign(hi, s(-1)) : s.copysign(hi, x.hi), lo, false, -1, falls ? 0 : inf);
  }
  /// 0 <= t <= 1
  LOSSACT_INLINE V log1p_unit(V t) const {
    const V q = over(t, 2, t);
    const P w = q.hi * q.hi, tail = w * s.horner(w, F::log_unit);  // log(1 + t) = 2 q + q tail, tail <= 0.08
    const P twice = q.hi + q.hi, hi = s.fma(q.hi, tail, twice);
    return of(hi, s.fma(q.lo, s.fma(s(3), tail, s(2)), s.fma(q.hi, tail, twice - hi)), false, 0, 1);
  }

  /// The nearest float to x times each factor.
  static LOSSACT_INLINE P rounded(V x, P factor) {
    return x.exact ? x.hi * factor : s.fma(x.hi, factor, x.lo * factor);
  }

  // The arithmetic of V, beside its operators.
  template <bool minus>
  static LOSSACT_INLINE P plus(P a, P b) {
    return minus ? a - b : a + b;
  }
  template <bool minus>
  static LOSSACT_INLINE V sum(V a, V b) {
    const double low = a.low + (minus ? -b.high : b.low), high = a.high + (minus ? -b.low : b.high);
    const P hi = plus<minus>(a.hi, b.hi);
    if (is_zero(a)) return of(hi, plus<minus>(a.lo, b.lo), b.exact, low, high);
    if (is_zero(b)) return of(hi, a.lo, a.exact, low, high);
    P lo = a.lo;
    if (known(least(a) >= most(b))) lo = plus<minus>(a.hi - hi, b.hi);
    else if (known(least(b) >= most(a))) lo = a.hi - plus<!minus>(hi, b.hi);
    else if (!minus && known(a.low >= 0 && b.low >= 0)) lo = (s.max(a.hi, b.hi) - hi) + s.min(a.hi, b.hi);
    else {
      const P part = hi - a.hi;
      lo = minus ? (a.hi - (hi - part)) - (b.hi + part) : (a.hi - (hi - part)) + (b.hi - part);
    }
    if (!a.exact) lo = lo + a.lo;
    if (!b.exact) lo = plus<minus>(lo, b.lo);
    return of(hi, lo, false, low, high);
  }
  static LOSSACT_INLINE V product(V a, V b) {
    const double corners[] = {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)};
    double low = corners[0], high = corners[0];
    for (const double c : corners) low = lesser(low, c), high = greater(high, c);
    const P hi = a.hi * b.hi;
    if (is_power_of_two(a)) return of(hi, a.hi * b.lo, b.exact, low, high);
    if (is_power_of_two(b)) return of(hi, a.lo * b.hi, a.exact, low, high);
    P lo = s.fms(a.hi, b.hi, hi), cross = s(0);
    if (!a.exact) lo = s.fma(a.lo, b.hi, lo), cross = a.lo * b.hi;
    if (!b.exact) lo = s.fma(a.hi, b.lo, lo), cross = a.exact ? a.hi * b.lo : s.fma(a.hi, b.lo, cross);
    // A zero has the sign of the product, which that of a constant's lo does not change.
    const bool constant = known(a.low == a.high && b.exact) || known(b.low == b.high && a.exact);
    const P nearest = constant ? s.fma(a.hi, b.hi, cross) : s.fms(a.hi, b.hi, s(0) - cross);
    return {hi, lo, false, low, high, a.exact && b.exact ? hi : nearest};
  }
  static constexpr double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }
  // One division, and its remainder times the reciprocal again.
  static LOSSACT_INLINE V quotient(V a, V b) {
    const P reciprocal = s(1) / b.hi, hi = a.hi * reciprocal;
    P rest = s.fnma(hi, b.hi, a.hi);
    if (!b.exact) rest = s.fnma(hi, b.lo, rest);
    return divided(a, b, reciprocal, hi, rest);
  }
  static LOSSACT_INLINE V divided(V a, V b, P reciprocal, P hi, P rest) {
    if (!a.exact) rest = rest + a.lo;
    const bool positive = known(a.low >= 0 && b.low >= 0);
    return {hi, rest * reciprocal, false, positive ? 0 : -inf, inf, s.fma(rest, reciprocal, hi)};
  }

 private:
  // Subtracted, for -0 + 0 is 0, and -0 - 0 is not.
  static LOSSACT_INLINE V of(P hi, P lo, bool exact, double low, double high) {
    return {hi, lo, exact, low, high, exact ? hi : hi - (s(0) - lo)};
  }

  // e^x, or e^-x, = (1 + p + lost) scale, with x = n ln2 + r as in elementary-inl.h; `lost` is what adding r^2 Q(r) to
  // r loses.
  template <bool negative>
  static LOSSACT_INLINE P power(V x, P& lost, P& scale) {
    const P log2e = s(1.4426950408889634), magic = s(S::kPower);
    const P t = negative ? s.fnma(x.hi, log2e, magic) : s.fma(x.hi, log2e, magic), n = t - magic;
    const P near = negative ? s.fnms(n, s(F::ln2[0]), x.hi) : s.fnma(n, s(F::ln2[0]), x.hi);
    const P r = s.fnma(n, s(F::ln2[1]), near), square = r * r, q = s.by_pairs(r, square, F::exp);
    const P p = s.fma(square, q, r);
    lost = s.fma(square, q, r - p);
    if (!x.exact) {  // e^lo - 1 = lo, times e^r
      const P left_out = s.fma(x.lo, p, x.lo);
      lost = negative ? lost - left_out : lost + left_out;
    }
    scale = s.power_of_two(t);
    return p;
  }

  // Booleans that choose instructions, not results: false where the compiler does not know.
  static LOSSACT_INLINE bool known(bool fact) { return __builtin_constant_p(fact) && fact; }
  static constexpr double lesser(double a, double b) { return a < b ? a : b; }
  static constexpr double greater(double a, double b) { return a > b ? a : b; }
  static LOSSACT_INLINE double least(V x) { return x.low > 0 ? x.low : x.high < 0 ? -x.high : 0; }
  static LOSSACT_INLINE double most(V x) { return greater(-x.low, x.high); }
  static LOSSACT_INLINE bool is_zero(V x) { return known(x.exact && x.low == 0 && x.high == 0); }
  static LOSSACT_INLINE bool is_power_of_two(V x) {
    return known(x.exact && x.low == x.high && x.low != 0 &&
                 (std::bit_cast<uint64_t>(x.low) & ((uint64_t{1} << 52) - 1)) == 0);
  }
};

// exp, expm1, log and log1p for every kind of register M of T, good to Digits binary digits.
// Constants: elementary/*.sollya, with the relative error each fit printed. The order of operations is part of the
// result: never rewrite it.
template <class T, int Digits>
struct Fit;
template <>
struct Fit<double, 24> {
  static constexpr double ln2[] = {0x1.62e42fefa39efp-1};  // one word errs by 2e-14 where a float is finite
  // One degree more than a float needs, so that a slope near its own zero is right to 2^-40 too.
  static constexpr double exp[] = {0x1.000000005ddbfp-1, 0x1.5555557dcd20bp-3,  0x1.5555541e7efc4p-5,
                                   0x1.1110a26a6fa57p-7, 0x1.6c18d2fc7347ap-10, 0x1.a1854ddbb1eap-13,
                                   0x1.9e89493524956p-16};  // 1.2e-12
  static constexpr double log[] = {0x1.555554fddb454p-1, 0x1.999a7a28cce21p-2, 0x1.2438ed769432cp-2,
                                   0x1.e2f371fad5ac6p-3};  // 4.8e-12
  static constexpr double log_unit[] = {0x1.5555553b4befbp-1, 0x1.9999bcca15052p-2, 0x1.248a65be30444p-2,
                                        0x1.c8b9e0ee3c9b7p-3, 0x1.5f42414b37b0fp-3, 0x1.be179435aa468p-3};  // 2.7e-12
  static constexpr double least = -708, most = 709;
};
template <>
struct Fit<float, 24> {
  static constexpr float ln2[] = {0x1.62e4p-1f, 0x1.7f7d1cp-20f};
  static constexpr float exp[] = {0x1.fffffap-2f, 0x1.555492p-3f, 0x1.555a26p-5f, 0x1.12397cp-7f,
                                  0x1.694c86p-10f};                                                     // 3.3e-9
  static constexpr float log[] = {0x1.55557ap-1f, 0x1.995ed8p-2f, 0x1.31e03ap-2f};                      // 8.1e-10
  static constexpr float log_unit[] = {0x1.555502p-1f, 0x1.99d1cap-2f, 0x1.1ec07p-2f, 0x1.1ec906p-2f};  // 4.5e-9
  static constexpr double least = -87, most = 88;
};
template <>
struct Fit<double, 53> {
  static constexpr double ln2[] = {0x1.62e42fefap-1, 0x1.cf79abc9e3b39p-40};
  static constexpr double exp[] = {0x1p-1,
                                   0x1.555555555555cp-3,
                                   0x1.5555555555544p-5,
                                   0x1.111111110ea08p-7,
                                   0x1.6c16c16c1e5bfp-10,
                                   0x1.a01a01b43cde1p-13,
                                   0x1.a01a017d46da4p-16,
                                   0x1.71ddee8a1e8ecp-19,
                                   0x1.27e533a565f52p-22,
                                   0x1.af6e53fc4231ap-26,
                                   0x1.1eecfec552ba9p-29};  // 7.6e-20
  static constexpr double log[] = {0x1.5555555555555p-1, 0x1.9999999999d0cp-2, 0x1.249249243a031p-2,
                                   0x1.c71c724ac13e3p-3, 0x1.745ce1fcd8c4cp-3, 0x1.3b201bc748512p-3,
                                   0x1.0f6803214d1bap-3, 0x1.0f0745ab2ac56p-3};  // 9.0e-21
  static constexpr double log_unit[] = {0x1.5555555555555p-1, 0x1.9999999999aaep-2, 0x1.2492492487968p-2,
                                        0x1.c71c71ce1d41ap-3, 0x1.745d15e25ca8ap-3, 0x1.3b13df1680043p-3,
                                        0x1.110d10b97b52bp-3, 0x1.e25cdaf2ee524p-4, 0x1.aa16f4aa53b41p-4,
                                        0x1.a9f088c3b69dp-4,  0x1.884c5db9025bbp-5, 0x1.66df0b087df52p-3};  // 1.5e-20
  static constexpr double least = -1000, most = 750;
};
template <class M, class T, int Digits>
struct Elementary {
  using F = Fit<T, Digits>;
  /// Whether exponentials are right for every x. Those of floats are from F::least to F::most, and NaN at NaN: the
  /// loops send what lies outside to the faithful lane.
  static constexpr bool guarded = sizeof(T) == 8;
  static constexpr bool extended = Digits == std::numeric_limits<T>::digits;  // no spare digits: split what would round

  template <class V>
  LOSSACT_INLINE V min(V x, V c) const {
    return self().select(self().gt(x, c), c, x);
  }  // a NaN x stays NaN
  template <class V>
  LOSSACT_INLINE V max(V x, V c) const {
    return self().select(self().gt(c, x), c, x);
  }
  template <class V>
  LOSSACT_INLINE V clamp(V x, V low, V high) const {
    return self().min(self().max(x, low), high);
  }

  /// What of a constant its nearest T leaves out.
  LOSSACT_INLINE auto residue(double c) const {
    const double nearest = static_cast<double>(static_cast<T>(c));
    return self()(nearest - nearest == 0 ? c - nearest : 0);
  }

  template <class V>
  LOSSACT_INLINE V exp(V x) const {
    return raised(guarded ? self().min(x, self()(F::most)) : x);
  }
  /// exp(x) factor, rounded once where exp(x) alone would be denormal.
  template <class V>
  LOSSACT_INLINE V exp(V x, V factor) const {
    const M& m = self();
    const V low = guarded ? m.min(x, m(F::most)) : x;
    const auto [p, s, rest] = power(low);
    V y = m.fma(p, s, s) * factor;
    if constexpr (Digits == 53) y = y * rest;
    if constexpr (!guarded) return y;
    return m.select(m.gt(m(F::least), low), m.copysign(m(0), factor), y);
  }
  /// exp(x) factor / divisor, likewise; floats round once after exp(x).
  template <class V>
  LOSSACT_INLINE V exp(V x, V factor, V divisor) const {
    if constexpr (guarded) return exp(x, factor) / divisor;
    else {
      const M& m = self();
      const V e = exp(x), reciprocal = m(1) / divisor, product = e * factor, near = product * reciprocal;
      return m.fma(m.fnma(near, divisor, product) + m.fms(e, factor, product), reciprocal, near);
    }
  }
  /// exp(-a) for a >= 0: nothing to guard above.
  template <class V>
  LOSSACT_INLINE V decay(V a) const {
    return raised(self()(0) - a);
  }
  /// exp(-c a) for c and a >= 0, without what rounding the product would cost: |c a| times as much as a rounding.
  template <class V>
  LOSSACT_INLINE V decay(double c, V a) const {
    const M& m = self();
    const V product = m(c) * a;
    if constexpr (!extended) return decay(product);
    else {
      const V lost = m.fma(residue(c), a, m.fma(m(c), a, m(0) - product));
      const V low = m(0) - product;
      const auto [p, s, rest] = power(low);
      V y = m.fma(p, s, s);
      y = y - y * lost;
      if constexpr (Digits == 53) y = y * rest;
      return m.select(m.gt(m(F::least), low), m(0), y);
    }
  }
  /// Keeps the sign of a zero, which the sum inside would lose.
  template <class V>
  LOSSACT_INLINE V expm1(V x) const {
    const M& m = self();
    const V above = m.max(x, m(-60));
    const auto [p, s, rest] = power(guarded ? m.min(above, m(F::most)) : above);
    if constexpr (Digits == 53)
      return m.select(m.eq(x, m(0)), x,
                      m.select(m.gt(x, m(700)), m.fma(p, s, s) * rest, m.fma(p, s * rest, s * rest - m(1))));
    else return m.select(m.eq(x, m(0)), x, m.fma(p, s, s - m(1)));
  }
  /// x >= 0, finite.
  template <class V>
  LOSSACT_INLINE V log1p(V x) const {
    const M& m = self();
    const auto [k, scale] = m.exponent(m(1) + x);
    return log_of(k, m.fma(x, scale, scale - m(1)));  // 2^-k (1 + x) - 1, rounded once
  }
  /// 0 <= t <= 1: no exponent to take out, since q = t / (2 + t) <= 1/3.
  template <class V>
  LOSSACT_INLINE V log1p_unit(V t) const {
    const M& m = self();
    const V q = t / (m(2) + t), w = q * q, tail = w * horner(w, F::log_unit);
    if constexpr (!extended) return m.fma(q, tail, q + q);
    else {
      const V h = m(0.5) * t * t;
      return t - (h - q * (h + tail));
    }
  }
  /// -inf at 0, NaN below, denormals included.
  template <class V>
  LOSSACT_INLINE V log(V x) const {
    const M& m = self();
    constexpr double least_normal = std::numeric_limits<T>::min(), lift = uint64_t{1} << (M::kMantissa + 1);
    const auto tiny = m.gt(m(least_normal), x);
    const V normal = m.select(tiny, x * m(lift), x);
    const auto [k, scale] = m.exponent(normal);
    const V y = log_of(m.select(tiny, k - m(M::kMantissa + 1), k), m.fma(normal, scale, m(-1)));
    const V above = m.select(m.gt(x, m(std::numeric_limits<T>::max())), x, y);
    return m.select(m.gt(x, m(0)), above, m.select(m.eq(x, m(0)), m(-inf), m(nan)));
  }

  /// The polynomial with an odd number of coefficients, in steps of two, which may overlap.
  template <class V, class C, size_t N>
  LOSSACT_INLINE V by_pairs(V x, V square, const C (&c)[N]) const {
    static_assert(N % 2 == 1);
    const M& m = self();
    V y = m(c[N - 1]);
    for (size_t i = N - 1; i > 0; i -= 2) y = m.fma(y, square, m.fma(m(c[i - 1]), x, m(c[i - 2])));
    return y;
  }
  template <class V, class C, size_t N>
  LOSSACT_INLINE V horner(V x, const C (&c)[N]) const {
    V y = self()(c[N - 1]);
    for (size_t i = N - 1; i-- > 0;) y = self().fma(y, x, self()(c[i]));
    return y;
  }

 private:
  template <class V>
  struct Power {
    V p, s, rest;
  };
  const M& self() const { return static_cast<const M&>(*this); }

  template <class V>
  LOSSACT_INLINE V raised(V x) const {  // x <= F::most
    const M& m = self();
    const auto [p, s, rest] = power(x);
    V y = m.fma(p, s, s);
    if constexpr (Digits == 53) y = y * rest;
    if constexpr (!guarded) return y;
    return m.select(m.gt(m(F::least), x), m(0), y);
  }
  // e^x = (1 + p) s rest: x = n ln2 + r, p = e^r - 1, s = 2^n. Multiplying by s keeps a NaN whatever n became.
  template <class V>
  LOSSACT_INLINE Power<V> power(V x) const {
    const M& m = self();
    const V t = m.fma(x, m(1.4426950408889634), m(M::kMagic)), n = t - m(M::kMagic);
    V r = x;
    for (const auto word : F::ln2) r = m.fma(n, m(-word), r);
    const V square = r * r, p = m.fma(square, by_pairs(r, square, F::exp), r);
    if constexpr (Digits == 53) {  // 2^n in two factors, so that denormals are rounded once
      const V half = m.fma(n, m(0.5), m(M::kMagic));
      return {p, m.power_of_two(half), m.power_of_two(n - (half - m(M::kMagic)) + m(M::kMagic))};
    } else {
      return {p, m.power_of_two(t), x};
    }
  }
  // k ln2 + log(1 + f), with q = f / (2 + f) and log(1 + f) = 2 q + q^3 R(q^2).
  template <class V>
  LOSSACT_INLINE V log_of(V k, V f) const {
    const M& m = self();
    const V q = f / (m(2) + f), w = q * q, tail = w * horner(w, F::log);
    if constexpr (!extended) return m.fma(k, m(F::ln2[0]), m.fma(q, tail, q + q));
    else {  // 2 q = f - q f, so the leading term is exact
      const V h = m(0.5) * f * f;
      return m.fma(k, m(F::ln2[0]), m.fma(k, m(F::ln2[1]), f - (h - q * (h + tail))));
    }
  }
};

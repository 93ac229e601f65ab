// The passes of functions of distributions: terms and their derivatives, in double alone. Included once per target.

/// Numbers whose logarithms are to a base: quotients of logarithms that hold more than a double does, so that what is a
/// whole number of bits comes out as one.
class ToBase : public Lane<double, double>::M {
  using M = typename Lane<double, double>::M;

 public:
  using V = typename M::V;
  /// Below 1 to the base's reciprocal, so that logarithms keep their signs.
  LOSSACT_INLINE explicit ToBase(double base) {
    divisor_ = M::log(M()(base), rest_);
    if (base < 1) divisor_ = M()(0) - divisor_, rest_ = M()(0) - rest_;
  }
  LOSSACT_INLINE V log(V x) const {
    V rest;
    const V y = M::log(x, rest);
    return divided(y, rest);
  }
  LOSSACT_INLINE V log1p(V x) const {
    V rest;
    const V y = M::log1p(x, rest);
    return divided(y, rest);
  }

 private:
  LOSSACT_INLINE V divided(V y, V rest) const {
    const M m;
    const V near = y / divisor_;
    const V left = m.fnma(near, divisor_, y) + m.fnma(near, rest_, rest);  // NaN of an infinity
    return m.select(m.eq(left, left), near + left / divisor_, near);
  }
  V divisor_, rest_;
};

template <class P>
struct FoldPasses {
  using L = Lane<double, double>;
  using M = typename L::M;
  using V = typename L::V;

  /// out[0] = the term of each element, in the unit that the base counts in.
  static void terms(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    const P p = options_of<P>(options);
    const auto with = [&](auto m) LOSSACT_LAMBDA {
      each_element(n, in, out[0], [&](auto... x) LOSSACT_LAMBDA {
        const V y = forward(p, m, x...);
        return p.base < 1 ? M()(0) - y : y;
      });
    };
    if (p.base == std::numbers::e) with(M());
    else with(ToBase(p.base));
  }
  /// out[0] = the derivative of each term in the argument that has a gradient.
  static void slopes(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    const V divisor = p.base == std::numbers::e ? m(1) : m.log(m(p.base));
    each_element(n, in, out[0], [&](auto... x) LOSSACT_LAMBDA { return derivative(p, M(), x...) / divisor; });
  }

 private:
  template <class F>
  static LOSSACT_INLINE void each_element(size_t n, const void* const* in, void* out, F f) {
    const M m;
    auto* const to = static_cast<double*>(out);
    for (size_t k = 0; k < n; k += L::kLanes) {
      const std::array<V, inputs<P>()> x = [&]<size_t... I>(std::index_sequence<I...>) LOSSACT_LAMBDA {
        return std::array<V, inputs<P>()>{m.load(static_cast<const double*>(in[I]) + k)...};
      }(Indices<inputs<P>()>());
      V y = [&]<size_t... I>(std::index_sequence<I...>) LOSSACT_LAMBDA { return f(x[I]...); }(Indices<inputs<P>()>());
      for (size_t i = x.size(); i-- > 0;) y = m.select(m.eq(x[i], x[i]), y, x[i]);  // NaN in, NaN out
      m.store(y, to + k);
    }
  }
};

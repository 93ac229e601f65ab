// The passes of exact functions of one input from halves to halves: staging these as floats would cost more than they
// do. Included once per target.

template <class P, class T>
struct HalfPasses {
  using L = Lane<T, float>;
  using M = typename L::M;
  template <bool Passes::* pass>
  using Way = typename FloatPasses<P, fast>::template Way<pass, true>;

  static void value(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    const P p = options_of<P>(options);
    run<Way<&Passes::forward>, false>(n, in, out[0], [&](auto x) LOSSACT_LAMBDA { return forward(p, M(), x); });
  }
  static void slopes(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    const P p = options_of<P>(options);
    run<Way<&Passes::derivative>, true>(n, in, out[1], [&](auto x) LOSSACT_LAMBDA { return derivative(p, M(), x); });
  }
  static void output_slopes(const void* options, size_t, size_t n, const void* const* in, const double*,
                            void* const* out) {
    const P p = options_of<P>(options);
    run<Way<&Passes::derivative_from_output>, true>(
        n, in, out[1], [&](auto y) LOSSACT_LAMBDA { return derivative_from_output(p, M(), y); });
  }

 private:
  template <class W, bool slope, class F>
  static LOSSACT_INLINE void run(size_t n, const void* const* in, void* out, F f) {
    const T *const x = static_cast<const T*>(in[0]), *const g = slope ? static_cast<const T*>(in[1]) : nullptr;
    T* const to = static_cast<T*>(out);
    const M m;
    const auto group = [&](size_t i) LOSSACT_LAMBDA {
      for (size_t k = i; k < i + kGroup; k += L::kLanes) {
        const auto a = L::load(x + k);
        auto y = f(a);
        if constexpr (slope && !W::keeps_nan) y = m.select(m.eq(a, a), y, a);
        if constexpr (slope) y = L::result(y, L::load(g + k));
        L::store(y, to + k);
      }
    };
    constexpr size_t kIteration = 4 * kGroup;
    size_t i = 0;
    for (; i + kIteration <= n; i += kIteration)
      for (size_t k = i; k < i + kIteration; k += kGroup) __builtin_prefetch(to + k + kAhead / 2, 1), group(k);
    for (; i < n; i += kGroup) group(i);
  }
};

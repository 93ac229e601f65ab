// The passes of losses of vectors: terms that are summed, a formula of a row's sums, and the gradients from what that
// leaves. All in double. Included once per target.

/// The terms at(i, j) of elements [0, n): to out[s] or, without out[0], added to the sixteen lanes at out[kSums + s].
template <size_t kSums, class At>
LOSSACT_INLINE void add_terms(size_t n, At at, void* const* out) {
  using M = typename Lane<double, double>::M;
  const M m;
  if (out[0]) {
    double* to[kSums];
    for (size_t s = 0; s < kSums; ++s) to[s] = static_cast<double*>(out[s]);
    for (size_t i = 0; i < n; i += kGroup)
      for (size_t j = 0; j < kGroup; j += M::kLanes) {
        const auto y = at(i, j);
        for (size_t s = 0; s < kSums; ++s) m.store(y[s], to[s] + i + j);
      }
    return;
  }
  typename M::V lane[kSums][kGroup / M::kLanes];
  for (size_t s = 0; s < kSums; ++s)
    for (size_t j = 0; j < kGroup; j += M::kLanes)
      lane[s][j / M::kLanes] = m.load(static_cast<const double*>(out[kSums + s]) + j);
  for (size_t i = 0; i < n; i += kGroup)
    for (size_t j = 0; j < kGroup; j += M::kLanes) {
      const auto y = at(i, j);
      for (size_t s = 0; s < kSums; ++s) lane[s][j / M::kLanes] = lane[s][j / M::kLanes] + y[s];
    }
  for (size_t s = 0; s < kSums; ++s)
    for (size_t j = 0; j < kGroup; j += M::kLanes)
      m.store(lane[s][j / M::kLanes], static_cast<double*>(out[kSums + s]) + j);
}

template <class P>
struct VectorPasses {
  static constexpr size_t kIn = inputs<P>(), kOut = gradients<P>();
  using M = typename Lane<double, double>::M;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;
  static constexpr auto kClass = inputs_of<P, Extent::class_index>, kRow = inputs_of<P, Extent::row>;

  /// The first array of input i; a class is two.
  static constexpr size_t place(size_t i) {
    size_t n = 0;
    for (size_t k = 0; k < i; ++k) n += kClass[k] ? 2 : 1;
    return n;
  }
  static constexpr size_t kArrays = place(kIn);
  /// How many of the inputs before input i are numbers of rows.
  static constexpr size_t row_numbers(size_t i = kIn) {
    size_t n = 0;
    for (size_t k = 0; k < i; ++k) n += kClass[k] || kRow[k];
    return n;
  }

  // What the formulas make of inputs that trace where a NaN in input J comes out.
  template <size_t J, size_t I>
  static constexpr auto traced() {
    if constexpr (kClass[I]) return TargetClass<Traced>{{false}, {false}};
    else return Traced{I == J};
  }
  template <size_t J, size_t... I>
  static constexpr auto traced_terms(std::index_sequence<I...>) {
    return terms(P{}, CarefulHere(), traced<J, I>()...);
  }
  static constexpr size_t kSums = std::tuple_size_v<decltype(traced_terms<0>(Indices<kIn>()))>;
  template <size_t... S>
  static constexpr auto traced_finish(std::index_sequence<S...>) {
    return [&]<size_t... R>(std::index_sequence<R...>) {
      return finish(P{}, CarefulHere(), std::array<Traced, kSums>{Traced{S == 0}...}, Traced{false},
                    Traced{R == 0 && false}...);
    }(Indices<row_numbers()>());
  }
  static constexpr size_t kFound = std::tuple_size_v<decltype(traced_finish(Indices<kSums>()))> - 1;
  /// Whether a NaN in input J is one in some sum by the arithmetic alone; a loss is NaN where any sum is.
  template <size_t J>
  static constexpr bool some_sum_keeps() {
    for (const Traced& sum : traced_terms<J>(Indices<kIn>()))
      if (sum.r) return true;
    return false;
  }

  /// The arrays: pointers of our own, for the compiler knows of no store that changes them.
  template <class T>
  struct Given {
    const void* in[kArrays];
    LOSSACT_INLINE explicit Given(const void* const* from) { std::copy_n(from, kArrays, in); }
    template <size_t I>
    LOSSACT_INLINE auto at(size_t i, size_t j) const {
      const M m;
      const auto doubles = [&](size_t array) LOSSACT_LAMBDA { return static_cast<const double*>(in[array]); };
      if constexpr (kClass[I])
        return TargetClass<V>{m.load(doubles(place(I)) + i + j), m.load(doubles(place(I) + 1) + j)};
      else if constexpr (kRow[I]) return m.load(doubles(place(I)) + j);
      else return V{Lane<T, double, 53>::load(static_cast<const T*>(in[place(I)]) + i + j).r};
    }
    /// body(the inputs at element j of the group that begins at element i)
    template <class Body>
    LOSSACT_INLINE auto with(size_t i, size_t j, Body body) const {
      return [&]<size_t... I>(std::index_sequence<I...>)
                 LOSSACT_LAMBDA { return body(at<I>(i, j)...); }(Indices<kIn>());
    }
  };

  template <class T>
  static HWY_NOINLINE void run_terms(const void* options, size_t, size_t n, const void* const* in, const double*,
                                     void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    const Given<T> given(in);
    const auto at = [&](size_t i, size_t j) LOSSACT_LAMBDA {
      std::array<V, kSums> y = given.with(i, j, [&](auto... x) LOSSACT_LAMBDA { return terms(p, m, x...); });
      each<kIn>([&]<size_t I>(std::integral_constant<size_t, I>) LOSSACT_LAMBDA {
        if constexpr (elements<P>[I] && !some_sum_keeps<I>()) {
          const V x = given.template at<I>(i, j);
          y[0] = m.select(m.eq(x, x), y[0], x);
        }
      });
      return y;
    };
    add_terms<kSums>(n, at, out);
  }

  static HWY_NOINLINE void run_finish(const void* options, size_t, size_t n, const void* const* in,
                                      const double* scalars, void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    constexpr size_t kGiven = kSums + row_numbers();
    for (size_t j = 0; j < n; j += kLanes) {
      std::array<V, kGiven> x;
      for (size_t k = 0; k < kGiven; ++k) x[k] = m.load(static_cast<const double*>(in[k]) + j);
      std::array<V, kSums> sums;
      for (size_t s = 0; s < kSums; ++s) sums[s] = x[s];
      std::array<V, 1 + kFound> y = [&]<size_t... R>(std::index_sequence<R...>) LOSSACT_LAMBDA {
        return finish(p, m, sums, m(scalars[0]), x[kSums + R]...);
      }(Indices<row_numbers()>());
      for (V& each : y)
        for (const V& from : x) each = m.select(m.eq(from, from), each, from);  // NaN in, NaN out
      for (size_t k = 0; k < y.size(); ++k) m.store(y[k], static_cast<double*>(out[k]) + j);
    }
  }

  template <class T>
  static HWY_NOINLINE void run_slopes(const void* options, size_t, size_t n, const void* const* in, const double*,
                                      void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    const Given<T> given(in);
    const double* of_row[kFound];
    double* to[kOut];
    for (size_t k = 0; k < kFound; ++k) of_row[k] = static_cast<const double*>(in[kArrays + k]);
    for (size_t k = 0; k < kOut; ++k) to[k] = static_cast<double*>(out[k]);
    for (size_t i = 0; i < n; i += kGroup)
      for (size_t j = 0; j < kGroup; j += kLanes) {
        std::array<V, kFound> d;
        for (size_t k = 0; k < kFound; ++k) d[k] = m.load(of_row[k] + j);
        const std::array<V, kOut> y = given.with(i, j, [&](auto... x) LOSSACT_LAMBDA { return slopes(p, m, d, x...); });
        for (size_t k = 0; k < kOut; ++k)
          if (to[k]) m.store(m.select(m.eq(d[0], d[0]), y[k], d[0]), to[k] + i + j);  // of a row that is NaN
      }
  }
};

/// Of rows that a threshold is found of.
template <class P>
struct ThresholdPasses {
  static HWY_NOINLINE void run_terms(const void* options, size_t, size_t n, const void* const* in, const double*,
                                     void* const* out) {
    using M = typename Lane<double, double>::M;
    using V = typename M::V;
    const P p = options_of<P>(options);
    const M m;
    const auto *const x = static_cast<const double*>(in[0]), *const threshold = static_cast<const double*>(in[1]);
    add_terms<2>(
        n,
        [&](size_t i, size_t j) LOSSACT_LAMBDA {
          const V above = m.load(x + i + j) - m.load(threshold + j);
          return std::array<V, 2>{forward(p, m, above), derivative(p, m, above)};
        },
        out);
  }
};

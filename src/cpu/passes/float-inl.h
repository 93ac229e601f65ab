// The passes of functions of elements from floats to floats: in double, in float arithmetic or in compensated floats,
// as the function's file and the accuracy say. Included once per target.

/// A lane of floats that is computed in compensated arithmetic; the inputs lie within `known`.
template <class Single>
struct CompensatedLane {
  using Element = float;
  using Plain = Single;
  using M = Compensated<typename Plain::M>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;

  static LOSSACT_INLINE V load(const float* p, const Interval& known = {}) {
    return M::input(Plain::load(p), known.low, known.high);
  }
  static LOSSACT_INLINE typename Plain::V result(V y) { return y.nearest; }
  static LOSSACT_INLINE typename Plain::V result(V y, V factor) { return M::rounded(y, factor.hi); }
  static LOSSACT_INLINE void store(typename Plain::V v, float* p) { Plain::store(v, p); }
};
template <class L>
struct PlainOf {
  using Lane = L;
};
template <class L>
struct PlainOf<CompensatedLane<L>> {
  using Lane = L;
};

inline constexpr Passes kNoPasses = {.forward = false, .derivative = false, .derivative_from_output = false};
/// The passes that are faithful in compensated floats.
template <class P>
inline constexpr Passes compensated = [] {
  if constexpr (requires { P::compensated; }) return P::compensated;
  else return kNoPasses;
}();
/// The passes that are faithful in floats at the default parameters.
template <class P>
inline constexpr Passes rounds_once = [] {
  if constexpr (requires { P::rounds_once; }) return P::rounds_once;
  else return kNoPasses;
}();

template <class P, Accuracy A>
struct FloatPasses {
  static constexpr size_t kIn = inputs<P>();
  /// Whether there are elements beside the first, which may be infinite too.
  static constexpr bool kSeveral = std::count(elements<P>.begin(), elements<P>.end(), true) > 1;
  /// What answers where another lane has too little range.
  static constexpr bool exact_in_floats = requires { P::exact; };
  using Exact = Lane<float, std::conditional_t<exact_in_floats, float, double>>;

  /// How one of the three passes is computed: in which lane where that suffices, and how much an iteration takes.
  template <bool Passes::* which, bool usual>
  struct Way {
    static constexpr bool Passes::* pass = which;
    static constexpr bool is_usual = usual, forward = pass == &Passes::forward;
    static constexpr bool once = usual && rounds_once<P>.*pass, sums = !once && compensated<P>.*pass;
    static constexpr bool in_sums = sums && A == faithful;
    using Plain = std::conditional_t<once || in_sums || A == fast, Lane<float, float>, Exact>;
    template <class Number>
    using In = std::conditional_t<in_sums, CompensatedLane<Number>, Number>;
    static constexpr bool everywhere =
        usual && P{}.facts().float_suffices.low == -inf && P{}.facts().float_suffices.high == inf;
    // Gradients may be infinite, of which compensated floats make NaN.
    static constexpr bool repairs =
        !(once || (!in_sums && std::is_same_v<Plain, Exact>) || (everywhere && (forward || !in_sums)));
    // NaN in, NaN out, whatever a slope compares.
    static constexpr bool keeps_nan = [] {
      if constexpr (forward) return true;
      else if constexpr (kIn > 1) return false;
      else if constexpr (pass == &Passes::derivative) return slope_of<0>(P{}, TracingHere(), Traced{true}).r;
      else return derivative_from_output(P{}, TracingHere(), Traced{true}).r;
    }();
    // With few operations for each element, the overhead of an iteration counts.
    static constexpr bool few_operations = once || everywhere;
    static constexpr size_t kGroups = Plain::kLanes == 1 ? 1 : few_operations ? 4 : 2;
    using L = In<Plain>;
    using Wide = std::conditional_t<few_operations, L, In<PairOf<Plain>>>;
  };

  static void value(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    with<&Passes::forward>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto... x) LOSSACT_LAMBDA { return forward(p, m, x...); };
      run<decltype(way), kIn, false>(p, inputs_enough<decltype(way)>(p), f, n, in, static_cast<float*>(out[0]));
    });
  }
  static void slopes(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    with<&Passes::derivative>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto... x) LOSSACT_LAMBDA { return slope_of<0>(p, m, x...); };
      run<decltype(way), kIn, true>(p, inputs_enough<decltype(way)>(p), f, n, in, static_cast<float*>(out[1]));
    });
  }
  static void output_slopes(const void* options, size_t, size_t n, const void* const* in, const double*,
                            void* const* out) {
    with<&Passes::derivative_from_output>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto y) LOSSACT_LAMBDA { return derivative_from_output(p, m, y); };
      run<decltype(way), 1, true>(p, outputs_enough<decltype(way)>(p), f, n, in, static_cast<float*>(out[1]));
    });
  }

 private:
  /// The inputs and the outputs for which floats suffice: constants, where the parameters are.
  static constexpr Interval outputs_of(const P& p) {
    const Facts facts = p.facts();
    return facts.float_suffices.low <= facts.float_suffices.high ? facts.range : facts.float_suffices;
  }
  template <class W>
  static LOSSACT_INLINE Interval inputs_enough(const P& p) {
    constexpr Interval usual = P{}.facts().float_suffices;
    return W::is_usual ? usual : p.facts().float_suffices;
  }
  template <class W>
  static LOSSACT_INLINE Interval outputs_enough(const P& p) {
    constexpr Interval usual = outputs_of(P{});
    return W::is_usual ? usual : outputs_of(p);
  }
  /// run(options, way). It is compiled once more for the default parameters, which are constants there.
  template <bool Passes::* pass, class Run>
  static LOSSACT_INLINE void with(const void* options, Run run) {
    constexpr P usual = {};
    if constexpr (std::tuple_size_v<decltype(P::parameters)> == 0) return run(usual, Way<pass, true>());
    else {
      const P p = *static_cast<const P*>(options);
      const bool all =
          std::apply([&](const auto&... each) { return ((p.*each.value == usual.*each.value) && ...); }, P::parameters);
      if (all) return run(usual, Way<pass, true>());
      run(p, Way<pass, false>());
    }
  }
  /// Element k of input I; of one that is left out 1.
  template <class L, bool left_out, size_t I>
  static LOSSACT_INLINE typename L::V other(const float* const* at, size_t k) {
    if constexpr (left_out && may_be_left_out<P>[I]) return typename L::M()(1);
    else return L::load(at[I] + k);
  }
  template <class L, bool left_out, size_t N, class F>
  static LOSSACT_INLINE typename L::V of(F f, typename L::V x, const float* const* at, size_t k) {
    return [&]<size_t... I>(std::index_sequence<I...>)
               LOSSACT_LAMBDA { return f(typename L::M(), x, other<L, left_out, I + 1>(at, k)...); }(Indices<N - 1>());
  }
  template <class W, size_t N, bool slope, class F>
  static LOSSACT_INLINE void run(const P& p, const Interval& enough, F f, size_t n, const void* const* in, float* out) {
    if constexpr (N > 1 && first_left_out<P> < N)
      if (!in[first_left_out<P>]) return all<W, N, slope, true>(p, enough, f, n, in, out);
    all<W, N, slope, false>(p, enough, f, n, in, out);
  }
  template <class W, size_t N, bool slope, bool left_out, class F>
  static LOSSACT_INLINE void all(const P& p, const Interval& enough, F f, size_t n, const void* const* in, float* out) {
    constexpr size_t kFrom = N + slope;
    const float* from[kFrom];
    for (size_t j = 0; j < kFrom; ++j) from[j] = static_cast<const float*>(in[j]);
    size_t i = 0;
    const auto next = [&](size_t count) LOSSACT_LAMBDA {
      i += count, out += count;
      for (size_t j = 0; j < kFrom; ++j)
        if (!(left_out && j < N && may_be_left_out<P>[j])) from[j] += count;
    };
    constexpr size_t kIteration = W::kGroups * kGroup;
    for (; W::kGroups > 1 && i + kIteration <= n; next(kIteration)) {
      for (size_t k = 0; k < kIteration; k += kGroup) {
        __builtin_prefetch(out + k + (W::few_operations ? kAhead / 2 : 0), 1);
        if constexpr (!W::few_operations)
          for (size_t j = 0; j < kFrom; ++j)
            if (!(left_out && j < N && may_be_left_out<P>[j])) __builtin_prefetch(from[j] + k + kAhead);
      }
      registers<W, typename W::Wide, W::kGroups, N, slope, left_out>(p, enough, f, from, out);
    }
    for (; i < n; next(kGroup)) registers<W, typename W::L, 1, N, slope, left_out>(p, enough, f, from, out);
  }
  template <class W, class L, size_t kGroups, size_t N, bool slope, bool left_out, class F>
  static LOSSACT_INLINE void registers(const P& p, const Interval& enough, F f, const float* const* from, float* out) {
    constexpr size_t kCount = kGroups * kGroup, kParts = kCount / L::kLanes;
    const auto result = [&](auto y, size_t k) LOSSACT_LAMBDA {
      if constexpr (slope) return L::result(y, L::load(from[N] + k));
      else return L::result(y);
    };
    if constexpr (!W::repairs) {
      for (size_t k = 0; k < kCount; k += L::kLanes) {
        const typename L::M m;
        const auto x = L::load(from[0] + k);
        auto y = of<L, left_out, N>(f, x, from, k);
        if constexpr (slope && !W::keeps_nan) y = m.select(m.eq(x, x), y, x);
        L::store(result(y, k), out + k);
      }
    } else {
      // Where the range of the lane does not suffice, doubles answer, element by element, so that no element depends on
      // its neighbours. They read the inputs before anything is stored: output and input may be the same memory.
      using Plain = typename PlainOf<L>::Lane;
      const typename Plain::M m;
      typename Plain::V y[kParts];
      typename Plain::M::Mask good;
      for (size_t part = 0; part < kParts; ++part) {
        const size_t k = part * L::kLanes;
        y[part] = result(of<L, left_out, N>(f, L::load(from[0] + k, enough), from, k), k);
        const auto x = Plain::load(from[0] + k);
        auto here = enough.low == -enough.high ? m.ge(m(enough.high), m.abs(x)) : m.ge(x, m(enough.low));  // and no NaN
        if (enough.low != -enough.high && enough.high < inf) here = m.both(here, m.ge(m(enough.high), x));
        if (kSeveral || (W::in_sums && (slope || enough.high == inf)))
          here = m.both(here, m.eq(y[part], y[part]));  // infinities
        good = part == 0 ? here : m.both(good, here);
      }
      if (HWY_LIKELY(m.all(good))) {
        for (size_t part = 0; part < kParts; ++part) Plain::store(y[part], out + part * L::kLanes);
      } else {
        float near[kCount];
        for (size_t part = 0; part < kParts; ++part) Plain::store(y[part], near + part * L::kLanes);
        repair<W::pass>(p, enough, kCount, near, from);
        detail::copy(out, near, sizeof near);
      }
    }
  }
  /// Replaces by doubles what the lane cannot answer.
  template <bool Passes::* pass>
  static HWY_NOINLINE void repair(const P& p, Interval enough, size_t count, float* near, const float* const* from) {
    using Map = MapPasses<P>;
    constexpr size_t kInputs = pass == &Passes::derivative_from_output ? 1 : kIn;
    alignas(64) double exact[4 * kGroup];
    const void* in[kIn + 1];
    std::copy_n(from, kInputs, in);
    constexpr double one = 1;
    void* out[1 + gradients<P>()] = {};
    if constexpr (pass == &Passes::forward) {
      out[0] = exact;
      Map::template value<float>(&p, 0, count, in, &one, out);
    } else {
      alignas(64) double factor[4 * kGroup];
      for (size_t k = 0; k < count; ++k) factor[k] = detail::get(from[kInputs] + k);
      in[kInputs] = factor, out[1] = exact;
      if constexpr (pass == &Passes::derivative) Map::template slopes<float>(&p, 0, count, in, &one, out);
      else Map::template output_slopes<float>(&p, 0, count, in, &one, out);
    }
    for (size_t k = 0; k < count; ++k) {
      const float at = detail::get(from[0] + k), got = near[k];
      if (!(at >= static_cast<float>(enough.low) && at <= static_cast<float>(enough.high)) || got != got)
        near[k] = static_cast<float>(exact[k]);
    }
  }
};

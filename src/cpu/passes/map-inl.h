// The passes in double of functions of elements, and all passes of losses of elements. Included once per target.

/// Factors: one for each element, or one for all. The latter is a group that is read again and again.
struct Repeated {
  const double* data;
  size_t step;
  alignas(64) double group[kGroup];
  LOSSACT_INLINE Repeated(const void* each, double all)
      : data(static_cast<const double*>(each)), step(each != nullptr) {
    if (!each) std::fill_n(group, kGroup, all), data = group;
  }
  Repeated(const Repeated&) = delete;
  /// Element j of the group that begins at element i.
  LOSSACT_INLINE const double* at(size_t i, size_t j) const { return data + i * step + j; }
};

template <class P>
struct MapPasses {
  static constexpr size_t kIn = inputs<P>(), kOut = gradients<P>();
  static constexpr bool number = P::output == Output::number;
  static constexpr size_t kFactor = kIn + weighs<P>();
  /// A loss is a double, and may be what two terms leave of each other.
  template <class T>
  using LaneOf = PairOf<Lane<T, double, number ? 53 : kDigits<T>>>;
  template <size_t K>
  using Index = std::integral_constant<size_t, K>;

  /// Whether a NaN in input J is one in the value, and in slope K, by the arithmetic alone.
  template <size_t J, size_t... I>
  static constexpr bool value_keeps(std::index_sequence<I...>) {
    return forward(P{}, CarefulHere(), Traced{I == J}...).r;
  }
  template <size_t K, size_t J, size_t... I>
  static constexpr bool slope_keeps(std::index_sequence<I...>) {
    return slope_of<K>(P{}, CarefulHere(), Traced{I == J}...).r;
  }
  template <class M, class V, size_t... J>
  static LOSSACT_INLINE V value_at(const P& p, M m, const std::array<V, kIn>& x, std::index_sequence<J...>) {
    V y = forward(p, m, x[J]...);
    const auto keep = [&]<size_t I>(Index<I>) LOSSACT_LAMBDA {
      if constexpr (number && !value_keeps<I>(Indices<kIn>())) y = m.select(m.eq(x[I], x[I]), y, x[I]);
    };
    (keep(Index<J>()), ...);
    return y;
  }
  template <size_t K, class M, class V, size_t... J>
  static LOSSACT_INLINE V slope_at(const P& p, M m, const std::array<V, kIn>& x, std::index_sequence<J...>) {
    V y = slope_of<K>(p, m, x[J]...);
    const auto keep = [&]<size_t I>(Index<I>) LOSSACT_LAMBDA {
      if constexpr (elements<P>[I] && !slope_keeps<K, I>(Indices<kIn>())) y = m.select(m.eq(x[I], x[I]), y, x[I]);
    };
    (keep(Index<J>()), ...);
    return y;
  }
  /// The inputs. These pointers are local, so that the compiler knows of no store that changes them. Every element of
  /// an input that is left out is 1.
  template <class T>
  struct Given {
    const T* in[kIn];
    size_t step = 1;
    alignas(64) T ones[kGroup];
    LOSSACT_INLINE explicit Given(const void* const* from) {
      for (size_t i = 0; i < kIn; ++i) in[i] = static_cast<const T*>(from[i]);
      if constexpr (first_left_out<P> < kIn)
        if (const T*& left_out = in[first_left_out<P>]; !left_out)
          std::fill_n(ones, kGroup, T(1)), left_out = ones, step = 0;
    }
    Given(const Given&) = delete;
    /// Element j, j + 1, ... of the group that begins at element i.
    template <class L>
    LOSSACT_INLINE std::array<typename L::V, kIn> at(size_t i, size_t j) const {
      return [&]<size_t... I>(std::index_sequence<I...>) LOSSACT_LAMBDA {
        return std::array<typename L::V, kIn>{L::load(in[I] + (may_be_left_out<P>[I] ? i * step : i) + j)...};
      }(Indices<kIn>());
    }
    LOSSACT_INLINE void prefetch(size_t i) const {
      for (size_t k = 0; k < kIn; ++k)
        if (!may_be_left_out<P>[k]) __builtin_prefetch(in[k] + i);
    }
  };

  template <class T>
  static HWY_NOINLINE void value(const void* options, size_t, size_t n, const void* const* in, const double*,
                                 void* const* out) {
    using L = LaneOf<T>;
    using V = typename L::V;
    const P p = options_of<P>(options);
    const typename L::M m;
    const Given<T> given(in);
    double* const to = static_cast<double*>(out[0]);
    const auto with = [&](auto weighted) LOSSACT_LAMBDA {
      const double* const weight = static_cast<const double*>(weighted ? in[kIn] : nullptr);
      const auto f = [&](size_t i, size_t j) LOSSACT_LAMBDA {
        const V y = value_at(p, m, given.template at<L>(i, j), Indices<kIn>());
        if constexpr (weighted) return m.load(weight + i + j) * y;
        else return y;
      };
      if constexpr (number)
        if (!to) return add_to_lanes<L>(static_cast<double*>(out[1]), n, f);
      for (size_t i = 0; i < n; i += kGroup) {
        __builtin_prefetch(to + i + kAhead / 2, 1);
        for (size_t j = 0; j < kGroup; j += L::kLanes) m.store(f(i, j), to + i + j);
      }
    };
    if constexpr (weighs<P>()) {
      if (in[kIn]) return with(std::true_type());
    }
    with(std::false_type());
  }
  template <class T>
  static HWY_NOINLINE void slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                                  void* const* out) {
    using L = LaneOf<T>;
    const P p = options_of<P>(options);
    const typename L::M m;
    const Given<T> given(in);
    const Repeated factor(in[kFactor], scalars[0]);
    const auto slope = [&]<size_t K>(Index<K>, const auto& x, size_t i, size_t j)
                           LOSSACT_LAMBDA { return m.load(factor.at(i, j)) * slope_at<K>(p, m, x, Indices<kIn>()); };
    if constexpr (kOut > 1)
      if (out[0])
        return add_to_lanes<L>(static_cast<double*>(out[0]), n, [&](size_t i, size_t j) LOSSACT_LAMBDA {
          return slope(Index<kOut - 1>(), given.template at<L>(i, j), i, j);
        });
    double* to[kOut];
    for (size_t k = 0; k < kOut; ++k) to[k] = static_cast<double*>(out[1 + k]);
    for (size_t i = 0; i < n; i += kGroup) {
      for (double* const each : to)
        if (each) __builtin_prefetch(each + i + kAhead / 2, 1);
      for (size_t j = 0; j < kGroup; j += L::kLanes) {
        const auto x = given.template at<L>(i, j);
        each<kOut>([&]<size_t K>(Index<K> k) LOSSACT_LAMBDA {
          if (kOut == 1 || to[K]) m.store(slope(k, x, i, j), to[K] + i + j);
        });
      }
    }
  }
  template <class T>
  static HWY_NOINLINE void output_slopes(const void* options, size_t, size_t n, const void* const* in, const double*,
                                         void* const* out) {
    using L = LaneOf<T>;
    const P p = options_of<P>(options);
    const typename L::M m;
    const auto* const from = static_cast<const T*>(in[0]);
    const auto* const factor = static_cast<const double*>(in[1]);
    double* const to = static_cast<double*>(out[1]);
    const auto all = [&](auto multiplied) LOSSACT_LAMBDA {
      for (size_t i = 0; i < n; i += kGroup) {
        __builtin_prefetch(to + i + kAhead / 2, 1);
        for (size_t j = i; j < i + kGroup; j += L::kLanes) {
          const auto y = L::load(from + j), slope = m.select(m.eq(y, y), derivative_from_output(p, m, y), y);
          if constexpr (multiplied) m.store(m.load(factor + j) * slope, to + j);
          else m.store(slope, to + j);
        }
      }
    };
    factor ? all(std::true_type()) : all(std::false_type());
  }

  /// The gradients of a loss in the type of its inputs, and the sum. A gradient may cost a logarithm, so what is not
  /// wanted is not computed; each is a pass of its own, for a pass for every choice would be many.
  template <class T>
  static void loss_slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                          void* const* out) {
    const P p = options_of<P>(options);
    double* lanes = static_cast<double*>(out[0]);
    size_t wanted = 0;
    for (size_t k = 0; k < kOut; ++k) wanted += out[1 + k] != nullptr;
    if (wanted == 1)
      return each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
        if (out[1 + K]) loss_slope<T, K>(p, n, in, scalars[0], lanes, static_cast<T*>(out[1 + K]));
      });
    // One may be written over what the next is made of, so they are kept until all of a part are there.
    constexpr size_t kPart = 32 * kGroup;
    alignas(64) T part[kOut][kPart];
    const void* at[kFactor + 1];
    for (size_t i = 0; i < n; i += kPart) {
      const size_t count = std::min(kPart, n - i);
      for (size_t k = 0; k <= kFactor; ++k)
        at[k] = in[k] ? static_cast<const char*>(in[k]) + i * (k < kIn ? sizeof(T) : sizeof(double)) : nullptr;
      double* sum = lanes;
      each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
        if (out[1 + K]) loss_slope<T, K>(p, count, at, scalars[0], std::exchange(sum, nullptr), part[K]);
      });
      for (size_t k = 0; k < kOut; ++k)
        if (out[1 + k]) detail::copy(static_cast<T*>(out[1 + k]) + i, part[k], count * sizeof(T));
    }
  }

 private:
  template <class T, size_t K>
  static HWY_NOINLINE void loss_slope(const P& p, size_t n, const void* const* in, double scale, double* lanes, T* to) {
    using L = LaneOf<T>;
    using V = typename L::V;
    const typename L::M m;
    const Given<T> given(in);
    const auto all = [&](auto plain) LOSSACT_LAMBDA {
      const Repeated weight(plain || !weighs<P>() ? nullptr : in[kIn], 1), factor(plain ? nullptr : in[kFactor], scale);
      V lane[kGroup / L::kLanes];
      for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = lanes ? m.load(lanes + j) : m(0);
      for (size_t i = 0; i < n; i += kGroup) {
        given.prefetch(i + kAhead);
        __builtin_prefetch(to + i, 1);
        for (size_t j = 0; j < kGroup; j += L::kLanes) {
          const auto x = given.template at<L>(i, j);
          V by = m(scale), counts = m(1);
          if constexpr (!plain) by = m.load(factor.at(i, j));
          if constexpr (!plain && weighs<P>()) counts = m.load(weight.at(i, j)), by = by * counts;
          const V y = by * slope_at<K>(p, m, x, Indices<kIn>());
          if (lanes) {
            const V loss = value_at(p, m, x, Indices<kIn>());
            lane[j / L::kLanes] = lane[j / L::kLanes] + (plain ? loss : counts * loss);
          }
          L::store(y, to + i + j);
        }
      }
      if (lanes)
        for (size_t j = 0; j < kGroup; j += L::kLanes) m.store(lane[j / L::kLanes], lanes + j);
    };
    in[kFactor] || (weighs<P>() && in[kIn]) ? all(std::false_type()) : all(std::true_type());
  }
  template <class L, class F>
  static LOSSACT_INLINE void add_to_lanes(double* lanes, size_t n, F f) {
    const typename L::M m;
    typename L::V lane[kGroup / L::kLanes];
    for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = m.load(lanes + j);
    for (size_t k = 0; k < n; k += kGroup)
      for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = lane[j / L::kLanes] + f(k, j);
    for (size_t j = 0; j < kGroup; j += L::kLanes) m.store(lane[j / L::kLanes], lanes + j);
  }
};

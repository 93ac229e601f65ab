// The passes of functions of elements by way of doubles, and of losses of elements. Included once per target.

/// Copies of pointers: the compiler knows of no store that changes them.
template <size_t kIn, size_t kOut>
struct Pointers {
  const void* in[kIn];
  void* out[kOut];
  Pointers(const void* const* from, void* const* to, size_t outs) {
    std::copy_n(from, kIn, in);
    for (size_t i = 0; i < kOut; ++i) out[i] = i < outs ? to[i] : nullptr;
  }
};

template <class P>
struct MapPasses {
  static constexpr size_t kIn = inputs<P>(), kOut = gradients<P>();
  static constexpr bool number = P::output == Output::number;
  static constexpr size_t kWeight = kIn, kFactor = kIn + weighs<P>();
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
  /// Element k of each input; one that is left out is 1.
  template <class L, bool left_out>
  static LOSSACT_INLINE std::array<typename L::V, kIn> at(size_t k, const void* const* in) {
    return [&]<size_t... I>(std::index_sequence<I...>) LOSSACT_LAMBDA {
      return std::array<typename L::V, kIn>{[&]() LOSSACT_LAMBDA {
        if constexpr (left_out && may_be_left_out<P>[I]) return typename L::M()(1);
        else return L::load(static_cast<const typename L::Element*>(in[I]) + k);
      }()...};
    }(Indices<kIn>());
  }
  template <class L>
  static LOSSACT_INLINE typename L::V load(const void* from, size_t k) {
    return L::load(static_cast<const typename L::Element*>(from) + k);
  }
  /// Weights and factors are doubles whatever the elements are.
  template <class M>
  static LOSSACT_INLINE typename M::V doubles(M m, const void* from, size_t k) {
    return m.load(static_cast<const double*>(from) + k);
  }
  /// run(is an input left out, is there a weight)
  template <class Run>
  static LOSSACT_INLINE void with_arrays(const void* const* in, Run run) {
    const auto weighted = [&](auto left_out) LOSSACT_LAMBDA {
      if constexpr (weighs<P>()) {
        if (in[kWeight]) return run(left_out, std::true_type());
      }
      run(left_out, std::false_type());
    };
    if constexpr (first_left_out<P> < kIn) {
      if (!in[first_left_out<P>]) return weighted(std::true_type());
    }
    weighted(std::false_type());
  }

  template <class T>
  static void value(const void* options, size_t, size_t n, const void* const* in, const double*, void* const* out) {
    using L = LaneOf<T>;
    using V = typename L::V;
    const P p = options_of<P>(options);
    const typename L::M m;
    const Pointers<kFactor, 2> a(in, out, number ? 2 : 1);
    with_arrays(in, [&](auto left_out, auto weighted) LOSSACT_LAMBDA {
      const auto f = [&](size_t k) LOSSACT_LAMBDA {
        const V y = value_at(p, m, at<L, decltype(left_out)::value>(k, a.in), Indices<kIn>());
        if constexpr (weighted) return doubles(m, a.in[kWeight], k) * y;
        else return y;
      };
      double* const to = static_cast<double*>(a.out[0]);
      if constexpr (number)
        if (!to) return add_to_lanes<L>(static_cast<double*>(a.out[1]), n, f);
      for (size_t i = 0; i < n; i += kGroup) {
        __builtin_prefetch(to + i + kAhead / 2, 1);
        for (size_t k = i; k < i + kGroup; k += L::kLanes) m.store(f(k), to + k);
      }
    });
  }
  template <class T>
  static void slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                     void* const* out) {
    using L = LaneOf<T>;
    using V = typename L::V;
    const P p = options_of<P>(options);
    const typename L::M m;
    const Pointers<kFactor + 1, 1 + kOut> a(in, out, 1 + kOut);
    const V scale = m(scalars[0]);
    with_arrays(in, [&](auto left_out, auto) LOSSACT_LAMBDA {
      const auto all = [&](auto by_element) LOSSACT_LAMBDA {
        if constexpr (kOut > 1)
          if (a.out[0])
            return add_to_lanes<L>(static_cast<double*>(a.out[0]), n, [&](size_t k) LOSSACT_LAMBDA {
              V factor = scale;
              if constexpr (by_element) factor = doubles(m, a.in[kFactor], k);
              return factor * slope_at<kOut - 1>(p, m, at<L, decltype(left_out)::value>(k, a.in), Indices<kIn>());
            });
        for (size_t i = 0; i < n; i += kGroup) {
          each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
            if (a.out[1 + K]) __builtin_prefetch(static_cast<double*>(a.out[1 + K]) + i + kAhead / 2, 1);
          });
          for (size_t k = i; k < i + kGroup; k += L::kLanes) {
            const auto x = at<L, decltype(left_out)::value>(k, a.in);
            V factor = scale;
            if constexpr (by_element) factor = doubles(m, a.in[kFactor], k);
            each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
              if (a.out[1 + K])
                m.store(factor * slope_at<K>(p, m, x, Indices<kIn>()), static_cast<double*>(a.out[1 + K]) + k);
            });
          }
        }
      };
      a.in[kFactor] ? all(std::true_type()) : all(std::false_type());
    });
  }
  template <class T>
  static void output_slopes(const void* options, size_t, size_t n, const void* const* in, const double*,
                            void* const* out) {
    using L = LaneOf<T>;
    const P p = options_of<P>(options);
    const typename L::M m;
    const void *const from = in[0], *const factor = in[1];
    double* const to = static_cast<double*>(out[1]);
    const auto all = [&](auto by_element) LOSSACT_LAMBDA {
      for (size_t i = 0; i < n; i += kGroup) {
        __builtin_prefetch(to + i + kAhead / 2, 1);
        for (size_t k = i; k < i + kGroup; k += L::kLanes) {
          const auto y = load<L>(from, k), slope = m.select(m.eq(y, y), derivative_from_output(p, m, y), y);
          if constexpr (by_element) m.store(doubles(m, factor, k) * slope, to + k);
          else m.store(slope, to + k);
        }
      }
    };
    factor ? all(std::true_type()) : all(std::false_type());
  }

  /// Of a loss, each gradient as Stored, and the sum, in one pass.
  template <class T, class Stored>
  static void loss_slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                          void* const* out) {
    using L = LaneOf<T>;
    using V = typename L::V;
    const P p = options_of<P>(options);
    const typename L::M m;
    const Pointers<kFactor + 1, 1 + kOut> a(in, out, 1 + kOut);
    const V scale = m(scalars[0]);
    double* const lanes = static_cast<double*>(a.out[0]);
    const auto all = [&](auto left_out, auto weighted, auto by_element, auto wanted) LOSSACT_LAMBDA {
      constexpr bool none = decltype(left_out)::value;
      V lane[kGroup / L::kLanes];
      for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = lanes ? m.load(lanes + j) : m(0);
      for (size_t k = 0; k < n; k += kGroup) {
        for (size_t i = 0; i < kIn; ++i)
          if (!(none && may_be_left_out<P>[i])) __builtin_prefetch(static_cast<const T*>(a.in[i]) + k + kAhead);
        each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
          if constexpr (wanted(K)) __builtin_prefetch(static_cast<Stored*>(a.out[1 + K]) + k, 1);
        });
        for (size_t j = 0; j < kGroup; j += L::kLanes) {
          const auto x = at<L, none>(k + j, a.in);
          V weight = m(1), factor = scale;
          if constexpr (by_element) factor = doubles(m, a.in[kFactor], k + j);
          if constexpr (weighted) weight = doubles(m, a.in[kWeight], k + j), factor = factor * weight;
          V y[kOut];
          each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
            if constexpr (wanted(K)) y[K] = factor * slope_at<K>(p, m, x, Indices<kIn>());
          });
          if (lanes) {
            const V loss = value_at(p, m, x, Indices<kIn>());
            lane[j / L::kLanes] = lane[j / L::kLanes] + (weighted ? weight * loss : loss);
          }
          each<kOut>([&]<size_t K>(Index<K>) LOSSACT_LAMBDA {
            if constexpr (wanted(K)) {
              Stored* const to = static_cast<Stored*>(a.out[1 + K]) + k + j;
              if constexpr (std::is_same_v<Stored, T>) L::store(y[K], to);
              else m.store(y[K], to);
            }
          });
        }
      }
      if (lanes)
        for (size_t j = 0; j < kGroup; j += L::kLanes) m.store(lane[j / L::kLanes], lanes + j);
    };
    with_arrays(in, [&](auto left_out, auto weighted) LOSSACT_LAMBDA {
      with_wanted(a.out, [&](auto wanted) LOSSACT_LAMBDA {
        a.in[kFactor] ? all(left_out, weighted, std::true_type(), wanted)
                      : all(left_out, weighted, std::false_type(), wanted);
      });
    });
  }

 private:
  template <size_t mask>
  struct Wanted {
    constexpr bool operator()(size_t k) const { return mask >> k & 1; }
  };
  /// run(which gradients are wanted): a gradient may cost a logarithm, so what is not wanted is not computed.
  template <size_t mask = 1, class Run>
  static LOSSACT_INLINE void with_wanted(void* const* out, Run run) {
    if constexpr (mask >> kOut == 0) {
      size_t given = 0;
      for (size_t k = 0; k < kOut; ++k) given |= size_t{out[1 + k] != nullptr} << k;
      if (given == mask) return run(Wanted<mask>());
      with_wanted<mask + 1>(out, run);
    }
  }
  template <class L, class F>
  static LOSSACT_INLINE void add_to_lanes(double* lanes, size_t n, F f) {
    const typename L::M m;
    typename L::V lane[kGroup / L::kLanes];
    for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = m.load(lanes + j);
    for (size_t k = 0; k < n; k += kGroup)
      for (size_t j = 0; j < kGroup; j += L::kLanes) lane[j / L::kLanes] = lane[j / L::kLanes] + f(k + j);
    for (size_t j = 0; j < kGroup; j += L::kLanes) m.store(lane[j / L::kLanes], lanes + j);
  }
};

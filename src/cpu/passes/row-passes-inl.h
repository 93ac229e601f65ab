// The passes of functions of classes. Included once per target.

/// A row with its statistic, as a pass is given it: {input, exponentials (or null), ...} from class `first` on, and
/// scalars.
template <class P, class T>
struct RowHere {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  static constexpr bool logarithms = [] {
    if constexpr (requires { P::input; }) return P::input == Meaning::log_probabilities;
    else return false;
  }();
  M m;
  const double* kept;
  size_t top;  // the place of the largest; of logarithms none that the other classes depend on
  V at_top, max, log1p_others, log_total, share, rest_of_top;

  // The scalars one by one: they were just stored so, and a wider load would wait until they are in the cache.
  LOSSACT_INLINE RowHere(const void* exponentials, const double* s) : kept(static_cast<const double*>(exponentials)) {
    if constexpr (logarithms) {
      top = size_t(-1);
    } else {
      top = static_cast<size_t>(s[cpu::kTop]), at_top = m(s[cpu::kTop]), max = m(s[cpu::kMax]);
      log1p_others = m(s[cpu::kLog1pOthers]), log_total = m(s[cpu::kLog1pOthers] + s[cpu::kMax]);
      share = m(s[cpu::kShare]), rest_of_top = m(s[cpu::kRestOfTop]);
    }
  }
  LOSSACT_INLINE auto is_top(size_t i) const { return m.eq(m.index(i), at_top); }
  /// Classes i, i + 1, ... of the row, which are those at k.
  LOSSACT_INLINE ClassOf<V> at(size_t i, size_t k, V x) const {
    if constexpr (logarithms) {
      return {.surprise = m(0) - x, .probability = m(0), .rest = m(1), .log_total = m(0)};
    } else {
      const auto largest = is_top(i);
      const V distance = m.select(largest, m(0), max - x);
      const V p = (kept ? m.load(kept + k) : m.decay(distance)) * share;
      return {.surprise = log1p_others + distance,
              .probability = p,
              .rest = m.select(largest, rest_of_top, m(1) - p),
              .log_total = log_total};
    }
  }
  /// What the largest is multiplied with once it stays out: `all` but its own, of which nothing cancels.
  LOSSACT_INLINE V others(size_t i, V without_top, V all, V own) const {
    if constexpr (logarithms) return all - own;
    else return m.select(is_top(i), without_top, all - own);
  }
};

template <class P>
struct RowPasses {
  using L = Lane<double, double>;
  using M = typename L::M;
  using V = typename L::V;
  static constexpr bool number = P::output == Output::number;

  /// Whether value or slope is computed from that field of a class, in its order.
  static constexpr bool needs(size_t field) {
    const auto is = [&](size_t i) { return Traced{i == field}; };
    const ClassOf<Traced> c = {is(0), is(1), is(2), is(3)};
    return forward(P{}, TracingHere(), c).r || derivative(P{}, TracingHere(), c).r;
  }
  static constexpr bool constant_slope() {
    const ClassOf<Traced> c = {{true}, {true}, {true}, {true}};
    if (derivative(P{}, TracingHere(), c).r) return false;
    if constexpr (requires { derivative_by_total(P{}, TracingHere(), c); })
      return !derivative_by_total(P{}, TracingHere(), c).r;
    else return true;
  }

  /// Whether the values are the probabilities, or their logarithms.
  static cpu::RowValue value_is(const void* options) {
    constexpr int kSurprise = 1, kProbability = 2;
    const ClassOf<Named> c = {{kSurprise}, {kProbability}, {3}, {4}};
    const Named y = forward(options_of<P>(options), NamingHere(), c);
    if (y.input == kProbability && !y.negative) return cpu::RowValue::probability;
    if (y.input == kSurprise && y.negative) return cpu::RowValue::logarithm;
    return cpu::RowValue::other;
  }

  template <class To, class From>
  static LOSSACT_INLINE void store(From v, To* to) {
    Lane<To, double>::store({v.r}, to);
  }
  template <class T, class To>
  static void value(const void* options, size_t first, size_t n, const void* const* in, const double* scalars,
                    void* const* out) {
    using Here = RowHere<P, T>;
    const P p = options_of<P>(options);
    const Here row(in[1], scalars);
    groups(
        0, n, static_cast<To*>(out[0]),
        [&](size_t i, size_t, To* to, const T* x) LOSSACT_LAMBDA {
          for (size_t k = 0; k < kGroup; k += Here::L::kLanes)
            store(forward(p, row.m, row.at(first + i + k, i + k, Here::L::load(x + k))), to + k);
        },
        static_cast<const T*>(in[0]));
  }
  // y_c = f(surprise_c) and d surprise_c / d x_k = p_k - [c = k], so dx_k = p_k sum_c(dy_c f'_c) - dy_k f'_k. The
  // largest stays out of the sum: where it has all but all of the probability, its own gradient is what the others
  // leave it.
  template <class T, class To>
  static void slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                     void* const* out) {
    using Here = RowHere<P, T>;
    using Loads = typename Here::L;
    const P p = options_of<P>(options);
    const Here row(in[1], scalars);
    const auto m = row.m;
    const auto *const x = static_cast<const T*>(in[0]), *const dy = static_cast<const T*>(in[2]);
    const size_t top = row.top;
    const auto others = m(sum<Loads>(
        n, top,
        [&](size_t i, const T* at, const T* g)
            LOSSACT_LAMBDA { return Loads::load(g) * derivative(p, m, row.at(i, i, Loads::load(at))); },
        x, dy));
    const auto at_top = row.at(top, top, m(static_cast<double>(detail::get(x + top))));
    const auto all = others + m(m.first(m(static_cast<double>(detail::get(dy + top))) * derivative(p, m, at_top)));
    groups(
        0, n, static_cast<To*>(out[0]),
        [&](size_t i, size_t, To* to, const T* at, const T* g) LOSSACT_LAMBDA {
          To result[kGroup];
          for (size_t k = 0; k < kGroup; k += Loads::kLanes) {
            const auto c = row.at(i + k, i + k, Loads::load(at + k));
            const auto own = Loads::load(g + k) * derivative(p, m, c);
            store(c.probability * row.others(i + k, others, all, own) - c.rest * own, result + k);
          }
          detail::copy(to, result, sizeof result);
        },
        x, dy);
  }
  // From the output, with p(y) and f'(y): dx_k = p_k sum_c(dy_c f'_c) - dy_k f'_k.
  static constexpr bool output_form = requires(const P& p, M m, V y) { probability_from_output(p, m, y); };
  template <class T>
  static void output_sum(const void* options, size_t, size_t n, const void* const* in, const double*,
                         void* const* out) {
    using Loads = Lane<T, double>;
    const typename Loads::M m;
    const P p = options_of<P>(options);
    *static_cast<double*>(out[0]) = sum<Loads>(
        n, size_t(-1),
        [&](size_t, const T* y, const T* g)
            LOSSACT_LAMBDA { return Loads::load(g) * derivative_from_output(p, m, Loads::load(y)); },
        static_cast<const T*>(in[0]), static_cast<const T*>(in[1]));
  }
  template <class As>
  static LOSSACT_INLINE auto output_slope(const P& p, const typename As::M& m, typename As::V y, typename As::V g,
                                          typename As::V total) {
    return probability_from_output(p, m, y) * total - g * derivative_from_output(p, m, y);
  }
  template <class T, class To>
  static void output_slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                            void* const* out) {
    using Loads = Lane<T, double>;
    const typename Loads::M m;
    const P p = options_of<P>(options);
    const auto total = m(scalars[0]);
    groups(
        0, n, static_cast<To*>(out[0]),
        [&](size_t, size_t, To* to, const T* y, const T* g) LOSSACT_LAMBDA {
          for (size_t k = 0; k < kGroup; k += Loads::kLanes)
            store(output_slope<Loads>(p, m, Loads::load(y + k), Loads::load(g + k), total), to + k);
        },
        static_cast<const T*>(in[0]), static_cast<const T*>(in[1]));
  }
  /// Rows of floats in single precision: rounded once for the product with the slope, and once at the end. Logarithms
  /// of which exp is no normal float are computed in double. Without their sums, those of the rows are computed first.
  static void float_output_slopes(const void* options, size_t rows, size_t n, const cpu::FloatRow* in,
                                  const double* sum_of_row, cpu::FloatRow out) {
    const P p = options_of<P>(options);
    const bool logarithms = probability_from_output(p, NamingHere(), Named{.input = 1}).input != 1;
    for (size_t r = 0; r < rows; ++r) {
      const float *const y = in[0].at(r), *const g = in[1].at(r);
      const double total = sum_of_row ? *sum_of_row : float_output_sum(p, n, y, g);
      logarithms ? float_output_row<true>(p, n, y, g, total, out.at(r))
                 : float_output_row<false>(p, n, y, g, total, out.at(r));
    }
  }
  /// The sum as output_sum() has it.
  static LOSSACT_INLINE double float_output_sum(const P& p, size_t n, const float* y, const float* g) {
    using Loads = Lane<float, double>;
    const typename Loads::M m;
    detail::Tree tree;
    for (size_t first = 0; first < n; first += kBlock) {
      const size_t last = std::min(n, first + kBlock);
      Lanes<typename Loads::M> lanes;
      size_t i = first;
      const auto term = [&](const float* at, const float* of)
                            LOSSACT_LAMBDA { return Loads::load(of) * derivative_from_output(p, m, Loads::load(at)); };
      for (; i + kGroup <= last; i += kGroup)
        for (size_t k = 0; k < kGroup; k += Loads::kLanes)
          lanes.lane[k / Loads::kLanes] = lanes.lane[k / Loads::kLanes] + term(y + i + k, g + i + k);
      if (i < last) {
        const auto at = padded_group(y + i, last - i), of = padded_group(g + i, last - i);
        const auto end = m(static_cast<double>(last - i));
        for (size_t k = 0; k < kGroup; k += Loads::kLanes)
          lanes.lane[k / Loads::kLanes] =
              lanes.lane[k / Loads::kLanes] + m.select(m.gt(end, m.index(k)), term(at.data() + k, of.data() + k), m(0));
      }
      tree.add(lanes.fold());
    }
    return tree.total();
  }
  template <bool logarithms>
  static LOSSACT_INLINE void float_output_row(const P& p, size_t n, const float* y, const float* g, double total,
                                              float* dx) {
    using Plain = Lane<float, float>;
    const typename Plain::M m;
    const auto sum_of_row = m(total);
    over_registers<Plain>(
        n, dx,
        [&](const float* at, const float* of) LOSSACT_LAMBDA {
          const auto out = Plain::load(at), own = Plain::load(of) * derivative_from_output(p, m, out);
          const auto slope = m.fms(probability_from_output(p, m, out), sum_of_row, own);
          if constexpr (logarithms) {
            const auto below = m.gt(m(Fit<float, 24>::least), out);
            if (HWY_UNLIKELY(m.any(below))) return m.select(below, exactly(p, at, of, total), slope);
          }
          return slope;
        },
        y, g);
  }
  static HWY_NOINLINE typename Lane<float, float>::V exactly(const P& p, const float* y, const float* g, double total) {
    using Loads = Lane<float, double>;
    const typename Loads::M m;
    float slope[Lane<float, float>::kLanes];
    for (size_t k = 0; k < Lane<float, float>::kLanes; k += Loads::kLanes)
      store(output_slope<Loads>(p, m, Loads::load(y + k), Loads::load(g + k), m(total)), slope + k);
    return Lane<float, float>::load(slope);
  }
  static void interleaved_output(const void* options, size_t, size_t n, const void* const* in, const double*,
                                 void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    for (size_t k = 0; k < n; k += L::kLanes) {
      const V y = m.load(static_cast<const double*>(in[0]) + k), probability = probability_from_output(p, m, y);
      const auto store = [&](size_t i, V v) LOSSACT_LAMBDA { m.store(v, static_cast<double*>(out[i]) + k); };
      store(0, probability), store(1, m(1) - probability), store(2, derivative_from_output(p, m, y));
    }
  }
  static LOSSACT_INLINE ClassOf<V> class_at(const void* const* in, size_t k) {
    const M m;
    const auto at = [&](size_t i) LOSSACT_LAMBDA { return m.load(static_cast<const double*>(in[i]) + k); };
    return {at(0), at(1), at(2), at(3)};
  }
  /// Value and slope of classes of many rows.
  static void interleaved(const void* options, size_t, size_t n, const void* const* in, const double*,
                          void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    double *const value = static_cast<double*>(out[0]), *const slope = static_cast<double*>(out[1]);
    for (size_t k = 0; k < n; k += L::kLanes) {
      const auto c = class_at(in, k);
      if (value) m.store(forward(p, m, c), value + k);
      if (slope) m.store(derivative(p, m, c), slope + k);
    }
  }
  /// The loss of the one class of a row that counts, for many rows.
  static void loss(const void* options, size_t, size_t n, const void* const* in, const double* s, void* const* out) {
    const P p = options_of<P>(options);
    const M m;
    const double classes = s[0];
    for (size_t k = 0; k < n; k += L::kLanes) {
      const auto c = class_at(in, k);
      const V q = mass(p, m, m(1), m.load(static_cast<const double*>(in[4]) + k), classes);
      const auto none = m.eq(q, m(0));  // 0 log 0 = 0
      const auto store = [&](size_t i, V y) LOSSACT_LAMBDA {
        if (out[i]) m.store(y, static_cast<double*>(out[i]) + k);
      };
      store(0, m.select(none, m(0), q * forward(p, m, c)));
      store(1, q * slope(p, m, c));
      store(2, m.select(none, m(0), q * by_total(p, m, c)));
    }
  }
  // NaN in, NaN out, whatever the definition says.
  template <class Number, class C>
  static LOSSACT_INLINE auto slope(const P& p, Number m, const C& c) {
    return m.select(m.eq(c.surprise, c.surprise), derivative(p, m, c), c.surprise);
  }
  template <class Number, class C>
  static LOSSACT_INLINE auto by_total(const P& p, Number m, const C& c) {
    if constexpr (requires { derivative_by_total(p, m, c); }) return derivative_by_total(p, m, c);
    else return m(0);
  }
  /// The groups of a row with the weight of each class. Weights are padded; where there are none they are a constant 1.
  template <class Out, class Body, class... In>
  static LOSSACT_INLINE void with_weight(const double* weight, size_t n, Out* out, Body body, const In*... in) {
    static constexpr auto ones = [] {
      std::array<double, kGroup> all{};
      all.fill(1);
      return all;
    }();
    const auto all = [&](auto weighted) LOSSACT_LAMBDA {
      groups(
          0, n, out,
          [&](size_t i, size_t live, Out* o, const In*... a)
              LOSSACT_LAMBDA { body(i, live, o, weighted ? weight + i : ones.data(), a...); },
          in...);
    };
    weight ? all(std::true_type()) : all(std::false_type());
  }
  /// A row in which many classes count: by probabilities as the target, or by a smoothed label.
  template <class T>
  struct Dense {
    using Here = RowHere<P, T>;
    using L = typename Here::L;
    using V = typename L::V;
    const P p;
    const Here row;
    const size_t n;
    const double classes, wanted;
    const T *const x, *const t, *const targets;  // without t, targets are not read
    const double* const weights;

    LOSSACT_INLINE Dense(const void* options, size_t count, const void* const* in, const double* scalars)
        : p(options_of<P>(options)),
          row(in[1], scalars),
          n(count),
          classes(static_cast<double>(count)),
          wanted(scalars[cpu::kWanted]),
          x(static_cast<const T*>(in[0])),
          t(static_cast<const T*>(in[2])),
          targets(t ? t : x),
          weights(static_cast<const double*>(in[3])) {}
    LOSSACT_INLINE V counts(size_t i, const T* at, const double* w) const {
      const auto m = row.m;
      return mass(p, m, t ? L::load(at) : m.select(m.eq(m.index(i), m(wanted)), m(1), m(0)), m.load(w), classes);
    }
    template <class F>
    LOSSACT_INLINE double sum(size_t skip, F f) const {
      const auto m = row.m;
      detail::Tree tree;
      Lanes<typename Here::M> lanes;
      with_weight(
          weights, n, static_cast<double*>(nullptr),
          [&](size_t i, size_t live, double*, const double* w, const T* here, const T* at) LOSSACT_LAMBDA {
            for (size_t k = 0; k < kGroup; k += L::kLanes) {
              const V q = counts(i + k, at + k, w + k), term = q * f(row.at(i + k, i + k, L::load(here + k)));
              lanes.add(i, k, live, m.select(m.eq(q, m(0)), m(0), term), skip);  // 0 log 0 = 0
            }
            if ((i + kGroup) % kBlock == 0 || live < kGroup || i + live == n) tree.add(lanes.fold()), lanes.clear();
          },
          x, targets);
      return tree.total();
    }
  };
  template <class V>
  struct Totals {
    V others, all;  // A + B, without the top and with it
  };
  /// The loss of such a row. Where `totals` are wanted, also A + B, with A = sum q f' and B = sum q df/dlog_total over
  /// the classes, of which q is the target weight (`mass`).
  template <class T>
  static HWY_NOINLINE double sums(const void* options, size_t n, const void* const* in, const double* scalars,
                                  Totals<typename Dense<T>::V>* totals) {
    const Dense<T> dense(options, n, in, scalars);
    const P& p = dense.p;
    const auto m = dense.row.m;
    const double loss = dense.sum(size_t(-1), [&](auto c) LOSSACT_LAMBDA { return forward(p, m, c); });
    if (!totals) return loss;
    auto own_of_top = m(0), total_of_top = m(0);
    const size_t top = dense.row.top;
    if (top < n) {
      const T *const x = dense.x + top, *const t = dense.t ? dense.t + top : nullptr;
      const auto c = dense.row.at(top, top, m(static_cast<double>(detail::get(x))));
      const auto share = m(t ? static_cast<double>(detail::get(t)) : static_cast<double>(top) == dense.wanted ? 1 : 0);
      const auto q = mass(p, m, share, m(dense.weights ? dense.weights[top] : 1), dense.classes);
      const auto none = m.eq(q, m(0));
      own_of_top = m(m.first(m.select(none, m(0), q * slope(p, m, c))));
      total_of_top = m(m.first(m.select(none, m(0), q * by_total(p, m, c))));
    }
    const auto slopes = [&](auto c) LOSSACT_LAMBDA { return slope(p, m, c) + by_total(p, m, c); };
    totals->others = m(dense.sum(top, slopes)) + total_of_top, totals->all = totals->others + own_of_top;
    return loss;
  }
  /// Loss and gradient: dl/dx_k = p_k (A + B) - q_k f'_k, written p_k (A + B - q_k f'_k) - (1 - p_k) q_k f'_k so that
  /// nothing cancels at the top.
  template <class T, class To>
  static void many(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                   void* const* out) {
    Totals<typename Dense<T>::V> totals;
    *static_cast<double*>(out[1]) = sums<T>(options, n, in, scalars, out[0] ? &totals : nullptr);
    if (!out[0]) return;
    const Dense<T> dense(options, n, in, scalars);
    const auto& row = dense.row;
    const auto m = row.m;
    const auto others = totals.others, all = totals.all, scale = m(scalars[cpu::kScale]);
    with_weight(
        dense.weights, n, static_cast<To*>(out[0]),
        [&](size_t i, size_t, To* to, const double* w, const T* here, const T* at) LOSSACT_LAMBDA {
          To result[kGroup];
          for (size_t k = 0; k < kGroup; k += Dense<T>::L::kLanes) {
            const auto c = row.at(i + k, i + k, Dense<T>::L::load(here + k));
            const auto own = dense.counts(i + k, at + k, w + k) * slope(dense.p, m, c);
            store(scale * (c.probability * row.others(i + k, others, all, own) - c.rest * own), result + k);
          }
          detail::copy(to, result, sizeof result);
        },
        dense.x, dense.targets);
  }
  /// The target weight is linear in the probability that the target gives a class. So the gradient in that is the
  /// class's value times the difference between its target weights at 1 and at 0.
  template <class T, class To>
  static void target_slopes(const void* options, size_t, size_t n, const void* const* in, const double* scalars,
                            void* const* out) {
    const Dense<T> dense(options, n, in, scalars);
    const P& p = dense.p;
    const auto& row = dense.row;
    const auto m = row.m;
    const auto scale = m(scalars[cpu::kScale]);
    with_weight(
        dense.weights, n, static_cast<To*>(out[0]),
        [&](size_t i, size_t, To* to, const double* w, const T* x) LOSSACT_LAMBDA {
          To result[kGroup];
          for (size_t k = 0; k < kGroup; k += Dense<T>::L::kLanes) {
            const auto weight = m.load(w + k),
                       counts = mass(p, m, m(1), weight, dense.classes) - mass(p, m, m(0), weight, dense.classes);
            const auto y = forward(p, m, row.at(i + k, i + k, Dense<T>::L::load(x + k)));
            store(m.select(m.eq(counts, m(0)), m(0), scale * counts * y), result + k);
          }
          detail::copy(to, result, sizeof result);
        },
        dense.x);
  }
  /// Whether a class counts that is not the target.
  static bool smooths(const void* options) {
    const M m;
    return m.first(mass(options_of<P>(options), m, m(0), m(1), 1.0)) != 0;
  }
};

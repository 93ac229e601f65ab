// Rows of floats in single precision: their sums of exponentials, their probabilities and the logarithms of those.
// Included once per target.
//
// exp(x) needs no rounding of its argument, as exp(x - max) would, and is a normal float where the row lies in
// [kLeast, kMost]. Then p = exp(x) factor with factor = exp(-max) / (1 + S) in double, and -log p = log1p(S) +
// (max - x). A probability that is to be within one unit in the last place takes more digits of exp(x) than a float
// has, for it is rounded once more when it is multiplied: `two` floats then, the second what rounding the first lost.
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {

template <Accuracy accuracy, bool two>
class FloatRows {
 public:
  /// Rows that fit the fastest cache together: the probabilities, or their logarithms. Returns a bit for each row that
  /// single precision does not suffice for, which is left as it is.
  static std::uint64_t probabilities(bool logarithms, const float* x, size_t x_stride, size_t rows, size_t n,
                                     float* scratch, float* y, size_t y_stride) {
    Together all(x, x_stride, rows, n, scratch);
    alignas(64) double factor[kRows], log_sum[kRows];
    finish(logarithms, rows, all.max, all.sum, factor, log_sum);
    all.each([&](size_t r) LOSSACT_LAMBDA {
      float* const to = y + r * y_stride;
      if (logarithms) write_logarithms(all.row(r), n, all.max[r], log_sum[r], to);
      else write(all.high(r), all.low(r), n, factor[r], all.found[r].plain(), to);
    });
    return all.left;
  }
  /// The scalars of such rows, and what their exponentials, which stay in `scratch`, are multiples of.
  static std::uint64_t statistics(const float* x, size_t x_stride, size_t rows, size_t n, float* scratch,
                                  double (*scalars)[cpu::kMostScalars], double* unit) {
    const Together all(x, x_stride, rows, n, scratch);
    describe(rows, all.max, all.sum, all.top, all.left, scalars, unit);
    return all.left;
  }
  /// The same of a longer row, whose exponentials are stored in `e` unless that is null.
  static bool statistics_of_one(const float* x, size_t n, bool shared, float* e, double (*scalars)[cpu::kMostScalars],
                                double* unit) {
    const RowSpace space(nullptr, shared);
    Found found;
    if (!suffices(x, n, space, found)) return false;
    const size_t top = R::place(x, n, found.largest);
    alignas(64) double max[kRows] = {static_cast<double>(found.largest)}, sum[kRows] = {};
    sum[0] = sum_of_one(x, n, space, found.guarded, top, e, nullptr);
    describe(1, max, sum, &top, 0, scalars, unit);
    return true;
  }
  /// The probabilities of a longer row, or their logarithms. Its exponentials are kept in y, and `low` keeps the second
  /// floats; logarithms keep nothing.
  static bool probabilities_of_one(bool logarithms, const float* x, size_t n, bool shared, float* low, float* y) {
    const RowSpace space(nullptr, shared);
    Found found;
    if (!suffices(x, n, space, found)) return false;
    const size_t top = R::place(x, n, found.largest);
    alignas(64) double max[kRows] = {static_cast<double>(found.largest)}, sum[kRows] = {}, factor[kRows],
                       log_sum[kRows];
    sum[0] = sum_of_one(x, n, space, found.guarded, top, logarithms ? nullptr : y, low);
    finish(logarithms, 1, max, sum, factor, log_sum);
    space.over(n, [&](size_t first, size_t last) LOSSACT_LAMBDA {
      if (logarithms) write_logarithms(x + first, last - first, max[0], log_sum[0], y + first);
      else write(y + first, low + first, last - first, factor[0], found.plain(), y + first);
    });
    return true;
  }

 private:
  using R = Row<float>;
  using Plain = Lane<float, float>;
  using L = Lane<float, double>;
  using M = typename L::M;
  using V = typename L::V;
  static constexpr size_t kRows = cpu::kRowsAtOnce;

  struct Found {
    float largest, smallest;  // of those that are not so small that no float is their probability
    bool guarded;             // there are such
    /// Whether neither a probability nor its second float is near the end of the floats: in a row of fewer than e^24
    /// classes all are at least e^-69.
    bool plain() const { return largest <= 45 && largest - smallest <= 45; }
  };
  static LOSSACT_INLINE bool suffices(const float* x, size_t n, const RowSpace& space, Found& found) {
    const auto extremes = R::template extremes<true>(x, n, space);
    found = {extremes.largest, extremes.smallest, !(extremes.smallest >= static_cast<float>(R::kLeast))};
    if (!(found.largest <= static_cast<float>(R::kMost) && found.largest >= static_cast<float>(R::kLeast)))
      return false;
    if (found.guarded) found.smallest = smallest_above(found.largest - 200, x, n);
    return found.smallest >= static_cast<float>(R::kLeast);
  }
  static LOSSACT_INLINE float smallest_above(float nothing, const float* x, size_t n) {
    const typename Plain::M m;
    auto smallest = m(inf);
    const auto see = [&](const float* group) LOSSACT_LAMBDA {
      for (size_t k = 0; k < kGroup; k += Plain::kLanes) {
        const auto v = Plain::load(group + k);
        smallest = m.min(smallest, m.select(m.gt(v, m(static_cast<double>(nothing))), v, m(inf)));
      }
    };
    for (size_t i = 0; i + kGroup <= n; i += kGroup) see(x + i);
    see(x + n - kGroup);
    float lanes[Plain::kLanes];
    m.store(smallest, lanes);
    return *std::min_element(lanes, lanes + Plain::kLanes);
  }

  /// The sums of rows that are taken together. Each step is one loop over all of them, for what one row has just
  /// written to memory is only read, in other pieces, once the others have been.
  struct Together {
    const float* const x;
    const size_t x_stride, rows, width;
    float* const scratch;
    std::uint64_t left = 0;
    Found found[kRows];
    size_t top[kRows];
    alignas(64) double max[kRows] = {}, sum[kRows] = {};

    HWY_NOINLINE HWY_ATTR Together(const float* from, size_t stride, size_t count, size_t n, float* memory)
        : x(from), x_stride(stride), rows(count), width(cpu::padded_row(n)), scratch(memory) {
      const RowSpace space(nullptr, false);
      each([&](size_t r) LOSSACT_LAMBDA {
        if (!suffices(row(r), n, space, found[r])) {
          left |= std::uint64_t{1} << r;
          return;
        }
        max[r] = static_cast<double>(found[r].largest), top[r] = R::place(row(r), n, found[r].largest);
      });
      each([&](size_t r) LOSSACT_LAMBDA { exponentials(found[r].guarded, row(r), n, high(r), low(r), nullptr); });
      float top_high[kRows], top_low[kRows];
      each([&](size_t r) LOSSACT_LAMBDA {
        top_high[r] = std::exchange(high(r)[top[r]], 0.0f);
        if (two) top_low[r] = std::exchange(low(r)[top[r]], 0.0f);
      });
      each([&](size_t r) LOSSACT_LAMBDA {
        Lanes<M> lanes;
        add(high(r), low(r), width, lanes);
        sum[r] = lanes.fold();
      });
      each([&](size_t r) LOSSACT_LAMBDA {
        high(r)[top[r]] = top_high[r];
        if (two) low(r)[top[r]] = top_low[r];
      });
    }
    const float* row(size_t r) const { return x + r * x_stride; }
    float* high(size_t r) const { return scratch + r * (two ? 2 : 1) * width; }
    float* low(size_t r) const { return high(r) + width; }
    template <class Body>
    LOSSACT_INLINE void each(Body body) const {
      for (size_t r = 0; r < rows; ++r)
        if (!(left >> r & 1)) body(r);
    }
  };

  template <bool guarded, class At>
  static LOSSACT_INLINE void exponential(const float* x, float* high, float* low) {
    const typename At::M m;
    const auto at = At::load(x);
    const auto keep = [&](auto v, float* to)
                          LOSSACT_LAMBDA { At::store(guarded ? m.select(m.gt(m(R::kLeast), at), m(0), v) : v, to); };
    if constexpr (accuracy == faithful) {
      using Sum = Compensated<typename At::M>;
      const auto e = Sum().exp(Sum::input(at));
      if constexpr (two) keep(e.hi, high), keep(e.lo, low);
      else keep(e.nearest, high);
    } else {
      keep(m.exp(at), high);
    }
  }
  template <bool guarded>
  static HWY_NOINLINE HWY_ATTR void exponentials(const float* x, size_t n, float* high, float* low, const float* next) {
    using Pair = PairOf<Plain>;
    size_t i = 0;
    for (; i + 2 * kGroup <= n; i += 2 * kGroup) {
      if (next) __builtin_prefetch(next + i, 1), __builtin_prefetch(next + i + kGroup, 1);
      for (size_t k = i; k < i + 2 * kGroup; k += Pair::kLanes) exponential<guarded, Pair>(x + k, high + k, low + k);
    }
    for (; i + Plain::kLanes <= n; i += Plain::kLanes) exponential<guarded, Plain>(x + i, high + i, low + i);
    if (i == n) return;
    if (n >= Plain::kLanes) {
      i = n - Plain::kLanes;
      exponential<guarded, Plain>(x + i, high + i, low + i);
    } else {
      exponential<guarded, Plain>(padded_group(x, n).data(), high, low);
    }
  }
  /// exp(x) of n classes; the arrays have room for whole groups. Where n is no multiple of a group, they must not lie
  /// over x.
  static LOSSACT_INLINE void exponentials(bool guarded, const float* x, size_t n, float* high, float* low,
                                          const float* next) {
    guarded ? exponentials<true>(x, n, high, low, next) : exponentials<false>(x, n, high, low, next);
  }
  static LOSSACT_INLINE void add(const float* high, const float* low, size_t n, Lanes<M>& lanes) {
    auto here = lanes;  // in registers
    for (size_t i = 0; i < n; i += kGroup)
      for (size_t k = 0; k < kGroup; k += L::kLanes) {
        V e = L::load(high + i + k);
        if (two) e = e + L::load(low + i + k);
        here.lane[k / L::kLanes] = here.lane[k / L::kLanes] + e;
      }
    lanes = here;
  }
  /// The sum over the classes of a longer row but the top. Stores the exponentials unless `high` is null.
  static LOSSACT_INLINE double sum_of_one(const float* x, size_t n, const RowSpace& space, bool guarded, size_t top,
                                          float* high, float* low) {
    return R::total(n, space, [&](size_t first, size_t count) LOSSACT_LAMBDA {
      alignas(64) float block_high[kBlock], block_low[kBlock];
      const bool in_place = high && count == kBlock;  // a shorter block is padded
      float* const h = in_place ? high + first : block_high;
      float* const l = in_place && two ? low + first : block_low;
      Lanes<M> lanes;
      for (size_t i = 0; i < count; i += kAhead) {
        const size_t live = std::min(kAhead, count - i), padded = cpu::padded_row(live);
        exponentials(guarded, x + first + i, live, h + i, l + i, high ? h + i + kAhead : nullptr);
        for (size_t k = live; k < padded; ++k) h[i + k] = l[i + k] = 0;
        const size_t at = top - first - i;
        if (at >= live) {
          add(h + i, l + i, padded, lanes);
        } else {
          float *const high_at_top = h + i + at, *const low_at_top = l + i + at;  // of y, which may lie anywhere
          const float top_high = detail::get(high_at_top), top_low = two ? detail::get(low_at_top) : 0;
          detail::put(high_at_top, 0.0f);
          if (two) detail::put(low_at_top, 0.0f);
          add(h + i, l + i, padded, lanes);
          detail::put(high_at_top, top_high);
          if (two) detail::put(low_at_top, top_low);
        }
      }
      if (high && !in_place) {
        detail::copy(high + first, h, count * sizeof *h);
        if (two) detail::copy(low + first, l, count * sizeof *l);
      }
      return lanes.fold();
    });
  }
  /// The scalars of rows from their sums, a register of rows at a time, and exp(-max).
  static void describe(size_t rows, const double* max, const double* sums, const size_t* top, std::uint64_t left,
                       double (*scalars)[cpu::kMostScalars], double* unit) {
    const M m;
    alignas(64) double others[kRows], log1p_others[kRows], share[kRows], rest_of_top[kRows], units[kRows];
    for (size_t r = 0; r < rows; r += L::kLanes) {
      const V scale = m.exp(m(0) - m.load(max + r)), sum = scale * m.load(sums + r), whole = m(1) + sum;
      m.store(scale, units + r), m.store(sum, others + r), m.store(m.log1p(sum), log1p_others + r);
      m.store(m(1) / whole, share + r), m.store(sum / whole, rest_of_top + r);
    }
    for (size_t r = 0; r < rows; ++r) {
      if (left >> r & 1) continue;
      double* const s = scalars[r];
      s[cpu::kMax] = max[r], s[cpu::kLog1pOthers] = log1p_others[r], s[cpu::kShare] = share[r];
      s[cpu::kRestOfTop] = rest_of_top[r], s[cpu::kTop] = static_cast<double>(top[r]), s[cpu::kSum] = others[r];
      unit[r] = units[r];
    }
  }
  /// From the sums over the other classes, as multiples of 1, what the probabilities and their logarithms need.
  static LOSSACT_INLINE void finish(bool logarithms, size_t rows, const double* max, const double* sum, double* factor,
                                    double* log_sum) {
    const M m;
    for (size_t r = 0; r < rows; r += L::kLanes) {
      const V unit = m.exp(m(0) - m.load(max + r)), others = unit * m.load(sum + r);
      if (logarithms) m.store(m.log1p(others), log_sum + r);
      else m.store(unit / (m(1) + others), factor + r);
    }
  }

  /// `high` and `low` as probabilities: multiplied by the factor, rounded once.
  static LOSSACT_INLINE void write(const float* high, const float* low, size_t n, double factor, bool plain, float* y) {
    if (!plain) {
      const M m;
      const auto f = m(factor);
      return over_registers<L>(
          n, y,
          [&](const float* h, const float* l) LOSSACT_LAMBDA {
            V e = L::load(h);
            if (two) e = e + L::load(l);
            return f * e;
          },
          high, two ? low : high);
    }
    const typename Plain::M m;
    const float near = static_cast<float>(factor);
    const auto f = m(static_cast<double>(near)), rest = m(factor - static_cast<double>(near));
    over_registers<Plain>(
        n, y,
        [&](const float* h, const float* l) LOSSACT_LAMBDA {
          const auto e = Plain::load(h);
          if constexpr (two) return m.fma(e, f, m.fma(Plain::load(l), f, e * rest));
          else return e * f;
        },
        high, two ? low : high);
  }
  static LOSSACT_INLINE void write_logarithms(const float* x, size_t n, double max, double log_sum, float* y) {
    using As = std::conditional_t<two, L, Plain>;
    const typename As::M m;
    const auto largest = m(max), log_of_sum = m(log_sum);
    over_registers<As>(n, y, [&](const float* in) LOSSACT_LAMBDA { return (As::load(in) - largest) - log_of_sum; }, x);
  }
};

}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

// A row of classes as row functions see it. Included once per target.
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
/// Working memory that rows use one after the other. It keeps their exponentials, so that each class costs one; a row
/// that is too long for the cache evaluates them again. The threads share a `shared` row by whole blocks, which changes
/// no bit.
class RowSpace {
 public:
  const bool shared;

  RowSpace(double* exponentials, bool threads_share) : shared(threads_share), data_(exponentials) {}
  RowSpace(const RowSpace&) = delete;
  RowSpace& operator=(const RowSpace&) = delete;
  /// Null where none are kept.
  double* kept() { return data_; }
  /// body(first, last) for parts of n classes, each of whole blocks.
  template <class Body>
  LOSSACT_INLINE void over(size_t n, const Body& body) const {
    if (!shared) return body(0, n);
    detail::parallel(detail::blocks_of(n), 2,
                     [&](size_t first, size_t last) HWY_ATTR { body(first * kBlock, std::min(n, last * kBlock)); });
  }

 private:
  double* data_;
};

/// A row with its statistic, after two sweeps over it. The largest logit stays out of the sum, so nothing is ever the
/// difference of two near numbers: with S the sum of exp(x - max) over the other classes, -log p = log1p(S) + (max - x)
/// and 1 - p = S / (1 + S) at the top.
template <class T>
struct Row {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  using Plain = Lane<T, T>;  // comparing needs no more digits than there are
  M m;
  size_t classes, top;
  double max, log1p_others, share, rest_of_top;  // share = 1 / (1 + S), rest_of_top = S / (1 + S)
  double sum_of_others;                          // S
  double* kept;                                  // the exponentials, or null
  const RowSpace& space;

  struct Extremes {
    T largest = -std::numeric_limits<T>::infinity(), smallest = std::numeric_limits<T>::infinity();
    void see(const Extremes& other) {
      if (other.largest > largest) largest = other.largest;
      if (other.smallest < smallest) smallest = other.smallest;
    }
  };

  Row(const T* x, size_t n, RowSpace& row_space) : classes(n), kept(row_space.kept()), space(row_space) {
    const T high = extremes<false>(x, n, space).largest;
    max = static_cast<double>(high), top = place(x, n, high);
    finish(total(n, space, [&](size_t first, size_t live) LOSSACT_LAMBDA {
      return sum_of_block(x + first, first, live, [&](size_t i, const T* in, V* e) LOSSACT_LAMBDA {
        for (size_t k = 0; k < kParts; ++k) {
          e[k] = m.decay(m(max) - L::load(in + k * L::kLanes));
          if (kept) m.store(e[k], kept + i + k * L::kLanes);
        }
      });
    }));
    // Where the largest is infinite its own distance is inf - inf; it is 0 by definition of the largest.
    if (kept) kept[top] = 1;
    // A row of nothing but NaN has no largest, and its NaN may be nowhere in the sum.
    if (const double at_top = static_cast<double>(detail::get(x + top)); at_top != at_top)
      log1p_others = share = rest_of_top = at_top;
  }
  /// Where the largest is among the classes at `first`, first + 1, ...
  LOSSACT_INLINE typename M::Mask is_top(size_t first) const {
    return m.eq(m.index(first), m(static_cast<double>(top)));
  }
  static constexpr double kLeast = -87, kMost = 88;  // between them exp in T is a normal number
  /// The order in which these are found does not matter. A NaN is passed over here and comes back through the sum.
  template <bool both>
  static LOSSACT_INLINE Extremes extremes(const T* x, size_t n, const RowSpace& space) {
    if (!space.shared) return extremes<both>(x, n);
    std::vector<Extremes> of_block(detail::blocks_of(n));
    space.over(n, [&](size_t first, size_t last) LOSSACT_LAMBDA {
      for (; first < last; first += kBlock)
        of_block[first / kBlock] = extremes<both>(x + first, std::min(kBlock, last - first));
    });
    Extremes all;
    for (const Extremes& each : of_block) all.see(each);
    return all;
  }
  template <bool both>
  static LOSSACT_INLINE Extremes extremes(const T* x, size_t n) {
    Extremes all;
    if (n < kGroup) {
      for (size_t i = 0; i < n; ++i) {
        const T here = detail::get(x + i);
        all.see({here, here});
      }
      return all;
    }
    constexpr size_t kChains = 4 * kGroup / Plain::kLanes;
    const typename Plain::M m;
    typename Plain::V largest[kChains], smallest[kChains];
    for (size_t k = 0; k < kChains; ++k) largest[k] = m(-inf), smallest[k] = m(inf);
    const auto see = [&](size_t i, size_t count) LOSSACT_LAMBDA {
      for (size_t k = 0; k < count; ++k) {
        const T* const at = x + i + k * Plain::kLanes;
        const auto v = Plain::load(at);
        largest[k] = m.max(largest[k], v);
        if (both) smallest[k] = m.min(smallest[k], v);
        __builtin_prefetch(at + kAhead);
      }
    };
    size_t i = 0;
    for (; i + 4 * kGroup <= n; i += 4 * kGroup) see(i, kChains);
    for (; i + kGroup <= n; i += kGroup) see(i, kChains / 4);
    for (; i + Plain::kLanes <= n; i += Plain::kLanes) see(i, 1);
    see(n - Plain::kLanes, 1);  // some of them for the second time
    for (size_t k = 1; k < kChains; ++k)
      largest[0] = m.max(largest[0], largest[k]), smallest[0] = m.min(smallest[0], smallest[k]);
    return {m.largest(largest[0]), both ? m.smallest(smallest[0]) : all.smallest};
  }
  /// The first of the largest; the last class where there is none.
  static LOSSACT_INLINE size_t place(const T* x, size_t n, T high) {
    const typename Plain::M m;
    if (n < kGroup) {
      size_t i = 0;
      while (i + 1 < n && detail::get(x + i) != high) ++i;
      return i;
    }
    const auto here = [&](size_t i, size_t groups) LOSSACT_LAMBDA {
      uint64_t bits = 0;
      for (size_t k = 0; k < groups * kGroup; k += Plain::kLanes)
        bits |= m.mask_bits(m.eq(Plain::load(x + i + k), m(static_cast<double>(high)))) << k;
      return bits;
    };
    size_t i = 0;
    for (; i + 4 * kGroup <= n; i += 4 * kGroup)
      if (const uint64_t bits = here(i, 4)) return i + static_cast<size_t>(std::countr_zero(bits));
    for (; i + kGroup <= n; i += kGroup)
      if (const uint64_t bits = here(i, 1)) return i + static_cast<size_t>(std::countr_zero(bits));
    const uint64_t bits = here(n - kGroup, 1);  // some of them for the second time
    return bits ? n - kGroup + static_cast<size_t>(std::countr_zero(bits)) : n - 1;
  }
  /// The tree's sum over blocks: of_block(first class, how many).
  template <class Block>
  static LOSSACT_INLINE double total(size_t classes, const RowSpace& space, Block of_block) {
    detail::Tree tree;
    const auto length = [&](size_t first) { return std::min(kBlock, classes - first); };
    if (space.shared) {
      std::vector<double> sums(detail::blocks_of(classes));
      space.over(classes, [&](size_t first, size_t last) LOSSACT_LAMBDA {
        for (; first < last; first += kBlock) sums[first / kBlock] = of_block(first, length(first));
      });
      for (const double sum : sums) tree.add(sum);
    } else {
      for (size_t first = 0; first < classes; first += kBlock) tree.add(of_block(first, length(first)));
    }
    return tree.total();
  }

 private:
  static constexpr size_t kParts = kGroup / L::kLanes;
  LOSSACT_INLINE void finish(double sum) {
    sum_of_others = sum;
    const V others = m(sum);
    log1p_others = m.first(m.log1p(others));
    share = m.first(m(1) / (m(1) + others));
    rest_of_top = m.first(others / (m(1) + others));
  }
  // Over the classes of a block at x but the largest: term(class, x there, sixteen numbers) of each group.
  template <class Term>
  LOSSACT_INLINE double sum_of_block(const T* x, size_t first, size_t count, Term term) const {
    const size_t last = first + count, whole = last / kGroup * kGroup, group_of_top = top / kGroup * kGroup;
    Lanes<M> lanes;
    V e[kParts];
    for (size_t i = first; i < last; i += kGroup) {
      const size_t stop = i <= group_of_top && group_of_top < whole ? group_of_top : whole;
      for (; i < stop; i += kGroup) {
        term(i, x + (i - first), e);
        for (size_t k = 0; k < kParts; ++k) lanes.lane[k] = lanes.lane[k] + e[k];
      }
      if (i == last) break;
      // The group with the largest class, or the last and short one: what does not count adds +0.
      const size_t live = std::min(kGroup, last - i);
      const std::array<T, kGroup> group = padded_group(x + (i - first), live);
      term(i, group.data(), e);
      for (size_t k = 0; k < kParts; ++k) {
        const size_t at = i + k * L::kLanes;
        const V counted = m.select(is_top(at), m(0), e[k]), past = m(static_cast<double>(last));
        lanes.lane[k] = lanes.lane[k] + m.select(m.gt(past, m.index(at)), counted, m(0));
      }
    }
    return lanes.fold();
  }
};

/// Interleaved rows of up to sixteen classes: a row to a lane, the classes one after the other. Nothing crosses lanes,
/// and what is done once for a row is done for a register of rows at once. Every number has the bits of Row's, for
/// sixteen lanes of one class each fold as Row's do. Without `logs` no surprise is computed.
template <class T, bool logs = true>
struct InterleavedRows {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  static constexpr size_t kRows = L::kLanes;
  M m;
  size_t classes;
  V top, max, log1p_others, share, rest_of_top;
  T x[kGroup * kRows];  // class by class
  double kept[kGroup * kRows];

  /// `copy` writes the classes at x, class by class.
  template <class Copy>
  InterleavedRows(size_t count, Copy copy) : classes(count), top(m(0)), max(m(-inf)) {
    copy(x);
    for (size_t c = 0; c < classes; ++c) {
      const auto larger = m.gt(logit(c), max);
      top = m.select(larger, m(static_cast<double>(c)), top), max = m.max(max, logit(c));
    }
    double lane[kGroup * kRows];
    for (size_t c = 0; c < classes; ++c) {
      const V e = m.decay(max - logit(c));
      m.store(m.select(is_top(c), m(0), e), lane + c * kRows);
      m.store(m.select(is_top(c), m(1), e), kept + c * kRows);
    }
    // One class that is NaN has no largest, and is not in the sum.
    const V others = classes > 1 ? folded(lane) : m.select(m.eq(logit(0), logit(0)), m(0), logit(0));
    log1p_others = logs ? m.log1p(others) : others;
    share = m(1) / (m(1) + others);
    rest_of_top = others / (m(1) + others);
  }
  LOSSACT_INLINE V logit(size_t c) const { return L::load(x + c * kRows); }
  /// The sum over the classes, of numbers that lie class by class, in the order in which sixteen lanes fold.
  LOSSACT_INLINE V folded(double* lane) const {
    for (size_t half = kGroup / 2; half; half /= 2)
      for (size_t c = 0; c < half && c + half < classes; ++c)
        m.store(m.load(lane + c * kRows) + m.load(lane + (c + half) * kRows), lane + c * kRows);
    return m.load(lane);
  }
  LOSSACT_INLINE typename M::Mask is_top(size_t c) const { return m.eq(m(static_cast<double>(c)), top); }
  /// Of each row the class that `wanted` says.
  LOSSACT_INLINE ClassOf<V> at(V wanted) const {
    V e = m(1), logit_there = max;
    for (size_t c = 0; c < classes; ++c) {
      const auto here = m.eq(m(static_cast<double>(c)), wanted);
      e = m.select(here, m.load(kept + c * kRows), e), logit_there = m.select(here, logit(c), logit_there);
    }
    return seen(m.eq(wanted, top), logit_there, e);
  }
  /// The same class of each.
  LOSSACT_INLINE ClassOf<V> at_class(size_t c) const { return seen(is_top(c), logit(c), m.load(kept + c * kRows)); }

 private:
  LOSSACT_INLINE ClassOf<V> seen(typename M::Mask at_top, V logit_there, V e) const {
    const V distance = m.select(at_top, m(0), max - logit_there), p = e * share;
    return {.surprise = log1p_others + distance,
            .probability = p,
            .rest = m.select(at_top, rest_of_top, m(1) - p),
            .log_total = log1p_others + max};
  }
};

}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

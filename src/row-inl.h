// A row of classes as row functions see it. Included once per target.
HWY_BEFORE_NAMESPACE();
namespace lossact::HWY_NAMESPACE {

/// A row after two sweeps. The largest logit stays out of the sum, so nothing is ever the difference of two near
/// numbers: with S the sum of exp(x - max) over the other classes, -log p = log1p(S) + (max - x) and 1 - p = S / (1 +
/// S) at the top.
template <class T>
struct Row {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  M m;
  size_t classes, top = 0;
  double max, log1p_others, share, rest_of_top;  // share = 1 / (1 + S), rest_of_top = S / (1 + S)
  bool short_row;  // its exponentials are kept, so each class costs one; a longer row takes them again
  double kept[kBlock + kGroup];

  Row(const T* x, size_t n) : classes(n), max(largest(x, n)), short_row(n <= kBlock) {
    const auto here = [&](size_t k) LOSSACT_LAMBDA { return m.any(m.eq(L::load(x + top + k), m(max))); };
    for (bool found = false; !found && top + kGroup < n; top += found ? 0 : kGroup)
      for (size_t k = 0; k < kGroup; k += L::kLanes) found |= here(k);
    while (top + 1 < n && static_cast<double>(x[top]) != max) ++top;
    const V others = m(sum<L>(
        n, top,
        [&](size_t first, const T* at) LOSSACT_LAMBDA {
          const V e = m.decay(m(max) - L::load(at));
          if (short_row) m.store(e, kept + first);
          return e;
        },
        x));
    log1p_others = m.first(m.log1p(others));
    share = m.first(m(1) / (m(1) + others));
    rest_of_top = m.first(others / (m(1) + others));
    // Where the largest is infinite its own distance is inf - inf; it is 0 by definition of the largest.
    if (short_row) kept[top] = 1;
    // A row of nothing but NaN has no largest, and its NaN may be nowhere in the sum.
    if (const double at_top = static_cast<double>(x[top]); at_top != at_top)
      log1p_others = share = rest_of_top = at_top;
  }
  /// Where the largest is among the classes at `first`, first + 1, ...
  LOSSACT_INLINE typename M::Mask is_top(size_t first) const {
    return m.eq(m.index(first), m(static_cast<double>(top)));
  }
  /// The classes at `first`, first + 1, ... as a row function sees them.
  LOSSACT_INLINE ClassOf<V> at(size_t first, V x) const {
    const V distance = m.select(is_top(first), m(0), m(max) - x);
    const V p = (short_row ? m.load(kept + first) : m.decay(distance)) * m(share);
    return {.surprise = m(log1p_others) + distance,
            .probability = p,
            .rest = m.select(is_top(first), m(rest_of_top), m(1) - p),
            .log_total = m(log1p_others + max)};
  }

 private:
  // The order of a maximum does not matter. A NaN is passed over here and comes back through the sum.
  static double largest(const T* x, size_t n) {
    const M m;
    V best[kGroup / L::kLanes];
    for (V& b : best) b = m(-inf);
    groups(
        0, n, static_cast<T*>(nullptr),
        [&](size_t, size_t live, T*, const T* in) LOSSACT_LAMBDA {
          T filled[kGroup];
          if (live < kGroup) {
            for (size_t j = 0; j < kGroup; ++j) filled[j] = in[j < live ? j : 0];
            in = filled;
          }
          for (size_t k = 0; k < kGroup; k += L::kLanes)
            best[k / L::kLanes] = m.max(best[k / L::kLanes], L::load(in + k));
        },
        x);
    double all[kGroup];
    for (size_t k = 0; k < kGroup; k += L::kLanes) m.store(best[k / L::kLanes], all + k);
    return *std::max_element(all, all + kGroup);
  }
};

/// Logarithms of probabilities: the surprise is -x, and no class depends on another.
template <class T>
struct LogRow {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  M m;
  static constexpr size_t top = static_cast<size_t>(-1);  // none that the others depend on
  LogRow(const T*, size_t) {}
  LOSSACT_INLINE typename M::Mask is_top(size_t) const { return m.eq(m(0), m(1)); }
  LOSSACT_INLINE ClassOf<V> at(size_t, V x) const {
    return {.surprise = m(0) - x, .probability = m(0), .rest = m(1), .log_total = m(0)};
  }
};

}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

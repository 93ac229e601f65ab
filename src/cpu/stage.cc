#include "src/cpu/stage.h"
#include "numbers/philox.h"
#include "src/cpu/passes/highway.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/stage.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/cpu/passes/lanes-inl.h"
HWY_BEFORE_NAMESPACE();
namespace lossact::HWY_NAMESPACE {
#include "numbers/compensated-inl.h"
}
HWY_AFTER_NAMESPACE();
#include "src/cpu/passes/row-inl.h"
HWY_BEFORE_NAMESPACE();
namespace lossact::HWY_NAMESPACE {
using namespace cpu;

/// call(T) for the element type.
template <class Call>
LOSSACT_INLINE void by_type(Type type, Call call) {
#define LOSSACT_ONE(name, T) \
  if (type == Type::name) return call(T{});
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
}
template <class C, class T>
LOSSACT_INLINE void widen(const T* from, size_t n, C* to) {
  if constexpr (std::is_same_v<T, double> && std::is_same_v<C, float>) {
    for (size_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);  // never asked for: floats only of floats
  } else {
    using L = Lane<T, C>;
    const typename L::M m;
    size_t i = 0;
    for (; i + kGroup <= n; i += kGroup)
      for (size_t k = i; k < i + kGroup; k += L::kLanes) m.store(L::load(from + k), to + k);
    if (i < n) {
      const auto group = padded_group(from + i, n - i);
      for (size_t k = 0; k < kGroup; k += L::kLanes) m.store(L::load(group.data() + k), to + i + k);
      i += kGroup;
    }
  }
  for (size_t i = (n + kGroup - 1) / kGroup * kGroup; i < cpu::padded(n); ++i) to[i] = 0;
}
static void to_float(Type type, const void* from, size_t n, float* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA { widen(static_cast<const decltype(t)*>(from), n, to); });
}
static void to_double(Type type, const void* from, size_t n, double* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA { widen(static_cast<const decltype(t)*>(from), n, to); });
}
static void from_double(const double* from, double scale, Factor factor, size_t n, Type type, void* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using L = Lane<decltype(t), double>;
    const typename L::M m;
    const auto s = m(scale);
    const auto all = [&](auto multiplied, auto floats) LOSSACT_LAMBDA {
      using F = Lane<std::conditional_t<floats, float, double>, double>;
      const auto* const factors = static_cast<const typename F::Element*>(factor.values);
      const auto store = [&](size_t i, decltype(t)* out) LOSSACT_LAMBDA {
        for (size_t k = 0; k < kGroup; k += L::kLanes) {
          auto y = s * m.load(from + i + k);
          if constexpr (multiplied) y = decltype(y){F::load(factors + i + k).r} * y;
          L::store(y, out + k);
        }
      };
      auto* out = static_cast<decltype(t)*>(to);
      size_t i = 0;
      for (; i + kGroup <= n; i += kGroup) store(i, out + i);
      if (i < n) {
        decltype(t) last[kGroup];
        store(i, last);
        detail::copy(out + i, last, (n - i) * sizeof *last);
      }
    };
    if (!factor.values) all(std::false_type(), std::false_type());
    else if (factor.floats) all(std::true_type(), std::true_type());
    else all(std::true_type(), std::false_type());
  });
}
static void from_float(const float* from, size_t n, Type type, void* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    if constexpr (sizeof t == 2) {
      using L = Lane<decltype(t), float>;
      auto* out = static_cast<decltype(t)*>(to);
      size_t i = 0;
      for (; i + kGroup <= n; i += kGroup)
        for (size_t k = i; k < i + kGroup; k += L::kLanes) L::store(typename L::M().load(from + k), out + k);
      if (i < n) {
        decltype(t) last[kGroup];
        for (size_t k = 0; k < kGroup; k += L::kLanes) L::store(typename L::M().load(from + i + k), last + k);
        detail::copy(out + i, last, (n - i) * sizeof *last);
      }
    }
  });
}
// A float is near the middle of two halves where the digits that go are near a one and zeros. Denormal numbers
// lose more digits: all below the normal ones are uncertain, but zeros are not.
static std::uint64_t uncertain(const float* from, size_t n, Type type, int margin) {
  const std::int32_t drop = type == Type::bfloat16 ? 16 : 13, kept = (1 << drop) - 1, middle = 1 << (drop - 1),
                     least = type == Type::bfloat16 ? 0x00800000 : 0x38800000;  // 2^-126, 2^-14
  const auto near_middle = [&](std::int32_t bits) {
    const std::int32_t size = bits & 0x7FFFFFFF, past = (bits & kept) - middle;
    return (past <= margin && past >= -margin) || (size < least && size != 0);
  };
  const hn::ScalableTag<std::int32_t> d;
  const auto low = hn::Set(d, kept), tie = hn::Set(d, middle), most = hn::Set(d, margin + 1),
             smallest = hn::Set(d, least), positive = hn::Set(d, 0x7FFFFFFF), zero = hn::Zero(d);
  const auto* const bits = reinterpret_cast<const std::int32_t*>(from);
  std::uint64_t parts = 0;
  for (size_t i = 0; i < n; i += kPadding) {
    const size_t end = std::min(n, i + kPadding);
    size_t k = i;
    auto found = zero;
    for (; k + hn::Lanes(d) <= end; k += hn::Lanes(d)) {
      const auto x = hn::LoadU(d, bits + k), size = hn::And(x, positive);
      const auto near = hn::VecFromMask(d, hn::Lt(hn::Abs(hn::Sub(hn::And(x, low), tie)), most)),
                 small = hn::VecFromMask(d, hn::And(hn::Lt(size, smallest), hn::Gt(size, zero)));
      found = hn::Or(found, hn::Or(near, small));
    }
    bool any = !hn::AllTrue(d, hn::Eq(found, zero));
    for (; k < end; ++k) any |= near_middle(detail::get(bits + k));
    parts |= std::uint64_t{any} << (i / kPadding);
  }
  return parts;
}
static std::uint64_t outside(const float* x, const float* y, size_t n, float low, float high) {
  using F = Lane<float, float>;
  const F::M m;
  const auto least = m(static_cast<double>(low)), most = m(static_cast<double>(high));
  std::uint64_t parts = 0;
  for (size_t i = 0; i < n; i += kPadding) {
    auto inside = m.eq(m(0), m(0));
    for (size_t k = i; k < std::min(n, i + kPadding); k += F::kLanes) {
      const auto a = F::load(x + k), b = F::load(y + k);
      inside = m.both(inside, m.both(m.both(m.ge(a, least), m.ge(most, a)), m.eq(b, b)));
    }
    parts |= std::uint64_t{!m.all(inside)} << (i / kPadding);
  }
  return parts;
}
static void add_lanes(const double* from, size_t n, size_t skip, double* lanes) {
  using M = Lane<double, double>::M;
  const M m;
  M::V lane[kGroup / M::kLanes];
  const auto add = [&](const double* group) LOSSACT_LAMBDA {
    for (size_t k = 0; k < kGroup; k += M::kLanes) lane[k / M::kLanes] = lane[k / M::kLanes] + m.load(group + k);
  };
  for (size_t k = 0; k < kGroup; k += M::kLanes) lane[k / M::kLanes] = m.load(lanes + k);
  for (size_t i = 0; i < n; i += kGroup) {
    if (HWY_LIKELY(i + kGroup <= n && skip - i >= kGroup)) {
      add(from + i);
    } else {
      double group[kGroup] = {};
      for (size_t j = 0; j < std::min(kGroup, n - i); ++j) group[j] = i + j == skip ? 0 : from[i + j];
      add(group);
    }
  }
  for (size_t k = 0; k < kGroup; k += M::kLanes) m.store(lane[k / M::kLanes], lanes + k);
}

static void random(std::uint64_t seed, size_t first, size_t n, float* to) {
  uniform(seed, first, to, (n + kGroup - 1) / kGroup * (kGroup / 4));
}

template <class R>
static void write(const R& row, double* s) {
  s[kMax] = row.max, s[kLog1pOthers] = row.log1p_others, s[kShare] = row.share, s[kRestOfTop] = row.rest_of_top;
  s[kTop] = static_cast<double>(row.top), s[kSum] = row.sum_of_others;
}
static void log_sum_exp(Type type, const void* x, size_t n, bool shared, double* kept, double* scalars) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using T = decltype(t);
    RowSpace space(kept, shared);
    write(Row<T>(static_cast<const T*>(x), n, space), scalars);
  });
}
static void exponentials(Type type, const double* x, size_t first, size_t n, const double* s, double* to) {
  const auto go = [&](auto m) LOSSACT_LAMBDA {
    for (size_t k = 0; k < n; k += m.kLanes) {
      const auto top = m.eq(m.index(first + k), m(s[kTop]));
      m.store(m.decay(m.select(top, m(0), m(s[kMax]) - m.load(x + k))), to + k);
    }
  };
  type == Type::float64 ? go(Lane<double, double>::M()) : go(Lane<float, double>::M());
}
static bool float_log_sum_exp(Accuracy accuracy, const float* x, size_t n, bool shared, const float* next, float* e,
                              double* scalars, double* unit) {
  using R = Row<float>;
  const RowSpace space(nullptr, shared);
  typename R::Extremes found;
  if (!R::own_suffices(x, n, space, found)) return false;
  const auto with = [&](auto a) HWY_ATTR {
    const R row(a, x, n, found, e, next, space);
    write(row, scalars), *unit = row.unit;
  };
  if (accuracy == fast) with(std::integral_constant<Accuracy, fast>());
  else with(std::integral_constant<Accuracy, faithful>());
  return true;
}
template <class T>
static LOSSACT_INLINE void interleaved_loss_of(const T* x, size_t stride, size_t live, size_t classes, size_t width,
                                               const double* wanted, double* const* seen, double* share,
                                               double* exponentials) {
  using A = InterleavedRows<T>;
  for (size_t first = 0; first < live; first += A::kRows) {
    const A rows({x, live, classes, stride}, first);
    const auto& m = rows.m;
    const auto c = rows.at(m.load(wanted + first));
    m.store(c.surprise, seen[0] + first), m.store(c.probability, seen[1] + first);
    m.store(c.rest, seen[2] + first), m.store(c.log_total, seen[3] + first);
    m.store(rows.share, share + first);
    for (size_t k = 0; k < classes; ++k) m.store(m.load(rows.kept + k * A::kRows), exponentials + k * width + first);
  }
}
static void interleaved_loss(Type type, const void* x, size_t stride, size_t rows, size_t classes, size_t width,
                             const double* wanted, double* const* seen, double* share, double* exponentials) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    interleaved_loss_of(static_cast<const decltype(t)*>(x), stride, rows, classes, width, wanted, seen, share,
                        exponentials);
  });
}
using Wide = Lane<double, double>;
static void interleaved_loss_gradient(size_t classes, size_t width, const double* const* q, const double* const* seen,
                                      const double* share, const double* scale, const double* wanted,
                                      const double* counts, double* e) {
  const Wide::M m;
  for (size_t j = 0; j < width; j += Wide::kLanes) {
    const auto by = m.load(scale + j), own = by * m.load(q[1] + j), total = by * m.load(q[2] + j);
    const auto factor = m.load(share + j) * (own + total),
               there = m.load(seen[1] + j) * total - m.load(seen[2] + j) * own, at = m.load(wanted + j);
    const auto none = m.eq(m.load(counts + j), m(0));
    for (size_t c = 0; c < classes; ++c) {
      double* const here = e + c * width + j;
      const auto g = m.select(m.eq(m(static_cast<double>(c)), at), there, m.load(here) * factor);
      m.store(m.select(none, m(0), g), here);
    }
  }
}
template <bool all, class T>
static LOSSACT_INLINE void interleaved_classes_of(const T* x, size_t stride, size_t live, size_t classes, size_t width,
                                                  double* const* seen, double* top) {
  using A = InterleavedRows<T, all>;
  for (size_t first = 0; first < live; first += A::kRows) {
    const A rows({x, live, classes, stride}, first);
    const auto& m = rows.m;
    m.store(rows.top, top + first);
    for (size_t k = 0; k < classes; ++k) {
      const auto c = rows.at_class(k);
      const size_t at = k * width + first;
      m.store(c.probability, seen[1] + at), m.store(c.rest, seen[2] + at);
      if (all) m.store(c.surprise, seen[0] + at), m.store(c.log_total, seen[3] + at);
    }
  }
}
static void interleaved_classes(Type type, bool all, const void* x, size_t stride, size_t rows, size_t classes,
                                size_t width, double* const* seen, double* top) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    const auto* from = static_cast<const decltype(t)*>(x);
    if (all) interleaved_classes_of<true>(from, stride, rows, classes, width, seen, top);
    else interleaved_classes_of<false>(from, stride, rows, classes, width, seen, top);
  });
}
static void interleaved_gradient(size_t classes, size_t width, const double* const* seen, const double* slope,
                                 const double* top, double* dy) {
  const Wide::M m;
  for (size_t j = 0; j < width; j += Wide::kLanes) {
    const auto largest = m.load(top + j);
    Wide::V own[kGroup], sum[kGroup], of_top = m(0);
    for (size_t c = 0; c < classes; ++c) {
      own[c] = m.load(dy + c * width + j) * m.load(slope + c * width + j);
      const auto here = m.eq(m(static_cast<double>(c)), largest);
      sum[c] = m(0) + m.select(here, m(0), own[c]), of_top = m.select(here, own[c], of_top);
    }
    for (size_t half = kGroup / 2; half; half /= 2)  // as sixteen lanes fold
      for (size_t c = 0; c < half && c + half < classes; ++c) sum[c] = sum[c] + sum[c + half];
    const auto others = sum[0], all = others + of_top;
    for (size_t c = 0; c < classes; ++c) {
      const auto rest = m.select(m.eq(m(static_cast<double>(c)), largest), others, all - own[c]);
      const size_t at = c * width + j;
      m.store(m.load(seen[1] + at) * rest - m.load(seen[2] + at) * own[c], dy + at);
    }
  }
}
/// body(width), which is a constant where it is sixteen.
template <class Body>
LOSSACT_INLINE void at_width(size_t width, Body body) {
  if (width == kGroup) body(std::integral_constant<size_t, kGroup>());
  else body(width);
}
static void from_rows(Type type, const void* x, size_t stride, size_t rows, size_t classes, size_t row_width,
                      double* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using L = Lane<decltype(t), double>;
    const auto* from = static_cast<const decltype(t)*>(x);
    decltype(t) group[kGroup * kGroup];
    at_width(row_width, [&](auto width) LOSSACT_LAMBDA {
      for (size_t j = 0; j < width; ++j)
        for (size_t c = 0; c < classes; ++c)
          group[c * width + j] = j < rows ? detail::get(from + j * stride + c) : decltype(t)();
    });
    for (size_t k = 0; k < classes * row_width; k += L::kLanes) Wide::store({L::load(group + k).r}, to + k);
  });
}
static void to_rows(const double* from, size_t rows, size_t classes, size_t row_width, Type type, void* to,
                    size_t stride) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using L = Lane<decltype(t), double>;
    auto* const out = static_cast<decltype(t)*>(to);
    decltype(t) group[kGroup * kGroup];
    for (size_t k = 0; k < classes * row_width; k += L::kLanes) L::store({Wide::load(from + k).r}, group + k);
    at_width(row_width, [&](auto width) LOSSACT_LAMBDA {
      for (size_t j = 0; j < rows; ++j)
        for (size_t c = 0; c < classes; ++c) detail::put(out + j * stride + c, group[c * width + j]);
    });
  });
}
static void scale_floats(float* x, size_t n, double factor) {
  const double size = std::abs(factor);
  if (size >= std::numeric_limits<float>::min() && size <= std::numeric_limits<float>::max()) {
    using F = Lane<float, float>;
    const F::M m;
    const auto f = m(factor);
    size_t i = 0;
    for (; i + kGroup <= n; i += kGroup)
      for (size_t k = i; k < i + kGroup; k += F::kLanes) F::store(F::load(x + k) * f, x + k);
    for (; i < n; ++i) detail::put(x + i, detail::get(x + i) * static_cast<float>(factor));
  } else {
    for (size_t i = 0; i < n; ++i)
      detail::put(x + i, static_cast<float>(static_cast<double>(detail::get(x + i)) * factor));
  }
}
inline constexpr Stage kStage = {.lanes = Wide::kLanes,
                                 .to_float = &to_float,
                                 .to_double = &to_double,
                                 .from_double = &from_double,
                                 .from_float = &from_float,
                                 .uncertain = &uncertain,
                                 .outside = &outside,
                                 .add_lanes = &add_lanes,
                                 .random = &random,
                                 .log_sum_exp = &log_sum_exp,
                                 .exponentials = &exponentials,
                                 .float_log_sum_exp = &float_log_sum_exp,
                                 .interleaved_loss = &interleaved_loss,
                                 .interleaved_loss_gradient = &interleaved_loss_gradient,
                                 .interleaved_classes = &interleaved_classes,
                                 .interleaved_gradient = &interleaved_gradient,
                                 .from_rows = &from_rows,
                                 .to_rows = &to_rows,
                                 .scale_floats = &scale_floats};
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lossact::cpu {
const Stage* const stages[kTargets] = {
#if HWY_TARGETS & HWY_AVX3
    &N_AVX3::kStage,
#endif
#if HWY_TARGETS & HWY_AVX2
    &N_AVX2::kStage,
#endif
    &HWY_NAMESPACE::kStage};
}  // namespace lossact::cpu
#endif

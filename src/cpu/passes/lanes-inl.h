// How elements are loaded and stored, sixteen at a time on every target, and how they are summed. Included once per
// target. With one number at a time, loops that are unrolled for whole groups would be sixteen times the code and no
// faster.
#undef LOSSACT_PUSH_OPTIONS
#undef LOSSACT_POP_OPTIONS
#if HWY_TARGET == HWY_BASELINE_SCALAR && HWY_COMPILER_GCC_ACTUAL
#define LOSSACT_PUSH_OPTIONS HWY_PRAGMA(GCC push_options) HWY_PRAGMA(GCC optimize("O2", "unswitch-loops"))
#define LOSSACT_POP_OPTIONS HWY_PRAGMA(GCC pop_options)
#else
#define LOSSACT_PUSH_OPTIONS
#define LOSSACT_POP_OPTIONS
#endif
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
#undef LOSSACT_INLINE
#undef LOSSACT_LAMBDA
#define LOSSACT_INLINE inline __attribute__((always_inline)) HWY_ATTR
#define LOSSACT_LAMBDA \
  __attribute__((always_inline)) HWY_ATTR  // a lambda does not inherit the target of its surroundings
namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_BASELINE_SCALAR  // HWY_SCALAR with GCC 12, HWY_EMU128 with Clang
#include "numbers/single-inl.h"
#else
#include "numbers/simd-inl.h"
#endif
#include "numbers/twice-inl.h"

/// The binary digits a result keeps: what is stored as a float, or in half of it, is computed to 24, and rounded once.
template <class Stored>
inline constexpr int kDigits = std::is_same_v<Stored, double> ? 53 : 24;

/// A register of elements kept in memory as Stored and computed as Computed.
template <class Stored, class Computed, int Digits = kDigits<Stored>>
struct Lane {
  using Element = Stored;
  using Number = Computed;
  using M = Simd<Computed, Digits>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;
  static constexpr int kKept = Digits;

  /// What is rounded when it is stored.
  static LOSSACT_INLINE V result(V y) { return y; }
  static LOSSACT_INLINE V result(V y, V factor) { return factor * y; }

#if HWY_TARGET == HWY_BASELINE_SCALAR  // HWY_SCALAR with GCC 12, HWY_EMU128 with Clang
  static V load(const Stored* p, const Interval& = {}) { return {static_cast<Computed>(detail::get(p))}; }
  static void store(V v, Stored* p) { detail::put(p, static_cast<Stored>(v.r)); }
#else
  using D = typename M::D;
  using Single = hn::Rebind<float, D>;
  using Bits = hn::RebindToUnsigned<Single>;
  using Half = hn::Rebind<uint16_t, D>;
  static constexpr bool kHalf = detail::is_half<Stored>, kBrain = std::is_same_v<Stored, bfloat16>;
  static LOSSACT_INLINE V load(const Stored* p, const Interval& = {}) {
    if constexpr (kHalf) {
      const auto bits = hn::LoadU(Half(), reinterpret_cast<const uint16_t*>(p));
      if constexpr (kBrain) return {widened(hn::BitCast(Single(), hn::ShiftLeft<16>(hn::PromoteTo(Bits(), bits))))};
      else return {widened(hn::PromoteTo(Single(), hn::BitCast(hn::Rebind<hwy::float16_t, D>(), bits)))};
    } else if constexpr (sizeof(Computed) > sizeof(Stored)) return {widened(hn::LoadU(Single(), p))};
    else return {hn::LoadU(D(), p)};
  }
  static LOSSACT_INLINE void store(V v, Stored* p) {
    if constexpr (kHalf) {
      hn::StoreU(halved(narrowed(v.r)), Half(), reinterpret_cast<uint16_t*>(p));
    } else if constexpr (sizeof(Computed) > sizeof(Stored)) hn::StoreU(narrowed(v.r), Single(), p);
    else hn::StoreU(v.r, D(), p);
  }

 private:
  static LOSSACT_INLINE hn::Vec<D> widened(hn::Vec<Single> v) {
    if constexpr (sizeof(Computed) == 8) return hn::PromoteTo(D(), v);
    else return v;
  }
  static LOSSACT_INLINE hn::Vec<Single> narrowed(hn::Vec<D> v) {
    if constexpr (sizeof(Computed) == 4) return v;
    else if constexpr (kHalf) return hn::DemoteTo(Single(), odd(v));
    else return hn::DemoteTo(Single(), v);
  }
  // What is rounded to float on its way to half precision would be rounded twice. So only three more digits than are
  // wanted go there, the last of them odd where anything was lost: few enough to be exact, and no tie becomes or stops
  // being one.
  static LOSSACT_INLINE hn::Vec<D> odd(hn::Vec<D> v) {
    constexpr int kDropped = 52 - (std::numeric_limits<Stored>::digits + 2);
    const hn::RebindToUnsigned<D> d;
    const auto dropped = hn::Set(d, (uint64_t{1} << kDropped) - 1), bits = hn::BitCast(d, v);
    return hn::BitCast(D(), hn::AndNot(dropped, hn::Or(bits, hn::Add(hn::And(bits, dropped), dropped))));
  }
  // To the nearest, ties to even; Highway's own conversion to bfloat16 truncates.
  static LOSSACT_INLINE hn::Vec<Half> halved(hn::Vec<Single> v) {
    if constexpr (kBrain) {
      const auto bits = hn::BitCast(Bits(), v);
      const auto last = hn::And(hn::ShiftRight<16>(bits), hn::Set(Bits(), 1));
      const auto nearest = hn::Add(hn::Add(bits, hn::Set(Bits(), 0x7FFF)), last);
      const auto kept = hn::IfThenElse(hn::Eq(v, v), hn::BitCast(Single(), nearest), v);  // a NaN is one still
      const auto upper = hn::ShiftRight<16>(hn::BitCast(Bits(), kept));
      return hn::DemoteTo(Half(), hn::BitCast(hn::RebindToSigned<Single>(), upper));
    } else {
      return hn::BitCast(Half(), hn::DemoteTo(hn::Rebind<hwy::float16_t, D>(), v));
    }
  }
#endif
};

using detail::kBlock;
/// Two neighbouring registers of a lane.
template <class L>
struct TwiceLane {
  using Element = typename L::Element;
  using Number = typename L::Number;
  using M = Twice<typename L::M, Number, L::kKept>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;

  static LOSSACT_INLINE V load(const Element* p, const Interval& = {}) { return {L::load(p), L::load(p + L::kLanes)}; }
  static LOSSACT_INLINE void store(V v, Element* p) { L::store(v.a, p), L::store(v.b, p + L::kLanes); }
  static LOSSACT_INLINE V result(V y) { return y; }
  static LOSSACT_INLINE V result(V y, V factor) { return factor * y; }
};
/// What an iteration computes. Two dependency chains at once need more registers than sixteen.
template <class L>
using PairOf = std::conditional_t<(cpu::registers_of(HWY_TARGET) > 16), TwiceLane<L>, L>;
/// The prefetch distance, in elements. Hardware prefetchers stop at page boundaries, and during a long computation the
/// processor does not see the next load.
constexpr size_t kAhead = 512;

using detail::kGroup;  // sixteen elements are the unit on every target, so that index alone decides what meets what

/// The `live` elements of a short group, and zeros. Where the processor loads under a mask without touching what is not
/// loaded, that takes a tenth of the time of a copy of a length that varies.
template <class T>
LOSSACT_INLINE std::array<T, kGroup> padded_group(const T* p, size_t live) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_BASELINE_SCALAR
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    const hn::ScalableTag<T> d;
    std::array<T, kGroup> group;
    for (size_t k = 0; k < kGroup; k += hn::MaxLanes(d))
      hn::StoreU(hn::MaskedLoad(hn::FirstN(d, live > k ? live - k : 0), d, p + k), d, group.data() + k);
    return group;
  }
#endif
  std::array<T, kGroup> group{};
  detail::copy(group.data(), p, live * sizeof(T));
  return group;
}
template <class Out, class Body, class... In>
LOSSACT_INLINE void tail(size_t i, size_t live, Out* out, Body body, const In&... in) {
  std::array<Out, kGroup> last{};
  body(i, live, last.data(), in.data()...);
  if (out) detail::copy(out + i, last.data(), live * sizeof(Out));
}
/// body(at, live, out, in...) for each group of [first, last); the last is padded with zeros, so a tail takes the same
/// instructions as the body.
template <class Out, class Body, class... In>
LOSSACT_INLINE void groups(size_t first, size_t last, Out* out, Body body, const In*... in) {
  size_t i = first;
  for (; i + kGroup <= last; i += kGroup) body(i, kGroup, out ? out + i : nullptr, in + i...);
  if (i < last) tail(i, last - i, out, body, padded_group(in + i, last - i)...);
}

/// out[i] = body(in + i...) for n elements, a register of lane As at a time. The last register lies over the one before
/// it, and is computed first, for `out` may be one of `in`.
template <class As, class Body, class... In>
LOSSACT_INLINE void over_registers(size_t n, typename As::Element* out, Body body, const In*... in) {
  if (HWY_UNLIKELY(n < As::kLanes)) {
    typename As::Element few[As::kLanes];
    As::store(body(padded_group(in, n).data()...), few);
    return detail::copy(out, few, n * sizeof *out);
  }
  const auto last = body(in + (n - As::kLanes)...);
  size_t i = 0;
  for (; i + kGroup <= n; i += kGroup) {
    __builtin_prefetch(out + i + kAhead, 1);
    for (size_t k = i; k < i + kGroup; k += As::kLanes) As::store(body(in + k...), out + k);
  }
  for (; i + As::kLanes <= n; i += As::kLanes) As::store(body(in + i...), out + i);
  As::store(last, out + n - As::kLanes);
}

/// The lanes of one block of a sum.
template <class M>
struct Lanes {
  using V = typename M::V;
  M m;
  V lane[kGroup / M::kLanes];

  Lanes() { clear(); }
  void clear() {
    for (V& v : lane) v = m(0);
  }
  /// The elements first + at, ... of a group; those from `live` on and the one at index `skip` add +0.
  LOSSACT_INLINE void add(size_t first, size_t at, size_t live, V v, size_t skip = size_t(-1)) {
    if (HWY_UNLIKELY(live < kGroup || skip - first < kGroup)) {
      double x[kGroup];
      m.store(v, x);
      for (size_t j = 0; j < M::kLanes; ++j)
        if (at + j >= live || first + at + j == skip) x[j] = 0;
      v = m.load(x);
    }
    lane[at / M::kLanes] = lane[at / M::kLanes] + v;
  }
  double fold() const {
    V half[kGroup / M::kLanes];
    std::copy(std::begin(lane), std::end(lane), half);
    for (size_t n = kGroup / M::kLanes / 2; n > 0; n /= 2)
      for (size_t k = 0; k < n; ++k) half[k] = half[k] + half[k + n];
    double x[M::kLanes];
    m.store(half[0], x);
    return detail::fold(x);
  }
};

/// The sum of term(index, in...) over n elements but `skip`.
template <class L, class Term, class... In>
LOSSACT_INLINE double sum(size_t n, size_t skip, Term term, const In*... in) {
  detail::Tree tree;
  for (size_t first = 0; first < n; first += kBlock) {
    Lanes<typename L::M> lanes;
    groups(
        first, std::min(n, first + kBlock), static_cast<double*>(nullptr),
        [&](size_t i, size_t live, double*, const auto*... at) LOSSACT_LAMBDA {
          for (size_t k = 0; k < kGroup; k += L::kLanes) lanes.add(i, k, live, term(i + k, (at + k)...), skip);
        },
        in...);
    tree.add(lanes.fold());
  }
  return tree.total();
}
}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

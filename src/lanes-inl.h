// How elements travel between memory and numbers, sixteen at a time on every target, and how sums are taken. Included
// once per target.
HWY_BEFORE_NAMESPACE();
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

/// The binary digits a result keeps: what is stored as a float, or in half of it, is computed to 24, and rounded once.
template <class Stored>
inline constexpr int kDigits = std::is_same_v<Stored, double> ? 53 : 24;

/// A register of elements kept in memory as Stored and computed as Computed.
template <class Stored, class Computed>
struct Lane {
  using Element = Stored;
  using Number = Computed;
  using M = Simd<Computed, kDigits<Stored>>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;

#if HWY_TARGET == HWY_BASELINE_SCALAR  // HWY_SCALAR with GCC 12, HWY_EMU128 with Clang
  static V load(const Stored* p) { return {static_cast<Computed>(*p)}; }
  static void store(V v, Stored* p) { *p = static_cast<Stored>(v.r); }
#else
  using D = typename M::D;
  using Single = hn::Rebind<float, D>;
  using Bits = hn::RebindToUnsigned<Single>;
  using Half = hn::Rebind<uint16_t, D>;
  static constexpr bool kHalf = detail::is_half<Stored>, kBrain = std::is_same_v<Stored, bfloat16>;
  static LOSSACT_INLINE V load(const Stored* p) {
    if constexpr (kHalf) {
      const auto bits = hn::LoadU(Half(), reinterpret_cast<const uint16_t*>(p));
      if constexpr (kBrain) return {widened(hn::BitCast(Single(), hn::ShiftLeft<16>(hn::PromoteTo(Bits(), bits))))};
      else return {widened(hn::PromoteTo(Single(), hn::BitCast(hn::Rebind<hwy::float16_t, D>(), bits)))};
    } else if constexpr (sizeof(Computed) > sizeof(Stored)) return {widened(hn::LoadU(Single(), p))};
    else return {hn::LoadU(D(), p)};
  }
  static LOSSACT_INLINE void store(V v, Stored* p) {
    if constexpr (kHalf) {
      hn::StoreU(halved(narrowed(rounded(v.r))), Half(), reinterpret_cast<uint16_t*>(p));
    } else if constexpr (sizeof(Computed) > sizeof(Stored)) hn::StoreU(narrowed(v.r), Single(), p);
    else hn::StoreU(v.r, D(), p);
  }

 private:
  static LOSSACT_INLINE hn::Vec<D> widened(hn::Vec<Single> v) {
    if constexpr (sizeof(Computed) == 8) return hn::PromoteTo(D(), v);
    else return v;
  }
  static LOSSACT_INLINE hn::Vec<Single> narrowed(hn::Vec<D> v) {
    if constexpr (sizeof(Computed) == 8) return hn::DemoteTo(Single(), v);
    else return v;
  }
  // The nearest number of half precision, ties to even, where the conversion that follows would not find it: from
  // double it goes by float, which would round twice, and Highway's to bfloat16 truncates. Adding and taking away 1.5 *
  // 2^(52 - fraction bits) times its power of two leaves of a double the digits that are wanted.
  static LOSSACT_INLINE hn::Vec<D> rounded(hn::Vec<D> v) {
    constexpr int kFraction = std::numeric_limits<Stored>::digits - 1;
    if constexpr (sizeof(Computed) == 8) {
      const auto exponent = hn::And(v, hn::Set(D(), inf));
      constexpr double least = static_cast<double>(std::numeric_limits<Stored>::min());
      const auto power = hn::Min(hn::Max(exponent, hn::Set(D(), least)), hn::Set(D(), 0x1p200));  // infinity stays
      const auto shift = hn::Mul(power, hn::Set(D(), 1.5 * static_cast<double>(uint64_t{1} << (52 - kFraction))));
      return hn::CopySign(hn::Sub(hn::Add(v, shift), shift), v);
    } else if constexpr (kBrain) {
      const auto bits = hn::BitCast(Bits(), v);
      const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(Bits(), 1));
      const auto nearest = hn::Add(hn::Add(bits, hn::Set(Bits(), 0x7FFF)), odd);
      return hn::IfThenElse(hn::Eq(v, v), hn::BitCast(D(), nearest), v);
    } else {
      return v;
    }
  }
  static LOSSACT_INLINE hn::Vec<Half> halved(hn::Vec<Single> v) {
    if constexpr (kBrain)
      return hn::DemoteTo(Half(),
                          hn::BitCast(hn::RebindToSigned<Single>(), hn::ShiftRight<16>(hn::BitCast(Bits(), v))));
    else return hn::BitCast(Half(), hn::DemoteTo(hn::Rebind<hwy::float16_t, D>(), v));
  }
#endif
};

using detail::kBlock;
using detail::kGroup;  // sixteen elements are the unit on every target, so that index alone decides what meets what

template <class T>
std::array<T, kGroup> padded(const T* p, size_t live) {
  std::array<T, kGroup> group{};
  std::memcpy(group.data(), p, live * sizeof(T));
  return group;
}
template <class Out, class Body, class... In>
LOSSACT_INLINE void tail(size_t i, size_t live, Out* out, Body body, const In&... in) {
  std::array<Out, kGroup> last{};
  body(i, live, last.data(), in.data()...);
  if (out) std::memcpy(out + i, last.data(), live * sizeof(Out));
}
/// body(at, live, out, in...) for each group of [first, last); the last is padded with zeros, so a tail takes the same
/// instructions as the body.
template <class Out, class Body, class... In>
LOSSACT_INLINE void groups(size_t first, size_t last, Out* out, Body body, const In*... in) {
  size_t i = first;
  for (; i + kGroup <= last; i += kGroup) body(i, kGroup, out ? out + i : nullptr, in + i...);
  if (i < last) tail(i, last - i, out, body, padded(in + i, last - i)...);
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
    double x[kGroup];
    for (size_t k = 0; k < kGroup; k += M::kLanes) m.store(lane[k / M::kLanes], x + k);
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
HWY_AFTER_NAMESPACE();

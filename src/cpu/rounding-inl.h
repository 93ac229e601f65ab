// How elements in memory become the numbers that are computed with, and how results are rounded, once, to elements; and
// which halves may have been rounded wrongly. Included once per target.
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
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
    for (size_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);  // never called: floats are only made of floats
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
static void fill(Type as, double value, size_t n, void* to) {
  const auto all = [&]<class T>(T) LOSSACT_LAMBDA {
    using L = Lane<T, T>;
    const auto v = typename L::M()(value);
    for (size_t i = 0; i < cpu::padded(n); i += L::kLanes) L::store(v, static_cast<T*>(to) + i);
  };
  as == Type::float32 ? all(float()) : all(double());
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
// A float is near the middle of two halves where the digits that rounding drops are near a one and zeros. Denormal
// halves drop more digits: all below the normal ones are uncertain, but zeros are not.
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
static void scale_floats(const float* x, size_t n, double factor, float* to) {
  const double size = std::abs(factor);
  if (size >= std::numeric_limits<float>::min() && size <= std::numeric_limits<float>::max()) {
    using F = Lane<float, float>;
    const F::M m;
    const auto f = m(factor);
    size_t i = 0;
    for (; i + kGroup <= n; i += kGroup)
      for (size_t k = i; k < i + kGroup; k += F::kLanes) F::store(F::load(x + k) * f, to + k);
    for (; i < n; ++i) detail::put(to + i, detail::get(x + i) * static_cast<float>(factor));
  } else {
    for (size_t i = 0; i < n; ++i)
      detail::put(to + i, static_cast<float>(static_cast<double>(detail::get(x + i)) * factor));
  }
}

}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

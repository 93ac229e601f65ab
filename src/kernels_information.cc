// The loops of functions of distributions: double alone. Highway reads this file again for each target.
#include "src/highway.h"
#include "lossact/registry/information.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/kernels_information.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/lanes-inl.h"
#undef LOSSACT_NUMBERS
#define LOSSACT_NUMBERS HWY_NAMESPACE
HWY_BEFORE_NAMESPACE();
#include "lossact/registry/information.inc"
namespace lossact::HWY_NAMESPACE {

using L = Lane<double, double>;
using M = typename L::M;
using V = typename M::V;

/// Numbers whose logarithms are to a base: quotients of logarithms that hold more than a double does, so that what is a
/// whole number of bits comes out as one.
class ToBase : public M {
 public:
  using V = typename M::V;
  /// Below 1 to the base's reciprocal, so that logarithms keep their signs.
  LOSSACT_INLINE explicit ToBase(double base) {
    divisor_ = M::log(M()(base), rest_);
    if (base < 1) divisor_ = M()(0) - divisor_, rest_ = M()(0) - rest_;
  }
  LOSSACT_INLINE V log(V x) const {
    V rest;
    const V y = M::log(x, rest);
    return divided(y, rest);
  }
  LOSSACT_INLINE V log1p(V x) const {
    V rest;
    const V y = M::log1p(x, rest);
    return divided(y, rest);
  }

 private:
  LOSSACT_INLINE V divided(V y, V rest) const {
    const M m;
    const V near = y / divisor_;
    const V left = m.fnma(near, divisor_, y) + m.fnma(near, rest_, rest);  // NaN of an infinity
    return m.select(m.eq(left, left), near + left / divisor_, near);
  }
  V divisor_, rest_;
};

template <class P>
struct InformationLoops {
  static void values(size_t n, const double* p, const double* q, double base, double* out) {
    const auto in = [&](auto m) LOSSACT_LAMBDA {
      run(n, p, q, out, [&](auto... x) LOSSACT_LAMBDA {
        const V y = LOSSACT_NUMBERS::forward(P(), m, x...);
        return base < 1 ? M()(0) - y : y;
      });
    };
    if (base == std::numbers::e) in(M());
    else in(ToBase(base));
  }
  static void gradient(size_t n, const double* p, const double* q, double base, double* out) {
    const M m;
    const V divisor = base == std::numbers::e ? m(1) : m.log(m(base));
    run(n, p, q, out, [&](auto... x) LOSSACT_LAMBDA { return derivative(P(), M(), x...) / divisor; });
  }

 private:
  template <class F>
  static LOSSACT_INLINE void run(size_t n, const double* p, const double* q, double* out, F f) {
    const M m;
    groups(
        0, n, out,
        [&](size_t, size_t, double* o, const double* a, const double* b) LOSSACT_LAMBDA {
          double result[kGroup];
          for (size_t k = 0; k < kGroup; k += L::kLanes) {
            const V u = L::load(a + k), v = L::load(b + k);
            V y;
            if constexpr (P::distributions == 2) y = f(u, v);
            else y = f(u);
            y = m.select(m.eq(u, u), m.select(m.eq(v, v), y, v), u);  // NaN in, NaN out
            m.store(y, result + k);
          }
          detail::copy(o, result, sizeof result);
        },
        p, q);
  }
};

template <class P>
constexpr detail::InformationKernel kernel_of(Information<P>) {
  return {P::about.name, &InformationLoops<P>::values, &InformationLoops<P>::gradient};
}
static const detail::InformationKernel* Table() {
  static constexpr auto table =
      std::apply([](auto... f) { return std::array{kernel_of(f)..., detail::InformationKernel{}}; }, informations);
  return table.data();
}
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "src/export-inl.h"
LOSSACT_EXPORT_TABLE(InformationKernel)
#endif

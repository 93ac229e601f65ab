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

template <class P>
struct InformationLoops {
  using L = Lane<double, double>;
  using M = typename L::M;
  using V = typename M::V;

  static void values(size_t n, const double* p, const double* q, double unit, double* out) {
    run(n, p, q, unit, out, [](auto... x) LOSSACT_LAMBDA { return LOSSACT_NUMBERS::forward(P(), M(), x...); });
  }
  static void gradient(size_t n, const double* p, const double* q, double unit, double* out) {
    run(n, p, q, unit, out, [](auto... x) LOSSACT_LAMBDA { return derivative(P(), M(), x...); });
  }

 private:
  template <class F>
  static LOSSACT_INLINE void run(size_t n, const double* p, const double* q, double unit, double* out, F f) {
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
            m.store(m(unit) * y, result + k);
          }
          std::memcpy(o, result, sizeof result);
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

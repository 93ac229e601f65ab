// The loops of losses of (input, target) pairs. kernels_pair_loss_<type>.cc names the type and the file; Highway reads
// both again for each target.
#include "src/highway.h"
#include "lossact/registry/pair_loss.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE LOSSACT_THIS_FILE
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/lanes-inl.h"
#undef LOSSACT_NUMBERS
#define LOSSACT_NUMBERS HWY_NAMESPACE
HWY_BEFORE_NAMESPACE();
#include "lossact/registry/pair_loss.inc"
namespace lossact::HWY_NAMESPACE {

template <class P, class T>
struct PairLossLoops {
  using L = Lane<T, double, 53>;  // the loss is a double, and may be what two terms leave of each other
  using M = typename L::M;
  using V = typename M::V;
  using Scale = detail::Scale;

  static void run(const void* options, size_t first, size_t last, const T* x, const T* y, const double* weight,
                  Scale scale, T* dx, double* each, double* block_sums) {
    const P p = *static_cast<const P*>(options);
    const M m;
    if (each) {
      with_weight(
          first, last, each, weight,
          [&](size_t, size_t, double* out, const double* w, const T* a, const T* b) LOSSACT_LAMBDA {
            for (size_t k = 0; k < kGroup; k += L::kLanes)
              m.store(m.load(w + k) * value(p, L::load(a + k), L::load(b + k)), out + k);
          },
          x, y);
    }
    for (size_t block = first; block_sums && block < last; block += kBlock) {
      Lanes<M> lanes;
      with_weight(
          block, std::min(last, block + kBlock), dx, weight,
          [&](size_t i, size_t live, T* out, const double* w, const T* a, const T* b) LOSSACT_LAMBDA {
            T slopes[kGroup];
            for (size_t k = 0; k < kGroup; k += L::kLanes) {
              const V u = L::load(a + k), v = L::load(b + k), mass = m.load(w + k);
              lanes.add(i, k, live, mass * value(p, u, v));
              if (dx) L::store(m(detail::get(scale.values)) * mass * slope(p, u, v), slopes + k);
            }
            if (dx) detail::copy(out, slopes, sizeof slopes);  // the output may be the input: read first
          },
          x, y);
      block_sums[block / kBlock] = lanes.fold();
    }
    if (dx && !block_sums)
      gradient(first, last, x, y, weight, scale, dx, [&](V u, V v) LOSSACT_LAMBDA { return slope(p, u, v); });
  }
  static void target_gradient(const void* options, size_t first, size_t last, const T* x, const T* y,
                              const double* weight, Scale scale, T* dy) {
    if constexpr (has_target_gradient) {
      const P p = *static_cast<const P*>(options);
      const M m;
      gradient(first, last, x, y, weight, scale, dy,
               [&](V u, V v) LOSSACT_LAMBDA { return kept(u, v, target_derivative(p, m, u, v)); });
    }
  }

  template <class Q>
  static constexpr bool target_form(const Q& p) {
    return requires(M m, V v) { target_derivative(p, m, v, v); };
  }
  static constexpr bool has_target_gradient = target_form(P{});

 private:
  // NaN in, NaN out, whatever the definition compares.
  static LOSSACT_INLINE V kept(V u, V v, V result) {
    const M m;
    return m.select(m.eq(u, u), m.select(m.eq(v, v), result, v), u);
  }
  static LOSSACT_INLINE V value(const P& p, V u, V v) { return kept(u, v, LOSSACT_NUMBERS::forward(p, M(), u, v)); }
  static LOSSACT_INLINE V slope(const P& p, V u, V v) { return kept(u, v, derivative(p, M(), u, v)); }

  // The groups, with the weight of each element or 1.
  template <class Out, class Body>
  static LOSSACT_INLINE void with_weight(size_t first, size_t last, Out* out, const double* weight, Body body,
                                         const T* x, const T* y) {
    static constexpr auto ones = [] {
      std::array<double, kGroup> all{};
      all.fill(1);
      return all;
    }();
    if (weight)
      groups(
          first, last, out,
          [&](size_t i, size_t live, Out* o, const double* w, const T* a, const T* b)
              LOSSACT_LAMBDA { body(i, live, o, w, a, b); },
          weight, x, y);
    else
      groups(
          first, last, out,
          [&](size_t i, size_t live, Out* o, const T* a, const T* b)
              LOSSACT_LAMBDA { body(i, live, o, ones.data(), a, b); },
          x, y);
  }
  template <class F>
  static LOSSACT_INLINE void gradient(size_t first, size_t last, const T* x, const T* y, const double* weight,
                                      Scale scale, T* out, F f) {
    const M m;
    with_weight(
        first, last, out, weight,
        [&](size_t i, size_t live, T* o, const double* w, const T* a, const T* b) LOSSACT_LAMBDA {
          double s[kGroup];
          for (size_t j = 0; j < kGroup; ++j) s[j] = detail::get(scale.values + (j < live ? (i + j) * scale.step : 0));
          T slopes[kGroup];
          for (size_t k = 0; k < kGroup; k += L::kLanes)
            L::store(m.load(s + k) * m.load(w + k) * f(L::load(a + k), L::load(b + k)), slopes + k);
          detail::copy(o, slopes, sizeof slopes);
        },
        x, y);
  }
};

template <class P>
constexpr detail::PairLossKernel<LOSSACT_STORED> kernel_of(PairLoss<P>) {
  using Loops = PairLossLoops<P, LOSSACT_STORED>;
  detail::PairLossKernel<LOSSACT_STORED> row = {P::about.name, {&Loops::run, &Loops::run}, {}};
  if constexpr (Loops::has_target_gradient)
    for (auto& f : row.target_gradient) f = &Loops::target_gradient;
  return row;
}
static const detail::PairLossKernel<LOSSACT_STORED>* Table() {
  static constexpr auto table = std::apply(
      [](auto... f) { return std::array{kernel_of(f)..., detail::PairLossKernel<LOSSACT_STORED>{}}; }, pair_losses);
  return table.data();
}
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "src/export-inl.h"
LOSSACT_EXPORT_TABLE(PairLossKernel<LOSSACT_STORED>)
#endif

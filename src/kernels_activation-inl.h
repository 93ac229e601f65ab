// The loops of elementwise activations. kernels_activation_<type>.cc names the type and the file; Highway reads both
// again for each target.
#include "src/highway.h"
#include "lossact/registry/activation.h"
#include "numbers/philox.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE LOSSACT_THIS_FILE
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/lanes-inl.h"
#undef LOSSACT_NUMBERS
#define LOSSACT_NUMBERS HWY_NAMESPACE
HWY_BEFORE_NAMESPACE();
#include "lossact/registry/activation.inc"
namespace lossact::HWY_NAMESPACE {
using detail::operand;
#include "numbers/compensated-inl.h"

/// A register of floats computed as the sums of two, inputs within `known`.
struct CompensatedLane {
  using Element = float;
  using Plain = Lane<float, float>;
  using M = Compensated<typename Plain::M>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;

  static LOSSACT_INLINE V load(const float* p, const Interval& known = {}) {
    return M::input(Plain::load(p), known.low, known.high);
  }
  static LOSSACT_INLINE typename Plain::V result(V y) { return M::rounded(y); }
  static LOSSACT_INLINE typename Plain::V result(V y, V factor) { return M::rounded(y, factor.hi); }
  static LOSSACT_INLINE void store(typename Plain::V v, float* p) { Plain::store(v, p); }
};

/// What an accuracy is computed in: faithful in double, rounded once; fast in the element's own type, as is a function
/// that is exact in it. Half precision's own type is float, which holds every product of two float16; two bfloat16 may
/// have theirs below its normal numbers, where it would be rounded twice.
template <class P, class T, Accuracy A>
constexpr bool in_double() {
  constexpr bool exact = requires { P::exact; };
  if (std::is_same_v<T, double>) return true;
  if (A == Accuracy::fast) return false;
  return !exact || (std::is_same_v<T, bfloat16> && operand<P> != Operand::none);
}
template <class P, class T, Accuracy A>
using LaneOf = Lane<T, std::conditional_t<in_double<P, T, A>(), double, float>>;
/// The passes that are faithful in compensated floats.
template <class P, class T>
constexpr Passes compensated() {
  if constexpr (requires { P::compensated; })
    if (std::is_same_v<T, float>) return P::compensated;
  return {.forward = false, .derivative = false, .derivative_from_output = false};
}

template <class P, class T, Accuracy A>
struct ActivationLoops {
  using Exact = LaneOf<P, T, Accuracy::faithful>;
  template <bool compensated>
  using LaneFor = std::conditional_t<compensated && A == Accuracy::faithful, CompensatedLane, LaneOf<P, T, A>>;
  static constexpr Passes passes = compensated<P, T>();
  using Beside = detail::Beside<T>;

  static void forward(const void* options, size_t first, size_t last, const T* x, const Beside& beside, T* y) {
    with<passes.forward>(options, [&](const P& p) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA { return LOSSACT_NUMBERS::forward(p, m, a, b...); };
      run<LaneFor<passes.forward>>(p, p.facts().float_suffices, beside, f, first, last, y, x);
    });
  }
  static void backward(const void* options, size_t first, size_t last, const T* dy, const T* x, const Beside& beside,
                       T* dx) {
    with<passes.derivative>(options, [&](const P& p) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA { return derivative(p, m, a, b...); };
      run<LaneFor<passes.derivative>>(p, p.facts().float_suffices, beside, f, first, last, dx, x, dy);
    });
  }
  static void backward_from_output(const void* options, size_t first, size_t last, const T* dy, const T* y, T* dx) {
    if constexpr (has_output_form)
      with<passes.derivative_from_output>(options, [&](const P& p) LOSSACT_LAMBDA {
        const auto f = [&](auto m, auto a) LOSSACT_LAMBDA { return derivative_from_output(p, m, a); };
        run<LaneFor<passes.derivative_from_output>>(p, p.facts().range, {}, f, first, last, dx, y, dy);
      });
  }
  /// The sum over each channel, by the same tree over the channel's own elements.
  static void weight_gradient(const void* options, size_t n, size_t first, size_t last, const T* dy, const T* x,
                              const Beside& beside, double* gradient) {
    if constexpr (operand<P> == Operand::learned) {
      const P p = *static_cast<const P*>(options);
      using W = Lane<T, double>;
      const typename W::M m;
      const size_t inner = beside.inner, period = inner * beside.count, size = n / period * inner;
      for (size_t channel = first; channel < last; ++channel) {
        const auto weight = m(static_cast<double>(beside.values[channel]));
        const auto term = [&](size_t, const T* g, const T* a) LOSSACT_LAMBDA {
          const auto v = W::load(a);
          return W::load(g) * m.select(m.eq(v, v), weight_derivative(p, m, v, weight), v);
        };
        if (beside.count == 1) {
          gradient[channel] = sum<W>(n, n, term, dy, x);
          continue;
        }
        detail::Tree tree;
        for (size_t block = 0; block < size; block += kBlock) {
          Lanes<typename W::M> lanes;
          for (size_t i = block; i < std::min(size, block + kBlock); i += kGroup) {
            T g[kGroup] = {}, a[kGroup] = {};
            const size_t live = std::min(kGroup, size - i);
            for (size_t j = 0; j < live; ++j) {
              const size_t e = i + j, at = e / inner * period + channel * inner + e % inner;
              g[j] = dy[at], a[j] = x[at];
            }
            for (size_t k = 0; k < kGroup; k += W::kLanes) lanes.add(i, k, live, term(i + k, g + k, a + k));
          }
          tree.add(lanes.fold());
        }
        gradient[channel] = tree.total();
      }
    }
  }

  // A template, so that the question is asked for a name that may not exist.
  template <class Q>
  static constexpr bool output_form(const Q& p) {
    return requires(typename Exact::M m, typename Exact::V v) { derivative_from_output(p, m, v); };
  }
  static constexpr bool has_output_form = output_form(P{});

 private:
  /// run(options): compiled once more for the parameters' defaults where their values are worth knowing.
  template <bool compensated, class Run>
  static LOSSACT_INLINE void with(const void* options, Run run) {
    const P p = *static_cast<const P*>(options);
    if constexpr (compensated && std::tuple_size_v<decltype(P::parameters)> != 0) {
      constexpr P usual = {};
      const bool all =
          std::apply([&](const auto&... each) { return ((p.*each.value == usual.*each.value) && ...); }, P::parameters);
      if (all) return run(usual);
    }
    run(p);
  }
  struct NoOperand {};
  template <class E>
  struct WithOperand {  // elements beside those of a lane
    const E* values;
    template <class L>
    LOSSACT_INLINE typename L::V at(size_t k) const {
      if constexpr (std::is_same_v<L, CompensatedLane>) return L::load(values + k);
      else return {Lane<E, typename L::Number>::load(values + k).r};
    }
  };
  // All groups, `f` times the incoming gradient where there is one. Inputs outside `enough` are the faithful lane's.
  template <class L, class F, class... G>
  static LOSSACT_INLINE void run(const P& p, const Interval& enough, const Beside& beside, F f, size_t first,
                                 size_t last, T* out, const T* in, const G*... g) {
    if constexpr (operand<P> == Operand::none) {
      groups(
          first, last, out,
          [&](size_t, size_t, T* o, const T* a, const G*... b)
              LOSSACT_LAMBDA { registers<L>(enough, f, o, a, NoOperand(), b...); },
          in, g...);
    } else if constexpr (operand<P> == Operand::learned) {
      T w[kGroup];
      for (T& each : w) each = beside.values[0];
      groups(
          first, last, out,
          [&](size_t i, size_t, T* o, const T* a, const G*... b) LOSSACT_LAMBDA {
            if (beside.count > 1) {
              size_t channel = i / beside.inner % beside.count, left = beside.inner - i % beside.inner;
              for (T& each : w) {
                each = beside.values[channel];
                if (--left == 0) left = beside.inner, channel = channel + 1 == beside.count ? 0 : channel + 1;
              }
            }
            registers<L>(enough, f, o, a, WithOperand<T>{w}, b...);
          },
          in, g...);
    } else {
      groups(
          first, last, out,
          [&](size_t i, size_t, T* o, const T* a, const G*... b) LOSSACT_LAMBDA {
            float u[kGroup] = {};
            if (p.training) uniform(beside.seed, i, u, kGroup / 4);
            registers<L>(enough, f, o, a, WithOperand<float>{u}, b...);
          },
          in, g...);
    }
  }
  template <class L, class F, class B>
  static LOSSACT_INLINE typename L::V of(F f, typename L::V x, B beside, size_t k) {
    if constexpr (std::is_same_v<B, NoOperand>) return f(typename L::M(), x);
    else return f(typename L::M(), x, beside.template at<L>(k));
  }
  template <class L, class F, class B, class... G>
  static LOSSACT_INLINE void registers(const Interval& enough, F f, T* out, const T* in, B beside, const G*... g) {
    for (size_t k = 0; k < kGroup; k += L::kLanes) {
      if constexpr (std::is_same_v<L, Exact>) {
        const typename L::M m;
        const auto x = L::load(in + k);
        auto y = of<L>(f, x, beside, k);
        if constexpr (sizeof...(g) != 0) y = m.select(m.eq(x, x), y, x);  // NaN in, NaN out, whatever f compares
        L::store(L::result(y, L::load(g + k)...), out + k);
      } else {
        // Where the lane has too little range the faithful one answers, element by element, so neighbours do not
        // matter. It reads its inputs before anything is stored: output and input may be the same memory.
        using Plain = Lane<T, float>;
        const typename Plain::M m;
        const auto y = L::result(of<L>(f, L::load(in + k, enough), beside, k), L::load(g + k)...);
        const auto x = Plain::load(in + k);
        auto good = m.ge(x, m(enough.low));  // and no NaN
        if (enough.high < inf) good = m.both(good, m.ge(m(enough.high), x));
        if (std::is_same_v<L, CompensatedLane> && (sizeof...(g) != 0 || enough.high == inf))
          good = m.both(good, m.eq(y, y));  // infinities
        if (HWY_LIKELY(m.all(good))) L::store(y, out + k);
        else repair(f, enough, y, out + k, in + k, beside, k, (g + k)...);
      }
    }
  }
  template <class F, class B, class... G>
  static HWY_NOINLINE void repair(F f, Interval enough, typename Lane<T, float>::V near, T* out, const T* in, B beside,
                                  size_t first, const G*... g) {
    using Near = Lane<T, float>;
    T result[Near::kLanes];
    Near::store(near, result);
    for (size_t k = 0; k < Near::kLanes; k += Exact::kLanes) {
      const typename Exact::M m;
      const auto x = Exact::load(in + k);
      auto y = of<Exact>(f, x, beside, first + k);
      if constexpr (sizeof...(g) != 0) y = m.select(m.eq(x, x), y, x);
      T exact[kGroup];
      Exact::store(Exact::result(y, Exact::load(g + k)...), exact);
      for (size_t j = 0; j < Exact::kLanes; ++j) {
        const double at = static_cast<double>(in[k + j]), got = static_cast<double>(result[k + j]);
        if (!(at >= enough.low && at <= enough.high) || got != got) result[k + j] = exact[j];
      }
    }
    std::memcpy(out, result, sizeof result);
  }
};

template <class P>
constexpr detail::ActivationKernel<LOSSACT_STORED> kernel_of(Activation<P>) {
  using Faithful = ActivationLoops<P, LOSSACT_STORED, Accuracy::faithful>;
  using Fast = ActivationLoops<P, LOSSACT_STORED, Accuracy::fast>;
  detail::ActivationKernel<LOSSACT_STORED> row = {
      P::about.name, {&Faithful::forward, &Fast::forward}, {&Faithful::backward, &Fast::backward}, {}, nullptr};
  if constexpr (Faithful::has_output_form) {
    row.backward_from_output[0] = &Faithful::backward_from_output;
    row.backward_from_output[1] = &Fast::backward_from_output;
  }
  if constexpr (operand<P> == Operand::learned) row.weight_gradient = &Faithful::weight_gradient;
  return row;
}
static const detail::ActivationKernel<LOSSACT_STORED>* Table() {
  static constexpr auto table = std::apply(
      [](auto... f) { return std::array{kernel_of(f)..., detail::ActivationKernel<LOSSACT_STORED>{}}; }, activations);
  return table.data();
}
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "src/export-inl.h"
LOSSACT_EXPORT_TABLE(ActivationKernel<LOSSACT_STORED>)
#endif

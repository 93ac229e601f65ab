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

template <class P, class T, Accuracy A>
struct ActivationLoops {
  using L = LaneOf<P, T, A>;
  using Exact = LaneOf<P, T, Accuracy::faithful>;
  using Beside = detail::Beside<T>;

  static void forward(const void* options, size_t first, size_t last, const T* x, const Beside& beside, T* y) {
    const P p = *static_cast<const P*>(options);
    const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA { return LOSSACT_NUMBERS::forward(p, m, a, b...); };
    run(p, beside, f, first, last, y, x);
  }
  static void backward(const void* options, size_t first, size_t last, const T* dy, const T* x, const Beside& beside,
                       T* dx) {
    const P p = *static_cast<const P*>(options);
    const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA {
      return m.select(m.eq(a, a), derivative(p, m, a, b...), a);  // NaN in, NaN out, whatever the definition compares
    };
    run(p, beside, f, first, last, dx, x, dy);
  }
  static void backward_from_output(const void* options, size_t first, size_t last, const T* dy, const T* y, T* dx) {
    if constexpr (has_output_form) {
      const P p = *static_cast<const P*>(options);
      const auto f = [&](auto m, auto a)
                         LOSSACT_LAMBDA { return m.select(m.eq(a, a), derivative_from_output(p, m, a), a); };
      const Interval everywhere;
      groups(
          first, last, dx,
          [&](size_t, size_t, T* out, const T* in, const T* g)
              LOSSACT_LAMBDA { registers(everywhere, f, out, in, NoOperand(), g); },
          y, dy);
    }
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
    return requires(typename L::M m, typename L::V v) { derivative_from_output(p, m, v); };
  }
  static constexpr bool has_output_form = output_form(P{});

 private:
  struct NoOperand {};
  template <class B>
  struct WithOperand {  // elements of another lane, beside those of L
    const typename B::Element* values;
    LOSSACT_INLINE typename L::V at(size_t k) const { return {B::load(values + k).r}; }
  };
  // All groups, `f` times the incoming gradient where there is one.
  template <class F, class... G>
  static LOSSACT_INLINE void run(const P& p, const Beside& beside, F f, size_t first, size_t last, T* out, const T* in,
                                 const G*... g) {
    const Interval enough = p.facts().float_suffices;
    if constexpr (operand<P> == Operand::none) {
      groups(
          first, last, out,
          [&](size_t, size_t, T* o, const T* a, const G*... b)
              LOSSACT_LAMBDA { registers(enough, f, o, a, NoOperand(), b...); },
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
            registers(enough, f, o, a, WithOperand<Lane<T, typename L::Number>>{w}, b...);
          },
          in, g...);
    } else {
      groups(
          first, last, out,
          [&](size_t i, size_t, T* o, const T* a, const G*... b) LOSSACT_LAMBDA {
            float u[kGroup] = {};
            if (p.training) uniform(beside.seed, i, u, kGroup / 4);
            registers(enough, f, o, a, WithOperand<Lane<float, typename L::Number>>{u}, b...);
          },
          in, g...);
    }
  }
  template <class F, class B, class... G>
  static LOSSACT_INLINE void registers(const Interval& enough, F f, T* out, const T* in, B beside, const G*... g) {
    const typename L::M m;
    for (size_t k = 0; k < kGroup; k += L::kLanes) {
      const auto x = L::load(in + k);
      auto y = x;
      if constexpr (std::is_same_v<B, NoOperand>) y = f(m, x);
      else y = f(m, x, beside.at(k));
      ((y = L::load(g + k) * y), ...);
      if constexpr (std::is_same_v<B, NoOperand> && !std::is_same_v<L, Exact>) {
        // Where float has too little range the faithful lane answers, element by element, so neighbours do not matter.
        // It reads its inputs before anything is stored: output and input may be the same memory.
        if (HWY_UNLIKELY(m.any(m.gt(m(enough.low), x)) || m.any(m.gt(x, m(enough.high))))) {
          repair(f, enough, y, out + k, in + k, (g + k)...);
          continue;
        }
      }
      L::store(y, out + k);
    }
  }
  template <class F, class... G>
  static HWY_NOINLINE void repair(F f, Interval enough, typename L::V near, T* out, const T* in, const G*... g) {
    const typename Exact::M m;
    T result[L::kLanes];
    L::store(near, result);
    for (size_t k = 0; k < L::kLanes; k += Exact::kLanes) {
      const auto x = Exact::load(in + k);
      auto y = f(m, x);
      ((y = Exact::load(g + k) * y), ...);
      T exact[kGroup];
      Exact::store(y, exact);
      for (size_t j = 0; j < Exact::kLanes; ++j) {
        const double at = static_cast<double>(in[k + j]);
        if (at < enough.low || at > enough.high) result[k + j] = exact[j];
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

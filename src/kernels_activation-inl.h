// The loops of elementwise activations. kernels_activation_<type>.cc names the type and the file; Highway reads both
// again for each target.
#include "src/highway.h"
#include "lossact/registry/activation.h"
#include "numbers/philox.h"
#include "numbers/trace.h"
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

/// The floats of a lane computed as the sums of two, inputs within `known`.
template <class Single>
struct CompensatedLane {
  using Element = float;
  using Plain = Single;
  using M = Compensated<typename Plain::M>;
  using V = typename M::V;
  static constexpr size_t kLanes = M::kLanes;

  static LOSSACT_INLINE V load(const float* p, const Interval& known = {}) {
    return M::input(Plain::load(p), known.low, known.high);
  }
  static LOSSACT_INLINE typename Plain::V result(V y) { return y.nearest; }
  static LOSSACT_INLINE typename Plain::V result(V y, V factor) { return M::rounded(y, factor.hi); }
  static LOSSACT_INLINE void store(typename Plain::V v, float* p) { Plain::store(v, p); }
};

template <class L>
struct PlainOf {
  using Lane = L;
};
template <class L>
struct PlainOf<CompensatedLane<L>> {
  using Lane = L;
};
template <class L>
inline constexpr bool is_compensated = !std::is_same_v<L, typename PlainOf<L>::Lane>;

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
inline constexpr Passes none = {.forward = false, .derivative = false, .derivative_from_output = false};
/// The passes that are faithful in compensated floats.
template <class P, class T>
constexpr Passes compensated() {
  if constexpr (requires { P::compensated; })
    if (std::is_same_v<T, float>) return P::compensated;
  return none;
}
/// The passes that are faithful in floats at the default parameters.
template <class P, class T>
constexpr Passes rounds_once() {
  if constexpr (requires { P::rounds_once; })
    if (std::is_same_v<T, float>) return P::rounds_once;
  return none;
}

template <class P, class T, Accuracy A>
struct ActivationLoops {
  /// What answers where another lane has too little range.
  using Exact = LaneOf<P, T, Accuracy::faithful>;
  using Beside = detail::Beside<T>;
  // A template, so that the question is asked for a name that may not exist.
  template <class Q>
  static constexpr bool output_form(const Q& p) {
    return requires(typename Exact::M m, typename Exact::V v) { derivative_from_output(p, m, v); };
  }
  static constexpr bool has_output_form = output_form(P{});
  /// One of the three passes: in which lane, where that suffices, and how much of it goes into one turn of the loop.
  template <bool Passes::* pass, bool usual>
  struct Way {
    static constexpr bool is_usual = usual;
    static constexpr bool once = usual && rounds_once<P, T>().*pass, sums = !once && compensated<P, T>().*pass,
                          forward = pass == &Passes::forward;
    static constexpr bool in_sums = sums && A == Accuracy::faithful;
    using Plain = std::conditional_t<once || in_sums, Lane<T, float>, LaneOf<P, T, A>>;
    template <class Number>
    using In = std::conditional_t<in_sums, CompensatedLane<Number>, Number>;
    static constexpr bool everywhere =
        usual && P{}.facts().float_suffices.low == -inf && P{}.facts().float_suffices.high == inf;
    // Gradients may be infinite, of which compensated floats make NaN.
    static constexpr bool sound =
        once || (!in_sums && std::is_same_v<Plain, Exact>) || (everywhere && (forward || !in_sums));
    // NaN in, NaN out, whatever a slope compares.
    static constexpr bool keeps_nan = [] {
      if constexpr (operand<P> != Operand::none) return false;
      else if constexpr (pass == &Passes::derivative) return derivative(P{}, Tracing(), Traced{true}).r;
      else if constexpr (!forward && output_form(P{})) return derivative_from_output(P{}, Tracing(), Traced{true}).r;
      else return forward;
    }();
    // Where a turn is short, what each costs beside its numbers counts.
    static constexpr bool brief = once || everywhere;
    static constexpr size_t kGroups = brief ? 4 : 2;
    using L = In<Plain>;
    using Pair = std::conditional_t<brief, L, In<PairOf<Plain>>>;
  };

  static void forward(const void* options, size_t first, size_t last, const T* x, const Beside& beside, T* y) {
    with<&Passes::forward>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA { return LOSSACT_NUMBERS::forward(p, m, a, b...); };
      run<decltype(way)>(p, inputs<decltype(way)>(p), beside, f, first, last, y, x);
    });
  }
  static void backward(const void* options, size_t first, size_t last, const T* dy, const T* x, const Beside& beside,
                       T* dx) {
    with<&Passes::derivative>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
      const auto f = [&](auto m, auto a, auto... b) LOSSACT_LAMBDA { return derivative(p, m, a, b...); };
      run<decltype(way)>(p, inputs<decltype(way)>(p), beside, f, first, last, dx, x, dy);
    });
  }
  static void backward_from_output(const void* options, size_t first, size_t last, const T* dy, const T* y, T* dx) {
    if constexpr (has_output_form)
      with<&Passes::derivative_from_output>(options, [&](const P& p, auto way) LOSSACT_LAMBDA {
        const auto f = [&](auto m, auto a) LOSSACT_LAMBDA { return derivative_from_output(p, m, a); };
        run<decltype(way)>(p, outputs<decltype(way)>(p), {}, f, first, last, dx, y, dy);
      });
  }
  /// The sum over each channel, by the same tree over the channel's own elements.
  static void weight_gradient(const void* options, size_t n, size_t first, size_t last, const T* dy, const T* x,
                              const Beside& beside, double* gradient) {
    if constexpr (operand<P> == Operand::learned) {
      const P p = *static_cast<const P*>(options);
      using W = Lane<T, double>;
      const typename W::M m;
      const size_t inner = beside.inner, period = inner * beside.count, size = n / beside.count;
      for (size_t channel = first; channel < last; ++channel) {
        const auto weight = m(static_cast<double>(detail::get(beside.values + channel)));
        const auto term = [&](size_t, const T* g, const T* a) LOSSACT_LAMBDA {
          const auto v = W::load(a);
          return W::load(g) * m.select(m.eq(v, v), weight_derivative(p, m, v, weight), v);
        };
        if (beside.count == 1) {
          detail::put(gradient + channel, sum<W>(n, n, term, dy, x));
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
              g[j] = detail::get(dy + at), a[j] = detail::get(x + at);
            }
            for (size_t k = 0; k < kGroup; k += W::kLanes) lanes.add(i, k, live, term(i + k, g + k, a + k));
          }
          tree.add(lanes.fold());
        }
        detail::put(gradient + channel, tree.total());
      }
    }
  }

 private:
  /// The inputs and the outputs for which floats suffice: constants, where the parameters are.
  static constexpr Interval outputs_of(const P& p) {
    const Facts facts = p.facts();
    return facts.float_suffices.low <= facts.float_suffices.high ? facts.range : facts.float_suffices;
  }
  template <class W>
  static LOSSACT_INLINE Interval inputs(const P& p) {
    constexpr Interval usual = P{}.facts().float_suffices;
    return W::is_usual ? usual : p.facts().float_suffices;
  }
  template <class W>
  static LOSSACT_INLINE Interval outputs(const P& p) {
    constexpr Interval usual = outputs_of(P{});
    return W::is_usual ? usual : outputs_of(p);
  }
  /// run(options, way): compiled once more for the parameters' defaults where their values are worth knowing.
  template <bool Passes::* pass, class Run>
  static LOSSACT_INLINE void with(const void* options, Run run) {
    const P p = *static_cast<const P*>(options);
    constexpr P usual = {};
    if constexpr (std::tuple_size_v<decltype(P::parameters)> == 0) return run(usual, Way<pass, true>());
    else if constexpr (std::is_same_v<T, float>) {
      const bool all =
          std::apply([&](const auto&... each) { return ((p.*each.value == usual.*each.value) && ...); }, P::parameters);
      if (all) return run(usual, Way<pass, true>());
    }
    run(p, Way<pass, false>());
  }
  struct NoOperand {};
  struct Ones {  // an operand that nothing depends on
    template <class L>
    LOSSACT_INLINE typename L::V at(size_t) const {
      return typename L::M()(1);
    }
  };
  template <class E>
  struct WithOperand {  // elements beside those of a lane
    const E* values;
    template <class L>
    LOSSACT_INLINE typename L::V at(size_t k) const {
      if constexpr (is_compensated<L>) return L::load(values + k);
      else return {Lane<E, typename L::Number>::load(values + k).r};
    }
  };
  struct OneWeight {
    T value;
    template <class L>
    LOSSACT_INLINE typename L::V at(size_t) const {
      return typename L::M()(static_cast<double>(value));
    }
  };
  // All groups, `f` times the incoming gradient where there is one. Inputs outside `enough` are the faithful lane's.
  template <class W, class F, class... G>
  static LOSSACT_INLINE void run(const P& p, const Interval& enough, const Beside& beside, F f, size_t first,
                                 size_t last, T* out, const T* in, const G*... g) {
    const auto all = [&](auto operand) LOSSACT_LAMBDA {
      size_t i = first;
      if constexpr (W::kGroups > 1)
        for (; i + W::kGroups * kGroup <= last; i += W::kGroups * kGroup) {
          for (size_t k = i; k < i + W::kGroups * kGroup; k += kGroup) {
            __builtin_prefetch(out + k + (W::brief ? kAhead / 2 : 0), 1);
            if constexpr (!W::brief) __builtin_prefetch(in + k + kAhead), (__builtin_prefetch(g + k + kAhead), ...);
          }
          registers<W, typename W::Pair, W::kGroups>(enough, f, out + i, in + i, operand, (g + i)...);
        }
      groups(
          i, last, out,
          [&](size_t, size_t, T* o, const T* a, const G*... b)
              LOSSACT_LAMBDA { registers<W, typename W::L, 1>(enough, f, o, a, operand, b...); },
          in, g...);
    };
    if constexpr (operand<P> == Operand::none) {
      all(NoOperand());
    } else if constexpr (operand<P> == Operand::learned) {
      if (beside.count == 1) return all(OneWeight{detail::get(beside.values)});
      groups(
          first, last, out,
          [&](size_t i, size_t, T* o, const T* a, const G*... b) LOSSACT_LAMBDA {
            T w[kGroup];
            size_t channel = i / beside.inner % beside.count, left = beside.inner - i % beside.inner;
            for (T& each : w) {
              each = detail::get(beside.values + channel);
              if (--left == 0) left = beside.inner, channel = channel + 1 == beside.count ? 0 : channel + 1;
            }
            registers<W, typename W::L, 1>(enough, f, o, a, WithOperand<T>{w}, b...);
          },
          in, g...);
    } else {
      if (!p.training) return all(Ones());
      groups(
          first, last, out,
          [&](size_t i, size_t, T* o, const T* a, const G*... b) LOSSACT_LAMBDA {
            float u[kGroup];
            uniform(beside.seed, i, u, kGroup / 4);
            registers<W, typename W::L, 1>(enough, f, o, a, WithOperand<float>{u}, b...);
          },
          in, g...);
    }
  }
  template <class L, class F, class B>
  static LOSSACT_INLINE typename L::V of(F f, typename L::V x, B beside, size_t k) {
    if constexpr (std::is_same_v<B, NoOperand>) return f(typename L::M(), x);
    else return f(typename L::M(), x, beside.template at<L>(k));
  }
  template <class W, class L, size_t kGroups, class F, class B, class... G>
  static LOSSACT_INLINE void registers(const Interval& enough, F f, T* out, const T* in, B beside, const G*... g) {
    constexpr size_t kParts = kGroups * kGroup / L::kLanes;
    if constexpr (W::sound) {
      for (size_t k = 0; k < kGroups * kGroup; k += L::kLanes) {
        const typename L::M m;
        const auto x = L::load(in + k);
        auto y = of<L>(f, x, beside, k);
        if constexpr (sizeof...(g) != 0 && !W::keeps_nan) y = m.select(m.eq(x, x), y, x);
        L::store(L::result(y, L::load(g + k)...), out + k);
      }
    } else {
      // Where the lane has too little range the faithful one answers, element by element, so neighbours do not
      // matter. It reads its inputs before anything is stored: output and input may be the same memory.
      using Plain = typename PlainOf<L>::Lane;
      const typename Plain::M m;
      typename Plain::V y[kParts];
      typename Plain::M::Mask good;
      for (size_t part = 0; part < kParts; ++part) {
        const size_t k = part * L::kLanes;
        y[part] = L::result(of<L>(f, L::load(in + k, enough), beside, k), L::load(g + k)...);
        const auto x = Plain::load(in + k);
        auto here = enough.low == -enough.high ? m.ge(m(enough.high), m.abs(x)) : m.ge(x, m(enough.low));  // and no NaN
        if (enough.low != -enough.high && enough.high < inf) here = m.both(here, m.ge(m(enough.high), x));
        if (W::in_sums && (sizeof...(g) != 0 || enough.high == inf))
          here = m.both(here, m.eq(y[part], y[part]));  // infinities
        good = part == 0 ? here : m.both(good, here);
      }
      if (HWY_LIKELY(m.all(good))) {
        for (size_t part = 0; part < kParts; ++part) Plain::store(y[part], out + part * L::kLanes);
      } else {
        T near[kGroups * kGroup];
        for (size_t part = 0; part < kParts; ++part) Plain::store(y[part], near + part * L::kLanes);
        repair(f, enough, kGroups * kGroup, near, in, beside, g...);
        detail::copy(out, near, sizeof near);
      }
    }
  }
  template <class F, class B, class... G>
  static HWY_NOINLINE void repair(F f, Interval enough, size_t count, T* near, const T* in, B beside, const G*... g) {
    for (size_t k = 0; k < count; k += Exact::kLanes) {
      const typename Exact::M m;
      const auto x = Exact::load(in + k);
      auto y = of<Exact>(f, x, beside, k);
      if constexpr (sizeof...(g) != 0) y = m.select(m.eq(x, x), y, x);
      T exact[kGroup];
      Exact::store(Exact::result(y, Exact::load(g + k)...), exact);
      for (size_t j = 0; j < Exact::kLanes; ++j) {
        const float at = static_cast<float>(detail::get(in + k + j)), got = static_cast<float>(near[k + j]);
        if (!(at >= static_cast<float>(enough.low) && at <= static_cast<float>(enough.high)) || got != got)
          near[k + j] = exact[j];
      }
    }
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

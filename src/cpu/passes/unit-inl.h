// What the units of all functions share: the passes of each loop, made of the templates in a function's file. Included
// once per target.
#include "hwy/highway.h"
#include "src/cpu/passes/lanes-inl.h"
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
#include "numbers/compensated-inl.h"
using cpu::Pass;

/// How many inputs of the formula an argument is.
template <class P>
constexpr size_t numbers_of(const Argument<P>& a) {
  return a.weighs ? 0 : a.extent == Extent::halves ? 2 : 1;
}
/// How many inputs the formula has.
template <class P>
constexpr size_t inputs() {
  size_t n = 0;
  for (const auto& a : P::arguments) n += numbers_of(a);
  return n;
}
template <class P>
constexpr size_t gradients() {
  size_t n = 0;
  for (const auto& a : P::arguments) n += a.gradient ? numbers_of(a) : 0;
  return n;
}
template <class P>
constexpr bool weighs() {
  for (const auto& a : P::arguments)
    if (a.weighs) return true;
  return false;
}
/// For each input of the formula, whether it has the extent; each of two halves has that of elements.
template <class P, Extent extent>
inline constexpr auto inputs_of = [] {
  std::array<bool, inputs<P>()> all{};
  size_t i = 0;
  for (const auto& a : P::arguments)
    for (size_t k = 0; k < numbers_of(a); ++k)
      all[i++] = (a.extent == Extent::halves ? Extent::element : a.extent) == extent;
  return all;
}();
template <class P>
inline constexpr auto elements = inputs_of<P, Extent::element>;
/// For each input of the formula, whether its array may be null: an optional one, or random numbers, which are drawn in
/// training only. There is at most one such input.
template <class P>
inline constexpr auto may_be_left_out = [] {
  auto all = inputs_of<P, Extent::random>;
  size_t i = 0;
  for (const auto& a : P::arguments)
    for (size_t k = 0; k < numbers_of(a); ++k) all[i++] |= a.option != nullptr;
  return all;
}();
template <class P>
inline constexpr size_t first_left_out = static_cast<size_t>(
    std::find(may_be_left_out<P>.begin(), may_be_left_out<P>.end(), true) - may_be_left_out<P>.begin());

template <size_t N>
using Indices = std::make_index_sequence<N>;
/// body.operator()<K>(K) for K of [0, N).
template <size_t N, class Body>
LOSSACT_INLINE void each(Body body) {
  [&]<size_t... K>(std::index_sequence<K...>)
      LOSSACT_LAMBDA { (body(std::integral_constant<size_t, K>()), ...); }(Indices<N>());
}
template <class P>
LOSSACT_INLINE P options_of(const void* options) {
  if constexpr (std::tuple_size_v<decltype(P::parameters)> == 0) return P{};
  else return *static_cast<const P*>(options);
}
/// The derivative with respect to the K-th of the inputs that have a gradient.
template <size_t K, class P, class M, class... V>
constexpr LOSSACT_INLINE auto slope_of(const P& p, M m, V... x) {
  if constexpr (requires { derivatives(p, m, x...); }) return derivatives(p, m, x...)[K];
  else return derivative(p, m, x...);
}
/// Types of this namespace, so that argument-dependent lookup finds the definitions that lie in it.
struct TracingHere : Tracing {};
struct CarefulHere : CarefulTracing {};
struct NamingHere : Naming {};

#include "src/cpu/passes/map-inl.h"
#include "src/cpu/passes/float-inl.h"
#include "src/cpu/passes/half-inl.h"
#include "src/cpu/passes/row-passes-inl.h"
#include "src/cpu/passes/fold-passes-inl.h"
#include "src/cpu/passes/vector-passes-inl.h"

template <class P>
constexpr bool has_output_form() {
  using L = Lane<float, double>;
  return requires(const P& p, typename L::M m, typename L::V v) { derivative_from_output(p, m, v); };
}
template <class P>
constexpr bool exact_of_one() {
  return requires { P::exact; } && inputs<P>() == 1;
}
template <class P, class T>
constexpr void add_half(cpu::Kernel& k, size_t i) {
  using Half = HalfPasses<P, T>;
  k.half_value[i] = &Half::value, k.half_slopes[i] = &Half::slopes;
  if constexpr (has_output_form<P>()) k.half_output_slopes[i] = &Half::output_slopes;
}
template <class P>
constexpr cpu::Kernel make() {
  cpu::Kernel k{};
  k.inputs = inputs<P>(), k.gradients = gradients<P>(), k.weighs = weighs<P>();
  if constexpr (P::loop == Loop::map) {
    using Map = MapPasses<P>;
    k.value[0] = &Map::template value<float>, k.value[1] = &Map::template value<double>;
    if constexpr (P::output == Output::number) {
      k.slopes[1] = &Map::template loss_slopes<double>, k.float_slopes[0] = &Map::template loss_slopes<float>;
    } else {
      k.slopes[0] = &Map::template slopes<float>, k.slopes[1] = &Map::template slopes<double>;
      k.exact = requires { P::exact; };
      if constexpr (exact_of_one<P>()) add_half<P, bfloat16>(k, 0), add_half<P, float16>(k, 1);
      using Faithful = FloatPasses<P, faithful>;
      using Fast = FloatPasses<P, fast>;
      k.float_value[0] = &Faithful::value, k.float_value[1] = &Fast::value;
      k.float_slopes[0] = &Faithful::slopes, k.float_slopes[1] = &Fast::slopes;
      if constexpr (has_output_form<P>()) {
        k.output_slopes[0] = &Map::template output_slopes<float>;
        k.output_slopes[1] = &Map::template output_slopes<double>;
        k.float_output_slopes[0] = &Faithful::output_slopes, k.float_output_slopes[1] = &Fast::output_slopes;
      }
    }
  } else if constexpr (P::loop == Loop::fold && requires { P::input; }) {
    using Vector = VectorPasses<P>;
    k.terms[0] = &Vector::template run_terms<float>, k.terms[1] = &Vector::template run_terms<double>;
    k.vector_slopes[0] = &Vector::template run_slopes<float>;
    k.vector_slopes[1] = &Vector::template run_slopes<double>;
    k.finish = &Vector::run_finish, k.sums = Vector::kSums, k.found = Vector::kFound;
  } else if constexpr (P::loop == Loop::fold) {
    k.value[0] = k.value[1] = &FoldPasses<P>::terms, k.slopes[0] = k.slopes[1] = &FoldPasses<P>::slopes;
  } else if constexpr (requires { P::statistic; }) {
    k.terms[1] = &ThresholdPasses<P>::run_terms, k.sums = 2, k.whole = P::whole;
  } else {
    using Row = RowPasses<P>;
    const auto for_types = [&](auto add) {
      add.template operator()<float, float>(cpu::kFloats);
      add.template operator()<float, double>(cpu::kFloatsToDoubles);
      add.template operator()<double, double>(cpu::kDoubles);
    };
    if constexpr (P::output == Output::number) {
      for_types([&]<class T, class To>(size_t i) {
        k.row_loss[i] = &Row::template many<T, To>, k.target_slopes[i] = &Row::template target_slopes<T, To>;
      });
      k.class_loss = &Row::loss, k.smooths = &Row::smooths;
      k.constant_slope = Row::constant_slope(), k.needs_probability = Row::needs(1) || Row::needs(2);
      k.logarithms = P::input == Meaning::log_probabilities;
    } else {
      for_types([&]<class T, class To>(size_t i) {
        k.row_value[i] = &Row::template value<T, To>, k.row_slopes[i] = &Row::template slopes<T, To>;
      });
      if constexpr (Row::output_form) {
        k.row_output_sum[0] = &Row::template output_sum<float>, k.row_output_sum[1] = &Row::template output_sum<double>;
        for_types([&]<class T, class To>(size_t i) { k.row_output_slopes[i] = &Row::template output_slopes<T, To>; });
        k.float_row_output_slopes = &Row::float_output_slopes, k.interleaved_output = &Row::interleaved_output;
      }
      k.row_value_is = &Row::value_is, k.interleaved = &Row::interleaved;
      for (size_t field = 0; field < 4; ++field) k.interleaved_needs[field] = Row::needs(field);
    }
  }
  return k;
}
template <class P>
inline constexpr cpu::Kernel kernel_of{};  // each function's unit has its own

}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

// What the typed tests ask of a function's file while compiling.
#ifndef LOSSACT_TESTS_FUNCTION_TRAITS_H_
#define LOSSACT_TESTS_FUNCTION_TRAITS_H_
#include <iterator>
#include <span>
#include <tuple>
#include <vector>
#include "lossact/every_function.h"
#include "lossact/options.h"

namespace lossact::testing {

/// Those of every_function of which is.operator()<P>().
template <auto is>
inline constexpr auto functions_that = std::apply(
    [](auto... all) {
      return std::tuple_cat([]<class P>(Callable<P> f) {
        if constexpr (is.template operator()<P>()) return std::tuple{f};
        else return std::tuple<>{};
      }(all)...);
    },
    every_function);
template <class P>
inline constexpr bool has_threshold = requires { P::statistic; };
/// Whether it makes elements of those of several arrays.
template <class P>
inline constexpr bool is_gate =
    P::loop == Loop::map && P::output == Output::elements && detail::required<P> > 1 && !detail::learns<P>;
/// Whether it makes elements of the halves of one array.
template <class P>
inline constexpr bool of_halves = P::arguments[0].extent == Extent::halves;
inline constexpr auto activations = functions_that<[]<class P>() {
  return P::loop == Loop::map && P::output == Output::elements && !is_gate<P> && !of_halves<P>;
}>;
inline constexpr auto halves_functions = functions_that<[]<class P>() { return of_halves<P>; }>;
inline constexpr auto gates = functions_that<[]<class P>() { return is_gate<P>; }>;
inline constexpr auto element_losses =
    functions_that<[]<class P>() { return P::loop == Loop::map && P::output == Output::number; }>;
inline constexpr auto row_activations =
    functions_that<[]<class P>() { return P::loop == Loop::row && P::output == Output::elements; }>;
inline constexpr auto threshold_activations = functions_that<[]<class P>() { return has_threshold<P>; }>;
/// Those whose formula is of the surprise of a class.
inline constexpr auto surprise_activations = functions_that<[]<class P>() {
  return P::loop == Loop::row && P::output == Output::elements && !has_threshold<P>;
}>;
inline constexpr auto row_losses =
    functions_that<[]<class P>() { return P::loop == Loop::row && P::output == Output::number; }>;
inline constexpr auto vector_losses =
    functions_that<[]<class P>() { return P::loop == Loop::fold && requires { P::input; }; }>;
inline constexpr auto informations =
    functions_that<[]<class P>() { return P::loop == Loop::fold && !requires { P::input; }; }>;

/// Where training starts a learned weight; NaN of a function without one.
template <class P>
inline constexpr double start_of = [] {
  for (const auto& a : P::arguments)
    if (a.start == a.start) return a.start;
  return nan;
}();
template <class P>
inline constexpr bool learns = start_of<P> == start_of<P>;
/// Whether it draws random numbers in training.
template <class P>
inline constexpr bool draws = [] {
  for (const auto& a : P::arguments)
    if (a.extent == Extent::random) return true;
  return false;
}();
/// How many distributions a function of information takes; 0 of one that takes probabilities one by one.
template <class P>
inline constexpr int distributions_of = P::output == Output::elements ? 0 : static_cast<int>(std::size(P::arguments));
/// The member of P that weighs its losses; null where there is none.
template <class P>
inline constexpr Weights P::* weights_of = [] {
  Weights P::* found = nullptr;
  for (const auto& a : P::arguments)
    if (a.weighs) found = a.option;
  return found;
}();
template <class P>
inline constexpr bool has_weights = [] {
  for (const auto& a : P::arguments)
    if (a.weighs) return true;
  return false;
}();
/// The name of a choice, where P offers it; else empty.
template <class P, class E>
std::string_view name_of_choice(E value) {
  for (const ParameterInfo& p : detail::function_of<P>().parameters)
    for (const Choice<int>& choice : p.choices)
      for (const auto& known : choices<E>)
        if (known.value == value && known.name == choice.name) return known.name;
  return {};
}

inline constexpr int kFurther = 2;
/// A loss of elements as a function of input and target: of what else it takes each element is kFurther, above the
/// bounds in variants().
template <class P>
class OfTwo {
  static constexpr std::size_t kArrays = detail::required<P> - 2;

 public:
  using Options = P;
  static constexpr Callable<P> f{};

  template <class X>
  double operator()(const X& x, const X& y, const P& options = {}, Accuracy accuracy = {}) const {
    return with_more(x, [&](auto... more) { return f(x, y, more..., options, accuracy); });
  }
  template <class X, class Out>
  double with_gradient(const X& x, const X& y, Out&& dx, const P& options = {}, Accuracy accuracy = {}) const {
    return with_more(x, [&](auto... more) { return f.with_gradient(x, y, more..., dx, options, accuracy); });
  }
  template <class X>
  void each(const X& x, const X& y, std::span<double> losses, const P& options = {}, Accuracy accuracy = {}) const {
    with_more(x, [&](auto... more) { f.each(x, y, more..., losses, options, accuracy); });
  }
  template <class L, class X, class Out>
  void backward(const L& grad_output, const X& x, const X& y, Out&& dx, const P& options = {},
                Accuracy accuracy = {}) const {
    with_more(x, [&](auto... more) { f.backward(grad_output, x, y, more..., dx, options, accuracy); });
  }
  template <class L, class X, class Out>
  void backward_target(const L& grad_output, const X& x, const X& y, Out&& dy, const P& options = {},
                       Accuracy accuracy = {}) const {
    using To = std::span<std::remove_const_t<typename X::value_type>>;
    detail::Gradients<To, std::make_index_sequence<detail::differentiable<P>>> gradients;
    gradients.all[1] = To(dy);
    with_more(x, [&](auto... more) { f.backward(grad_output, x, y, more..., gradients, options, accuracy); });
  }

 private:
  template <class X, class Run>
  static auto with_more(const X& x, Run run) {
    using T = std::remove_const_t<typename X::value_type>;
    const std::vector<T> more(x.size(), T(kFurther));
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return run(std::span<const T>(more).subspan(0 * I)...);
    }(std::make_index_sequence<kArrays>());
  }
};
/// element_losses so.
inline constexpr auto losses_of_two =
    std::apply([]<class... P>(Callable<P>...) { return std::tuple<OfTwo<P>...>{}; }, element_losses);

}  // namespace lossact::testing
#endif

// What the typed tests ask of a function's file while compiling.
#ifndef LOSSACT_TESTS_FUNCTION_TRAITS_H_
#define LOSSACT_TESTS_FUNCTION_TRAITS_H_
#include <iterator>
#include "lossact/options.h"

namespace lossact::testing {

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
    if (a.option) found = a.option;
  return found;
}();
template <class P>
inline constexpr bool has_weights = [] {
  for (const auto& a : P::arguments)
    if (a.option) return true;
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

}  // namespace lossact::testing
#endif

// Every definition compiled again, for plain numbers and for dual numbers, and the inputs at which to compare.
#ifndef LOSSACT_TESTS_LIBRARY_REFERENCE_H_
#define LOSSACT_TESTS_LIBRARY_REFERENCE_H_
#include <algorithm>
#include "numbers/dual.h"
#include "numbers/philox.h"
#include "numbers/real.h"
#include "tests/library/all_functions.h"

namespace lossact::reference {
// Of this namespace, so that the optional pieces of a definition are found by argument-dependent lookup.
struct Exact : Real<long double> {};
struct Plain : Real<double> {};
struct Sloped : Duals {};
}  // namespace lossact::reference
#define LOSSACT_NUMBERS reference
#include "lossact/definitions.inc"
#undef LOSSACT_NUMBERS

namespace lossact::testing {

using reference::Exact, reference::Sloped;

/// variants(), and beside them zero and a negative number for each parameter that may be so.
template <class P>
std::vector<P> all_variants() {
  std::vector<P> all = variants<P>();
  const auto vary = [&]<class T>(const Parameter<P, T>& parameter) {
    if constexpr (std::is_same_v<T, double>) {
      if (std::isnan(P{}.*parameter.value)) return;
      for (const double value : {0.0, -0.3, -1.7}) {
        P options;
        options.*parameter.value = value;
        if (detail::function_of<P>().legal(&options)) all.push_back(options);
      }
    }
  };
  std::apply([&](const auto&... parameter) { (vary(parameter), ...); }, P::parameters);
  return all;
}

/// forward and derivative of an activation with its second operand, if any: a weight or a random number.
template <class P, class M, class V>
V value_of(const P& p, M m, V x, [[maybe_unused]] V beside) {
  if constexpr (!learns<P> && !draws<P>) return reference::forward(p, m, x);
  else return reference::forward(p, m, x, beside);
}
template <class P, class M, class V>
V slope_of(const P& p, M m, V x, [[maybe_unused]] V beside) {
  if constexpr (learns<P>) return reference::derivatives(p, m, x, beside)[0];
  else if constexpr (draws<P>) return reference::derivative(p, m, x, beside);
  else return reference::derivative(p, m, x);
}
/// Beside the first two, which arrays the formula of a loss of elements takes: their places among the arguments.
template <class P>
inline constexpr auto further_inputs = [] {
  constexpr auto counts = [](const auto& a) { return !a.weighs; };
  std::array<std::size_t, static_cast<std::size_t>(std::ranges::count_if(P::arguments, counts)) - 2> places{};
  for (std::size_t i = 2, k = 0; i < std::size(P::arguments); ++i)
    if (counts(P::arguments[i])) places[k++] = i;
  return places;
}();
template <class P>
constexpr bool is_optional(const Argument<P>& a) {
  return a.option != nullptr;
}
/// forward and derivatives of a loss of elements whose further arrays are all `more`, or left out where they may be.
template <class P, class M, class V>
V loss_of(const P& p, M m, V x, V y, [[maybe_unused]] V more) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return reference::forward(p, m, x, y, (is_optional(P::arguments[further_inputs<P>[I]]) ? V(m(1)) : more)...);
  }(std::make_index_sequence<further_inputs<P>.size()>());
}
template <class P, class M, class V>
auto loss_slopes(const P& p, M m, V x, V y, [[maybe_unused]] V more) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return reference::derivatives(p, m, x, y, (is_optional(P::arguments[further_inputs<P>[I]]) ? V(m(1)) : more)...);
  }(std::make_index_sequence<further_inputs<P>.size()>());
}
/// The second operands of elements 0 to n - 1: the random numbers that a call draws, or `weight`.
template <class P>
std::vector<double> beside(const P& options, std::size_t n, double weight) {
  std::vector<double> all(n, weight);
  if constexpr (draws<P>) {
    std::vector<float> drawn((n + 3) / 4 * 4);
    uniform(options.seed, 0, drawn.data(), drawn.size() / 4);
    std::copy_n(drawn.begin(), n, all.begin());
  }
  return all;
}

/// A number's place among all numbers of its type in increasing order, so that neighbours differ by 1.
inline std::int64_t place(double x) {
  const auto i = std::bit_cast<std::int64_t>(x);
  return i < 0 ? std::numeric_limits<std::int64_t>::min() - i : i;
}
inline std::int64_t place(float x) {
  const auto i = std::bit_cast<std::int32_t>(x);
  return i < 0 ? std::int64_t{std::numeric_limits<std::int32_t>::min()} - i : i;
}
template <class T>
T moved(T x, int steps) {
  for (; steps > 0; --steps) x = std::nextafter(x, std::numeric_limits<T>::infinity());
  for (; steps < 0; ++steps) x = std::nextafter(x, -std::numeric_limits<T>::infinity());
  return x;
}

/// A unit in the last place of a result.
template <class T>
long double unit(long double exact) {
  using Limits = std::numeric_limits<T>;
  const int least = Limits::min_exponent - 1;
  const int exponent = exact == 0 ? least : std::max(std::ilogb(exact), least);
  return std::ldexp(1.0L, exponent - (Limits::digits - 1));
}
/// How many units in the last place `got` is from the exact result.
template <class T>
double ulps(T got, long double exact) {
  if (std::isnan(got) || std::isnan(exact)) return std::isnan(got) && std::isnan(exact) ? 0 : inf;
  if (got == exact) return 0;
  const T nearest = static_cast<T>(exact);
  if (std::isinf(got) || std::isinf(nearest)) return static_cast<double>(std::abs(place(got) - place(nearest)));
  return static_cast<double>(std::abs(got - exact) / unit<T>(exact));
}

/// Inputs around which a pass changes branches: kinks, the ends of what float arithmetic suffices for, and the numbers
/// at which exponentials leave their type or definitions clamp; all of them also divided by the parameters.
template <class P>
std::vector<double> thresholds(const P& options) {
  std::vector<double> at = {0,     1,      2,   20,  30,  40,     60,     80,  87,   88,  88.72,
                            87.34, 103.97, 700, 708, 709, 709.78, 745.13, 750, 1000, 1e30};
  const std::vector<double> plain = at;
  const auto scaled = [&](double divisor) {
    for (const double t : plain) at.push_back(t / divisor);
  };
  scaled(2);
  const auto by = [&]<class T>(const Parameter<P, T>& parameter) {
    if constexpr (std::is_same_v<T, double>) {
      const double value = options.*parameter.value;
      if (std::isfinite(value) && value != 0 && std::abs(value) != 1) scaled(value);
    }
  };
  std::apply([&](const auto&... parameter) { (by(parameter), ...); }, P::parameters);
  const Facts facts = options.facts();
  for (const Kink& kink : facts.kinks) at.push_back(kink.at);
  for (const double end : {facts.float_suffices.low, facts.float_suffices.high})
    if (std::isfinite(end)) at.push_back(end);
  return at;
}

/// Inputs of every size, sorted: one bit pattern in so many, a line of even steps, the neighbourhood of every
/// threshold, zeros, infinities, and the smallest and largest numbers.
template <class T>
  requires(!detail::is_half<T>)
std::vector<T> inputs(const std::vector<double>& around, std::uint64_t bit_stride, double line_step) {
  using Limits = std::numeric_limits<T>;
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::vector<T> x;
  for (std::uint64_t b = 0, before = 0; b <= std::numeric_limits<Bits>::max() && b >= before;
       before = b, b += bit_stride)
    x.push_back(std::bit_cast<T>(static_cast<Bits>(b)));
  for (double at = -800; at < 800; at += line_step * (std::abs(at) < 12 ? 0.1 : std::abs(at) < 120 ? 1 : 20))
    x.push_back(static_cast<T>(at));
  for (const double threshold : around)
    for (const double sign : {1.0, -1.0})
      for (int steps = -16; steps <= 16; ++steps) x.push_back(moved(static_cast<T>(sign * threshold), steps));
  for (const T special :
       {T(0), Limits::denorm_min(), Limits::min(), Limits::epsilon(), Limits::max(), Limits::infinity()})
    x.push_back(special), x.push_back(-special);
  std::erase_if(x, [](T v) { return std::isnan(v); });
  std::sort(x.begin(), x.end());
  x.erase(std::unique(x.begin(), x.end(), [](T a, T b) { return place(a) == place(b); }), x.end());
  return x;
}
/// Of half precision, all numbers.
template <class T>
  requires detail::is_half<T>
std::vector<T> inputs(const std::vector<double>&, std::uint64_t, double) {
  std::vector<T> x;
  for (const int sign : {0x8000, 0})
    for (int size = 0; size <= std::numeric_limits<T>::infinity().bits; ++size)
      x.push_back(T::from_bits(static_cast<std::uint16_t>(sign | size)));
  return x;
}
template <class T, class P>
std::vector<T> inputs(const P& options) {
  return inputs<T>(thresholds(options), sizeof(T) == 4 ? 65521 : 0x0001000100010007, 0.00937);
}

/// A row in long double, by the textbook formula, except that the largest logit is added last so that it absorbs
/// nothing.
struct Textbook {
  std::vector<ClassOf<long double>> classes;

  template <class T>
  Textbook(Meaning input, const T* x, std::size_t n) {
    if (input != Meaning::logits) {
      for (std::size_t c = 0; c < n; ++c) classes.push_back({-static_cast<long double>(x[c]), 0, 1, 0});
      return;
    }
    const auto top = static_cast<std::size_t>(std::max_element(x, x + n) - x);
    const long double largest = x[top];
    long double others = 0;
    for (std::size_t c = 0; c < n; ++c)
      if (c != top) others += std::exp(x[c] - largest);
    for (std::size_t c = 0; c < n; ++c) {
      const long double p = std::exp(x[c] - largest) / (1 + others);
      classes.push_back({std::log1p(others) + (largest - x[c]), p, c == top ? others / (1 + others) : 1 - p,
                         largest + std::log1p(others)});
    }
  }
};

}  // namespace lossact::testing
#endif

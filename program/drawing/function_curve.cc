#include "program/drawing/function_curve.h"
#include <array>
#include <fmt/format.h>
#include "program/functions.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

using Numbers = std::vector<double>;

template <class P>
Curve curve_of(const Activation<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    const Numbers one(x.size(), 1.0);
    const std::span<const double> in(x), ones(one);
    if constexpr (detail::operand<P> == Operand::learned) {
      Numbers grad_weight(1);
      const std::span<const double> weight(&chosen.weight, 1);
      f(in, weight, std::span<double>(y));
      f.backward(ones, in, weight, std::span<double>(slope), std::span<double>(grad_weight));
    } else {
      f(in, std::span<double>(y), chosen.options());
      f.backward(ones, in, std::span<double>(slope), chosen.options());
    }
  };
  return {.of = looked_up(f) + "(x)", .variable = "x", .setting = {}, .values = values};
}

// Of a row of two classes, over the first one's logit.
template <class P>
Curve curve_of(const RowActivation<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::array<double, 2> row = {x[i], 0}, output{}, one = {1, 0}, gradient{};
      f({row.data(), 1, 2}, Rows<double>{output.data(), 1, 2}, chosen.options());
      f.backward(Rows<const double>{one.data(), 1, 2}, Rows<const double>{row.data(), 1, 2},
                 Rows<double>{gradient.data(), 1, 2}, chosen.options());
      y[i] = output[0], slope[i] = gradient[0];
    }
  };
  return {.of = looked_up(f) + "((x, 0))[0]", .variable = "x", .setting = {}, .values = values};
}

template <class P>
Curve curve_of(const PairLoss<P>& f, const Chosen<P>& chosen) {
  // What means the logarithm of a probability is not above 0, and neither is its target's logarithm.
  constexpr bool logarithms = P::input == Meaning::log_probabilities;
  constexpr bool probabilities = P::input == Meaning::probabilities;
  static constexpr double target = logarithms || probabilities ? 0.5 : 0;
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    P options = chosen.options();
    options.reduction = Reduction::sum;
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = f.with_gradient(std::span<const double>(&x[i], 1), std::span<const double>(&target, 1),
                             std::span<double>(&slope[i], 1), options);
  };
  return {.of = fmt::format("{}(x, {})", looked_up(f), number_text(target)),
          .variable = "the input x",
          .setting = fmt::format("at the target {}", number_text(target)),
          .over = logarithms      ? Interval{-5, 0}
                  : probabilities ? Interval{0, 1}
                                  : Interval{-3, 3},
          .values = values};
}

// Of a row of two classes, over the logit of the class that came.
template <class P>
Curve curve_of(const RowLoss<P>& f, const Chosen<P>& chosen) {
  constexpr bool logarithms = P::input == Meaning::log_probabilities;
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    P options = chosen.options();
    options.reduction = Reduction::sum;
    options.weight = {};
    options.ignore_index = -1;
    const std::array<std::int64_t, 1> target = {0};
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::array<double, 2> row = {x[i], 0}, gradient{};
      y[i] =
          f.with_gradient(Rows<const double>{row.data(), 1, 2}, target, Rows<double>{gradient.data(), 1, 2}, options);
      slope[i] = gradient[0];
    }
  };
  return {.of = looked_up(f) + "((x, 0), 0)",
          .variable = "x",
          .setting = "where class 0 came",
          .over = logarithms ? Interval{-5, 0} : Interval{-5, 5},
          .values = values};
}

// Of two events, over the probability of the first.
template <class P>
Curve curve_of(const Information<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    const P& options = chosen.options();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if constexpr (P::distributions == 0) {
        f(std::span<const double>(&x[i], 1), std::span<double>(&y[i], 1), options);
        f.gradient(std::span<const double>(&x[i], 1), std::span<double>(&slope[i], 1), options);
      } else {
        const std::array<double, 2> p = {0.7, 0.3}, q = {x[i], 1 - x[i]};
        std::array<double, 2> gradient{};
        if constexpr (P::distributions == 1) {
          y[i] = f(q, options);
          f.gradient(q, gradient, options);
        } else {
          y[i] = f(p, q, options);
          f.gradient(p, q, gradient, options);
        }
        slope[i] = gradient[0] - gradient[1];  // the second probability falls as the first rises
      }
    }
  };
  const std::string name(P::about.name);
  if constexpr (P::distributions == 0)
    return {.of = name + "(p)", .variable = "p", .setting = {}, .over = {0, 1}, .values = values};
  else if constexpr (P::distributions == 1)
    return {.of = name + "(p, 1 - p)", .variable = "p", .setting = {}, .over = {0, 1}, .values = values};
  else
    return {.of = fmt::format("{}(p, (q, 1 - q))", name),
            .variable = "q",
            .setting = "where p is (0.7, 0.3)",
            .over = {0, 1},
            .values = values};
}

}  // namespace

FunctionCurve function_curve(std::string_view name, const std::vector<std::string>& set_options) {
  FunctionCurve result;
  with_function(name, [&]<class F>(const F& f) {
    using P = typename F::Options;
    const Chosen<P> chosen = choose<P>(set_options);
    result = {curve_of(f, chosen), chosen.options().facts()};
  });
  Curve& curve = result.curve;
  for (const Kink& kink : result.facts.kinks) {
    curve.kinks.push_back(kink);
    if (function_named(name).family == "activation" && std::abs(kink.at) < 1e6)
      curve.over = {std::min(curve.over.low, 1.5 * kink.at), std::max(curve.over.high, 1.5 * kink.at)};
  }
  if (!set_options.empty())
    curve.setting += fmt::format("{}with {}", curve.setting.empty() ? "" : ", ", join(set_options));
  return result;
}

}  // namespace lossact::cli

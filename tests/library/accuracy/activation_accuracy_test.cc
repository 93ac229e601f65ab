// Every value and slope of an activation is within its promise of the exact one: float 1 unit in the last place, fast
// 4, double 4. The exact one is the definition in long double; oracle.py tests that the definition is the function.
#include "tests/library/accuracy/promises.h"

namespace lossact::testing {
namespace {

template <class T, class P>
void sweep(const P& options, Accuracy accuracy, T weight, Judge<T>& value, Judge<T>& slope) {
  const Caller<P, T> call{.options = options, .accuracy = accuracy, .weight = {weight}};
  const std::vector<T> x = inputs<T>(options);
  const std::vector<double> aside = beside(options, x.size(), static_cast<double>(weight));
  const std::vector<T> ones(x.size(), T(1)), minus_two(x.size(), T(-2));
  std::vector<T> y(x.size()), dx(x.size()), twice(x.size());
  call.forward(x, y);
  call.backward(ones, x, dx);
  call.backward(minus_two, x, twice);
  std::vector<long double> exact(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    value.see(x[i], y[i], value_of<P, Exact, long double>(options, {}, x[i], aside[i]));
    exact[i] = slope_of<P, Exact, long double>(options, {}, x[i], aside[i]);
  }
  if constexpr (!learns<P> && !draws<P>)
    slope = Judge<T>(accuracy, roots(x, exact, options.facts(),
                                     [&](long double at) { return reference::derivative(options, Exact(), at); }));
  for (std::size_t i = 0; i < x.size(); ++i) {
    slope.see(x[i], dx[i], exact[i]);
    // Twice the grad_output gives twice the gradient, to the bit where nothing underflows.
    if (std::abs(dx[i]) > 2 * std::numeric_limits<T>::min()) {
      ASSERT_EQ(twice[i], -2 * dx[i]) << "grad_output is not a factor at " << x[i];
    }
  }
}
template <class T, class P>
void activation(Accuracy accuracy) {
  Judge<T> value(accuracy), slope(accuracy);
  for (const P& options : all_variants<P>())
    for (const double weight : {0.25, -0.5, 0.1, 0.0}) {
      SCOPED_TRACE(text_of(options));
      Judge<T> value_here(accuracy), slope_here(accuracy);
      sweep<T>(options, accuracy, static_cast<T>(weight), value_here, slope_here);
      expect<T>("the value", value_here, accuracy);
      expect<T>("the slope", slope_here, accuracy);
      value.add(value_here), slope.add(slope_here);
      if (!learns<P>) break;
    }
  record("value", kind<T>(accuracy), value.finite().ulps);
  record("slope", kind<T>(accuracy), slope.finite().ulps);
}
const bool activations_hold = for_all("Accuracy", activations, []<class P>(const Callable<P>&) {
  activation<float, P>(faithful);
  activation<float, P>(fast);
  activation<double, P>(faithful);
});

// The slope from the output is exact as a function of the output given.
template <class T, class P>
void from_output(Accuracy accuracy) {
  Judge<T> all(accuracy);
  for (const P& options : all_variants<P>()) {
    const Facts facts = options.facts();
    if (!facts.increasing) continue;
    SCOPED_TRACE(text_of(options));
    std::vector<double> around = thresholds(options);
    for (const double end : {facts.range.low, facts.range.high})
      if (std::isfinite(end)) around.push_back(end);
    std::vector<T> y = inputs<T>(around, sizeof(T) == 4 ? 65521 : 0x0001000100010007, 0.00937);
    std::erase_if(y, [&](T v) { return v < facts.range.low || v > facts.range.high; });
    std::vector<T> dx(y.size());
    const std::vector<T> ones(y.size(), T(1));
    Callable<P>().backward_from_output(ones, y, dx, options, accuracy);
    Judge<T> here(accuracy);
    for (std::size_t i = 0; i < y.size(); ++i)
      here.see(y[i], dx[i], derivative_from_output(options, Exact(), static_cast<long double>(y[i])));
    expect<T>("the slope from the output", here, accuracy);
    all.add(here);
  }
  record("slope_from_output", kind<T>(accuracy), all.finite().ulps);
}
const bool outputs_hold = for_all("AccuracyFromOutput", activations, []<class P>(const Callable<P>&) {
  if constexpr (requires(P p) { derivative_from_output(p, Exact(), 1.0L); }) {
    from_output<float, P>(faithful);
    from_output<float, P>(fast);
    from_output<double, P>(faithful);
  }
});

// The gradient of a learned weight is a sum, so what is promised is relative to the sum of its terms' sizes.
const bool weights_hold = for_all("AccuracyOfWeight", activations, []<class P>(const Callable<P>& f) {
  if constexpr (learns<P>) {
    for (const std::size_t channels : {1ul, 3ul})
      for (const std::size_t inner : {1ul, 5ul, 1000ul}) {
        const std::size_t n = 4 * channels * inner;
        const auto x = numbers<float>(n, 3), dy = numbers<float>(n, 2, 2);
        const std::vector<float> weight = {0.25f, -0.5f, 0.1f};
        std::vector<float> dx(n);
        std::vector<double> gradient(channels);
        f.backward(dy, x, std::span(weight).first(channels), dx, gradient, inner);
        for (std::size_t c = 0; c < channels; ++c) {
          long double exact = 0, size = 0;
          for (std::size_t i = 0; i < n; ++i) {
            if (i / inner % channels != c) continue;
            const long double term = dy[i] * reference::derivatives(P(), Exact(), static_cast<long double>(x[i]),
                                                                    static_cast<long double>(weight[c]))[1];
            exact += term, size += std::abs(term);
          }
          EXPECT_LE(std::abs(gradient[c] - exact), 0x1p-50 * size) << channels << " channels of " << inner;
        }
      }
  }
});

/// Options whose parameters may be denormal or beyond the range of float, on arrays of one element.
template <class P>
void extreme_parameter(const P& options, Accuracy accuracy) {
  const Caller<P, float> call{.options = options, .accuracy = accuracy, .weight = {0.25F}};
  const double most = promise<float>(accuracy), aside = beside(options, 1, 0.25)[0];
  for (const float at :
       {0.0F, -0.0F, 1e-30F, -1e-30F, -0.1F, -0.2F, -0.25F, -3.0F, -11.428572F, -90.0F, 1.0F, 50.0F, 3e38F, -3e38F}) {
    const std::vector<float> x = {at};
    std::vector<float> y(1), dx(1);
    call.forward(x, y);
    EXPECT_LE(ulps(y[0], value_of<P, Exact, long double>(options, {}, at, aside)), most) << "the value at " << at;
    for (const float g : {1.0F, 1e-10F, 1e30F, -65536.0F, 1.7F}) {
      call.backward(std::vector<float>{g}, x, dx);
      const long double slope = slope_of<P, Exact, long double>(options, {}, at, aside);
      EXPECT_LE(ulps(dx[0], g * slope), most + 0.5) << g << " times the slope at " << at;
      if constexpr (requires { derivative_from_output(options, Exact(), 1.0L); })
        if (options.facts().increasing) {
          Callable<P>().backward_from_output(std::vector<float>{g}, y, dx, options, accuracy);
          const long double from_output = derivative_from_output(options, Exact(), static_cast<long double>(y[0]));
          EXPECT_LE(ulps(dx[0], g * from_output), most + 0.5) << g << " times the slope at the output " << y[0];
        }
    }
  }
}
const bool extremes_hold = for_all("ExtremeParameters", activations, []<class P>(const Callable<P>&) {
  std::apply(
      [](const auto&... each) {
        [[maybe_unused]] const auto vary = [](const auto& parameter) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(P{}.*parameter.value)>, double>)
            for (const double value : {0.1, 7.0, 1e-42, -1e-42, 1e-38, 1e39, -1e39, 1e-300, 1e300}) {
              P options;
              options.*parameter.value = value;
              if (value < parameter.legal.low || value > parameter.legal.high) continue;
              if constexpr (requires { options.refusal(); })
                if (!options.refusal().empty()) continue;
              SCOPED_TRACE(std::string(parameter.name) + " is " + std::to_string(value));
              extreme_parameter(options, faithful);
              extreme_parameter(options, fast);
            }
        };
        (vary(each), ...);
      },
      P::parameters);
  extreme_parameter(P{}, faithful);
  extreme_parameter(P{}, fast);
});

}  // namespace
}  // namespace lossact::testing

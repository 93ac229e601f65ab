// Every result is within its promise of the exact one: float 1 unit in the last place, fast 4, double 4.
// The exact one is the definition read in long double; that the definition is the function is the oracle's business.
#include "tests/library/accuracy/judge.h"

namespace lossact::testing {
namespace {

template <class T>
std::string kind(Accuracy accuracy) {
  return sizeof(T) == 8 ? "double" : accuracy == fast ? "float_fast" : "float";
}

// Kept in gtest's report: --gtest_output=json:FILE tells how much of each promise is used.
template <class T>
void expect(const char* what, const Worst& worst, Accuracy accuracy) {
  EXPECT_LE(worst.ulps, promise<T>(accuracy)) << what << " in " << kind<T>(accuracy) << " at " << worst.at;
}
template <class T>
void expect(const char* what, const Judge<T>& judge, Accuracy accuracy) {
  expect<T>(what, judge.finite(), accuracy);
  expect<T>(what, judge.special(), accuracy);
}
void record(const char* what, const std::string& in, double ulps) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", ulps);
  ::testing::Test::RecordProperty(std::string(what) + "_ulps_" + in, text);
}

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
    // Twice as much comes back for twice as much, to the bit where nothing underflows.
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

/// The same for a result that is a sum: what cancelled in it keeps the last places of its terms, and a row of many
/// classes adds up, lane by lane, as often as it has groups of sixteen.
template <class T>
double ulps_of_sum(T got, long double exact, long double terms, std::size_t n = 1) {
  const long double cancelled = std::max(0.0L, terms - std::abs(exact));
  const auto additions = static_cast<long double>((std::min<std::size_t>(n, 4096) - 1) / 16);
  const long double spare = cancelled * (sizeof(T) == 4 ? 0x1p-34L : 0x1p-51L) + terms * additions * 0x1p-53L;
  const long double far = std::abs(got - exact);
  return far <= spare ? 0 : std::isfinite(far) ? static_cast<double>((far - spare) / unit<T>(exact)) : ulps(got, exact);
}

template <class T, class P>
void pair_loss() {
  const double both[] = {0, 0.1, -0.1, 0.5, 1, -1, 2.5, -3, 1e-6, 7e-20, 100, -1e5, 1 / 3.0, -0.6931472, -20};
  std::vector<T> x, y;
  for (const double a : both)
    for (const double b : both) x.push_back(static_cast<T>(a)), y.push_back(static_cast<T>(b));
  const auto more_x = numbers<T>(3000, 4), more_y = numbers<T>(3000, 1, 2);
  x.insert(x.end(), more_x.begin(), more_x.end());
  y.insert(y.end(), more_y.begin(), more_y.end());
  const OfTwo<P> f;
  Worst value, slope, in_target;
  for (P options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    options.reduction = Reduction::none;
    const std::vector<double> ones(x.size(), 1);
    std::vector<double> losses(x.size());
    std::vector<T> dx(x.size()), dy(x.size());
    f.each(x, y, losses, options);
    f.backward(ones, x, y, dx, options);
    f.backward_target(ones, x, y, dy, options);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double u = x[i], v = y[i];
      // Where the result moves with its inputs' last places by much more than its own, it is a difference of terms of
      // that size.
      const auto see = [&](Worst& worst, T got, long double exact, auto g) {
        const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
        const double terms = std::abs(a * g(Dual{a, 1}, Dual{b, 0}).d) + std::abs(b * g(Dual{a, 0}, Dual{b, 1}).d);
        worst.see(terms > 4 * std::abs(exact) ? ulps_of_sum(got, exact, terms) : ulps(got, exact), a);
      };
      see(value, static_cast<T>(losses[i]), loss_of(options, Exact(), u, v, 2.0L),
          [&](Dual a, Dual b) { return loss_of(options, Sloped(), a, b, Dual{2}); });
      const auto exact = loss_slopes(options, Exact(), u, v, 2.0L);
      see(slope, dx[i], exact[0], [&](Dual a, Dual b) { return loss_slopes(options, Sloped(), a, b, Dual{2})[0]; });
      see(in_target, dy[i], exact[1], [&](Dual a, Dual b) { return loss_slopes(options, Sloped(), a, b, Dual{2})[1]; });
    }
  }
  for (const auto& [what, worst] : {std::pair{"value", value}, {"slope", slope}, {"slope_in_target", in_target}}) {
    expect<T>(what, worst, faithful);
    record(what, kind<T>(faithful), worst.ulps);
  }
}
const bool pair_losses_hold = for_all("Accuracy", losses_of_two, []<class P>(const OfTwo<P>&) {
  pair_loss<float, P>();
  pair_loss<double, P>();
});

/// Rows of every shape: even, confident, far apart, of one class.
template <class T>
std::vector<std::vector<T>> rows() {
  std::vector<std::vector<T>> all = {{T(20), T(0)}, {T(0), T(-90)}, {T(-300), T(300), T(0)}, {T(5), T(5), T(5), T(5)}};
  for (const T low : {T(-86), T(-88), T(-100), T(-200), T(-1e30)}) {
    std::vector<T> x(37, low);
    x[3] = 30, x[4] = 19;
    all.push_back(x);
    x[3] = -3, x[4] = -5;
    all.push_back(x);
  }
  unsigned seed = 0;
  for (const std::size_t n : {1ul, 2ul, 3ul, 10ul, 16ul, 17ul, 100ul, 5000ul})
    for (const double scale : {0.01, 1.0, 8.0, 60.0, 200.0}) all.push_back(numbers<T>(n, scale, ++seed));
  return all;
}

/// For each element the sum of all others, and of their sizes: never a difference.
struct WithoutOne {
  std::vector<long double> sum, sizes;
  explicit WithoutOne(const std::vector<long double>& x) : sum(x.size()), sizes(x.size()) {
    long double before = 0, before_sizes = 0, after = 0, after_sizes = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum[i] += before, sizes[i] += before_sizes;
      before += x[i], before_sizes += std::abs(x[i]);
      const std::size_t j = x.size() - 1 - i;
      sum[j] += after, sizes[j] += after_sizes;
      after += x[j], after_sizes += std::abs(x[j]);
    }
  }
};

template <class T, class P>
void row_activation() {
  const Callable<P> f;
  Worst value, slope;
  for (const P& options : all_variants<P>())
    for (const std::vector<T>& x : rows<T>()) {
      const std::size_t n = x.size();
      const std::vector<T> dy = numbers<T>(n, 1, 99);
      std::vector<T> y(n), dx(n);
      const Rows<const T> in{x.data(), 1, n};
      f(in, Rows<T>{y.data(), 1, n}, options);
      f.backward(Rows<const T>{dy.data(), 1, n}, in, Rows<T>{dx.data(), 1, n}, options);
      const Textbook row(Meaning::logits, x.data(), n);
      std::vector<long double> own(n);
      for (std::size_t c = 0; c < n; ++c) own[c] = dy[c] * reference::derivative(options, Exact(), row.classes[c]);
      const WithoutOne all(own);
      for (std::size_t c = 0; c < n; ++c) {
        const auto& k = row.classes[c];
        value.see(ulps_of_sum(y[c], reference::forward(options, Exact(), k),
                              std::abs(reference::forward(options, Exact(), k)), n),
                  static_cast<double>(x[c]));
        slope.see(ulps_of_sum(dx[c], k.probability * all.sum[c] - k.rest * own[c],
                              k.probability * all.sizes[c] + k.rest * std::abs(own[c]), n),
                  static_cast<double>(x[c]));
      }
    }
  expect<T>("the value", value, faithful);
  expect<T>("the gradient", slope, faithful);
  record("value", kind<T>(faithful), value.ulps);
  record("slope", kind<T>(faithful), slope.ulps);
}
const bool row_activations_hold = for_all("Accuracy", row_activations, []<class P>(const Callable<P>&) {
  row_activation<float, P>();
  row_activation<double, P>();
});

template <class T, class P>
void row_loss(Accuracy accuracy) {
  const Callable<P> f;
  Worst value, slope;
  for (const P& variant : all_variants<P>())
    for (const bool weighted : {false, true})
      for (const std::vector<T>& x : rows<T>()) {
        const std::size_t n = x.size();
        const auto classes = static_cast<double>(n);
        std::vector<double> weight = numbers<double>(n, 1, 5);
        for (double& w : weight) w = std::abs(w);
        P options = variant;
        options.reduction = Reduction::sum;
        if (weighted) options.weight = weight;
        const Textbook row(P::input, x.data(), n);
        const auto compare = [&](const auto& target, const auto& share) {
          std::vector<T> dx(n);
          const double loss =
              f.with_gradient(Rows<const T>{x.data(), 1, n}, target, Rows<T>{dx.data(), 1, n}, options, accuracy);
          long double exact = 0, terms = 0, by_total = 0;
          std::vector<long double> own(n);
          for (std::size_t c = 0; c < n; ++c) {
            const long double q =
                mass(options, Exact(), static_cast<long double>(share(c)), weighted ? weight[c] : 1.0L, classes);
            if (q == 0) continue;
            const auto& k = row.classes[c];
            const long double term = q * reference::forward(options, Exact(), k);
            exact += term, terms += std::abs(term);
            own[c] = q * reference::derivative(options, Exact(), k);
            if constexpr (requires { derivative_by_total(options, Exact(), k); })
              by_total += q * derivative_by_total(options, Exact(), k);
          }
          const WithoutOne all(own);
          value.see(ulps_of_sum(static_cast<T>(loss), exact, terms, n), loss);
          for (std::size_t c = 0; c < n; ++c) {
            const auto& k = row.classes[c];
            slope.see(ulps_of_sum(dx[c], k.probability * (all.sum[c] + by_total) - k.rest * own[c],
                                  k.probability * (all.sizes[c] + std::abs(by_total)) + k.rest * std::abs(own[c]), n),
                      static_cast<double>(x[c]));
          }
        };
        for (std::size_t y = 0; y < n; y += 1 + n / 20) {
          const std::int64_t target[] = {static_cast<std::int64_t>(y)};
          compare(target, [&](std::size_t c) { return c == y; });
        }
        std::vector<T> share = numbers<T>(n, 1, 6);
        for (T& s : share) s = std::max(s, T(0));
        compare(Rows<const T>{share.data(), 1, n}, [&](std::size_t c) { return share[c]; });
      }
  expect<T>("the value", value, accuracy);
  expect<T>("the gradient", slope, fast);  // both accuracies promise 4 units
  record("value", kind<T>(accuracy), value.ulps);
  record("slope", kind<T>(accuracy), slope.ulps);
}
const bool row_losses_hold = for_all("Accuracy", row_losses, []<class P>(const Callable<P>&) {
  row_loss<float, P>(faithful);
  row_loss<float, P>(fast);
  row_loss<double, P>(faithful);
});

const bool informations_hold = for_all("Accuracy", informations, []<class P>(const Callable<P>& f) {
  Worst value, slope;
  const auto per_base = [&](const P& options, auto... p) {
    return reference::forward(options, Exact(), static_cast<long double>(p)...) /
           std::log(static_cast<long double>(options.base));
  };
  const auto slope_per_base = [&](const P& options, auto... p) {
    return reference::derivative(options, Exact(), static_cast<long double>(p)...) /
           std::log(static_cast<long double>(options.base));
  };
  for (const P& options : all_variants<P>()) {
    if constexpr (distributions_of<P> == 0) {
      std::vector<double> p = inputs<double>({1, 0.5, 0x1p-1022}, 0x0001000100010007, 0.0001);
      std::erase_if(p, [](double v) { return v <= 0 || v > 1; });
      std::vector<double> y(p.size()), dy(p.size());
      f(p, y, options);
      f.gradient(p, dy, options);
      for (std::size_t i = 0; i < p.size(); ++i) {
        value.see(ulps(y[i], per_base(options, p[i])), p[i]);
        if (std::abs(reference::derivative(options, Exact(), static_cast<long double>(p[i]))) < 0x1p1023L)  // in nats
          slope.see(ulps(dy[i], slope_per_base(options, p[i])), p[i]);
      }
    } else {
      for (const std::size_t n : {2ul, 3ul, 17ul}) {
        const auto distribution = [&](unsigned seed) {
          std::vector<double> p = numbers<double>(n, 1, seed);
          double total = 0;
          for (double& v : p) v = std::exp(8 * v), total += v;
          for (double& v : p) v /= total;
          return p;
        };
        for (unsigned seed = 1; seed < 200; ++seed) {
          const auto p = distribution(seed), q = distribution(seed + 1000);
          std::vector<double> gradient(n);
          long double exact = 0, terms = 0;
          double got = 0;
          const auto add = [&](long double term) { exact += term, terms += std::abs(term); };
          if constexpr (distributions_of<P> == 1) {
            got = f(p, options);
            f.gradient(p, gradient, options);
            for (std::size_t i = 0; i < n; ++i) add(per_base(options, p[i]));
            for (std::size_t i = 0; i < n; ++i)  // -log p - 1 is zero at 1 / e
              slope.see(ulps_of_sum(gradient[i], slope_per_base(options, p[i]), 1), p[i]);
          } else {
            got = f(p, q, options);
            f.gradient(p, q, gradient, options);
            for (std::size_t i = 0; i < n; ++i) add(per_base(options, p[i], q[i]));
            for (std::size_t i = 0; i < n; ++i) slope.see(ulps(gradient[i], slope_per_base(options, p[i], q[i])), q[i]);
          }
          value.see(ulps_of_sum(got, exact, terms, n), seed);
        }
      }
    }
  }
  expect<double>("the value", value, faithful);
  expect<double>("the gradient", slope, faithful);
  record("value", "double", value.ulps);
  record("slope", "double", slope.ulps);
});

/// A parameter may be no ordinary float, and an element may be alone.
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

/// Gradients of rows are in proportion to a scale, however large, while they are floats.
const bool scaled_rows_hold = for_all("ScaledRows", row_losses, []<class P>(const Callable<P>& f) {
  if constexpr (P::input == Meaning::logits) {
    const auto row_of = [](std::size_t n, float top, float others) {
      std::vector<float> x(n, others);
      x[0] = top;
      return x;
    };
    for (const std::vector<float>& x : {row_of(17, -82, -82), row_of(17, -86.9F, -86.9F), row_of(4096, 17, -87.0001F),
                                        row_of(17, 17, -87.5F), row_of(40, 20, -1e4F), row_of(40, 20, -190)}) {
      const std::size_t n = x.size();
      const std::int64_t y[] = {0};
      const Textbook row(P::input, x.data(), n);
      for (const double scale : {1.0, 1000.0, 65536.0, 1e30}) {
        std::vector<float> dx(n);
        const Rows<const float> in{x.data(), 1, n};
        for (const Accuracy accuracy : {faithful, fast}) {
          EXPECT_LE(ulps(static_cast<float>(f(in, y, {}, accuracy)), row.classes[0].surprise), 1);
          f.backward(scale, in, y, Rows<float>{dx.data(), 1, n}, {}, accuracy);
          EXPECT_LE(ulps(dx[0], -scale * row.classes[0].rest), 4) << x[0] << ' ' << x[1] << " times " << scale;
          EXPECT_LE(ulps(dx[1], scale * row.classes[1].probability), 4) << x[0] << ' ' << x[1] << " times " << scale;
        }
      }
    }
  }
});

}  // namespace
}  // namespace lossact::testing

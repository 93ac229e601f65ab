// Losses of pairs and quantities of information are within their promise of the exact ones.
#include "tests/library/accuracy/promises.h"

namespace lossact::testing {
namespace {

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
      // A result that a unit in the last place of its inputs changes by many of its own is a difference of larger
      // terms, |x df/dx| + |y df/dy|, and its error is relative to these.
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

}  // namespace
}  // namespace lossact::testing

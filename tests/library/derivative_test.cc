// Every hand-written derivative is that which dual numbers compute from `forward` of the same file.
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// A grid over all sizes; it meets no kink.
std::vector<double> grid() {
  std::vector<double> x;
  for (double at = -120.03125; at < 120; at += std::abs(at) < 12 ? 0.03125 * 1.0078125 : 0.71875) x.push_back(at);
  for (double size = 1e-12; size < 1; size *= 7.3) x.push_back(size), x.push_back(-size);
  return x;
}
/// Dual numbers round as they go, so a slope that is the difference of larger numbers is right to their last places.
void expect(double stated, double dual, double scale, const char* what, double x) {
  EXPECT_NEAR(stated, dual, 1e-11 * std::abs(dual) + 1e-14 * scale) << what << " at " << x;
}

const bool activations_agree = for_all("Derivative", activations, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const double steepest = std::isfinite(options.facts().lipschitz) ? options.facts().lipschitz : 1;
    for (const double beside : {0.0, 0.3, 1.0, -0.5}) {
      if (!learns<P> && !draws<P> && beside != 0) break;
      for (const double x : grid()) {
        const Dual y = value_of(options, Sloped(), Dual{x, 1}, Dual{beside});
        const double slope = slope_of(options, Sloped(), Dual{x}, Dual{beside}).v;
        expect(slope, y.d, steepest, "the slope", x);
        if constexpr (learns<P>)
          expect(derivatives(options, Sloped(), Dual{x}, Dual{beside})[1].v,
                 value_of(options, Sloped(), Dual{x}, Dual{beside, 1}).d, std::abs(x), "the slope in the weight", x);
        // The derivative from the output is the same, unless the output is saturated and has lost what it needs.
        if constexpr (requires { derivative_from_output(options, Sloped(), y); })
          if (options.facts().increasing && std::abs(x) < 12) {
            EXPECT_NEAR(derivative_from_output(options, Sloped(), Dual{y.v}).v, slope, 1e-13 * (1 + steepest)) << x;
          }
      }
    }
  }
});

const bool pair_losses_agree = for_all("Derivative", losses_of_two, []<class P>(const OfTwo<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (const double x : grid())
      for (const double y : {1e-9, 0.03, 0.5, 1.0, 7.0, -0.4, -11.0}) {
        const auto in = [&](double dx, double dy, double more) {
          return loss_of(options, Sloped(), Dual{x, dx}, Dual{y, dy}, Dual{2, more}).d;
        };
        if (std::isnan(in(1, 0, 0))) continue;  // outside what the target may be
        const auto slopes = loss_slopes(options, Sloped(), Dual{x}, Dual{y}, Dual{2});
        expect(slopes[0].v, in(1, 0, 0), 1, "the slope in the input", x);
        expect(slopes[1].v, in(0, 1, 0), 1 + std::abs(x), "the slope in the target", x);
        if constexpr (slopes.size() > 2) expect(slopes[2].v, in(0, 0, 1), 1, "the slope in what else it takes", x);
      }
  }
});

/// A class as a function of its surprise, and of the logarithm of the row's total.
ClassOf<Dual> class_of(Dual surprise, Dual log_total) {
  const double p = std::exp(-surprise.v);
  return {surprise, {p, -p * surprise.d}, {-std::expm1(-surprise.v), p * surprise.d}, log_total};
}
template <class P>
void by_surprise() {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (double surprise = 1e-9; surprise < 800; surprise *= 1.17)
      for (const double total : {-3.0, 0.0, 0.7, 40.0}) {
        const auto plain = class_of({surprise}, {total});
        expect(reference::derivative(options, Sloped(), plain).v,
               reference::forward(options, Sloped(), class_of({surprise, 1}, {total})).d, 1, "by the surprise",
               surprise);
        const double by_total = reference::forward(options, Sloped(), class_of({surprise}, {total, 1})).d;
        if constexpr (requires { derivative_by_total(options, Sloped(), plain); })
          expect(derivative_by_total(options, Sloped(), plain).v, by_total, 1, "by the total", surprise);
        else EXPECT_EQ(by_total, 0) << "it depends on log_total, so it needs derivative_by_total";
      }
  }
}
const bool row_activations_agree =
    for_all("Derivative", surprise_activations, []<class P>(const Callable<P>&) { by_surprise<P>(); });

// A row loss also has target weights (`mass`), which are linear in the target: the gradient in the target relies on it.
const bool row_losses_agree = for_all("Derivative", row_losses, []<class P>(const Callable<P>&) {
  by_surprise<P>();
  for (const P& options : all_variants<P>()) {
    const auto at = [&](double target) { return mass(options, Sloped(), Dual{target, 1}, Dual{0.7}, 5); };
    for (const double target : {0.0, 0.2, 1.0}) {
      EXPECT_NEAR(at(target).v, at(0).v + target * (at(1).v - at(0).v), 1e-15) << text_of(options);
      EXPECT_NEAR(at(target).d, at(1).v - at(0).v, 1e-15) << text_of(options);
    }
  }
});

// Of the expected one of two distributions, or of the only one.
const bool informations_agree = for_all("Derivative", informations, []<class P>(const Callable<P>&) {
  for (double p = 1; p > 1e-12; p *= 0.83)
    for (const double q : {1e-300, 1e-9, 0.1, 0.37, 1.0})
      if constexpr (distributions_of<P> == 2)
        expect(reference::derivative(P(), Sloped(), Dual{p}, Dual{q}).v,
               reference::forward(P(), Sloped(), Dual{p}, Dual{q, 1}).d, 0, "the slope in q", q);
      else
        expect(reference::derivative(P(), Sloped(), Dual{p}).v, reference::forward(P(), Sloped(), Dual{p, 1}).d, 1,
               "the slope", p);
});

// The rows' gradients, which the family composes from these, against central differences of the whole call.
const bool rows_agree = for_all("Gradient", row_activations, []<class P>(const Callable<P>& f) {
  for (const P& options : all_variants<P>())
    for (const std::size_t n : {1ul, 2ul, 7ul, 20ul}) {
      std::vector<double> x = numbers<double>(n, 2), dy = numbers<double>(n, 1, 2), dx(n), y(n);
      f.backward(Rows<const double>{dy.data(), 1, n}, Rows<const double>{x.data(), 1, n}, Rows<double>{dx.data(), 1, n},
                 options);
      for (std::size_t k = 0; k < n; ++k) {
        const double here = x[k], h = 1e-5;
        const auto at = [&](double v) {
          x[k] = v;
          f(Rows<const double>{x.data(), 1, n}, Rows<double>{y.data(), 1, n}, options);
          double sum = 0;
          for (std::size_t c = 0; c < n; ++c) sum += dy[c] * y[c];
          return sum;
        };
        EXPECT_NEAR(dx[k], (at(here + h) - at(here - h)) / (2 * h), 1e-9) << text_of(options) << k << " of " << n;
        x[k] = here;
      }
    }
});
// Where one class has nearly all of the probability, its gradient is computed from those of the others, and the
// gradients still sum to 0.
const bool confident_rows_agree = for_all("ConfidentGradient", surprise_activations, []<class P>(const Callable<P>& f) {
  for (const float lead : {1.0f, 10.0f, 20.0f, 40.0f, 80.0f}) {
    const float x[] = {0, lead, 0}, dy[] = {0.3f, 0.7f, -0.9f};
    float dx[3];
    f.backward(Rows<const float>{dy, 1, 3}, Rows<const float>{x, 1, 3}, Rows<float>{dx, 1, 3});
    const double size = std::max(std::abs(dx[0]), std::abs(dx[2]));
    EXPECT_NEAR(dx[0] + dx[2], -dx[1], 3e-7 * size) << lead;
  }
});

}  // namespace
}  // namespace lossact::testing

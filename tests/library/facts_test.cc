// What a function's file claims in facts() is true of what the library computes.
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// Values and slopes of an activation over inputs of every size, at the weight that its facts speak of.
template <class P>
struct Curve {
  std::vector<float> x, y, slope;
  explicit Curve(const P& options) : x(inputs<float>(options)), y(x.size()), slope(x.size()) {
    const Caller<P, float> call{.options = options};
    const std::vector<float> ones(x.size(), 1);
    call.forward(x, y);
    call.backward(ones, x, slope);
  }
};

const bool claims = for_all("Facts", activations, []<class P>(const Activation<P>&) {
  for (P options : all_variants<P>()) {
    if constexpr (requires { options.training; }) options.training = false;  // noise has no curve
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    const Curve<P> curve(options);
    const std::size_t n = curve.x.size();
    ASSERT_EQ(curve.y.size(), n);
    // A float that is the nearest to a bound may lie beyond it by half a unit.
    const float low = std::nextafter(static_cast<float>(facts.range.low), -INFINITY),
                high = std::nextafter(static_cast<float>(facts.range.high), INFINITY);
    const double steepest = facts.lipschitz * (1 + 1e-4);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_GE(curve.y[i], low) << "range, at " << curve.x[i];
      ASSERT_LE(curve.y[i], high) << "range, at " << curve.x[i];
      ASSERT_LE(std::abs(curve.slope[i]), steepest) << "lipschitz, at " << curve.x[i];
      if (i == 0) continue;
      ASSERT_TRUE(!facts.increasing || curve.y[i] >= curve.y[i - 1]) << "increasing, at " << curve.x[i];
      // A convex function's slope never falls; rounding may take a unit from one of two.
      ASSERT_TRUE(!facts.convex || curve.slope[i] >= std::nextafter(curve.slope[i - 1], -INFINITY))
          << "convex, at " << curve.x[i];
    }
    EXPECT_EQ(curve.y.front(), static_cast<float>(facts.left)) << "at -inf";
    EXPECT_EQ(curve.y.back(), static_cast<float>(facts.right)) << "at +inf";
    const auto finite = [](double v) { return std::isfinite(v); };
    EXPECT_EQ(facts.saturates(), finite(facts.left) ? finite(facts.right) ? "both" : "left"
                                                    : finite(facts.right) ? "right" : "none");
    const Caller<P, float> call{.options = options};
    std::vector<float> mirrored(n), of_mirrored(n);
    for (std::size_t i = 0; i < n; ++i) mirrored[i] = -curve.x[i];
    call.forward(mirrored, of_mirrored);
    bool odd = true, even = true;
    for (std::size_t i = 0; i < n; ++i) odd &= of_mirrored[i] == -curve.y[i], even &= of_mirrored[i] == curve.y[i];
    EXPECT_TRUE(odd || !facts.odd);
    EXPECT_TRUE(even || !facts.even);
  }
});

// The slope jumps at the kinks that are declared and nowhere else, and is there what is declared.
const bool kinks = for_all("Kinks", activations, []<class P>(const Activation<P>&) {
  for (P options : all_variants<P>()) {
    if constexpr (requires { options.training; }) options.training = false;
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    const Caller<P, double> call{.options = options};
    const auto slope = [&](double x) {
      const double one = 1;
      double result;
      call.backward({&one, 1}, {&x, 1}, {&result, 1});
      return result;
    };
    for (const Kink& kink : facts.kinks) EXPECT_NEAR(slope(kink.at), kink.slope, 1e-15);
    for (double at = -8; at <= 8; at += 0.125) {
      const bool declared =
          std::any_of(facts.kinks.begin(), facts.kinks.end(), [&](const Kink& k) { return k.at == at; });
      const double jump = std::abs(slope(at + 1e-9) - slope(at - 1e-9));
      if (declared) continue;  // a slope of 1 makes a kink that is none
      EXPECT_LE(jump, 1e-7) << "a kink that is not declared, at " << at;
    }
  }
});

const bool pair_claims = for_all("Facts", pair_losses, []<class P>(const PairLoss<P>& f) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    for (double y = 0; y < 3; y += 0.29) {
      std::vector<double> x, t;
      for (double v = -6; v < 6; v += 0.043) x.push_back(v), t.push_back(y);
      std::vector<double> loss(x.size()), slope(x.size());
      f.each(x, t, loss, options);
      f.with_gradient(x, t, slope, [&] {
        P sum = options;
        sum.reduction = Reduction::sum;
        return sum;
      }());
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_GE(loss[i], facts.range.low) << x[i] << " " << y;
        ASSERT_LE(loss[i], facts.range.high) << x[i] << " " << y;
        ASSERT_LE(std::abs(slope[i]), facts.lipschitz);
        if (i == 0) continue;
        ASSERT_TRUE(!facts.convex || slope[i] >= slope[i - 1] - 1e-13) << x[i] << " " << y;
        ASSERT_TRUE(!facts.increasing || loss[i] >= loss[i - 1]) << x[i] << " " << y;
      }
      const auto at = [&](double v, double target) { return f(std::span(&v, 1), std::span(&target, 1), options); };
      for (const auto& [end, limit] : {std::pair{-inf, facts.left}, std::pair{inf, facts.right}})
        if (!std::isnan(limit)) EXPECT_EQ(at(end, y), limit);
      if (facts.of_difference)
        for (const double d : {0.0, 0.5, 1.75, 3.0}) {
          EXPECT_EQ(at(y + d, y), at(d, 0)) << "not of the difference";
          if (facts.even) EXPECT_EQ(at(d, 0), at(-d, 0));
          if (facts.odd) EXPECT_EQ(at(d, 0), -at(-d, 0));
        }
    }
  }
});

// A row function's claims are made as a function of the surprise.
template <class P>
void by_surprise() {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    double before = -inf, slope_before = -inf;
    for (double s = 1e-9; s < 700; s *= 1.05) {
      const double p = std::exp(-s), rest = -std::expm1(-s);
      const ClassOf<Dual> c{{s, 1}, {p, -p}, {rest, p}, {0.7}};
      const Dual l = reference::forward(options, Sloped(), c);
      EXPECT_TRUE(l.v >= facts.range.low && l.v <= facts.range.high) << s;
      EXPECT_LE(std::abs(l.d), facts.lipschitz * (1 + 1e-12)) << s;
      EXPECT_TRUE(!facts.increasing || l.v >= before) << s;
      EXPECT_TRUE(!facts.convex || l.d >= slope_before - 1e-12) << s;
      before = l.v, slope_before = l.d;
    }
  }
}
const bool row_activation_claims =
    for_all("Facts", row_activations, []<class P>(const RowActivation<P>&) { by_surprise<P>(); });
const bool row_loss_claims = for_all("Facts", row_losses, []<class P>(const RowLoss<P>&) { by_surprise<P>(); });

const bool information_claims = for_all("Facts", informations, []<class P>(const Information<P>& f) {
  const Facts facts = P{}.facts();
  for (unsigned seed = 1; seed < 100; ++seed) {
    std::vector<double> p = numbers<double>(5, 1, seed), q = numbers<double>(5, 1, seed + 500);
    const auto normalise = [](std::vector<double>& d) {
      double total = 0;
      for (double& v : d) v = std::abs(v), total += v;
      for (double& v : d) v /= total;
    };
    normalise(p), normalise(q);
    double value;
    if constexpr (P::distributions == 0) value = f(p[0]);
    else if constexpr (P::distributions == 1) value = f(p);
    else value = f(p, q);
    EXPECT_GE(value, facts.range.low);
    EXPECT_LE(value, facts.range.high);
  }
});

// What a tutorial draws: softplus lies on ReLU, by log(2) / beta at most, and that at zero.
TEST(Facts, SoftplusIsASmoothRelu) {
  for (const double beta : {0.2, 0.5, 1.0, 1.7, 10.0}) {
    const auto x = inputs<float>(Softplus{.beta = beta});
    std::vector<float> smooth(x.size()), sharp(x.size());
    softplus(x, smooth, {.beta = beta});
    relu(x, sharp);
    const float most = std::nextafter(static_cast<float>(std::log(2) / beta), INFINITY);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isinf(x[i])) continue;
      ASSERT_GE(smooth[i] - sharp[i], 0) << x[i];
      ASSERT_LE(smooth[i] - sharp[i], most) << x[i];
    }
    EXPECT_NEAR(softplus(0.0, {.beta = beta}), std::log(2) / beta, 1e-15 / beta);
  }
}

}  // namespace
}  // namespace lossact::testing

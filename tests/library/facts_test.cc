// What facts() claims holds, at every number that is tried and for every draw of a random slope; and with the default
// options nothing that holds is left unclaimed.
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// The second operand of a formula: the weight at which training starts, or the mean of the random numbers.
template <class P>
constexpr double mean_aside = [] {
  if constexpr (learns<P>) return start_of<P>;
  else return 0.5;
}();
/// The second operands to try: of a random one the ends of its range too.
template <class P>
std::vector<double> aside() {
  if constexpr (draws<P>) return {0.0, mean_aside<P>, 1.0};
  else return {mean_aside<P>};
}
/// Fewer inputs than for accuracy, but as many sizes.
template <class P>
std::vector<double> points(const P& options) {
  return inputs<double>(thresholds(options), 0x0010001000100007, 0.09371);
}
/// a >= b, up to the rounding of the definition.
bool at_least(long double a, long double b) { return a >= b - std::abs(b) * 0x1p-56L; }

/// The values and the slopes at sorted points, in long double.
template <class P>
struct Course {
  std::vector<double> x;
  std::vector<long double> y, slope;
  Course(const P& options, double beside) : x(points(options)) {
    for (const double at : x) {
      y.push_back(value_of<P, Exact, long double>(options, {}, at, beside));
      slope.push_back(slope_of<P, Exact, long double>(options, {}, at, beside));
    }
  }
  bool increasing() const {
    for (std::size_t i = 1; i < y.size(); ++i)
      if (!at_least(y[i], y[i - 1])) return false;
    return true;
  }
  bool convex() const {
    for (std::size_t i = 1; i < slope.size(); ++i)
      if (!at_least(slope[i], slope[i - 1])) return false;
    return true;
  }
  /// f(-x) = sign f(x); the points lie evenly on both sides.
  bool symmetric(int sign) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto mirrored = std::lower_bound(x.begin(), x.end(), -x[i]);
      if (mirrored != x.end() && *mirrored == -x[i] && y[static_cast<std::size_t>(mirrored - x.begin())] != sign * y[i])
        return false;
    }
    return true;
  }
};

template <class P>
void claims(const P& options) {
  const Facts facts = options.facts();
  const bool default_options = text_of(options) == text_of(P());
  const auto claim = [&](const char* what, bool claimed, bool is_so) {
    EXPECT_TRUE(claimed ? is_so : !(is_so && default_options))
        << what << (is_so ? " is not claimed" : " does not hold");
  };
  long double steepest = 0;
  bool increasing = true, convex = true;
  for (const double beside : aside<P>()) {
    const Course<P> course(options, beside);
    increasing &= course.increasing(), convex &= course.convex();
    for (const long double slope : course.slope) steepest = std::max(steepest, std::abs(slope));
    if (beside != mean_aside<P>) continue;

    const auto [lowest, highest] = std::minmax_element(course.y.begin(), course.y.end());
    EXPECT_TRUE(*lowest >= facts.range.low && *highest <= facts.range.high) << *lowest << " to " << *highest;
    EXPECT_TRUE(facts.range.low == -inf ? *lowest < -1e30 : *lowest < facts.range.low + 1e-4) << *lowest;
    EXPECT_TRUE(facts.range.high == inf ? *highest > 1e30 : *highest > facts.range.high - 1e-4) << *highest;

    claim("odd", facts.odd, course.symmetric(-1));
    claim("even", facts.even, course.symmetric(1));
  }
  claim("increasing", facts.increasing, increasing);
  claim("convex", facts.convex, convex);
  EXPECT_LE(steepest, facts.lipschitz);
  EXPECT_GE(steepest, facts.lipschitz * 0.9999) << "no point is so steep";
}
const bool claimed = for_all("Facts", activations, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    claims(options);
  }
});

// The kernels keep the claims: as many numbers come out as went in, no bound is exceeded by even a unit in the last
// place, an increasing function never falls in float, and odd and even functions are so to the bit.
template <class T, class P>
void kernel_claims(const P& options, Accuracy accuracy) {
  const Caller<P, T> call{.options = options, .accuracy = accuracy, .weight = {static_cast<T>(mean_aside<P>)}};
  const Facts facts = options.facts();
  const std::vector<T> x = inputs<T>(thresholds(options), sizeof(T) == 4 ? 65521 * 4 : 0x0010001000100007, 0.0371);
  std::vector<T> y(x.size()), minus = x, mirrored(x.size());
  for (T& v : minus) v = -v;
  call.forward(x, y);
  call.forward(minus, mirrored);
  ASSERT_EQ(y.size(), x.size());
  const bool drawn = draws<P>;  // each element has its own slope
  // Float arithmetic may move a bound that is not a float, and that by half a unit.
  const T low = static_cast<T>(facts.range.low), high = static_cast<T>(facts.range.high);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_TRUE(y[i] >= low && y[i] <= high) << "f(" << x[i] << ") = " << y[i];
    ASSERT_TRUE(!facts.odd || mirrored[i] == -y[i]) << x[i];
    ASSERT_TRUE(!facts.even || mirrored[i] == y[i]) << x[i];
    const bool may_fall = !facts.increasing || drawn || sizeof(T) == 8 || accuracy == fast;
    ASSERT_TRUE(i == 0 || may_fall || y[i] >= y[i - 1]) << "falls at " << x[i];
  }
}
const bool kernels_claim = for_all("FactsOfKernels", activations, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    kernel_claims<float>(options, faithful);
    kernel_claims<float>(options, fast);
    kernel_claims<double>(options, faithful);
  }
});

// At very large inputs the value is near its limit or grows without bound; `saturates` names the sides with a limit.
const bool limits = for_all("Limits", activations, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    const auto f = [&](double x) { return value_of<P, Exact, long double>(options, {}, x, mean_aside<P>); };
    const auto flat = [&](double direction, double limit) {
      if (std::isfinite(limit)) {
        EXPECT_NEAR(static_cast<double>(f(direction * 1e30)), limit, 1e-9);
        EXPECT_EQ(static_cast<double>(f(direction * inf)), limit);
      } else {
        EXPECT_FALSE(std::isnan(limit)) << "an activation has one limit on each side";
        EXPECT_GT(f(direction * 1e300) * (limit > 0 ? 1 : -1), 500);
        EXPECT_EQ(f(direction * inf), limit);
      }
      return std::abs(f(direction * 1e30) - f(direction * 1e35)) < 1;
    };
    const bool left = flat(-1, facts.left), right = flat(1, facts.right);
    EXPECT_EQ(facts.saturates(), left ? right ? "both" : "left" : right ? "right" : "none");
  }
});

// The slope jumps at the kinks, where it is what is declared, and nowhere else: between any two points half the jump is
// always on one side, so halving ends at it.
const bool kinks = for_all("Kinks", activations, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    const double beside = mean_aside<P>;
    const auto slope = [&](double x) { return slope_of<P, Exact, long double>(options, {}, x, beside); };
    const auto jump = [&](double a, double b) { return std::abs(slope(a) - slope(b)); };
    for (const Kink& kink : facts.kinks) {
      EXPECT_EQ(static_cast<double>(slope(kink.at)), kink.slope);
      if (text_of(options) == text_of(P())) {  // with other options there may be none
        EXPECT_GT(jump(std::nextafter(kink.at, -inf), std::nextafter(kink.at, inf)), 1e-3) << "no kink at " << kink.at;
      }
      const auto exactly = [&]<class T>(T) {
        const Caller<P, T> call{.options = options, .weight = {static_cast<T>(beside)}};
        const T at = static_cast<T>(kink.at), one = 1;
        if (static_cast<double>(at) != kink.at) return;
        T got;
        call.backward({&one, 1}, {&at, 1}, {&got, 1});
        EXPECT_EQ(got, static_cast<T>(kink.slope));
      };
      bool drawn = false;
      if constexpr (draws<P>) drawn = options.training;
      if (!drawn) exactly(float()), exactly(double());
    }
    const std::vector<double> x = points(options);
    for (std::size_t i = 1; i < x.size(); ++i) {
      double low = x[i - 1], high = x[i];
      if (!std::isfinite(low) || !std::isfinite(high)) continue;
      if (std::any_of(facts.kinks.begin(), facts.kinks.end(),
                      [&](const Kink& k) { return k.at >= low && k.at <= high; }))
        continue;
      while (jump(low, high) > 1e-3 && std::nextafter(low, inf) < high) {
        const double middle = low / 2 + high / 2;
        (jump(low, middle) > jump(middle, high) ? high : low) = middle;
      }
      ASSERT_LE(jump(low, high), 1e-3) << "an undeclared kink at " << high;
    }
  }
});

// Pair losses claim for the input at every fixed target, or for the difference of the two.
const bool pair_claims = for_all("Facts", losses_of_two, []<class P>(const OfTwo<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    long double lowest = inf, highest = -inf, steepest = 0;
    bool increasing = true, convex = true, odd = true, even = true, of_difference = true;
    std::vector<double> line;
    for (double x = -50.75; x < 50; x += 0.4375) line.push_back(x);
    for (const double size : {1e6, 1e17, 1e30}) line.push_back(size), line.insert(line.begin(), -size);
    for (const double y : {0.0, 0x1p-20, 0.25, 1.0, 3.0}) {
      const auto f = [&](long double x) { return loss_of(options, Exact(), x, static_cast<long double>(y), 2.0L); };
      long double before = -inf, slope_before = -inf;
      for (const double x : line) {
        const long double l = f(x), slope = loss_slopes(options, Exact(), static_cast<long double>(x),
                                                        static_cast<long double>(y), 2.0L)[0];
        lowest = std::min(lowest, l), highest = std::max(highest, l);
        steepest = std::max(steepest, std::abs(slope));
        increasing &= at_least(l, before), convex &= at_least(slope, slope_before);
        before = l, slope_before = slope;
        if (std::abs(x) > 1e9) continue;  // below, sums are exact
        odd &= f(y + x) == -f(y - x), even &= f(y + x) == f(y - x);
        of_difference &= loss_of(options, Exact(), x + 2.0L, y + 2.0L, 2.0L) == l;
      }
      // At very large inputs, for every target; a limit of NaN depends on the target.
      for (const auto& [direction, limit] : {std::pair{-1.0L, facts.left}, {1.0L, facts.right}}) {
        if (std::isnan(limit)) continue;
        const long double far = f(direction * 1e30L);
        EXPECT_TRUE(std::isinf(limit) ? far * (limit > 0 ? 1 : -1) > 1e6L : std::abs(far - limit) < 1e-9L) << far;
      }
    }
    EXPECT_TRUE(lowest >= facts.range.low && highest <= facts.range.high) << lowest << " to " << highest;
    const bool at_one_place = detail::required<P> > 2;  // of all further arrays, whose range is a part of the whole
    EXPECT_TRUE(at_one_place || (facts.range.low == -inf ? lowest < -1e6 : lowest < facts.range.low + 1e-4)) << lowest;
    EXPECT_TRUE(facts.range.high == inf ? highest > 1e6 : highest > facts.range.high - 1e-4) << highest;
    EXPECT_LE(steepest, facts.lipschitz);
    const auto claim = [&](const char* what, bool claimed_so, bool is_so) { EXPECT_EQ(claimed_so, is_so) << what; };
    claim("increasing", facts.increasing, increasing);
    claim("convex", facts.convex, convex);
    claim("of_difference", facts.of_difference, of_difference);
    claim("even", facts.even, facts.of_difference && even);
    claim("odd", facts.odd, facts.of_difference && odd);
  }
});

// Row functions claim as functions of the surprise, from 0 to infinity.
template <class P>
void by_surprise() {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const Facts facts = options.facts();
    long double before = -inf, slope_before = -inf, lowest = inf, highest = -inf, steepest = 0;
    bool increasing = true, convex = true;
    // Logarithms of probabilities are not checked, so a surprise may be below zero there.
    bool logarithms = false;
    if constexpr (requires { P::input; }) logarithms = P::input == Meaning::log_probabilities;
    std::vector<long double> surprises = {0};
    for (long double s = 1e-12L; s < 1e300L; s *= 1.07L) {
      surprises.push_back(s);
      if (logarithms) surprises.insert(surprises.begin(), -s);
    }
    for (const long double s : surprises) {
      const ClassOf<long double> c{s, std::exp(-s), -std::expm1(-s), 0};
      const long double y = reference::forward(options, Exact(), c), slope = reference::derivative(options, Exact(), c);
      increasing &= at_least(y, before), convex &= at_least(slope, slope_before);
      before = y, slope_before = slope;
      lowest = std::min(lowest, y), highest = std::max(highest, y), steepest = std::max(steepest, std::abs(slope));
    }
    EXPECT_EQ(facts.increasing, increasing);
    EXPECT_EQ(facts.convex, convex);
    EXPECT_TRUE(lowest >= facts.range.low && highest <= facts.range.high) << lowest << " to " << highest;
    const bool at_one_place = detail::required<P> > 2;  // of all further arrays, whose range is a part of the whole
    EXPECT_TRUE(at_one_place || facts.range.low == -inf ? lowest < -1e30 : lowest < facts.range.low + 1e-4) << lowest;
    EXPECT_TRUE(facts.range.high == inf ? highest > 1e30 : highest > facts.range.high - 1e-4) << highest;
    EXPECT_LE(steepest, facts.lipschitz);
    EXPECT_TRUE(std::isinf(facts.lipschitz) || steepest >= facts.lipschitz * 0.9999) << "no point is so steep";
    EXPECT_TRUE(std::isnan(facts.right) || (std::isinf(facts.right) ? before * (facts.right > 0 ? 1 : -1) > 1e30L
                                                                    : std::abs(before - facts.right) < 1e-9L));
  }
}
const bool row_activation_claims =
    for_all("Facts", surprise_activations, []<class P>(const Callable<P>&) { by_surprise<P>(); });
const bool row_loss_claims = for_all("Facts", row_losses, []<class P>(const Callable<P>&) { by_surprise<P>(); });

// Target weights (`mass`) of a distribution: label smoothing moves weight between classes, so that without class
// weights those of a row sum to 1; twice the class weight gives twice the target weight.
const bool masses = for_all("Mass", row_losses, []<class P>(const Callable<P>&) {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (const std::vector<double>& target : {std::vector<double>{1}, {0, 1}, {0.25, 0, 0.5, 0.25}}) {
      const auto classes = static_cast<double>(target.size());
      const auto of = [&](double t, double w) {
        return mass(options, Exact(), static_cast<long double>(t), static_cast<long double>(w), classes);
      };
      long double all = 0;
      for (const double t : target) {
        all += of(t, 1);
        EXPECT_EQ(of(t, 2), 2 * of(t, 1));
        EXPECT_GE(of(t, 1), 0);
      }
      EXPECT_NEAR(static_cast<double>(all), 1, 1e-15);
    }
  }
});

// Functions of distributions claim for the whole: two distributions that are close to each other are the hard case.
const bool information_claims = for_all("Facts", informations, []<class P>(const Callable<P>& f) {
  const Facts facts = P().facts();
  for (const std::size_t n : {1ul, 2ul, 5ul, 40ul})
    for (unsigned seed = 1; seed < 50; ++seed) {
      const auto distribution = [&](double scale, unsigned salt) {
        std::vector<double> p = numbers<double>(n, scale, seed), shift = numbers<double>(n, 1, salt);
        double total = 0;
        for (std::size_t i = 0; i < n; ++i) p[i] = std::exp(p[i] + (salt ? 0.1 * shift[i] : 0)), total += p[i];
        for (double& v : p) v /= total;
        return p;
      };
      const auto p = distribution(5, 0);
      std::vector<double> values(1);
      if constexpr (distributions_of<P> == 0) values.resize(n), f(p, values);
      else if constexpr (distributions_of<P> == 1) values[0] = f(p);
      else values = {f(p, distribution(5, 7)), f(p, p), f(distribution(5, 9), p)};
      for (const double v : values) EXPECT_TRUE(v >= facts.range.low && v <= facts.range.high) << v;
    }
});

// softplus is above relu everywhere, and nowhere by more than at zero.
TEST(Facts, SoftplusIsASmoothRelu) {
  for (const Softplus& options : all_variants<Softplus>()) {
    const std::vector<double> x = points(options);
    const double most = std::log(2.0) / options.beta;
    for (const double at : x) {
      const double above = softplus(at, options) - relu(at);
      ASSERT_TRUE(std::isinf(at) || (above >= 0 && above <= most * (1 + 0x1p-50)))
          << "at " << at << " with beta " << options.beta;
    }
    EXPECT_NEAR(softplus(0.0, options) - relu(0.0), most, most * 0x1p-50);
  }
}

}  // namespace
}  // namespace lossact::testing

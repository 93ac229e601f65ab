// The operations in which definitions are written compute the same for every kind of number.
#include "src/element.h"
#include "tests/library/reference.h"
// The kind of number that processors without FMA compute with. Those of other targets cannot be compiled here, but
// their kernels give the same bits (targets_test.cc).
#define LOSSACT_INLINE inline
namespace lossact::single {
using std::size_t, std::uint32_t, std::uint64_t;
#include "numbers/single-inl.h"
}  // namespace lossact::single
#undef LOSSACT_INLINE

namespace lossact::testing {
namespace {

/// An elementary function of a kind of number, over its whole domain, against the C library's in long double.
template <class T, int Digits>
struct ElementaryFunctions {
  using M = single::Simd<T, Digits>;
  using V = typename M::V;
  static constexpr M m{};

  /// Relative error, in units of the last of `Digits` places; below the normal numbers absolute in theirs.
  static void expect(const char* what, double most, double from, double to, auto f, auto exact) {
    double worst = 0, worst_at = 0;
    const auto see = [&](T x) {
      const long double e = exact(static_cast<long double>(x));
      if (!(std::abs(e) < std::numeric_limits<T>::max())) return;
      const long double place =
          e == 0 ? unit<T>(0) : std::max(std::ldexp(1.0L, std::ilogb(e) + 1 - Digits), unit<T>(0));
      const auto far = static_cast<double>(std::abs(f(V{x}).r - e) / place);
      if (!(far <= worst)) worst = far, worst_at = static_cast<double>(x);
    };
    for (double part = 0; part <= 1; part += 0x1p-15) see(static_cast<T>(from + (to - from) * part));
    for (double size = 1; size > 1e-30; size *= 0.97)
      for (const double x : {size, -size})
        if (x >= from && x <= to) see(static_cast<T>(x));
    EXPECT_LE(worst, most) << what << " to " << Digits << " places, at " << worst_at;
  }
  static T of(auto f, double x) { return f(V{static_cast<T>(x)}).r; }

  /// Tests the Gaussian tail up to `end`, where its factor e^(-a^2 / 2) is smallest.
  static void test(double most, double range, double most_of_tail, double end) {
    const auto exp = [](V x) { return m.exp(x); };
    const auto expm1 = [](V x) { return m.expm1(x); };
    const auto log = [](V x) { return m.log(x); };
    expect("exp", most, -range, range, exp, [](long double x) { return std::exp(x); });
    expect(
        "exp, times 100", most, -range, range - 5, [](V x) { return m.exp(x, m(100)); },
        [](long double x) { return std::exp(x) * 100; });
    expect(
        "exp, times 100 over 7", most, -range, range - 5, [](V x) { return m.exp(x, m(100), m(7)); },
        [](long double x) { return std::exp(x) * 100 / 7; });
    expect("decay", most, 0, range, [](V x) { return m.decay(x); }, [](long double x) { return std::exp(-x); });
    expect(
        "decay of a product", most, 0, range / 1.7, [](V x) { return m.decay(1.7, x); },
        [](long double x) { return std::exp(-static_cast<long double>(1.7) * x); });
    expect("expm1 of what is not positive", most, -range, 0, expm1, [](long double x) { return std::expm1(x); });
    expect("log", most, 1e-3, 1e3, log, [](long double x) { return std::log(x); });
    expect("log1p", most, 0, 1e4, [](V x) { return m.log1p(x); }, [](long double x) { return std::log1p(x); });
    expect(
        "log1p of the unit interval", most, 0, 1, [](V x) { return m.log1p_unit(x); },
        [](long double x) { return std::log1p(x); });

    const auto tail = [](V a) { return m.gaussian_tail(a); };
    const auto exact_tail = [](long double a) { return Real<long double>().gaussian_tail(a); };
    expect("Gaussian tail", most_of_tail, 0, end, tail, exact_tail);
    expect("Gaussian tail of small numbers", most_of_tail, 0, 2, tail, exact_tail);
    EXPECT_EQ(static_cast<float>(of(tail, 0)), 0.5F);
    EXPECT_TRUE(std::isnan(of(tail, nan)));

    if (M::guarded) {
      for (const double a : {end + 0.1, 1e160, inf}) EXPECT_EQ(of(tail, a), 0);
      EXPECT_EQ(of(exp, -inf), 0);
      EXPECT_EQ(of([](V x) { return m.decay(1.7, x); }, inf), 0);
      EXPECT_TRUE(std::signbit(of([](V x) { return m.exp(x, m(-3)); }, -inf)));
    }
    if (M::guarded) {
      EXPECT_EQ(of(expm1, -inf), -1);
    }
    EXPECT_TRUE(std::signbit(of(expm1, -0.0)) && !std::signbit(of(expm1, 0.0)));
    EXPECT_EQ(of(log, 0), -inf);
    EXPECT_EQ(of(log, inf), inf);
    EXPECT_EQ(of(log, 1), 0);
    EXPECT_TRUE(std::isnan(of(log, -1)));
    EXPECT_NEAR(of(log, std::numeric_limits<T>::denorm_min()), std::log(std::numeric_limits<T>::denorm_min()), 1e-4);
    for (const auto keeps_nan :
         {of(exp, nan), of(expm1, nan), of(log, nan), of([](V x) { return m.decay(x); }, nan),
          of([](V x) { return m.decay(1.7, x); }, nan), of([](V x) { return m.clamp(x, m(-1), m(1)); }, nan)})
      EXPECT_TRUE(std::isnan(keeps_nan));
  }
};
TEST(Elementary, FloatInDouble) { ElementaryFunctions<double, 24>::test(0x1p-12, 700, 0x1p-14, 37.6); }
TEST(Elementary, FloatInFloat) { ElementaryFunctions<float, 24>::test(2, 86, 3, 13.19); }
TEST(Elementary, DoubleInDouble) { ElementaryFunctions<double, 53>::test(2, 705, 3, 38.6); }
TEST(Elementary, ExponentialsReachTheDenormalNumbers) {
  const auto exp = [](auto... x) {
    return ElementaryFunctions<double, 53>::m.exp(single::Simd<double, 53>::V{x}...).r;
  };
  for (double x = -708; x > -746; x -= 0.37) {
    EXPECT_NEAR(exp(x), std::exp(x), 2 * 0x1p-1074) << x;
    EXPECT_LE(ulps(exp(x, -745.0), std::exp(static_cast<long double>(x)) * -745), 2) << x;
  }
}

TEST(Elementary, GaussianTailReachesTheDenormalNumbers) {
  const auto tail = [](auto m, auto a) { return m.gaussian_tail(typename decltype(m)::V{a}).r; };
  const auto exact = [](long double a) { return Real<long double>().gaussian_tail(a); };
  const auto times = [](double a, double factor) {
    using V = single::Simd<double, 53>::V;
    return single::Simd<double, 53>().gaussian_tail(V{a}, V{factor}).r;
  };
  for (double a = 37.5; a < 38.6; a += 0x1p-9) {
    EXPECT_LE(std::abs(tail(single::Simd<double, 53>(), a) - exact(a)), 2 * 0x1p-1074L) << a;
    EXPECT_LE(ulps(times(a, -a), -a * exact(a)), 4) << a;
    EXPECT_LE(ulps(times(a, 0x1p60), 0x1p60L * exact(a)), 4) << a;
  }
  for (float a = 12.9F; a < 13.19F; a += 0x1p-9F)
    EXPECT_LE(std::abs(tail(single::Simd<float, 24>(), a) - exact(a)), 2 * 0x1p-149L) << a;
  for (float a = 12.9F; a < 14.5F; a += 0x1p-9F)  // rounded once, to 0 at the end
    EXPECT_EQ(static_cast<float>(tail(single::Simd<double, 24>(), double{a})), static_cast<float>(exact(a))) << a;
}

TEST(Numbers, ClampsKeepNaN) {
  const Real<double> m;
  const Duals d;
  EXPECT_TRUE(std::isnan(m.min(nan, 1)) && std::isnan(m.max(nan, 1)) && std::isnan(m.clamp(nan, -1, 1)));
  EXPECT_TRUE(std::isnan(d.min({nan}, {1}).v) && std::isnan(d.max({nan}, {1}).v) &&
              std::isnan(d.clamp({nan}, {-1}, {1}).v));
  EXPECT_EQ(m.clamp(5, -1, 2), 2);
  EXPECT_EQ(m.clamp(-5, -1, 2), -1);
  EXPECT_EQ(m.clamp(0.5, -1, 2), 0.5);
}
TEST(Numbers, ComparisonsOfNaNAreFalse) {
  const Real<double> m;
  EXPECT_FALSE(m.gt(nan, 0) || m.gt(0, nan) || m.eq(nan, nan));
  EXPECT_TRUE(m.eq(0.0, -0.0));
}
TEST(Numbers, ExponentialsOfBothKindsAgree) {
  const Real<double> m;
  const Duals d;
  for (double x = -30; x < 30; x += 0.31) {
    EXPECT_EQ(d.exp({x, 1}).v, m.exp(x));
    EXPECT_EQ(d.exp({x, 1}).d, m.exp(x));
    EXPECT_EQ(d.expm1({x, 1}).v, m.expm1(x));
    EXPECT_NEAR(d.expm1({x, 1}).d, m.expm1(x) + 1, 1e-15 * (1 + std::abs(m.expm1(x))));
    EXPECT_EQ(d.decay({std::abs(x), 1}).v, m.decay(std::abs(x)));
    EXPECT_EQ(d.decay({std::abs(x), 1}).d, -m.decay(std::abs(x)));
    EXPECT_EQ(d.log({x * x + 1, 1}).d, 1 / (x * x + 1));
    EXPECT_EQ(d.log1p({x * x, 1}).v, m.log1p(x * x));
  }
}
TEST(Numbers, GaussianTailsOfBothKindsAgree) {
  const Real<double> m;
  const Real<long double> exact;
  const Duals d;
  for (double a = 0; a < 37; a += 0.0131) {
    EXPECT_LE(ulps(m.gaussian_tail(a), exact.gaussian_tail(a)), 7) << a;  // the C library's erfc
    EXPECT_EQ(d.gaussian_tail({a, 1}).v, m.gaussian_tail(a));
    const long double step = 0x1p-24L;
    const long double slope = (exact.gaussian_tail(a + step) - exact.gaussian_tail(a - step)) / (2 * step);
    EXPECT_NEAR(static_cast<double>(d.gaussian_tail({a, 3}).d / slope), 3, 1e-10) << a;
  }
  EXPECT_EQ(static_cast<double>(exact.gaussian_tail(1)), 0.15865525393145705);  // by mpmath
  EXPECT_EQ(m.gaussian_tail(0), 0.5);
  EXPECT_EQ(m.gaussian_tail(inf), 0);
  EXPECT_TRUE(std::isnan(m.gaussian_tail(nan)) && std::isnan(d.gaussian_tail({nan, 1}).v));
}
TEST(Numbers, DualNumbersFollowTheRulesOfDerivatives) {
  const Dual x{3, 1}, y{2, 5};
  EXPECT_EQ((x * y).d, 1 * 2 + 3 * 5);
  EXPECT_EQ((x / y).d, (1 * 2 - 3 * 5) / 4.0);
  EXPECT_EQ((x - y).d, -4);
  EXPECT_EQ(Duals().abs({-2, 1}).d, -1);
  EXPECT_EQ(Duals().copysign({2, 1}, {-1}).d, -1);
  EXPECT_EQ(Duals().fma(x, y, {7, 1}).d, 18);
}
TEST(Numbers, PhiloxGivesTheSameDrawsFromAnyStart) {
  std::vector<float> all(64), part(16);
  uniform(7, 0, all.data(), 16);
  for (std::size_t first = 0; first < 48; first += 4) {
    uniform(7, first, part.data(), 4);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(part[i], all[first + i]);
  }
  for (const float u : all) EXPECT_TRUE(u >= 0 && u < 1);
  uniform(8, 0, part.data(), 4);
  EXPECT_NE(part[0], all[0]);
}

}  // namespace
}  // namespace lossact::testing

// The words that definitions are written in mean the same for every kind of number.
#include "numbers/count.h"
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

TEST(Numbers, ClampsKeepNaN) {
  const Real<double> m;
  const Duals d;
  EXPECT_TRUE(std::isnan(m.min(nan, 1)) && std::isnan(m.max(nan, 1)) && std::isnan(m.clamp(nan, -1, 1)));
  EXPECT_TRUE(std::isnan(d.min({nan}, {1}).v) && std::isnan(d.max({nan}, {1}).v) && std::isnan(d.clamp({nan}, {-1}, {1}).v));
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

// Every definition can be counted: what it costs is part of a function's page.
const bool costs = for_all("Cost", activations, []<class P>(const Activation<P>&) {
  Cost cost;
  const Counting m{&cost};
  const Counted x{&cost};
  value_of(P{}, m, x, x);
  slope_of(P{}, m, x, x);
  EXPECT_GE(cost.add + cost.mul + cost.div + cost.exp + cost.log + cost.compare, 0);
});

}  // namespace
}  // namespace lossact::testing

// The judge finds in many floats what it finds one by one and in any order, and excuses errors around zeros alone.
#include "tests/library/accuracy/judge.h"

namespace lossact::testing {
namespace {

/// Results at every distance from the exact ones, and what is special among both.
struct Case {
  std::vector<float> x, got;
  std::vector<double> exact;
};
Case mixed(unsigned seed, int most_steps = 3) {
  Case all;
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    const double exact = static_cast<double>(x) * (1 + 0x1p-34 * static_cast<double>(random() % 1000));
    all.x.push_back(x), all.exact.push_back(exact);
    all.got.push_back(moved(x, static_cast<int>(random() % 7) * most_steps / 3 - most_steps));
  }
  for (const float special : {0.0F, -0.0F, 1e-45F, 1e-38F, 3.4e38F, INFINITY, -INFINITY, NAN}) {
    const auto at = random() % all.x.size();
    all.x[at] = all.got[at] = special, all.exact[at] = special;
  }
  return all;
}
Judge<float> one_by_one(const Case& all, const std::vector<long double>& zeros) {
  Judge<float> judge(faithful, zeros);
  for (std::size_t i = 0; i < all.x.size(); ++i) judge.see(all.x[i], all.got[i], all.exact[i]);
  return judge;
}
void expect_same(const Worst& a, const Worst& b) {
  EXPECT_EQ(a.ulps, b.ulps);
  EXPECT_EQ(bits(a.at), bits(b.at));
}
void expect_same(const Judge<float>& a, const Judge<float>& b) {
  expect_same(a.finite(), b.finite());
  expect_same(a.special(), b.special());
}

TEST(Judge, SeesByTheMillionWhatItSeesOneByOne) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Case all = mixed(seed);
    Judge<float> together;
    together.see(all.x, all.got, all.exact);
    expect_same(together, one_by_one(all, {}));
    EXPECT_FALSE(together.kept());
    // A number where NaN is due, or the other way round, is the worst there can be.
    const std::size_t at = 1000 + seed;
    all.x[at] = 1, all.got[at] = seed % 2 ? NAN : 1, all.exact[at] = seed % 2 ? 1 : nan;
    together.see(all.x, all.got, all.exact);
    EXPECT_EQ(together.finite().ulps, inf);
    EXPECT_EQ(together.finite().at, 1);
  }
}

TEST(Judge, SeesByTheMillionWhatAZeroExcuses) {
  const std::vector<long double> zeros = {0.001L};
  Case all = mixed(1, 0);
  for (std::size_t i = 100; i < all.x.size(); i += 100) {
    const double error = 0x1p-60 * static_cast<double>(i);
    all.x[i] = 0.001F, all.got[i] = static_cast<float>(error), all.exact[i] = 0;
  }
  Judge<float> together(faithful, zeros);
  together.see(all.x, all.got, all.exact);
  const Judge<float> single = one_by_one(all, zeros);
  expect_same(together, single);
  expect_same(together.near_zero(), single.near_zero());
  EXPECT_GT(together.near_zero().ulps, 0);
  EXPECT_TRUE(together.kept());
}

TEST(Judge, AddsUpInAnyOrder) {
  const Judge<float> a = one_by_one(mixed(1), {}), b = one_by_one(mixed(2), {});
  Judge<float> forwards = a, backwards = b;
  forwards.add(b), backwards.add(a);
  expect_same(forwards, backwards);
  EXPECT_EQ(forwards.finite().ulps, std::max(a.finite().ulps, b.finite().ulps));
}

TEST(Judge, ExcusesAroundAZeroWhatIsSmallThere) {
  const float nearby = 1.01F, afar = 1.5F;
  const auto kept = [](float x, double error, Accuracy accuracy = faithful) {
    Judge<float> judge(accuracy, {1});
    judge.see(x, static_cast<float>(error), 0.0);
    return judge.kept();
  };
  EXPECT_TRUE(kept(nearby, 0x1p-41));
  EXPECT_FALSE(kept(nearby, 0x1p-39));
  EXPECT_FALSE(kept(afar + 0.01F, 0x1p-41, fast));
  EXPECT_FALSE(kept(afar, 0x1p-41));
  EXPECT_TRUE(kept(afar, 0x1p-23, fast));
  EXPECT_FALSE(kept(afar, 0x1p-21, fast));
}

}  // namespace
}  // namespace lossact::testing

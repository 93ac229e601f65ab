#include "experiment/statistics.h"
#include <gtest/gtest.h>
#include <cmath>

namespace lossact::cli {
namespace {

// The roots of 1 - I(n / (n + t^2); n / 2, 1 / 2) = p, I being the regularised incomplete beta function, by mpmath.
TEST(StudentT, IsTheRootOfTheIncompleteBetaFunction) {
  EXPECT_NEAR(student_t(0.95, 1), 12.7062047361747, 1e-12 * 12.7062047361747);
  EXPECT_NEAR(student_t(0.95, 2), 4.302652729749464, 1e-12 * 4.302652729749464);
  EXPECT_NEAR(student_t(0.95, 3), 3.18244630528371, 1e-12 * 3.18244630528371);
  EXPECT_NEAR(student_t(0.95, 4), 2.776445105197794, 1e-12 * 2.776445105197794);
  EXPECT_NEAR(student_t(0.95, 5), 2.570581835636316, 1e-12 * 2.570581835636316);
  EXPECT_NEAR(student_t(0.95, 9), 2.262157162798206, 1e-12 * 2.262157162798206);
  EXPECT_NEAR(student_t(0.95, 10), 2.228138851986275, 1e-12 * 2.228138851986275);
  EXPECT_NEAR(student_t(0.95, 30), 2.042272456301238, 1e-12 * 2.042272456301238);
  EXPECT_NEAR(student_t(0.95, 100), 1.983971518523552, 1e-12 * 1.983971518523552);
  EXPECT_NEAR(student_t(0.99, 4), 4.604094871349993, 1e-12 * 4.604094871349993);
  EXPECT_NEAR(student_t(0.5, 7), 0.7111417780817863, 1e-12 * 0.7111417780817863);
}

TEST(Estimate, OfFewNumbers) {
  const std::vector<double> numbers = {1, 2, 3, 4, 5};
  const Estimate e = estimate(numbers);
  EXPECT_DOUBLE_EQ(e.mean, 3);
  ASSERT_TRUE(e.interval);
  // t(4) * sqrt(2.5 / 5)
  EXPECT_NEAR(e.interval->high - 3, 2.776445105197794 * 0.70710678118654752, 1e-10);
  EXPECT_NEAR(e.interval->low + e.interval->high, 6, 1e-12);
}

TEST(Estimate, OfOneNumberHasNoInterval) {
  const std::vector<double> one = {0.5};
  EXPECT_EQ(estimate(one).mean, 0.5);
  EXPECT_FALSE(estimate(one).interval);
}

TEST(Estimate, OfNothingIsNotANumber) {
  EXPECT_TRUE(std::isnan(estimate({}).mean));
  EXPECT_FALSE(estimate({}).interval);
}

TEST(Estimate, OfEqualNumbersIsOnePoint) {
  const std::vector<double> equal = {0.25, 0.25, 0.25};
  EXPECT_EQ(estimate(equal).interval->low, 0.25);
  EXPECT_EQ(estimate(equal).interval->high, 0.25);
}

// 2 (1 - F(t)) for Student's t with n - 1 degrees, by mpmath: I(n / (n + t^2); n / 2, 1 / 2).
TEST(Estimate, PValueIsTheTailOfStudentsT) {
  const std::vector<double> five = {1, 2, 3, 4, 5}, two = {1, 3}, around_zero = {-1, 1, 0.5, -0.5};
  EXPECT_NEAR(estimate(five).p_value, 0.013235599563682, 1e-12);
  EXPECT_NEAR(estimate(two).p_value, 0.295167235300867, 1e-12);
  EXPECT_NEAR(estimate(around_zero).p_value, 1, 1e-12);
  const std::vector<double> negative = {-1, -2, -3, -4, -5};
  EXPECT_EQ(estimate(negative).p_value, estimate(five).p_value);
}

TEST(Estimate, EqualNumbersTellNothingOfTheirSpread) {
  const std::vector<double> zeros = {0, 0, 0}, equal = {0.9 - 0.8, 0.7 - 0.6, 0.8 - 0.7}, one = {1};
  EXPECT_EQ(estimate(zeros).p_value, 1);
  EXPECT_TRUE(std::isnan(estimate(equal).p_value));
  EXPECT_TRUE(std::isnan(estimate(one).p_value));
}

TEST(Estimate, IsCutToWhatIsPossible) {
  const std::vector<double> shares = {1, 0.9, 1}, differences = {1, -0.9, 1};
  const Estimate whole = estimate(shares), cut = estimate(shares, {0, 1});
  EXPECT_GT(whole.interval->high, 1);
  EXPECT_EQ(cut.interval->high, 1);
  EXPECT_EQ(cut.interval->low, whole.interval->low);
  EXPECT_EQ(cut.mean, whole.mean);
  EXPECT_EQ(cut.p_value, whole.p_value);
  EXPECT_EQ(estimate(differences, {-1, 1}).interval->low, -1);
  EXPECT_EQ(estimate(differences, {-1, 1}).interval->high, 1);
}

// Down to the smallest double and up to the largest: a power of two changes no digit of the result.
TEST(Estimate, DoesNotDependOnTheUnit) {
  const std::vector<double> numbers = {1, 1.25, 0.5, 0.75};
  const Estimate one = estimate(numbers);
  for (const int power : {-1060, -600, -520, 1, 520, 1000, 1023}) {
    std::vector<double> scaled;
    for (const double x : numbers) scaled.push_back(std::ldexp(x, power));
    const Estimate e = estimate(scaled);
    EXPECT_EQ(e.mean, std::ldexp(one.mean, power)) << power;
    EXPECT_EQ(e.p_value, one.p_value) << power;
    EXPECT_EQ(e.interval->low, std::ldexp(one.interval->low, power)) << power;
    EXPECT_EQ(e.interval->high, std::ldexp(one.interval->high, power)) << power;
  }
}

TEST(PowerOfTwo, BringsSquaresIntoRange) {
  for (const double x : {5e-324, 1e-300, 6e-170, 0.3, 1.0, 77.0, 1e300, 1.7976931348623157e308}) {
    const double scaled = x * power_of_two_for(x);
    EXPECT_GE(scaled, 1e-16) << x;
    EXPECT_LE(scaled, 4) << x;
    int exponent = 0;
    EXPECT_EQ(std::frexp(power_of_two_for(x), &exponent), 0.5) << x;
  }
  for (const double x : {0.0, nan, inf}) EXPECT_EQ(power_of_two_for(x), 1);
}

TEST(Holm, StepsDown) {
  const std::vector<double> p = {0.01, 0.04, nan, 0.03, 0.005};
  const std::vector<double> corrected = holm(p);
  EXPECT_NEAR(corrected[4], 4 * 0.005, 1e-15);
  EXPECT_NEAR(corrected[0], 3 * 0.01, 1e-15);
  EXPECT_NEAR(corrected[3], 2 * 0.03, 1e-15);
  EXPECT_NEAR(corrected[1], 0.06, 1e-15);  // never below one that is smaller
  EXPECT_TRUE(std::isnan(corrected[2]));
  EXPECT_EQ(holm(std::vector<double>{0.7, 0.8}), (std::vector<double>{1, 1}));
  EXPECT_EQ(holm(std::vector<double>{0.3}), std::vector<double>{0.3});
}

}  // namespace
}  // namespace lossact::cli

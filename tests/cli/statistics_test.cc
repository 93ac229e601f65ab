#include "cli/statistics.h"
#include <gtest/gtest.h>

namespace lossact::cli {
namespace {

// Tables of Student's distribution, two-sided.
TEST(StudentT, IsThatOfTheTables) {
  EXPECT_NEAR(student_t(0.95, 1), 12.7062047361747, 1e-9);
  EXPECT_NEAR(student_t(0.95, 2), 4.30265272974946, 1e-10);
  EXPECT_NEAR(student_t(0.95, 3), 3.18244630528371, 1e-10);
  EXPECT_NEAR(student_t(0.95, 4), 2.77644510519779, 1e-10);
  EXPECT_NEAR(student_t(0.95, 5), 2.57058183661474, 1e-10);
  EXPECT_NEAR(student_t(0.95, 9), 2.26215716274088, 1e-10);
  EXPECT_NEAR(student_t(0.95, 10), 2.22813885196494, 1e-10);
  EXPECT_NEAR(student_t(0.95, 30), 2.04227245630124, 1e-10);
  EXPECT_NEAR(student_t(0.95, 100), 1.98397151845194, 1e-10);
  EXPECT_NEAR(student_t(0.99, 4), 4.60409487141574, 1e-10);
  EXPECT_NEAR(student_t(0.50, 7), 0.71114177808179, 1e-10);
  EXPECT_NEAR(student_t(0.95, 1000000), 1.95996635682, 1e-9);
}

TEST(Estimate, OfFewNumbers) {
  const std::vector<double> numbers = {1, 2, 3, 4, 5};
  const Estimate e = estimate(numbers);
  EXPECT_DOUBLE_EQ(e.mean, 3);
  ASSERT_TRUE(e.interval);
  // t(4) * sqrt(2.5 / 5)
  EXPECT_NEAR(e.interval->high - 3, 2.77644510519779 * 0.70710678118654752, 1e-10);
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

}  // namespace
}  // namespace lossact::cli

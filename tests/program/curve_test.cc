#include "program/drawing/curve.h"
#include <gtest/gtest.h>
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

const Curve straight = {.of = "f(x)",
                        .variable = "x",
                        .setting = {},
                        .over = {-1, 1},
                        .kinks = {},
                        .values = [](const std::vector<double>& x, std::vector<double>& y, std::vector<double>& slope) {
                          y = x;
                          slope.assign(x.size(), 1);
                        }};

TEST(Curve, PlacesLieWithin) { EXPECT_EQ(places({0, 1}, 4), (std::vector<double>{0.125, 0.375, 0.625, 0.875})); }

TEST(Curve, ALineRunsFromCornerToCorner) {
  const auto lines = plot("f", {0, 1}, places({0, 1}, 16), {}, 8, 4);
  ASSERT_EQ(lines.size(), 7u);  // title, rows, rule, numbers
  for (const std::string& line : lines) EXPECT_EQ(text_width(line), 16u) << line;
  EXPECT_NE(lines[1].find("│      "), std::string::npos) << lines[1];  // above, the left is empty
  EXPECT_FALSE(lines[1].ends_with("  ")) << lines[1];
  EXPECT_TRUE(lines[4].ends_with("╌╌╌╌")) << lines[4];  // below, the right has but the axis
}

TEST(Curve, FitsEveryWidth) {
  for (std::size_t width : {40u, 60u, 80u, 120u, 300u}) {
    std::string text = plot_both(straight, width);
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.erase(0, end + 1))
      EXPECT_LE(text_width(text.substr(0, end)), width) << text.substr(0, end);
  }
}

TEST(Curve, DrawsWhateverTheValues) {
  const double nothing = std::numeric_limits<double>::quiet_NaN(), much = std::numeric_limits<double>::infinity();
  for (const double value : {nothing, much, -much, 0.0, 5.0, -1e300, 1e300, 5e-324})
    EXPECT_EQ(plot("f", {0, 1}, std::vector<double>(16, value), {}, 8, 4).size(), 7u) << value;
}

TEST(Curve, NumbersOfAnAxisAreRound) {
  EXPECT_EQ(ticks({-1.2, 5.08}, 7), (std::vector<double>{-1, 0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(ticks({0, 0.31}, 4), (std::vector<double>{0, 0.1, 0.2, 0.1 * 3}));
  EXPECT_EQ(ticks({-7e6, 7e6}, 4), (std::vector<double>{-5e6, 0, 5e6}));
}

TEST(Curve, WhatShootsFarBeyondTheRestIsNotSeenWhole) {
  std::vector<double> y = places({0, 1}, 100);
  y.front() = -1000, y.back() = 2000;
  const Interval range = seen(y);
  EXPECT_GT(range.low, -2);
  EXPECT_LE(range.low, 0);
  EXPECT_LT(range.high, 3);
  EXPECT_GE(range.high, 1);
}

}  // namespace
}  // namespace lossact::cli

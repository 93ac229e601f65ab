#include "cli/curve.h"
#include <gtest/gtest.h>
#include "cli/terminal.h"

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

TEST(Curve, SvgHasBoth) {
  const std::string text = svg(straight, "f(x)");
  EXPECT_TRUE(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
  EXPECT_NE(text.find("stroke-dasharray"), text.npos);
  EXPECT_EQ(text.find("nan"), text.npos);
}

}  // namespace
}  // namespace lossact::cli

#include "program/drawing/curve_svg.h"
#include <gtest/gtest.h>
#include <regex>
#include "program/drawing/function_curve.h"
#include "text/number.h"
#include "lossact/lossact.h"

namespace lossact::cli {
namespace {

Curve curve(std::function<double(double)> f, std::function<double(double)> slope, std::vector<Kink> kinks = {}) {
  return {.of = "f(x)",
          .variable = "x",
          .setting = {},
          .over = {-1, 1},
          .kinks = std::move(kinks),
          .values = [f, slope](const std::vector<double>& x, std::vector<double>& y, std::vector<double>& slopes) {
            for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]), slopes[i] = slope(x[i]);
          }};
}
const Curve straight = curve([](double x) { return x; }, [](double) { return 1; });
const Curve bent = curve([](double x) { return std::abs(x); }, [](double x) { return x > 0   ? 1
                                                                                     : x < 0 ? -1
                                                                                             : 0.5; },
                         {{.at = 0, .slope = 0.5}});

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size()) ++found;
  return found;
}
std::vector<double> numbers(const std::string& text) {
  static const std::regex number("-?[0-9]+(\\.[0-9]+)?");
  std::vector<double> found;
  for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at)
    found.push_back(read_number(at->str()).value());
  return found;
}
/// The d of each path.
std::vector<std::string> paths(const std::string& text) {
  static const std::regex path("<path d=\"([^\"]*)\"");
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

TEST(Svg, HasBothAndWordsForThem) {
  const std::string text = svg(straight);
  EXPECT_TRUE(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
  EXPECT_EQ(count(text, "stroke-dasharray"), 1u);
  EXPECT_NE(text.find("<title id=\"curve-title\">f(x) and its slope</title>"), text.npos);
  EXPECT_NE(text.find("aria-labelledby=\"curve-title curve-desc\""), text.npos);
  EXPECT_NE(text.find("it begins at -1 and ends at 1"), text.npos);
}

TEST(Svg, EveryColourHasAFallback) {
  static const std::regex coloured(
      "(fill|stroke)=\"(#[0-9a-f]+)\" style=\"(fill|stroke):var\\(--[a-z]+,(#[0-9a-f]+)\\)\"");
  const std::string text = svg(bent);
  std::size_t found = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), coloured), end; at != end; ++at, ++found) {
    EXPECT_EQ((*at)[1], (*at)[3]);
    EXPECT_EQ((*at)[2], (*at)[4]);
  }
  EXPECT_EQ(found, count(text, "#") / 2);
  EXPECT_GE(found, 6u);
}

TEST(Svg, AStraightLineIsTwoPoints) {
  std::vector<std::string> drawn;
  for (const std::string& d : paths(svg(straight, {.size = DrawingSize::thumbnail})))
    if (d.find('L') != d.npos) drawn.push_back(d);
  ASSERT_EQ(drawn.size(), 1u);
  EXPECT_EQ(numbers(drawn[0]).size(), 4u) << drawn[0];
}

TEST(Svg, FewPointsOnACurveLieWhereItIs) {
  const Curve round = curve([](double x) { return std::sqrt(1 - x * x); }, [](double) { return 0; });
  const std::string text = svg(round, {.size = DrawingSize::large, .id = "curve", .range = Interval{0, 1}});
  for (const std::string& d : paths(text)) {
    if (d.find("L") == d.npos || d.find("M40 14") == d.npos) continue;
    const std::vector<double> points = numbers(d.substr(0, d.find("M40 14")));
    EXPECT_GT(points.size(), 20u);
    EXPECT_LT(points.size(), 300u);
    for (std::size_t i = 0; i < points.size(); i += 2) {  // the plot reaches from (40, 32) to (390, 238)
      const double x = (points[i] - 40) / 175 - 1, y = (238 - points[i + 1]) / 206;
      EXPECT_NEAR(x * x + y * y, 1, 1e-3);
    }
  }
}

TEST(Svg, AKinkIsMarkedAndTheSlopeBreaksThere) {
  const std::string text = svg(bent);
  EXPECT_EQ(count(text, "<circle"), 2u);
  EXPECT_NE(text.find("It has a kink at 0, where the slope is taken as 0.5."), text.npos);
  EXPECT_EQ(count(paths(text).back(), "M"), 3u);  // both sides, and the legend
  EXPECT_EQ(count(svg(straight), "<circle"), 0u);
}

TEST(Svg, SmallOnesHaveNoLegendAndThumbnailsNoWords) {
  EXPECT_EQ(count(svg(straight, {.size = DrawingSize::small}), "its slope</text>"), 0u);
  EXPECT_GT(count(svg(straight, {.size = DrawingSize::small}), "<text"), 4u);
  EXPECT_EQ(count(svg(straight, {.size = DrawingSize::thumbnail}), "<text"), 0u);
  EXPECT_NE(svg(straight, {.size = DrawingSize::small, .id = "one"}).find("id=\"one-title\""), std::string::npos);
}

TEST(Svg, StaysWithinItsBox) {
  for (const Function* function : functions())
    for (const DrawingSize size : {DrawingSize::large, DrawingSize::small, DrawingSize::thumbnail}) {
      const std::string text = svg(function_curve(*function).curve, {.size = size});
      static const std::regex box("viewBox=\"0 0 ([0-9]+) ([0-9]+)\"");
      std::smatch found;
      ASSERT_TRUE(std::regex_search(text, found, box));
      const double width = read_number(found[1].str()).value();
      for (const std::string& d : paths(text))
        for (const double number : numbers(d))
          EXPECT_TRUE(number >= 0 && number <= width) << function->name << ' ' << d;
      EXPECT_EQ(text.find("nan"), text.npos) << function->name;
      EXPECT_EQ(text.find("inf\""), text.npos) << function->name;
    }
}

TEST(Svg, DrawsWhateverTheValues) {
  for (const double value : {nan, inf, -inf, 0.0, 5.0, -1e300, 1e300, 1.7e308, 5e-324}) {
    const auto constant = [value](double) { return value; };
    for (const Curve& some : {curve(constant, constant), curve([value](double x) { return x * value; }, constant)})
      for (const std::string& d : paths(svg(some)))
        EXPECT_EQ(d.find_first_not_of("MLVHh0123456789. -"), d.npos) << value << ": " << d;
  }
}

TEST(Svg, ASteepSlopeLeavesTheCurveAThird) {
  const Interval range = drawn_range(curve([](double x) { return x; }, [](double x) { return 1000 * x; }));
  EXPECT_LT(range.high - range.low, 3.5 * 2.2);
  EXPECT_LE(range.low, -2);
  EXPECT_GE(range.high, 2);
}

}  // namespace
}  // namespace lossact::cli

#include "program/drawing/curve_svg.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include "program/drawing/markup.h"

namespace lossact::cli {
namespace {

using Numbers = std::vector<double>;

/// A curve at places close enough to be drawn, and at both sides of each kink, with bounds between which it is joined.
struct Sampled {
  Numbers x, y, slope;
  std::vector<std::size_t> kinks;  // where x is one
};
constexpr double near_kink = 1e-9;  // of the interval

Sampled sampled(const Curve& curve) {
  constexpr int pieces = 400;
  Sampled s;
  const double low = curve.over.low, span = curve.over.high - low;
  for (int i = 0; i <= pieces; ++i) s.x.push_back(low + span * i / pieces);
  for (const Kink& kink : curve.kinks)
    if (kink.at > low && kink.at < curve.over.high)
      for (const int side : {-1, 0, 1}) s.x.push_back(kink.at + side * near_kink * span);
  std::ranges::sort(s.x);
  s.x.erase(std::ranges::unique(s.x).begin(), s.x.end());
  s.y.resize(s.x.size()), s.slope.resize(s.x.size());
  curve.values(s.x, s.y, s.slope);
  for (const Kink& kink : curve.kinks)
    if (const auto at = std::ranges::find(s.x, kink.at); at != s.x.end() && kink.at > low && kink.at < curve.over.high)
      s.kinks.push_back(static_cast<std::size_t>(at - s.x.begin()));
  return s;
}

Interval drawn_range(const Sampled& s) {
  const Interval curve = seen(s.y);
  const double room = curve.high - curve.low;
  if (!std::isfinite(room)) return {-1, 1};
  Numbers all = {curve.low, curve.high};
  for (const double slope : s.slope)
    if (!std::isnan(slope)) all.push_back(std::clamp(slope, curve.low - room, curve.high + room));
  const auto [low, high] = std::ranges::minmax(all);
  const double margin = 0.04 * (high - low);
  return {low < curve.low ? low - margin : low, high > curve.high ? high + margin : high};
}

std::string number(double value) {
  if (std::abs(value) < 1e-12) return "0";
  const std::string text = fmt::format("{:.4g}", std::abs(value));
  return value < 0 ? "−" + text : text;
}

/// Hundredths of a pixel.
struct Point {
  double x, y;
};
std::string text_of(double hundredths) { return fmt::format("{}", hundredths / 100); }

/// Keeps of a line what cannot be left out without moving it by a tenth of a pixel.
void simplify(const std::vector<Point>& line, std::size_t from, std::size_t to, std::vector<Point>& kept) {
  const double dx = line[to].x - line[from].x, dy = line[to].y - line[from].y;
  double most = 10 * std::sqrt(dx * dx + dy * dy);
  std::size_t farthest = from;
  for (std::size_t i = from + 1; i < to; ++i) {
    const double area = std::abs(dx * (line[i].y - line[from].y) - dy * (line[i].x - line[from].x));
    if (area > most) most = area, farthest = i;
  }
  if (farthest != from) {
    simplify(line, from, farthest, kept);
    simplify(line, farthest, to, kept);
  } else {
    kept.push_back(line[to]);
  }
}

struct Layout {
  double width, height, left, right, top, bottom;
  int font, x_ticks, y_ticks;
  bool words, slope;  // a legend and the name of what it is over; the slope
};
constexpr Layout layouts[] = {
    {400, 280, 40, 10, 32, 42, 12, 10, 7, true, true},
    {180, 126, 34, 6, 6, 20, 11, 4, 4, false, true},
    {120, 72, 2, 2, 3, 3, 0, 0, 0, false, false},
};

class Plot {
 public:
  Plot(const Layout& layout, Interval over, Interval range) : layout_(layout), over_(over), range_(range) {}

  double x(double v) const {
    return std::round(100 * (layout_.left + (v - over_.low) / (over_.high - over_.low) * plot_width()));
  }
  double y(double v) const {
    return std::round(100 * (layout_.top + (range_.high - v) / (range_.high - range_.low) * plot_height()));
  }
  bool within(double v) const { return v >= range_.low && v <= range_.high; }
  double left() const { return 100 * layout_.left; }
  double right() const { return 100 * (layout_.width - layout_.right); }
  double top() const { return 100 * layout_.top; }
  double bottom() const { return 100 * (layout_.height - layout_.bottom); }

  /// The path through values; not joined where `breaks` says so, cut where it leaves the plot.
  template <class Breaks>
  std::string path(const Numbers& at, const Numbers& values, Breaks breaks) const {
    std::string d;
    std::vector<Point> line;
    const auto end_line = [&] {
      if (line.size() > 1) {
        std::vector<Point> kept = {line[0]};
        simplify(line, 0, line.size() - 1, kept);
        for (std::size_t i = 0; i < kept.size(); ++i)
          d += fmt::format("{}{} {}", i == 0 ? "M" : i == 1 ? "L" : " ", text_of(kept[i].x), text_of(kept[i].y));
      }
      line.clear();
    };
    for (std::size_t i = 0; i < at.size(); ++i) {
      const bool joined = i > 0 && std::isfinite(values[i - 1]) && std::isfinite(values[i]) && !breaks(i);
      if (!joined) end_line();
      if (joined && within(values[i - 1]) != within(values[i])) {  // the place where it crosses the edge
        const double edge = std::max(values[i - 1], values[i]) > range_.high ? range_.high : range_.low;
        const double share = (edge - values[i - 1]) / (values[i] - values[i - 1]);
        line.push_back({x(at[i - 1] + share * (at[i] - at[i - 1])), y(edge)});
      }
      if (within(values[i])) line.push_back({x(at[i]), y(values[i])});
      else end_line();
    }
    end_line();
    return d;
  }

 private:
  double plot_width() const { return layout_.width - layout_.left - layout_.right; }
  double plot_height() const { return layout_.height - layout_.top - layout_.bottom; }

  Layout layout_;
  Interval over_, range_;
};

/// The opening of a group whose colour is the page's, or its own where the page has none; how, `style` says.
std::string group(std::string_view what, std::string_view variable, std::string_view colour, std::string_view more) {
  return fmt::format("<g {0}=\"{2}\" style=\"{0}:var(--{1},{2})\"{3}>", what, variable, colour, more);
}
constexpr std::string_view paper = "#fff", ink = "#1f2328", grid = "#d8dde2", curve_colour = "#0b5cad",
                           slope_colour = "#b3410c";

std::string text(double x, double y, std::string_view anchor, std::string_view words) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>", text_of(x), text_of(y), anchor,
                     escaped(words));
}

}  // namespace

Interval drawn_range(const Curve& curve) { return drawn_range(sampled(curve)); }

std::string curve_in_words(const Curve& curve) {
  const Sampled s = sampled(curve);
  const auto bounds = [&](const Numbers& values) {
    Interval found = {inf, -inf};
    for (const double v : values)
      if (!std::isnan(v)) found = {std::min(found.low, v), std::max(found.high, v)};
    return fmt::format("from {:.3g} to {:.3g}", found.low + 0.0, found.high + 0.0);
  };
  const auto at_end = [&](double v) { return std::isnan(v) ? "nothing" : fmt::format("{:.3g}", v + 0.0); };
  std::string words = fmt::format(
      "{} for {} from {} to {}{}{}: it begins at {} and ends at {}, with values {}, and its "
      "slope has values {}.",
      curve.of, curve.variable, number(curve.over.low), number(curve.over.high), curve.setting.empty() ? "" : ", ",
      curve.setting, at_end(s.y.front()), at_end(s.y.back()), bounds(s.y), bounds(s.slope));
  for (const std::size_t kink : s.kinks)
    words += fmt::format(" It has a kink at {}, where the slope is taken as {:.3g}.", number(s.x[kink]),
                         s.slope[kink] + 0.0);
  return words;
}

std::string svg(const Curve& curve, const Drawing& drawing) {
  const Layout& layout = layouts[static_cast<std::size_t>(drawing.size)];
  const Sampled s = sampled(curve);
  const Interval range = drawing.range ? *drawing.range : layout.slope ? drawn_range(s) : seen(s.y);
  const Plot plot(layout, curve.over, range);
  const auto at_kink = [&](std::size_t i) {
    return std::ranges::any_of(s.kinks, [&](std::size_t kink) { return i == kink || i == kink + 1; });
  };
  // The curve itself is joined at a kink, unless it jumps there.
  const auto jumps = [&](std::size_t i) { return at_kink(i) && std::abs(plot.y(s.y[i]) - plot.y(s.y[i - 1])) > 50; };

  std::string result = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-labelledby=\"{2}-title "
      "{2}-desc\" "
      "font-family=\"system-ui, sans-serif\" font-size=\"{3}\">\n"
      "<title id=\"{2}-title\">{4}{5}</title>\n<desc id=\"{2}-desc\">{6}</desc>\n",
      layout.width, layout.height, drawing.id, layout.font, escaped(curve.of), layout.slope ? " and its slope" : "",
      escaped(curve_in_words(curve)));
  if (drawing.size == DrawingSize::large)
    result += group("fill", "paper", paper, "") +
              fmt::format("<rect width=\"{}\" height=\"{}\"/></g>\n", layout.width, layout.height);

  const Numbers across = ticks(curve.over, layout.x_ticks ? layout.x_ticks : 10),
                up = ticks(range, layout.y_ticks ? layout.y_ticks : 10);
  const auto upright = [&](double v) {
    return fmt::format("M{} {}V{}", text_of(plot.x(v)), text_of(plot.top()), text_of(plot.bottom()));
  };
  const auto level = [&](double v) {
    return fmt::format("M{} {}H{}", text_of(plot.left()), text_of(plot.y(v)), text_of(plot.right()));
  };
  if (layout.font) {
    std::string lines;
    for (const double v : across) lines += upright(v);
    for (const double v : up) lines += level(v);
    result += group("stroke", "grid", grid, " fill=\"none\"") + fmt::format("<path d=\"{}\"/></g>\n", lines);
  }
  std::string axes;
  if (curve.over.low <= 0 && curve.over.high >= 0) axes += upright(0);
  if (plot.within(0)) axes += level(0);
  if (!axes.empty())
    result += group("stroke", "ink", ink, " fill=\"none\" stroke-opacity=\"0.55\"") +
              fmt::format("<path d=\"{}\"/></g>\n", axes);

  if (layout.font) {
    const double below = plot.bottom() + 100 * (layout.font + 3);
    result += group("fill", "ink", ink, "");
    for (const double v : across) result += text(plot.x(v), below, "middle", number(v));
    for (const double v : up) result += text(plot.left() - 500, plot.y(v) + 35 * layout.font, "end", number(v));
    if (layout.words) {
      result += text((plot.left() + plot.right()) / 2, below + 100 * (layout.font + 4), "middle",
                     curve.variable + (curve.setting.empty() ? "" : ", " + curve.setting));
      // The legend. A letter is about six tenths of the font's size wide.
      result += text(plot.left() + 3000, 1800, "start", curve.of);
      result += text(plot.right(), 1800, "end", "its slope");
    }
    result += "</g>\n";
  }

  const double slope_begins = plot.right() - 60 * layout.font * 9 - 3000;
  result +=
      group("stroke", "curve", curve_colour,
            fmt::format(" fill=\"none\" stroke-width=\"{}\" stroke-linejoin=\"round\"", layout.words ? 2.2 : 1.8));
  result += fmt::format("<path d=\"{}{}\"/>", plot.path(s.x, s.y, jumps),
                        layout.words ? fmt::format("M{} 14h24", layout.left) : "");
  result += "</g>\n";
  if (layout.slope) {
    result += group("stroke", "slope", slope_colour,
                    fmt::format(" fill=\"none\" stroke-width=\"{}\" stroke-dasharray=\"{}\" stroke-linejoin=\"round\"",
                                layout.words ? 1.8 : 1.5, layout.words ? "6 4" : "4 3"));
    result += fmt::format("<path d=\"{}{}\"/>", plot.path(s.x, s.slope, at_kink),
                          layout.words ? fmt::format("M{} 14h24", text_of(slope_begins)) : "");
    result += "</g>\n";
  }
  if (layout.words) {
    std::string rings, points;
    const auto circle = [&](std::size_t kink, double v, double radius) {
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", text_of(plot.x(s.x[kink])), text_of(plot.y(v)),
                         radius);
    };
    for (const std::size_t kink : s.kinks) {
      if (plot.within(s.y[kink])) rings += circle(kink, s.y[kink], 4.5);
      if (plot.within(s.slope[kink])) points += circle(kink, s.slope[kink], 3);
    }
    if (!rings.empty())
      result += group("stroke", "curve", curve_colour, " fill=\"none\" stroke-width=\"1.6\"") + rings + "</g>\n";
    if (!points.empty()) result += group("fill", "slope", slope_colour, "") + points + "</g>\n";
  }
  return result + "</svg>\n";
}

}  // namespace lossact::cli

#include "cli/curve.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include "cli/terminal.h"

namespace lossact::cli {
namespace {

/// The numbers that are seen: finite ones, with a little room around them; 0 belongs to what is near it.
Interval seen(const std::vector<double>& y) {
  double low = inf, high = -inf;
  for (const double v : y)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  if (!(low <= high)) return {-1, 1};
  const double span = std::max(high - low, 1e-6 * std::max(1.0, std::abs(high)));
  if (low > 0 && low < span) low = 0;
  if (high < 0 && -high < span) high = 0;
  if (high - low < span) low -= 0.5, high += 0.5;
  return {low - 0.03 * span, high + 0.03 * span};
}
bool jumps(double from, double to, const std::vector<double>& kinks) {
  return std::ranges::any_of(kinks, [&](double at) { return from <= at && at <= to; });
}
constexpr std::size_t margin = 8;  // left of a plot, for the numbers of its axis and the axis
std::string label(double value) {
  if (value == 0) return "0";
  const std::string text = fmt::format("{:.3g}", value);
  return text.size() < margin ? text : fmt::format("{:.1g}", value);
}

/// Characters of 2 by 4 dots.
class Dots {
 public:
  Dots(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}
  void set(std::size_t x, std::size_t y) {
    static constexpr unsigned bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[y / 4 * columns_ + x / 2] |= bit[y % 4][x % 2];
  }
  unsigned at(std::size_t column, std::size_t row) const { return cells_[row * columns_ + column]; }
  std::size_t width() const { return 2 * columns_; }
  std::size_t height() const { return 4 * rows_; }

 private:
  std::size_t columns_, rows_;
  std::vector<unsigned> cells_;
};
std::string braille(unsigned dots) {
  const unsigned code = 0x2800 + dots;
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

}  // namespace

std::vector<double> places(Interval over, std::size_t count) {
  std::vector<double> x(count);
  const double step = (over.high - over.low) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = over.low + (static_cast<double>(i) + 0.5) * step;
  return x;
}

std::vector<std::string> plot(const std::string& title, Interval over, const std::vector<double>& y,
                              const std::vector<double>& kinks, std::size_t columns, std::size_t rows) {
  Dots dots(columns, rows);
  const std::vector<double> x = places(over, y.size());
  const Interval range = seen(y);
  const auto height = static_cast<double>(dots.height() - 1);
  const auto share = [&](double v) { return (range.high - v) / (range.high - range.low); };
  // Infinities are not drawn, nor anything where the range itself is beyond what a double holds.
  const auto drawn = [&](double v) { return share(v) >= 0 && share(v) <= 1; };
  const auto row_of = [&](double v) { return std::lround(share(v) * height); };
  for (std::size_t i = 0; i < dots.width(); ++i) {
    if (!drawn(y[i])) continue;
    const long here = row_of(y[i]);
    long from = here;
    if (i > 0 && drawn(y[i - 1]) && !jumps(x[i - 1], x[i], kinks)) {
      const long before = row_of(y[i - 1]);
      from = before < here ? before + 1 : before > here ? before - 1 : here;
    }
    for (long dot = std::min(from, here); dot <= std::max(from, here); ++dot)
      dots.set(i, static_cast<std::size_t>(dot));
  }

  const auto [low, high] = over;
  const bool has_y_axis = low < 0 && high > 0, has_x_axis = range.low < 0 && range.high > 0;
  const auto axis_column =
      static_cast<std::size_t>(has_y_axis ? -low / (high - low) * static_cast<double>(columns) : 0);
  const auto axis_row = static_cast<std::size_t>(has_x_axis ? static_cast<double>(row_of(0)) / 4 : 0);
  std::vector<std::string> lines = {padded(std::string(margin, ' ') + title, static_cast<int>(margin + columns))};
  for (std::size_t row = 0; row < rows; ++row) {
    std::string number;
    if (row == 0) number = label(range.high);
    else if (row + 1 == rows) number = label(range.low);
    else if (has_x_axis && row == axis_row) number = "0";
    std::string line = padded(number, -static_cast<int>(margin - 1)) + "│";
    for (std::size_t column = 0; column < columns; ++column) {
      const bool across = has_x_axis && row == axis_row, down = has_y_axis && column == axis_column;
      if (const unsigned cell = dots.at(column, row)) line += braille(cell);
      else line += across && down ? "┼" : across ? "╌" : down ? "┆" : " ";
    }
    lines.push_back(line);
  }
  std::string rule = std::string(margin - 1, ' ') + "└";
  for (std::size_t column = 0; column < columns; ++column) rule += "─";
  lines.push_back(rule);
  const std::string left = label(low), right = label(high);
  std::string numbers(columns, ' ');
  numbers.replace(0, left.size(), left);
  numbers.replace(columns - right.size(), right.size(), right);
  if (has_y_axis && axis_column > left.size() && axis_column + right.size() + 1 < columns) numbers[axis_column] = '0';
  lines.push_back(std::string(margin, ' ') + numbers);
  return lines;
}

std::string plot_both(const Curve& curve, std::size_t width) {
  constexpr std::size_t gap = 2, rows = 13, narrowest = 24, widest = 80;
  const bool beside = width >= 2 * (margin + narrowest) + gap;
  const std::size_t columns = std::min(widest, beside ? (width - gap) / 2 - margin : width - margin);
  const std::vector<double> x = places(curve.over, 2 * columns);
  std::vector<double> y(x.size()), slope(x.size());
  curve.values(x, y, slope);
  const auto left = plot(curve.of, curve.over, y, {}, columns, rows);
  const auto right = plot("its slope", curve.over, slope, curve.kinks, columns, rows);
  std::string text;
  const auto add = [&](std::string line) {
    while (line.ends_with(' ')) line.pop_back();
    text += line + '\n';
  };
  if (beside) {
    for (std::size_t i = 0; i < left.size(); ++i) add(left[i] + std::string(gap, ' ') + right[i]);
  } else {
    for (const std::string& line : left) add(line);
    for (const std::string& line : right) add(line);
  }
  std::string last = std::string(margin, ' ') + "over " + curve.variable;
  if (!curve.setting.empty()) last += ", " + curve.setting;
  add(last);
  return text;
}

std::string svg(const Curve& curve, const std::string& title) {
  constexpr double width = 640, height = 400, left = 60, right = 20, top = 40, bottom = 40;
  const std::vector<double> x = places(curve.over, 800);
  std::vector<double> y(x.size()), slope(x.size());
  curve.values(x, y, slope);
  std::vector<double> both = y;
  both.insert(both.end(), slope.begin(), slope.end());
  const Interval range = seen(both);
  const auto at_x = [&](double v) {
    return left + (v - curve.over.low) / (curve.over.high - curve.over.low) * (width - left - right);
  };
  const auto at_y = [&](double v) {
    return top + (range.high - v) / (range.high - range.low) * (height - top - bottom);
  };
  const auto path = [&](const std::vector<double>& values, bool breaks) {
    std::string d;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      const bool joined = i > 0 && std::isfinite(values[i - 1]) && !(breaks && jumps(x[i - 1], x[i], curve.kinks));
      d += fmt::format("{}{:.2f} {:.2f}", joined ? "L" : "M", at_x(x[i]), at_y(values[i]));
    }
    return d;
  };
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"13\">\n"
      "<title>{2}</title>\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
      width, height, title);
  const auto line = [&](double x1, double y1, double x2, double y2) {
    text += fmt::format("<path d=\"M{:.2f} {:.2f}L{:.2f} {:.2f}\" stroke=\"#bbb\"/>\n", x1, y1, x2, y2);
  };
  const auto word = [&](double px, double py, const char* anchor, const std::string& content) {
    text += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"{}\">{}</text>\n", px, py, anchor, content);
  };
  line(left, height - bottom, width - right, height - bottom);
  line(left, top, left, height - bottom);
  if (range.low < 0 && range.high > 0) line(left, at_y(0), width - right, at_y(0));
  if (curve.over.low < 0 && curve.over.high > 0) line(at_x(0), top, at_x(0), height - bottom);
  word(left, height - bottom + 18, "start", label(curve.over.low));
  word(width - right, height - bottom + 18, "end", label(curve.over.high));
  word(width / 2, height - bottom + 30, "middle", curve.variable + (curve.setting.empty() ? "" : ", " + curve.setting));
  word(left - 6, top + 5, "end", label(range.high));
  word(left - 6, height - bottom, "end", label(range.low));
  if (range.low < 0 && range.high > 0) word(left - 6, at_y(0) + 5, "end", "0");
  text += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#0060a8\" stroke-width=\"2\"/>\n", path(y, false));
  text += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#c04000\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/>\n",
                      path(slope, true));
  word(left, top - 16, "start", title + " (line) and its slope (dashes)");
  return text + "</svg>\n";
}

}  // namespace lossact::cli

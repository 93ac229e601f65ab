#include "program/drawing/curve.h"
#include <algorithm>
#include <cmath>
#include <iterator>
#include <fmt/format.h>
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

bool jumps(double from, double to, const std::vector<Kink>& kinks) {
  return std::ranges::any_of(kinks, [&](const Kink& kink) { return from <= kink.at && kink.at <= to; });
}
constexpr std::size_t margin = 8;  // left of a plot, for the numbers of its axis and the axis
std::string label(double value) {
  const std::string text = fmt::format("{:.3g}", value + 0.0);  // no -0
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

Interval seen(const std::vector<double>& y) {
  std::vector<double> sorted;
  std::ranges::copy_if(y, std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
  if (sorted.empty()) return {-1, 1};
  std::ranges::sort(sorted);
  const double twentieth = sorted[sorted.size() / 20], last_twentieth = sorted[sorted.size() - 1 - sorted.size() / 20];
  const double most = last_twentieth - twentieth;
  double low = sorted.front(), high = sorted.back();
  if (most > 0) low = std::max(low, twentieth - most), high = std::min(high, last_twentieth + most);
  const double span = std::max(high - low, 1e-6 * std::max(1.0, std::abs(high)));
  if (low > 0 && low < span) low = 0;
  if (high < 0 && -high < span) high = 0;
  if (high - low < span) low -= 0.5, high += 0.5;
  return {low - 0.03 * span, high + 0.03 * span};
}

std::vector<double> ticks(Interval over, int most) {
  double step = 1;
  const double span = over.high - over.low;
  while (span / step < most) step /= 10;
  while (span / step > most) step *= 10;
  if (span / (step / 5) <= most) step /= 5;
  else if (span / (step / 2) <= most) step /= 2;
  std::vector<double> result;
  for (double i = std::ceil(over.low / step - 1e-9); i * step <= over.high + 1e-9 * span; ++i)
    result.push_back(i * step);
  return result;
}

std::vector<double> places(Interval over, std::size_t count) {
  std::vector<double> x(count);
  const double step = (over.high - over.low) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = over.low + (static_cast<double>(i) + 0.5) * step;
  return x;
}

std::vector<std::string> plot(const std::string& title, Interval over, const std::vector<double>& y,
                              const std::vector<Kink>& kinks, std::size_t columns, std::size_t rows) {
  Dots dots(columns, rows);
  const std::vector<double> x = places(over, y.size());
  const Interval range = seen(y);
  const auto height = static_cast<double>(dots.height() - 1);
  const auto share = [&](double v) { return (range.high - v) / (range.high - range.low); };
  // Infinities are not drawn, nor anything where the range itself is beyond what a double holds.
  const auto drawn = [&](double v) { return std::isfinite(share(v)); };
  const auto row_of = [&](double v) { return std::lround(std::clamp(share(v) * height, -1.0, height + 1)); };
  for (std::size_t i = 0; i < dots.width(); ++i) {
    if (!drawn(y[i])) continue;
    const long here = row_of(y[i]);
    long from = here;
    if (i > 0 && drawn(y[i - 1]) && !jumps(x[i - 1], x[i], kinks)) {
      const long before = row_of(y[i - 1]);
      from = before < here ? before + 1 : before > here ? before - 1 : here;
    }
    for (long dot = std::max(0l, std::min(from, here)); dot <= std::min(std::max(from, here), std::lround(height));
         ++dot)
      dots.set(i, static_cast<std::size_t>(dot));
  }

  const auto [low, high] = over;
  const bool has_y_axis = low < 0 && high > 0, has_x_axis = range.low < 0 && range.high > 0 && drawn(0);
  const auto axis_column =
      static_cast<std::size_t>(has_y_axis ? -low / (high - low) * static_cast<double>(columns) : 0);
  const auto axis_row = static_cast<std::size_t>(has_x_axis ? static_cast<double>(row_of(0)) / 4 : 0);
  std::vector<std::string> lines = {padded(std::string(margin, ' ') + title, static_cast<int>(margin + columns))};
  std::vector<std::string> numbers(rows);
  for (const double tick : ticks(range, 5))
    if (drawn(tick)) numbers[static_cast<std::size_t>(row_of(tick)) / 4] = label(tick);
  for (std::size_t row = 0; row < rows; ++row) {
    std::string line = padded(numbers[row], -static_cast<int>(margin - 1)) + "│";
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
  std::string below(columns, ' ');
  below.replace(0, left.size(), left);
  below.replace(columns - right.size(), right.size(), right);
  if (has_y_axis && axis_column > left.size() && axis_column + right.size() + 1 < columns) below[axis_column] = '0';
  lines.push_back(std::string(margin, ' ') + below);
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

}  // namespace lossact::cli

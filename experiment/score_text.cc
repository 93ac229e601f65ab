#include "experiment/score_text.h"
#include <algorithm>
#include <cmath>
#include <iterator>
#include <fmt/format.h>

namespace lossact::cli {
namespace {

constexpr double far_off = 1e3;                     // times what three quarters of the scores exceed
constexpr double too_long = 1e7, too_short = 1e-3;  // for a number without a power of ten
constexpr int least_power = -307;                   // of ten that is a normal double

int exponent_of(double x) { return static_cast<int>(std::floor(std::log10(x))); }

}  // namespace

ScoreText::ScoreText(Task task, std::vector<double> scores) {
  if (task == Task::classification) return;
  std::erase_if(scores, [](double score) { return !(score > 0 && score < inf); });
  if (scores.empty()) return;
  std::ranges::sort(scores);
  const double limit = far_off * scores[scores.size() / 4];
  const double largest = *std::prev(std::ranges::upper_bound(scores, limit));
  if (largest < too_short || largest >= too_long) power_ = std::max(least_power, exponent_of(largest)), decimals_ = 3;
  else decimals_ = std::max(1, 3 - exponent_of(largest));
}

std::string ScoreText::interval(const Interval& interval) const {
  return fmt::format("[{}, {}]", (*this)(interval.low), (*this)(interval.high));
}

ScoreText ScoreText::as_multiples() const {
  ScoreText multiples = *this;
  multiples.unit_ = std::pow(10.0, power_), multiples.power_ = 0;
  return multiples;
}

bool ScoreText::shorten() {
  const bool can = decimals_ > 2 || digits_ > 0;
  decimals_ -= decimals_ > 2, digits_ -= digits_ > 0;
  return can;
}

std::string ScoreText::text(double x, bool sign) const {
  x /= unit_;
  const bool in_powers = power_ != 0 || !(std::abs(x) < too_long);
  const char* const format = in_powers ? sign ? "{:+.{}e}" : "{:.{}e}" : sign ? "{:+.{}f}" : "{:.{}f}";
  if (x == 0 || (!in_powers && std::abs(x) < 0.5 * std::pow(10.0, -decimals_))) x = 0;  // without a sign of its own
  return fmt::format(fmt::runtime(format), x, in_powers ? digits_ : decimals_);
}

}  // namespace lossact::cli

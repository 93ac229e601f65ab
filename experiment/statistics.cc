#include "experiment/statistics.h"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lossact::cli {
namespace {

// P(|T| < t) for t = sqrt(degrees) tan(angle). For a whole number of degrees the integral is a finite sum of powers of
// the cosine: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even).
double probability_within(double angle, int degrees) {
  const double sine = std::sin(angle), cosine = std::cos(angle);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= cosine * cosine * (power + 1) / (power + 2);
  }
  return odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

}  // namespace

double student_t(double probability, int degrees) {
  double low = 0, high = std::numbers::pi / 2;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (probability_within(middle, degrees) < probability ? low : high) = middle;
  }
  return std::sqrt(degrees) * std::tan(low);
}

double power_of_two_for(double largest) {
  if (!(largest > 0 && largest < inf)) return 1;
  return std::ldexp(1.0, std::clamp(-std::ilogb(largest), -1022, 1023));
}

Estimate estimate(std::span<const double> numbers, Interval possible) {
  if (numbers.empty()) return {};
  const auto [least, most] = std::ranges::minmax(numbers);
  const double largest = std::max(std::abs(least), std::abs(most)), scale = power_of_two_for(largest);
  const auto count = static_cast<double>(numbers.size());
  double sum = 0, squares = 0;
  for (const double x : numbers) sum += scale * x;
  const double mean = sum / count;
  if (numbers.size() == 1) return {.mean = mean / scale, .interval = {}};
  for (const double x : numbers) squares += (scale * x - mean) * (scale * x - mean);
  const auto degrees = static_cast<int>(numbers.size()) - 1;
  const double error = std::sqrt(squares / (count - 1) / count);
  const double half = student_t(0.95, degrees) * error;
  const bool equal = most - least <= 1e-12 * largest;
  const double p = equal ? (mean == 0 ? 1 : nan)
                         : 1 - probability_within(std::atan(std::abs(mean) / error / std::sqrt(degrees)), degrees);
  return {.mean = mean / scale,
          .interval = Interval{.low = std::max(possible.low, (mean - half) / scale),
                               .high = std::min(possible.high, (mean + half) / scale)},
          .p_value = p};
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i)
    if (!std::isnan(p_values[i])) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(p_values[i], i); });
  std::vector<double> corrected(p_values.size(), nan);
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * p_values[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace lossact::cli

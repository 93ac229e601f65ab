// A mean over a few seeds, and how far it may be off.
#ifndef LOSSACT_CLI_STATISTICS_H_
#define LOSSACT_CLI_STATISTICS_H_
#include <optional>
#include <span>
#include "lossact/facts.h"

namespace lossact::cli {

/// The t that Student's distribution with `degrees` (1 or more) degrees of freedom stays below in absolute value with
/// this probability: 12.706 for 0.95 and 1.
double student_t(double probability, int degrees);

struct Estimate {
  double mean = nan;                 // NaN of nothing
  std::optional<Interval> interval;  // of 95 %; none for fewer than two numbers
};
/// The mean of the numbers with its interval by Student's t.
Estimate estimate(std::span<const double> numbers);

}  // namespace lossact::cli
#endif

// A mean over a few seeds, how far it may be off, and whether it may be chance.
#ifndef LOSSACT_CLI_STATISTICS_H_
#define LOSSACT_CLI_STATISTICS_H_
#include <optional>
#include <span>
#include <vector>
#include "lossact/facts.h"

namespace lossact::cli {

/// The t that Student's distribution with `degrees` (1 or more) degrees of freedom stays below in absolute value with
/// this probability: 12.706 for 0.95 and 1.
double student_t(double probability, int degrees);

struct Estimate {
  double mean = nan;                 // NaN of nothing
  std::optional<Interval> interval;  // of 95 %; none for fewer than two numbers
  double p_value = nan;              // see below
};
/// The mean of the numbers with its interval by Student's t, and the probability that numbers with a true mean of zero
/// would have one as far from it: NaN for fewer than two numbers, and where all are equal but not zero, for then their
/// spread is not known.
Estimate estimate(std::span<const double> numbers);

/// p-values of several questions asked at once, each as large as it counts among the others: Holm's step-down
/// correction. NaN stays, and is no question.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace lossact::cli
#endif

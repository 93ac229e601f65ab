// A mean over a few seeds, how far it may be off, and whether it may be chance.
#ifndef LOSSACT_EXPERIMENT_STATISTICS_H_
#define LOSSACT_EXPERIMENT_STATISTICS_H_
#include <optional>
#include <span>
#include <vector>
#include "lossact/facts.h"

namespace lossact::cli {

/// The t that Student's distribution with `degrees` (1 or more) degrees of freedom stays below in absolute value with
/// this probability: 12.706 for 0.95 and 1.
double student_t(double probability, int degrees);

/// A power of two that, multiplied with numbers of at most `largest` in absolute value, brings them so near to 1 that
/// their sums and squares neither overflow nor vanish. It changes none of their digits.
double power_of_two_for(double largest);

struct Estimate {
  double mean = nan;                 // NaN of nothing
  std::optional<Interval> interval;  // of 95 %; none for fewer than two numbers
  double p_value = nan;              // see below
};
/// The mean of the numbers with its interval by Student's t, and the probability that numbers with a true mean of zero
/// would have one as far from it: NaN for fewer than two numbers, and where all are equal but not zero, for then their
/// spread is not known.
/// The interval is cut to what is `possible` for each number: the true mean lies there too, so it is caught as often as
/// without the cut, and whether the interval holds zero stays the question that the p-value answers.
Estimate estimate(std::span<const double> numbers, Interval possible = {});

/// The p-values of several comparisons, corrected for their number: Holm's step-down correction. A NaN stays, and
/// counts as no comparison.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace lossact::cli
#endif

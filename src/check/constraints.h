// Checks of the numbers in an argument's array, and their sums.
#ifndef LOSSACT_SRC_CHECK_CONSTRAINTS_H_
#define LOSSACT_SRC_CHECK_CONSTRAINTS_H_
#include "src/check/check.h"

namespace lossact {

/// Throws domain_error, with the element and its index, where the array does not meet the argument's constraint.
void check_constraint(const Function& function, const ArgumentInfo& info, const Array& a);
/// How many of the classes, one for each row, are not `ignore`; where a class has a weight, the sum of their weights.
/// Throws index_error where one is outside of [0, n).
double count_classes(const Function& function, const ArgumentInfo& info, const Array& a, std::size_t n,
                     std::optional<std::int64_t> ignore, const Array* weight);
/// The sum of a one-dimensional array or of contiguous doubles, in the order that src/reduce.h defines.
double sum_of(const Array& a);

}  // namespace lossact
#endif

// What the numbers in an argument's array must be, and what they add up to.
#ifndef LOSSACT_SRC_CHECK_CONSTRAINTS_H_
#define LOSSACT_SRC_CHECK_CONSTRAINTS_H_
#include "src/check/check.h"

namespace lossact {

/// Throws domain_error where an element is not what the argument's constraint asks for.
void check_constraint(const Function& function, const ArgumentInfo& info, const Array& a);
/// How many of the classes, one for each row, are not `ignore`; where a class has a weight, the sum of their weights.
/// Throws index_error where one is outside of [0, n).
double count_classes(const Function& function, const ArgumentInfo& info, const Array& a, std::size_t n,
                     std::optional<std::int64_t> ignore, const Array* weight);
/// The sum of neighbours, in the order of blocks that all sums have.
double sum_of(const Array& a);

}  // namespace lossact
#endif

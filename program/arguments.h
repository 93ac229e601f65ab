// What follows from the arguments of a function: what it is, and what to give it.
#ifndef LOSSACT_PROGRAM_ARGUMENTS_H_
#define LOSSACT_PROGRAM_ARGUMENTS_H_
#include <cstddef>
#include <string>
#include <vector>
#include "lossact/function.h"

namespace lossact::cli {

/// A function of information: its arguments are probabilities.
bool of_probabilities(const Function& function);
/// Whether what comes out for one element depends on the others of its row.
bool by_rows(const Function& function);
/// Whether its facts are those of a curve, with limits, kinks and a steepness: of several numbers at once there are
/// none.
bool has_curve(const Function& function);
/// "an activation, y = f(x)", "a loss of pairs, input and target" ...
std::string kind_in_words(const Function& function);
/// Whether an argument must be given with every call: it is not drawn, not learned, and cannot be left out.
bool is_required(const ArgumentInfo& argument);
/// The arguments that must be given, in order.
std::vector<std::size_t> required_arguments(const Function& function);
/// The argument in which one slope is taken where only one is asked for: the first that has a gradient.
std::size_t differentiated_argument(const Function& function);

}  // namespace lossact::cli
#endif

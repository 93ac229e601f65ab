// The registry, as the commands look into it.
#ifndef LOSSACT_PROGRAM_FUNCTIONS_H_
#define LOSSACT_PROGRAM_FUNCTIONS_H_
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/options.h"
#include "lossact/registry.h"
#include "program/arguments.h"

namespace lossact::cli {

/// The function of a name. Throws UsageError with the nearest name where there is none.
const Function& function_named(std::string_view name);

/// The names of all activations between layers, and of all losses, in the registry's order.
std::vector<std::string> activation_names();
std::vector<std::string> loss_names();

/// The options of a function after --set, which has name=value each. Throws UsageError for an unknown parameter or
/// array, for a value that is not legal, and for values that are not legal together.
Options options_of(const Function& function, const std::vector<std::string>& set_options);
/// Tells a function that divides by a number of rows how many there are, unless its options say so already.
void count_rows(Options& options, std::size_t rows);

}  // namespace lossact::cli
#endif

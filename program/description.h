// What there is to say about a function, as JSON and in words.
#ifndef LOSSACT_PROGRAM_DESCRIPTION_H_
#define LOSSACT_PROGRAM_DESCRIPTION_H_
#include <string>
#include <utility>
#include <vector>
#include <nlohmann/json.hpp>
#include "lossact/registry.h"

namespace lossact::cli {

/// All of it; infinities, which JSON has not, are null.
nlohmann::ordered_json description(const Function& function);
/// [-1, inf]
std::string in_words(Interval interval);
/// values, probabilities, logarithms of probabilities, logits
std::string in_words(Meaning meaning);
/// How the function behaves: range, limits, ..., each after what it is called. The facts may be those of other
/// parameters than the default ones.
std::vector<std::pair<std::string, std::string>> facts_in_words(const Function& function, const Facts& facts);
/// "range [-1, inf]; increasing, convex; kink at 0; saturates left".
std::string short_facts(const Function& function);
/// alpha=1.0, base=2.0; empty without parameters.
std::string parameters_in_words(const Function& function);

}  // namespace lossact::cli
#endif

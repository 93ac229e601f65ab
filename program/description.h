// What there is to say about a function, as JSON and in words.
#ifndef LOSSACT_PROGRAM_DESCRIPTION_H_
#define LOSSACT_PROGRAM_DESCRIPTION_H_
#include <string>
#include <utility>
#include <vector>
#include <nlohmann/json.hpp>
#include "lossact/function.h"

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
/// What may be set of a function: an array that is learned or may be left out, or a parameter.
struct Setting {
  std::string_view name;
  std::string default_value;  // as Python spells it
  std::string legal;          // which values it may have, in words
};
std::vector<Setting> settings_of(const Function& function);
/// weight=None, alpha=1.0; empty without any.
std::string settings_in_words(const Function& function);
/// "range [-1, inf]; increasing, convex; kink at 0; saturates left".
std::string short_facts(const Function& function);

}  // namespace lossact::cli
#endif

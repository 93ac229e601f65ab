#include "program/functions.h"
#include <algorithm>
#include <fmt/format.h>
#include "text/suggest.h"

namespace lossact::cli {

const Function& function_named(std::string_view name) {
  if (const Function* function = find(name)) return *function;
  std::vector<std::string> names;
  for (const Function& function : functions()) names.emplace_back(function.name);
  throw UsageError(unknown("function", name, names));
}

std::vector<std::string> names_of(std::initializer_list<std::string_view> families) {
  std::vector<std::string> names;
  for (const Function& function : functions())
    if (std::ranges::find(families, function.family) != families.end()) names.emplace_back(function.name);
  return names;
}

std::string family_in_words(std::string_view family) {
  if (family == "activation") return "an activation, y = f(x)";
  if (family == "row_activation") return "an activation of rows, row to row";
  if (family == "pair_loss") return "a loss of pairs, input and target";
  if (family == "row_loss") return "a loss of rows, row and class";
  if (family == "information") return "a function of probabilities";
  return std::string(family);
}

std::pair<std::string, std::string> split_setting(const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == 0 || equals == setting.npos) throw UsageError(fmt::format("--set takes name=value, not '{}'", setting));
  return {setting.substr(0, equals), setting.substr(equals + 1)};
}

}  // namespace lossact::cli

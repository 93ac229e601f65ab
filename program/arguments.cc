#include "program/arguments.h"
#include <algorithm>

namespace lossact::cli {

bool of_probabilities(const Function& function) {
  const Constraint constraint = function.arguments.front().constraint;
  return !function.is_loss() && (constraint == Constraint::probability || constraint == Constraint::distribution);
}
bool by_rows(const Function& function) {
  const bool each_by_itself =
      function.output == Output::elements && function.arguments.front().constraint == Constraint::probability;
  return function.along_axis() && !each_by_itself;
}

bool has_curve(const Function& function) {
  return !function.is_gate() && (!function.along_axis() || function.of_surprise() || of_probabilities(function));
}

std::string kind_in_words(const Function& function) {
  const bool rows = by_rows(function);
  if (of_probabilities(function)) return "a function of probabilities";
  if (function.is_activation()) return rows ? "an activation of rows, row to row" : "an activation, y = f(x)";
  if (function.is_gate()) {
    std::string all;
    for (const std::size_t i : required_arguments(function))
      all.append(all.empty() ? "" : " and ").append(function.arguments[i].name);
    return "a gate, " + all + (function.halves() ? " of two halves" : "");
  }
  if (function.has_classes()) return "a loss of rows, row and class";
  const std::vector<std::size_t> required = required_arguments(function);
  if (required.size() == 2 && !rows) return "a loss of pairs, input and target";
  std::string all;
  for (std::size_t k = 0; k < required.size(); ++k)
    all.append(k == 0 ? "" : k + 1 == required.size() ? " and " : ", ").append(function.arguments[required[k]].name);
  return (rows ? "a loss of vectors, " : "a loss of elements, ") + all;
}

bool is_required(const ArgumentInfo& argument) { return argument.given() && !argument.optional && !argument.learned(); }
std::vector<std::size_t> required_arguments(const Function& function) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < function.arguments.size(); ++i)
    if (is_required(function.arguments[i])) places.push_back(i);
  return places;
}
std::size_t differentiated_argument(const Function& function) {
  const auto first = std::ranges::find(function.arguments, true, &ArgumentInfo::gradient);
  return static_cast<std::size_t>(first - function.arguments.begin());
}

}  // namespace lossact::cli

#include "cli/description.h"
#include <cmath>
#include <fmt/format.h>
#include "cli/number.h"

namespace lossact::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A default value as Python spells it, as JSON: 'mean', True, None, 0.5, nan.
Json from_python(const std::string& text) {
  if (text == "None") return nullptr;
  if (text == "True" || text == "False") return text == "True";
  if (text.size() >= 2 && text.front() == '\'') return text.substr(1, text.size() - 2);
  const std::optional<double> value = read_number(text);
  if (!value) return text;
  const bool integer = text.find_first_of(".en") == std::string::npos && std::abs(*value) < 9e15;
  return integer ? Json(static_cast<std::int64_t>(*value)) : Json(*value);
}

Json claim(const Function& function) {
  if (function.claim.text.empty()) return nullptr;
  return {{"against", function.claim.against}, {"text", function.claim.text}};
}

}  // namespace

Json description(const Function& function) {
  const Facts& facts = function.facts;
  Json parameters = Json::array(), kinks = Json::array();
  for (const ParameterInfo& p : function.parameters)
    parameters.push_back({{"name", p.name}, {"default", from_python(p.default_value)}, {"legal", p.legal}});
  for (const Kink& kink : facts.kinks) kinks.push_back({{"at", kink.at}, {"slope", kink.slope}});
  return {{"name", function.name},
          {"family", function.family},
          {"signature", function.signature},
          {"formula", function.formula},
          {"source", function.source},
          {"note", function.note.empty() ? Json(nullptr) : Json(function.note)},
          {"claim", claim(function)},
          {"compared", function.compared},
          {"parameters", std::move(parameters)},
          {"range", {facts.range.low, facts.range.high}},
          {"limits", {{"left", facts.left}, {"right", facts.right}}},
          {"saturates", facts.saturates()},
          {"increasing", facts.increasing},
          {"convex", facts.convex},
          {"odd", facts.odd},
          {"even", facts.even},
          {"lipschitz", facts.lipschitz},
          {"kinks", std::move(kinks)}};
}

std::string in_words(Interval interval) {
  return fmt::format("[{}, {}]", number_text(interval.low), number_text(interval.high));
}

std::string short_facts(const Function& function) {
  const Facts& facts = function.facts;
  std::string text = "range " + in_words(facts.range);
  std::vector<std::string> kinks;
  for (const Kink& kink : facts.kinks) kinks.push_back(number_text(kink.at));
  if (!kinks.empty()) text += fmt::format("; {} at {}", kinks.size() == 1 ? "kink" : "kinks", join(kinks));
  if (facts.saturates() != "none") text += fmt::format("; saturates {}", facts.saturates());
  return text;
}

std::string parameters_in_words(const Function& function) {
  std::string text;
  for (const ParameterInfo& p : function.parameters)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", p.name, p.default_value);
  return text;
}

}  // namespace lossact::cli

#include "program/description.h"
#include <cmath>
#include <optional>
#include <fmt/format.h>
#include "text/number.h"

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

/// What an enumeration's value is called; null for none.
template <class E>
Json name_of(std::optional<E> value) {
  for (const Choice<E>& choice : choices<E>)
    if (choice.value == value) return choice.name;
  return nullptr;
}

std::string limit_in_words(double limit) { return std::isnan(limit) ? "none" : number_text(limit); }

/// What the facts speak of, where it is not simply x.
std::string facts_of_what(std::string_view family) {
  if (family.starts_with("row_")) return "as a function of the surprise -log p of a class, p being its probability";
  if (family == "pair_loss") return "as a function of the input, at every fixed target";
  return {};
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
          {"summary", function.summary},
          {"formula", function.formula},
          {"source", function.source},
          {"note", function.note.empty() ? Json(nullptr) : Json(function.note)},
          {"claim", claim(function)},
          {"compared", function.compared},
          {"operand", name_of(std::optional(function.operand))},
          {"weight", function.weight},
          {"input", name_of(function.input)},
          {"output", name_of(function.output)},
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

std::string in_words(Meaning meaning) {
  std::string name = name_of(std::optional(meaning));
  if (name.starts_with("log_")) name = fmt::format("logarithms of {}", name.substr(4));
  return name;
}

std::vector<std::pair<std::string, std::string>> facts_in_words(const Function& function, const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> words;
  const auto add = [&](std::string what, std::string text) {
    if (!text.empty()) words.emplace_back(std::move(what), std::move(text));
  };
  if (function.input) add("input", in_words(*function.input));
  if (function.output) add("output", in_words(*function.output));
  if (function.operand == Operand::learned)
    add("weight", fmt::format("learned, from {} on", number_text(function.weight)));
  if (function.operand == Operand::uniform) add("slope", "drawn at random while training");
  add("facts", facts_of_what(function.family));
  add("range", in_words(facts.range));
  if (!std::isnan(facts.left) || !std::isnan(facts.right))
    add("limits",
        fmt::format("{} on the left, {} on the right", limit_in_words(facts.left), limit_in_words(facts.right)));
  add("saturates", std::string(facts.saturates()));
  std::vector<std::string> shape, kinks;
  if (facts.increasing) shape.emplace_back("increasing");
  if (facts.convex) shape.emplace_back("convex");
  if (facts.odd) shape.emplace_back("odd");
  if (facts.even) shape.emplace_back("even");
  add("shape", join(shape));
  add("steepness",
      std::isfinite(facts.lipschitz) ? fmt::format("at most {}", number_text(facts.lipschitz)) : "unbounded");
  for (const Kink& kink : facts.kinks)
    kinks.push_back(fmt::format("at {}, where the slope is taken as {:.6g}", number_text(kink.at), kink.slope));
  add("kinks", kinks.empty() ? "none" : join(kinks));
  return words;
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

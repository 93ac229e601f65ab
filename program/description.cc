#include "program/description.h"
#include <cmath>
#include <optional>
#include <fmt/format.h>
#include "lossact/options.h"
#include "lossact/registry.h"
#include "program/functions.h"
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
  if (function.about.claim.text.empty()) return nullptr;
  return {{"against", function.about.claim.against}, {"text", function.about.claim.text}};
}

/// What an enumeration's value is called; null for none.
template <class E>
Json name_of(std::optional<E> value) {
  for (const Choice<E>& choice : choices<E>)
    if (choice.value == value) return choice.name;
  return nullptr;
}

std::string limit_in_words(double limit) { return std::isnan(limit) ? "none" : number_text(limit); }

/// What the numbers of an array must be.
std::string_view in_words(Constraint constraint) {
  switch (constraint) {
    case Constraint::not_negative:
      return "numbers of 0 or more";
    case Constraint::probability:
      return "probabilities";
    case Constraint::distribution:
      return "probabilities that sum to 1";
    case Constraint::mask:
      return "0 or 1";
    case Constraint::sign:
      return "-1 or 1";
    case Constraint::none:
      break;
  }
  return "numbers";
}

std::string_view how_many(const Function& function, const ArgumentInfo& a) {
  if (a.extent != Extent::channel) return "one for each element";
  if (!a.weighs)
    return function.channels_last() ? "one for all or of the last axis" : "one for all or one for each channel";
  return by_rows(function) ? "one for each class" : "one for each channel";
}

Json argument(const ArgumentInfo& a) {
  return {{"name", a.name},
          {"extent", name_of(a.extent)},
          {"gradient", a.gradient},
          {"optional", a.optional},
          {"start", a.learned() ? Json(a.start) : Json(nullptr)},
          {"legal", in_words(a.constraint)},
          {"says", a.says.empty() ? Json(nullptr) : Json(a.says)}};
}

/// What the facts speak of, where it is not simply x.
std::string facts_of_what(const Function& function) {
  if (of_probabilities(function)) return {};
  if (function.of_surprise()) return "as a function of the surprise -log p of a class, p being its probability";
  if (function.is_loss() && !by_rows(function)) return "as a function of the input, at every fixed target";
  return {};
}

}  // namespace

Json description(const Function& function) {
  const Facts facts = function.facts_of_defaults();
  Json arguments = Json::array(), parameters = Json::array(), kinks = Json::array();
  for (const ArgumentInfo& a : function.arguments) arguments.push_back(argument(a));
  for (const ParameterInfo& p : function.parameters)
    parameters.push_back({{"name", p.name}, {"default", from_python(default_of(function, p))}, {"legal", legal(p)}});
  for (const Kink& kink : facts.kinks) kinks.push_back({{"at", kink.at}, {"slope", kink.slope}});
  return {{"name", function.name},
          {"topic", function.topic},
          {"signature", signature(function)},
          {"summary", function.summary},
          {"formula", function.about.formula},
          {"source", function.about.source},
          {"note", function.about.note.empty() ? Json(nullptr) : Json(function.about.note)},
          {"claim", claim(function)},
          {"compared", function.about.compared},
          {"input", name_of(function.input)},
          {"output", name_of(function.meaning)},
          {"arguments", std::move(arguments)},
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
  for (const ArgumentInfo& a : function.arguments) {
    if (a.learned()) add(std::string(a.name), fmt::format("learned, from {} on", number_text(a.start)));
    else if (a.extent == Extent::random)
      add(std::string(a.name), "drawn from [0, 1) for each element, at random while training");
    else if (function.input && &a == &function.arguments.front())
      add(std::string(a.name), in_words(*function.input) + (a.says.empty() ? "" : fmt::format(", {}", a.says)));
    else add(std::string(a.name), std::string(a.says));
  }
  if (function.meaning) add("output", in_words(*function.meaning));
  add("facts", facts_of_what(function));
  add("range", in_words(facts.range));
  if (!std::isnan(facts.left) || !std::isnan(facts.right))
    add("limits",
        fmt::format("{} on the left, {} on the right", limit_in_words(facts.left), limit_in_words(facts.right)));
  if (has_curve(function)) add("saturates", std::string(facts.saturates()));
  std::vector<std::string> shape, kinks;
  if (facts.increasing) shape.emplace_back("increasing");
  if (facts.convex) shape.emplace_back("convex");
  if (facts.odd) shape.emplace_back("odd");
  if (facts.even) shape.emplace_back("even");
  add("shape", join(shape));
  if (!has_curve(function)) return words;
  add("steepness",
      std::isfinite(facts.lipschitz) ? fmt::format("at most {}", number_text(facts.lipschitz)) : "unbounded");
  for (const Kink& kink : facts.kinks)
    kinks.push_back(fmt::format("at {}, where the slope is taken as {:.6g}", number_text(kink.at), kink.slope));
  add("kinks", kinks.empty() ? "none" : join(kinks));
  return words;
}

std::string short_facts(const Function& function) {
  const Facts facts = function.facts_of_defaults();
  std::string text = "range " + in_words(facts.range);
  std::vector<std::string> kinks;
  for (const Kink& kink : facts.kinks) kinks.push_back(number_text(kink.at));
  if (!kinks.empty()) text += fmt::format("; {} at {}", kinks.size() == 1 ? "kink" : "kinks", join(kinks));
  if (facts.saturates() != "none") text += fmt::format("; saturates {}", facts.saturates());
  return text;
}

std::vector<Setting> settings_of(const Function& function) {
  std::vector<Setting> settings;
  for (const ArgumentInfo& a : function.arguments) {
    if (!a.given() || is_required(a)) continue;
    settings.push_back({.name = a.name,
                        .default_value = a.learned() ? number_text(a.start) : "None",
                        .legal = fmt::format("{}, {}", in_words(a.constraint), how_many(function, a))});
  }
  for (const ParameterInfo& p : function.parameters)
    settings.push_back({.name = p.name, .default_value = default_of(function, p), .legal = legal(p)});
  return settings;
}

std::string settings_in_words(const Function& function) {
  std::string text;
  for (const Setting& setting : settings_of(function))
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", setting.name, setting.default_value);
  return text;
}

}  // namespace lossact::cli

// Options as text.
#include "lossact/options.h"
#include <algorithm>
#include <charconv>
#include <cstring>
#include "lossact/error.h"
#include "src/check/check.h"

namespace lossact {
namespace {

template <class T>
T value_at(const ParameterInfo& p, const void* options) {
  T value;
  std::memcpy(&value, p.at(const_cast<void*>(options)), sizeof value);
  return value;
}
template <class T>
bool read(std::string_view text, T& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}
bool within(Interval legal, double v) {
  return (legal.low == -inf && legal.high == inf) || (v >= legal.low && v <= legal.high);
}
/// Nothing where the text is no number of that kind, or not a legal one.
template <class T>
bool set_number(const ParameterInfo& p, std::string_view text, void* options) {
  T value{};
  if (!read(text, value) || !within(p.legal, static_cast<double>(value))) return false;
  std::memcpy(p.at(options), &value, sizeof value);
  return true;
}
bool set_value(const ParameterInfo& p, std::string_view text, void* options) {
  switch (p.kind) {
    case Kind::real:
      return set_number<double>(p, text, options);
    case Kind::integer:
      return set_number<std::int64_t>(p, text, options);
    case Kind::natural:
      return set_number<std::uint64_t>(p, text, options);
    case Kind::boolean: {
      const bool yes = text == "true" || text == "True";
      if (!yes && text != "false" && text != "False") return false;
      std::memcpy(p.at(options), &yes, sizeof yes);
      return true;
    }
    case Kind::choice:
      break;
  }
  const auto choice = std::ranges::find(p.choices, text, &Choice<int>::name);
  if (choice == p.choices.end()) return false;
  std::memcpy(p.at(options), &choice->value, sizeof choice->value);
  return true;
}
[[noreturn]] void refuse(const Function& f, std::string_view name, std::string_view found, std::string_view expected) {
  throw domain_error(said_by(f).append(name).append(" is ").append(found).append(", expected ").append(expected));
}
std::string quoted(std::string_view text) { return std::string(1, '\'').append(text).append(1, '\''); }

bool is_legal(const ParameterInfo& p, const void* options) {
  switch (p.kind) {
    case Kind::real:
      return within(p.legal, value_at<double>(p, options));
    case Kind::integer:
      return within(p.legal, static_cast<double>(value_at<std::int64_t>(p, options)));
    case Kind::natural:
      return within(p.legal, static_cast<double>(value_at<std::uint64_t>(p, options)));
    case Kind::boolean:
      return true;
    case Kind::choice:
      break;
  }
  return std::ranges::find(p.choices, value_at<int>(p, options), &Choice<int>::value) != p.choices.end();
}

}  // namespace

std::string number_text(double value) {
  char buffer[64];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}
std::string shown(const ParameterInfo& p, const void* options) {
  switch (p.kind) {
    case Kind::real:
      return number_text(value_at<double>(p, options));
    case Kind::integer:
      return std::to_string(value_at<std::int64_t>(p, options));
    case Kind::natural:
      return std::to_string(value_at<std::uint64_t>(p, options));
    case Kind::boolean:
      return value_at<bool>(p, options) ? "True" : "False";
    case Kind::choice:
      break;
  }
  const int value = value_at<int>(p, options);
  const auto choice = std::ranges::find(p.choices, value, &Choice<int>::value);
  return choice == p.choices.end() ? "a choice that is not offered" : quoted(choice->name);
}
std::string default_of(const Function& function, const ParameterInfo& parameter) {
  return shown(parameter, function.defaults);
}

std::string legal(const ParameterInfo& p) {
  if (p.kind == Kind::boolean) return "true | false";
  std::string text;
  if (p.kind == Kind::choice) {
    for (const Choice<int>& choice : p.choices) text.append(text.empty() ? "" : " | ").append(choice.name);
    return text;
  }
  text = p.kind == Kind::natural ? "an integer of 0 or more" : p.kind == Kind::integer ? "an integer" : "a number";
  const auto [low, high] = p.legal;
  if (low == -inf && high == inf) return text;
  if (high == inf) return text.append(", ").append(number_text(low)).append(" or more");
  return text.append(" in [").append(number_text(low)).append(", ").append(number_text(high)).append("]");
}

const ParameterInfo* parameter_of(const Function& function, std::string_view name) {
  const auto found = std::ranges::find(function.parameters, name, &ParameterInfo::name);
  return found == function.parameters.end() ? nullptr : &*found;
}

void check_options(const Function& f, const void* options) {
  if (f.legal(options)) return;
  for (const ParameterInfo& p : f.parameters)
    if (!is_legal(p, options)) refuse(f, p.name, shown(p, options), legal(p));
  throw domain_error(said_by(f).append(f.refusal(options)));
}

Options::Options(const Function& function) : function_(&function) {
  if (function.options_size > kMost || function.arguments.size() > kMostArguments)
    throw error(said_by(function) + "has more options than there is room for");
  std::memcpy(bytes_.data(), function.defaults, function.options_size);
  for (std::size_t i = 0; i < function.arguments.size(); ++i)
    if (function.arguments[i].learned()) set_numbers(i, {function.arguments[i].start});
}

void Options::set(std::string_view name, std::string_view text) {
  if (const ParameterInfo* const p = parameter_of(*function_, name)) {
    if (!set_value(*p, text, data())) refuse(*function_, name, quoted(text), legal(*p));
    return;
  }
  for (std::size_t i = 0; i < function_->arguments.size(); ++i) {
    const ArgumentInfo& a = function_->arguments[i];
    if (a.name != name || !a.given() || !(a.optional || a.learned())) continue;
    std::vector<double> numbers;
    for (std::size_t from = 0, to; from <= text.size(); from = to + 1) {
      to = std::min(text.find(',', from), text.size());
      double number = 0;
      if (!read(text.substr(from, to - from), number) || (a.constraint == Constraint::not_negative && number < 0))
        refuse(*function_, name, quoted(text),
               a.constraint == Constraint::not_negative ? "numbers of 0 or more with commas between them"
                                                        : "numbers with commas between them");
      numbers.push_back(number);
    }
    set_numbers(i, std::move(numbers));
    return;
  }
  std::string message = said_by(*function_).append("has no parameter '").append(name).append("'");
  std::string_view separator = "; it has ";
  const auto add = [&](std::string_view other) { message.append(separator).append(other), separator = ", "; };
  for (const ArgumentInfo& a : function_->arguments)
    if (a.given() && (a.optional || a.learned())) add(a.name);
  for (const ParameterInfo& p : function_->parameters) add(p.name);
  throw domain_error(message);
}

void Options::set_draws(bool draws, std::uint64_t seed) {
  const ParameterInfo *const training = parameter_of(*function_, "training"), *const of =
                                                                                  parameter_of(*function_, "seed");
  if (!training || !of) return;
  std::memcpy(training->at(data()), &draws, sizeof draws);
  std::memcpy(of->at(data()), &seed, sizeof seed);
}

}  // namespace lossact

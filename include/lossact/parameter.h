// Parameters as text: read, shown and checked by their type, so that command line, documentation and Python are folds
// over P::parameters.
#ifndef LOSSACT_PARAMETER_H_
#define LOSSACT_PARAMETER_H_
#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include "lossact/error.h"
#include "lossact/facts.h"

namespace lossact {

/// Options set by name. It owns the numbers that a Weights parameter looks at, so the options live as long as it does.
template <class P>
struct Settings {
  P options = {};
  std::deque<std::vector<double>> storage = {};
};

namespace detail {
template <class T>
T number_of(std::string_view text, bool& good) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  good = failure == std::errc() && end == text.data() + text.size() && !text.empty();
  return value;
}
/// The shortest text that reads back as the same number, as Python prints it: 1.0, 0.01, 1e-08, inf.
template <class T>
std::string number_text(T value) {
  char buffer[64];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  if constexpr (std::is_floating_point_v<T>)
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}
/// A mean over rows needs to know how many there are, so only a loss with a member `rows` offers it.
template <class P, class E>
constexpr bool offers(E choice) {
  if constexpr (std::is_same_v<E, Reduction> && !requires(P p) { p.rows; }) return choice != Reduction::batchmean;
  else return true;
}
inline bool within(Interval legal, double v) {
  return (legal.low == -inf && legal.high == inf) || (v >= legal.low && v <= legal.high);
}
template <class P>
[[noreturn]] void refuse(std::string_view parameter, std::string_view found, std::string_view expected) {
  std::string message = "[";
  message.append(P::about.name).append("] ").append(parameter).append(" is ").append(found);
  throw domain_error(message.append(", expected ").append(expected));
}
}  // namespace detail

/// The value of a parameter as Python spells it.
template <class T>
std::string shown(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    for (const auto& choice : choices<T>)
      if (choice.value == value) return std::string(1, '\'').append(choice.name).append(1, '\'');
    return "an unnamed choice";
  } else if constexpr (std::is_same_v<T, bool>) return value ? "True" : "False";
  else if constexpr (std::is_same_v<T, Weights>) {
    if (value.empty()) return "None";
    std::string list;
    for (const double w : value) list.append(list.empty() ? "[" : ", ").append(detail::number_text(w));
    return list.append("]");
  } else return detail::number_text(value);
}

/// Which values a parameter may take, in words.
template <class P, class T>
std::string legal(const Parameter<P, T>& parameter) {
  if constexpr (std::is_enum_v<T>) {
    std::string list;
    for (const auto& choice : choices<T>)
      if (detail::offers<P>(choice.value)) list.append(list.empty() ? "" : " | ").append(choice.name);
    return list;
  } else if constexpr (std::is_same_v<T, bool>) return "true | false";
  else {
    const auto [low, high] = parameter.legal;
    std::string kind = std::is_same_v<T, Weights> ? "numbers with commas between them"
                       : std::is_unsigned_v<T>    ? "an integer of 0 or more"
                       : std::is_integral_v<T>    ? "an integer"
                                                  : "a number";
    if (low == -inf && high == inf) return kind;
    if (high == inf) return kind.append(", ").append(detail::number_text(low)).append(" or more");
    return kind.append(" in [")
        .append(detail::number_text(low))
        .append(", ")
        .append(detail::number_text(high))
        .append("]");
  }
}

namespace detail {
/// Throws domain_error unless every parameter is legal, and what spans several of them (the file's `refusal`) too.
template <class P>
void check(const P& options) {
  const auto one = [&]<class T>(const Parameter<P, T>& parameter) {
    const T& value = options.*parameter.value;
    if constexpr (std::is_enum_v<T>) {
      for (const auto& choice : choices<T>)
        if (choice.value == value && offers<P>(value)) return;
      refuse<P>(parameter.name, shown(value), legal(parameter));
    } else if constexpr (std::is_same_v<T, Weights>) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        double w;
        std::memcpy(&w, static_cast<const void*>(value.data() + i), sizeof w);  // at any address
        if (!within(parameter.legal, w)) refuse<P>(parameter.name, shown(w), legal(parameter));
      }
    } else if constexpr (!std::is_same_v<T, bool>) {
      if (!within(parameter.legal, static_cast<double>(value)))
        refuse<P>(parameter.name, shown(value), legal(parameter));
    }
  };
  std::apply([&](const auto&... parameter) { (one(parameter), ...); }, P::parameters);
  if constexpr (requires { options.refusal(); })
    if (const std::string_view why = options.refusal(); !why.empty())
      throw domain_error(std::string("[").append(P::about.name).append("] ").append(why));
}
}  // namespace detail

/// name = text, read by the parameter's type. Throws domain_error, with the legal values in words, where the text is
/// none of them, and where there is no such parameter. What spans several parameters is checked when they are used.
template <class P>
void set(Settings<P>& settings, std::string_view name, std::string_view text) {
  const auto read = [&]<class T>(const Parameter<P, T>& parameter) {
    if (parameter.name != name) return false;
    T& value = settings.options.*parameter.value;
    const auto refuse = [&] {
      detail::refuse<P>(name, std::string(1, '\'').append(text).append(1, '\''), legal(parameter));
    };
    const auto number = [&]<class N>(N, std::string_view part) {
      bool good = true;
      const N read_number = detail::number_of<N>(part, good);
      if (!good || !detail::within(parameter.legal, static_cast<double>(read_number))) refuse();
      return read_number;
    };
    if constexpr (std::is_enum_v<T>) {
      for (const auto& choice : choices<T>)
        if (choice.name == text && detail::offers<P>(choice.value)) return value = choice.value, true;
      refuse();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (text != "true" && text != "false" && text != "True" && text != "False") refuse();
      value = text == "true" || text == "True";
    } else if constexpr (std::is_same_v<T, Weights>) {
      std::vector<double> numbers;
      for (std::size_t from = 0, to; from <= text.size(); from = to + 1) {
        to = std::min(text.find(',', from), text.size());
        numbers.push_back(number(double(), text.substr(from, to - from)));
      }
      value = settings.storage.emplace_back(std::move(numbers));
    } else {
      value = number(T(), text);
    }
    return true;
  };
  const bool known = std::apply([&](const auto&... parameter) { return (read(parameter) || ...); }, P::parameters);
  if (known) return;
  std::string message = "[";
  message.append(P::about.name).append("] has no parameter '").append(name).append("'");
  std::string_view separator = "; it has ";
  std::apply(
      [&](const auto&... parameter) { ((message.append(separator).append(parameter.name), separator = ", "), ...); },
      P::parameters);
  throw domain_error(message);
}

/// A parameter for a reader.
struct ParameterInfo {
  std::string_view name;
  std::string default_value, legal;
};

/// The parameters of P with their defaults, as Python spells them.
template <class P>
std::vector<ParameterInfo> parameters_of() {
  const P defaults;
  return std::apply(
      [&](const auto&... parameter) {
        return std::vector<ParameterInfo>{
            ParameterInfo{parameter.name, shown(defaults.*(parameter.value)), legal(parameter)}...};
      },
      P::parameters);
}

}  // namespace lossact
#endif

#include "text/number.h"
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <fmt/format.h>

namespace lossact::cli {

namespace {
/// Infinite for what is too large for a double, and 0 for what is too small.
std::optional<double> read_any_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return {};
  if (failure == std::errc()) return value;
  // Too large or too small: which it is strtod says. It agrees with from_chars on what a number is.
  return std::strtod(std::string(text).c_str(), nullptr);
}
bool says_infinity(std::string_view text) { return text.find_first_of("0123456789") == text.npos; }
}  // namespace

std::optional<double> read_number(std::string_view text) {
  const std::optional<double> value = read_any_number(text);
  if (value && std::isinf(*value) && !says_infinity(text)) return {};
  return value;
}

bool is_beyond_double(std::string_view text) {
  const std::optional<double> value = read_any_number(text);
  return value && std::isinf(*value) && !says_infinity(text);
}

std::string number_text(double value) {
  if (value != value) return "nan";  // whatever its sign
  return fmt::format("{}", value);
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t from = 0, to; from <= list.size(); from = to + 1) {
    to = std::min(list.find(',', from), list.size());
    std::string_view part = list.substr(from, to - from);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
  }
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text.append(i == 0 ? "" : i + 1 == parts.size() ? last : ", ").append(parts[i]);
  return text;
}

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace lossact::cli

#include "text/amount.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>
#include <fmt/format.h>
#include "text/number.h"

namespace lossact::cli {
namespace {

constexpr std::array spaces = {std::string_view(" "), std::string_view("\u00A0"), std::string_view("\u2009"),
                               std::string_view("\u202F")};
constexpr std::array apostrophes = {std::string_view("'"), std::string_view("\u2019"), std::string_view("_")};
constexpr std::array currencies = {std::string_view("$"), std::string_view("€"), std::string_view("£"),
                                   std::string_view("¥"), std::string_view("₹"), std::string_view("₽"),
                                   std::string_view("₩"), std::string_view("₺"), std::string_view("₪"),
                                   std::string_view("₫"), std::string_view("฿"), std::string_view("¢")};
constexpr std::array currency_codes = {
    std::string_view("USD"), std::string_view("EUR"), std::string_view("GBP"), std::string_view("JPY"),
    std::string_view("CNY"), std::string_view("CHF"), std::string_view("CAD"), std::string_view("AUD"),
    std::string_view("INR"), std::string_view("SEK"), std::string_view("NOK"), std::string_view("DKK"),
    std::string_view("PLN"), std::string_view("BRL"), std::string_view("MXN"), std::string_view("RUB"),
    std::string_view("KRW"), std::string_view("TRY"), std::string_view("ZAR"), std::string_view("US$")};
constexpr std::array minus_signs = {std::string_view("-"), std::string_view("\u2212")};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Takes one of some words off the front, and says which.
std::string_view take(std::string_view& text, const auto& words) {
  for (const std::string_view word : words)
    if (text.starts_with(word)) {
      text.remove_prefix(word.size());
      return word;
    }
  return {};
}
bool take_last(std::string_view& text, const auto& words) {
  for (const std::string_view word : words)
    if (text.ends_with(word)) {
      text.remove_suffix(word.size());
      return true;
    }
  return false;
}
void trim(std::string_view& text) {
  while (!take(text, spaces).empty()) continue;
  while (take_last(text, spaces)) continue;
}
std::string_view take_digits(std::string_view& text) {
  const std::size_t size =
      std::min(text.size(), static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

/// What stands between thousands at the front, if three digits follow, or two as in 12,34,567.
std::string_view separator_of(std::string_view text, Decimal decimal) {
  std::string_view rest = text;
  std::string_view separator = take(rest, std::array{std::string_view(decimal == Decimal::point ? "," : ".")});
  if (separator.empty()) separator = take(rest, spaces);
  if (separator.empty()) separator = take(rest, apostrophes);
  const std::size_t digits = separator.empty() ? 0 : take_digits(rest).size();
  return digits == 3 || digits == 2 ? separator : std::string_view();
}

/// 1,234,567 or, as in India, 12,34,567.
bool are_groups(std::size_t first, const std::vector<std::size_t>& others) {
  const bool threes = std::ranges::all_of(others, [](std::size_t size) { return size == 3; });
  const bool twos = std::all_of(others.begin(), others.end() - 1, [](std::size_t size) { return size == 2; });
  return others.back() == 3 && ((threes && first <= 3) || (twos && first <= 2));
}

/// Takes the digits of an amount off the front; as read_number reads them, or nothing where there are none.
std::string take_number(std::string_view& text, Decimal decimal, bool& grouped) {
  std::string number(take_digits(text));
  const std::string_view separator = number.empty() ? std::string_view() : separator_of(text, decimal);
  if (!separator.empty()) {
    const std::size_t first = number.size();
    std::vector<std::size_t> groups;
    while (text.starts_with(separator) && text.size() > separator.size() && is_digit(text[separator.size()])) {
      text.remove_prefix(separator.size());
      const std::string_view digits = take_digits(text);
      groups.push_back(digits.size());
      number += digits;
    }
    if (number[0] == '0' || !are_groups(first, groups)) return {};
    grouped = true;
  }
  const char mark = decimal == Decimal::point ? '.' : ',';
  if (text.starts_with(mark) && text.size() > 1 && is_digit(text[1])) {
    text.remove_prefix(1);
    number.append(".").append(take_digits(text));
  }
  if (number.empty()) return {};
  if (std::string_view rest = text; rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    std::string exponent = "e";
    if (rest.starts_with('-') || rest.starts_with('+')) exponent += rest[0], rest.remove_prefix(1);
    if (const std::string_view digits = take_digits(rest); !digits.empty())
      number.append(exponent).append(digits), text = rest;
  }
  return number;
}

/// What may stand behind a number: letters and signs, no digit, and no list or range.
bool is_unit(std::string_view text) {
  constexpr std::size_t longest = 12;
  return text.size() <= longest && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || static_cast<unsigned char>(c) >= 0x80 || c == '%' || c == '$' || c == '/';
         });
}

}  // namespace

std::optional<Amount> read_amount(std::string_view text, Decimal decimal) {
  constexpr std::size_t longest = 64;
  if (text.size() > longest || std::ranges::none_of(text, is_digit)) return {};
  trim(text);
  Amount amount;
  if (text.starts_with('(') && text.ends_with(')')) {
    amount.in_parentheses = true;
    text = text.substr(1, text.size() - 2);
    trim(text);
  }
  bool negative = amount.in_parentheses, has_sign = amount.in_parentheses;
  const auto take_sign = [&] {
    if (has_sign) return;
    const bool minus = !take(text, minus_signs).empty();
    has_sign = minus || !take(text, std::array{std::string_view("+")}).empty();
    negative |= minus;
    if (has_sign) trim(text);
  };
  take_sign();
  std::string_view unit = take(text, currency_codes);
  if (unit.empty()) unit = take(text, currencies);
  trim(text);
  if (!unit.empty()) take_sign();
  const std::string number = take_number(text, decimal, amount.grouped);
  if (number.empty()) return {};
  if (!has_sign && take_last(text, minus_signs)) negative = true;
  trim(text);
  if (!is_unit(text) || !(text.empty() || unit.empty())) return {};
  amount.unit = unit.empty() ? text : unit;
  const std::optional<double> value = read_number(number);
  amount.value = (negative ? -1 : 1) * value.value_or(inf);
  return amount;
}

bool is_certain_unit(std::string_view unit) {
  return unit == "%" || unit == "‰" || std::ranges::find(currencies, unit) != currencies.end() ||
         std::ranges::find(currency_codes, unit) != currency_codes.end();
}

std::optional<std::string> exact_number(std::string_view text) {
  if (const std::optional<double> value = read_number(text); !value || !std::isfinite(*value)) return {};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  long long exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != text.npos) {
    const char* from = text.data() + e + 1;
    if (*from == '+') ++from;
    // A number this small is zero as a double, whatever its exponent is.
    if (std::from_chars(from, text.data() + text.size(), exponent).ec != std::errc()) exponent = -(1LL << 60);
    text = text.substr(0, e);
  }
  std::string digits;
  if (const std::size_t point = text.find('.'); point != text.npos) {
    digits.append(text.substr(0, point)).append(text.substr(point + 1));
    exponent -= static_cast<long long>(text.size() - point - 1);
  } else {
    digits = text;
  }
  digits.erase(0, digits.find_first_not_of('0'));
  while (digits.ends_with('0')) digits.pop_back(), ++exponent;
  if (digits.empty()) return "0e0";
  return fmt::format("{}{}e{}", negative ? "-" : "", digits, exponent);
}

}  // namespace lossact::cli

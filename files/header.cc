#include "files/header.h"
#include <algorithm>
#include <cmath>
#include <set>
#include <fmt/format.h>
#include "text/amount.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

constexpr std::size_t most_rows = 1000;  // that are looked at

std::optional<double> number_in(std::string_view cell) {
  if (const std::optional<double> value = read_number(cell)) return value;
  for (const Decimal decimal : {Decimal::point, Decimal::comma})
    if (const std::optional<Amount> amount = read_amount(cell, decimal)) return amount->value;
  return {};
}

/// The values beneath a cell of the first line.
struct Beneath {
  bool numbers = false;                   // most are
  std::optional<std::size_t> again = {};  // a row that has the cell once more
  bool repeats = false;                   // most values are there twice or more
};
Beneath beneath(const Csv& csv, std::size_t column, std::string_view cell, const std::set<std::string_view>& missing) {
  Beneath found;
  std::set<std::string_view> distinct;
  std::size_t numbers = 0, known = 0;
  for (std::size_t row = 0; row < std::min(csv.rows(), most_rows); ++row) {
    const std::string_view value = csv.cell(row, column);
    if (value.empty() || missing.contains(value)) continue;
    ++known;
    const bool is_number = number_in(value).has_value();
    numbers += is_number;
    if (is_number) continue;
    distinct.insert(value);
    if (value == cell && !found.again) found.again = row;
  }
  found.numbers = 2 * numbers > known;
  found.repeats = 2 * distinct.size() <= known;
  return found;
}

/// Numbers as names: 0, 1, 2, ... as pandas writes them, or years.
bool count_up(const std::vector<double>& numbers) {
  if (numbers.size() < 3 || (numbers[0] != 0 && numbers[0] != 1)) return false;
  for (std::size_t i = 1; i < numbers.size(); ++i)
    if (numbers[i] != numbers[i - 1] + 1) return false;
  return true;
}
bool are_years(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double x) { return x >= 1500 && x < 2200 && std::floor(x) == x; }) &&
         std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
}

}  // namespace

HeaderEvidence find_header(const Csv& csv) {
  static const std::vector<std::string> words = default_na_values();
  const std::set<std::string_view> missing(words.begin(), words.end());
  std::vector<double> numbers;  // that stand above numbers
  std::optional<std::string> name, value, fraction, number;
  bool likely_name = false, texts_above_texts = false;
  for (std::size_t column = 0; column < csv.columns(); ++column) {
    const std::string& cell = csv.header[column];
    if (cell.empty() || missing.contains(cell)) continue;
    const Beneath below = beneath(csv, column, cell, missing);
    const std::optional<double> x = number_in(cell);
    if (x && below.numbers) {
      numbers.push_back(*x);
      if (!number) number = fmt::format("'{}' is a number above numbers", cell);
      if (std::floor(*x) != *x && !fraction) fraction = fmt::format("'{}' is a value, not a name", cell);
    } else if (below.again && !below.numbers) {
      if (!value) value = fmt::format("'{}' is a value, again in line {}", cell, csv.lines[*below.again]);
    } else if (below.numbers) {
      if (!name) name = fmt::format("'{}' stands above numbers", cell);
    } else {
      texts_above_texts = true;
      likely_name |= below.repeats;
    }
  }
  if (!name && csv.columns() > 1 && csv.header[0].empty()) name = "its first cell is empty, as above an index";
  const auto found = [](Header header, bool doubtful, std::string why) {
    return HeaderEvidence{.found = header, .doubtful = doubtful, .why = std::move(why)};
  };
  const bool names = count_up(numbers) || (numbers.size() > 1 && are_years(numbers));
  if (name && !value && (names || are_years(numbers))) return found(Header::yes, false, *name);
  if (name) return found(Header::yes, true, fmt::format("{}, but {}", *name, value.value_or(number.value_or(""))));
  if (value && likely_name && !fraction)
    return found(Header::yes, true, *value + ", but another cell is none of its column's values");
  if (fraction || value) return found(Header::no, false, value.value_or(fraction.value_or("")));
  if (numbers.empty())
    return found(Header::yes, false, likely_name ? "it has none of the columns' values" : "nothing speaks against it");
  if (names && are_years(numbers) && texts_above_texts) return found(Header::yes, false, "it has years");
  if (!names && !texts_above_texts) return found(Header::no, false, "it has only numbers, as the other lines");
  return found(likely_name || names ? Header::yes : Header::no, true, *number);
}

}  // namespace lossact::cli

#include "experiment/table/column.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include "text/amount.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

constexpr std::size_t point = static_cast<std::size_t>(Decimal::point),
                      comma = static_cast<std::size_t>(Decimal::comma);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// NaN for what is no number, and infinite for what is too large.
double plain_number(std::string_view cell) {
  if (const std::optional<double> value = read_number(cell)) return *value;
  if (!is_beyond_double(cell)) return nan;
  return cell.starts_with('-') ? -inf : inf;
}
std::string_view without_sign(std::string_view cell) {
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  return cell;
}
/// A whole number that is written out, and is another one as a double.
bool is_inexact(std::string_view cell, double x) {
  constexpr double exact = 9007199254740992;  // 2^53
  const std::string_view digits = without_sign(cell);
  if (!(std::abs(x) >= exact) || !std::ranges::all_of(digits, is_digit)) return false;
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return fmt::format("{:.0f}", std::abs(x)) != digits.substr(zeros);
}
void set_first(Survey::Row& row, std::size_t now) {
  if (!row) row = now;
}
void refuse(Survey& survey, std::size_t decimal, std::size_t row) {
  ++survey.refused[decimal];
  set_first(survey.first_refused[decimal], row);
}
void add_text(Survey& survey, std::string_view cell) {
  if (survey.texts.size() > Survey::most_texts || std::ranges::find(survey.texts, cell) != survey.texts.end()) return;
  survey.texts.emplace_back(cell);
}

/// Can the point stand between thousands? It is asked of each number, so most are answered here.
bool may_be_grouped(std::string_view number, std::size_t place) {
  const auto digit = [&](std::size_t i) { return i < number.size() && is_digit(number[i]); };
  return digit(place + 1) && digit(place + 2) && digit(place + 3) && !digit(place + 4);
}

void add_plain(Survey& survey, std::string_view cell, double x, std::size_t row) {
  if (const std::size_t place = cell.find('.'); place != cell.npos) {
    std::optional<Amount> other;
    if (may_be_grouped(cell, place)) other = read_amount(cell, Decimal::comma);
    if (!other) refuse(survey, comma, row);
    else if (other->value != x) set_first(survey.differs, row);
  }
  const std::string_view digits = without_sign(cell);
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) set_first(survey.leading_zero, row);
  if (!survey.inexact && is_inexact(cell, x)) survey.inexact = row;
  if (survey.known == 1) survey.start = x - static_cast<double>(row);
  survey.counts = survey.counts && x == survey.start + static_cast<double>(row);
}

/// Gives what it is with a decimal point.
double add_other(Survey& survey, std::string_view cell, std::size_t row) {
  survey.counts = false;
  const std::optional<Amount> with_point = read_amount(cell, Decimal::point),
                              with_comma = read_amount(cell, Decimal::comma);
  if (!with_point) refuse(survey, point, row);
  if (!with_comma) refuse(survey, comma, row);
  if (with_point && with_comma && with_point->value != with_comma->value) set_first(survey.differs, row);
  if (!with_point && !with_comma) {
    add_text(survey, cell);
    return nan;
  }
  const Amount& amount = with_point ? *with_point : *with_comma;
  set_first(survey.amount, row);
  if (with_point && with_point->grouped) set_first(survey.grouped[point], row);
  if (with_comma && with_comma->grouped) set_first(survey.grouped[comma], row);
  if (amount.in_parentheses) set_first(survey.in_parentheses, row);
  if (!amount.unit.empty()) {
    if (survey.with_unit++ == 0) survey.unit = amount.unit, survey.with_unit_first = row;
    else if (amount.unit != survey.unit) set_first(survey.other_unit, row);
  }
  return with_point ? with_point->value : nan;
}

}  // namespace

MissingWords::MissingWords(const TableOptions& options) : words_(options.na_values.value_or(default_na_values())) {
  for (const std::string& word : words_) {
    set_.insert(word);
    longest_ = std::max(longest_, word.size());
    have_numbers_ |= !std::isnan(plain_number(word));
  }
}

bool MissingWords::contains(std::string_view cell) const {
  return cell.empty() || (cell.size() <= longest_ && set_.contains(cell));
}

double number_of(std::string_view cell, Decimal decimal) {
  if (decimal == Decimal::point || cell.find('.') == cell.npos)
    if (const double x = plain_number(cell); !std::isnan(x)) return x;
  const std::optional<Amount> amount = read_amount(cell, decimal);
  return amount ? amount->value : nan;
}

SurveyedColumns survey(const Csv& csv, const MissingWords& missing) {
  SurveyedColumns result;
  result.columns = {.name = csv.file, .names = csv.header, .numbers = {}, .rows = csv.rows()};
  result.columns.numbers.reserve(csv.rows() * csv.columns());
  result.surveys.resize(csv.columns());
  for (std::size_t row = 0; row < csv.rows(); ++row)
    for (std::size_t column = 0; column < csv.columns(); ++column) {
      const std::string_view cell = csv.cell(row, column);
      Survey& survey = result.surveys[column];
      double x = plain_number(cell);
      if ((std::isnan(x) || missing.have_numbers()) && missing.contains(cell)) {
        survey.counts = false;
        ++survey.missing_words[std::string(cell)];
        x = nan;
      } else {
        ++survey.known;
        if (std::isnan(x)) x = add_other(survey, cell, row);
        else add_plain(survey, cell, x, row);
        if (std::abs(x) > largest_number) set_first(survey.too_large, row), add_text(survey, cell);
      }
      result.columns.numbers.push_back(x);
    }
  result.columns.place = [&csv](std::size_t row, std::size_t column) {
    return fmt::format("{}:{}: column '{}'", csv.file, csv.lines[row], csv.header[column]);
  };
  return result;
}

}  // namespace lossact::cli

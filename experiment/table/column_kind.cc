#include "experiment/table/column_kind.h"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include "text/amount.h"
#include "experiment/table/usage_error.h"
#include "text/number.h"
#include "text/suggest.h"

namespace lossact::cli {
namespace {

/// Can --na-values have it between its commas?
bool may_be_listed(std::string_view word) {
  return word.find(',') == word.npos && !word.starts_with(' ') && !word.ends_with(' ');
}
bool is_infinity(std::string_view cell) { return cell.find_first_of("0123456789") == cell.npos; }

}  // namespace

Settle dropping(const std::string& column) {
  return [column](TableOptions& options) {
    std::erase(options.numbers, column), std::erase(options.categories, column);
    options.drop.push_back(column);
  };
}

std::string shown(std::string_view cell) {
  constexpr std::size_t longest = 60;
  std::size_t end = std::min(cell.size(), longest);
  while (end < cell.size() && end > 0 && (static_cast<unsigned char>(cell[end]) & 0xC0) == 0x80) --end;
  std::string text(cell.substr(0, end));
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return end < cell.size() ? text + "..." : text;
}

std::size_t column_named(const Columns& columns, const std::string& name) {
  const auto place = std::ranges::find(columns.names, name);
  if (place == columns.names.end())
    throw UsageError(fmt::format("{}: {}", columns.name, unknown("column", name, columns.names)));
  return static_cast<std::size_t>(place - columns.names.begin());
}
std::vector<std::size_t> columns_named(const Columns& columns, const std::vector<std::string>& given) {
  std::vector<std::size_t> found;
  for (const std::string& list : given) {
    const bool whole = std::ranges::find(columns.names, list) != columns.names.end();
    for (const std::string& name : whole ? std::vector{list} : split_list(list))
      found.push_back(column_named(columns, name));
  }
  return found;
}

KindsOfColumns::KindsOfColumns(const Csv& csv, const SurveyedColumns& surveyed, const TableOptions& options,
                               std::vector<Problem>& problems, std::vector<std::string>& notes)
    : csv_(csv),
      surveyed_(surveyed),
      options_(options),
      problems_(problems),
      notes_(notes),
      numbers_(csv.columns()),
      categories_(csv.columns()) {
  for (const std::size_t column : columns_named(surveyed.columns, options.numbers)) numbers_[column] = true;
  for (const std::size_t column : columns_named(surveyed.columns, options.categories)) {
    if (numbers_[column])
      throw UsageError(fmt::format("column '{}' cannot be both --numbers and --categories", name(column)));
    categories_[column] = true;
  }
}

std::string KindsOfColumns::cell(std::size_t row, std::size_t column) const { return shown(csv_.cell(row, column)); }
void KindsOfColumns::add(std::size_t row, std::size_t column, const std::string& what, std::vector<Settle> settle) {
  problems_.push_back({fmt::format("{}: {}", surveyed_.columns.place(row, column), what), std::move(settle)});
}
std::string KindsOfColumns::leaves_out(std::size_t column) const {
  return fmt::format("{} leaves the column out", typed_option("drop", name(column)));
}
std::string KindsOfColumns::ways(std::size_t column, std::string_view numbers) const {
  std::vector<std::string> ways = {fmt::format("{} {}", typed_option("numbers", name(column)), numbers),
                                   fmt::format("{} the texts", typed_option("categories", name(column)))};
  if (column != target_) ways.push_back(leaves_out(column));
  return join(ways, " or ");
}
Settle KindsOfColumns::as_numbers(std::size_t column) const {
  return [name = name(column)](TableOptions& options) { options.numbers.push_back(name); };
}
Settle KindsOfColumns::as_categories(std::size_t column) const {
  return [name = name(column)](TableOptions& options) {
    std::erase(options.numbers, name);
    options.categories.push_back(name);
  };
}
// The words that were missing before, as many as there are of them, stay so.
Settle KindsOfColumns::taking_for_missing(const std::vector<std::string>& words) const {
  std::vector<std::string> before;
  for (const Survey& s : surveyed_.surveys)
    for (const auto& [word, count] : s.missing_words)
      if (!word.empty() && std::ranges::find(before, word) == before.end()) before.push_back(word);
  return [words, before](TableOptions& options) {
    if (!options.na_values) options.na_values = before;
    for (const std::string& word : words)
      if (std::ranges::find(*options.na_values, word) == options.na_values->end()) options.na_values->push_back(word);
  };
}

void KindsOfColumns::find_marks(const std::vector<std::size_t>& columns) {
  for (const std::size_t column : columns)
    for (const Decimal decimal : {Decimal::point, Decimal::comma}) {
      const Survey& s = survey(column);
      const Decimal other = decimal == Decimal::point ? Decimal::comma : Decimal::point;
      auto& found = marked_by_[static_cast<std::size_t>(decimal)];
      if (!found && s.known > 0 && s.read(decimal) == s.known && s.read(other) < s.known) found = column;
    }
}

std::vector<ColumnKind> KindsOfColumns::decide(const std::vector<std::size_t>& columns, std::size_t target) {
  target_ = target;
  find_marks(columns);
  std::vector<ColumnKind> kinds(csv_.columns());
  for (const std::size_t column : columns) kinds[column] = kind_of(column);
  tell_amounts();
  return kinds;
}

ColumnKind KindsOfColumns::kind_of(std::size_t column) {
  const Survey& s = survey(column);
  const bool as_classes = column == target_ && options_.task == Task::classification && !numbers_[column];
  ColumnKind kind{.categories = categories_[column] || as_classes, .told = categories_[column] || numbers_[column]};
  if (kind.categories || s.known == 0) return kind;
  const bool point =
      options_.decimal ? options_.decimal == Decimal::point : s.read(Decimal::point) >= s.read(Decimal::comma);
  kind.decimal = point ? Decimal::point : Decimal::comma;
  const std::size_t read = s.read(kind.decimal);
  if (refuse_told_decimal(column, kind.decimal)) {
    kind.doubtful = true;
    return kind;
  }
  if (read == 0 && !numbers_[column]) {
    kind.categories = true;
    return kind;
  }
  if (read < s.known || s.too_large) {
    refuse_texts(column, kind.decimal);
    kind.doubtful = true;
  } else {
    kind.doubtful =
        choose_decimal(column, kind) || refuse_units(column) || (column != target_ && are_codes(column, false));
  }
  if (kind.doubtful) return kind;
  // Whole numbers show no decimal mark, whatever --decimal says.
  const Survey::Row comma = kind.decimal == Decimal::point ? std::nullopt
                            : s.first_refused[0]           ? s.first_refused[0]
                                                           : s.differs;
  kind.amounts = s.amount || comma;
  const auto with = [&](const Survey::Row& row) { return std::pair(column, cell(*row, column)); };
  if (comma) commas_.push_back(with(comma));
  if (const auto& row = s.grouped[static_cast<std::size_t>(kind.decimal)]) grouped_.push_back(with(row));
  if (s.with_unit > 0) units_.push_back(with(s.with_unit_first));
  if (s.in_parentheses) negatives_.push_back(with(s.in_parentheses));
  return kind;
}

// Where --decimal tells a mark with which some cells are no numbers, and with the other all are.
bool KindsOfColumns::refuse_told_decimal(std::size_t column, Decimal told) {
  const Survey& s = survey(column);
  const Decimal other = told == Decimal::point ? Decimal::comma : Decimal::point;
  const auto& first = s.first_refused[static_cast<std::size_t>(told)];
  if (!options_.decimal || s.read(told) == s.known || s.read(other) < s.known || !first) return false;
  const std::string_view mark = other == Decimal::point ? "point" : "comma";
  add(*first, column,
      fmt::format("'{}' is a number with a decimal {} (--decimal {} takes it for one or {} takes all for text)",
                  cell(*first, column), mark, mark, typed_option("categories", name(column))),
      {[other](TableOptions& options) { options.decimal = other; }, as_categories(column)});
  return true;
}

// Where the cells can be read either way, another column may show how this file's decimals are written.
bool KindsOfColumns::choose_decimal(std::size_t column, ColumnKind& kind) {
  const Survey& s = survey(column);
  if (options_.decimal || s.refused[0] > 0 || s.refused[1] > 0 || !s.differs) return false;
  const bool point = marked_by_[0].has_value(), comma = marked_by_[1].has_value();
  if (point != comma) {
    kind.decimal = point ? Decimal::point : Decimal::comma;
    if (s.amount || comma)
      notes_.push_back(fmt::format("'{}' of '{}' is {}: the decimals of '{}' stand behind a {}",
                                   cell(*s.differs, column), name(column),
                                   number_text(number_of(csv_.cell(*s.differs, column), kind.decimal)),
                                   name(*marked_by_[point ? 0 : 1]), point ? "point" : "comma"));
    return false;
  }
  if (!s.amount) return false;  // numbers as programs write them
  const std::string_view text = csv_.cell(*s.differs, column);
  add(*s.differs, column,
      fmt::format("'{}' may be {} or {} (--decimal point or --decimal comma tells)", shown(text),
                  number_text(number_of(text, Decimal::point)), number_text(number_of(text, Decimal::comma))),
      {[](TableOptions& options) { options.decimal = Decimal::point; }});
  return true;
}

// One word among numbers is a mistake, or stands for what is missing.
void KindsOfColumns::refuse_texts(std::size_t column, Decimal decimal) {
  const Survey& s = survey(column);
  const std::size_t refused = s.known - s.read(decimal);
  const std::size_t first = refused > 0 ? *s.first_refused[static_cast<std::size_t>(decimal)] : *s.too_large;
  const std::string text = cell(first, column);
  std::string what = fmt::format("'{}' is not a number", text);
  const auto& other = s.first_refused[decimal == Decimal::point ? 1 : 0];
  if (refused > 0 && s.texts.empty())
    what = other ? fmt::format("'{}' and '{}' have not the same decimal mark", text, cell(*other, column))
                 : fmt::format("'{}' is not a number with a decimal {}", text,
                               decimal == Decimal::point ? "point" : "comma");
  else if (refused == 0)
    what = is_infinity(text) ? fmt::format("'{}' is not a finite number", text)
                             : fmt::format("'{}' is too large a number; at most {} is taken", text, largest_number);
  else if (refused > 1)
    what += fmt::format(", nor {} {} more of {}", refused == 2 ? "is" : "are", refused - 1, s.known);
  const bool mostly_numbers = 2 * refused <= s.known;
  const bool as_missing =
      mostly_numbers && s.texts.size() <= Survey::most_texts && std::ranges::all_of(s.texts, may_be_listed);
  std::vector<std::string> ways;
  if (as_missing)
    ways.push_back(fmt::format("{} takes {} for missing",
                               typed_option("na-values", fmt::format("{}", fmt::join(s.texts, ","))),
                               s.texts.size() == 1 ? "it" : "them"));
  if (refused > 0) ways.push_back(fmt::format("{} takes all for text", typed_option("categories", name(column))));
  if (column != target_) ways.push_back(leaves_out(column));
  std::vector<Settle> settle;
  if (as_missing) settle.push_back(taking_for_missing(s.texts));
  if (refused > 0 && !mostly_numbers) settle.push_back(as_categories(column));
  if (column != target_) settle.push_back(dropping(name(column)));
  if (refused > 0 && mostly_numbers) settle.push_back(as_categories(column));
  add(first, column, fmt::format("{} ({})", what, join(ways, " or ")), std::move(settle));
}

bool KindsOfColumns::refuse_units(std::size_t column) {
  const Survey& s = survey(column);
  if (s.with_unit == 0 || numbers_[column]) return false;
  const std::string text = cell(*s.with_unit_first, column);
  const auto add_doubt = [&](const std::string& what) {
    add(*s.with_unit_first, column, fmt::format("{} ({})", what, ways(column, "takes the numbers")),
        {as_numbers(column)});
    return true;
  };
  if (s.other_unit)
    return add_doubt(fmt::format("'{}' and '{}' have not the same unit", text, cell(*s.other_unit, column)));
  if (s.with_unit < s.known)
    return add_doubt(fmt::format("'{}' has a unit, {} of {} have none", text, s.known - s.with_unit, s.known));
  if (!is_certain_unit(s.unit)) return add_doubt(fmt::format("'{}' may be a number or a name", text));
  return false;
}

bool KindsOfColumns::are_codes(std::size_t column, bool is_target) {
  const Survey& s = survey(column);
  if (numbers_[column] || !(s.leading_zero || s.inexact)) return false;
  if (s.leading_zero)
    add(*s.leading_zero, column,
        fmt::format("'{}' may be a number or a code ({})", cell(*s.leading_zero, column),
                    ways(column, "takes the numbers")),
        is_target ? std::vector{as_numbers(column)} : std::vector{as_categories(column), dropping(name(column))});
  else
    add(*s.inexact, column,
        fmt::format("'{}' has more digits than a number keeps; it may be a code ({})", cell(*s.inexact, column),
                    ways(column, "rounds it")),
        is_target ? std::vector{as_numbers(column)}
                  : std::vector{dropping(name(column)), as_categories(column), as_numbers(column)});
  return true;
}

void KindsOfColumns::tell_amounts() {
  const auto tell = [&](std::string_view what, const std::vector<std::pair<std::size_t, std::string>>& examples) {
    constexpr std::size_t most = 5;
    if (examples.empty()) return;
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < std::min(most, examples.size()); ++i)
      columns.push_back(fmt::format("{} ('{}')", name(examples[i].first), examples[i].second));
    if (examples.size() > most) columns.push_back(fmt::format("{} more", examples.size() - most));
    notes_.push_back(fmt::format("{}: {}", what, join(columns)));
  };
  tell("numbers with a decimal comma", commas_);
  tell("numbers with a mark between thousands", grouped_);
  tell("numbers with a unit, which is left out", units_);
  tell("numbers in parentheses, which are negative", negatives_);
}

}  // namespace lossact::cli

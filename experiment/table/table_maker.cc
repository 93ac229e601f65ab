#include "experiment/table/table_maker.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_set>
#include <fmt/format.h>
#include "text/date.h"
#include "experiment/table/usage_error.h"
#include "text/number.h"

namespace lossact::cli {
namespace {
constexpr std::size_t fewest_rows = 5;  // a fifth of them is one to test with

/// What stands for a missing value in some column, and never in the target.
std::vector<std::string> met_words(const Cells& cells, std::size_t target) {
  std::set<std::string> words;
  for (const Survey& survey : cells.surveyed.surveys)
    for (const auto& [word, count] : survey.missing_words)
      if (!cells.surveyed.surveys[target].missing_words.contains(word)) words.insert(word);
  words.erase("");
  return {words.begin(), words.end()};
}
}  // namespace

TableMaker::TableMaker(Columns& columns, const Cells* cells, const TableOptions& options, std::vector<Problem> problems,
                       std::vector<std::string> notes)
    : columns_(columns), cells_(cells), options_(options), problems_(std::move(problems)) {
  table_.name = columns.name;
  table_.notes = std::move(notes);
}

Table TableMaker::make() {
  if (columns_.names.empty() || columns_.rows == 0) fail("there are no numbers in it");
  choose_columns();
  decide_kinds();
  choose_rows();
  if (!kinds_[target_].doubtful) choose_target();
  choose_features();
  if (!problems_.empty()) throw TableError(columns_.name, std::move(problems_));
  take_values();
  return std::move(table_);
}

void TableMaker::add(const std::string& why, std::vector<Settle> settle) {
  problems_.push_back({columns_.name + ": " + why, std::move(settle)});
}
void TableMaker::add_at(std::size_t row, std::size_t column, const std::string& why, std::vector<Settle> settle) {
  problems_.push_back({columns_.place(row, column) + ": " + why, std::move(settle)});
}
void TableMaker::fail(const std::string& why, std::vector<Settle> settle) {
  add(why, std::move(settle));
  throw TableError(columns_.name, std::move(problems_));
}

std::string TableMaker::text(std::size_t row, std::size_t column) const {
  return cells_ ? std::string(cells_->csv.cell(row, column)) : number_text(number(row, column));
}
bool TableMaker::is_missing(std::size_t row, std::size_t column) const {
  if (kinds_[column].doubtful || !std::isnan(number(row, column))) return false;
  return !cells_ || !kinds_[column].categories || cells_->missing.contains(cells_->csv.cell(row, column));
}
std::string TableMaker::leaves_out(std::size_t column) const {
  return typed_option("drop", name(column)) + " leaves it out";
}
std::string TableMaker::number_refusal(std::size_t row, std::size_t column) const {
  const double x = number(row, column);
  if (std::isinf(x)) return fmt::format("'{}' is not a finite number", text(row, column));
  if (std::abs(x) > largest_number)
    return fmt::format("'{}' is too large a number; at most {} is taken", text(row, column), largest_number);
  return {};
}

void TableMaker::choose_columns() {
  std::vector<bool> out(columns_.names.size());
  for (const std::size_t column : columns_named(columns_, options_.drop)) out[column] = true;
  if (!options_.target.empty()) {
    target_ = column_named(columns_, options_.target);
    if (out[target_]) throw UsageError(fmt::format("the target '{}' is dropped", options_.target));
  }
  if (cells_) leave_out_unnamed(out);
  std::vector<std::size_t> kept;
  for (std::size_t column = 0; column < out.size(); ++column)
    if (!out[column]) kept.push_back(column);
  if (kept.empty()) throw UsageError("every column is dropped");
  if (options_.target.empty()) target_ = kept.back();
  std::ranges::copy_if(kept, std::back_inserter(sources_), [&](std::size_t column) { return column != target_; });
  table_.target = name(target_);
  if (sources_.empty()) fail(fmt::format("beside the target '{}' there is no column to learn from", table_.target));
}

// The index that pandas and R write, and what a comma at the end of each line makes; any other must be told of.
void TableMaker::leave_out_unnamed(std::vector<bool>& out) {
  std::set<std::size_t> told;
  for (const auto* given : {&options_.numbers, &options_.categories})
    for (const std::size_t column : columns_named(columns_, *given)) told.insert(column);
  if (!options_.target.empty()) told.insert(target_);
  for (std::size_t column = 0; column < out.size(); ++column) {
    const bool unnamed = cells_->csv.unnamed[column] || name(column).starts_with("Unnamed: ");  // pandas' word for it
    if (!unnamed || out[column] || told.contains(column)) continue;
    out[column] = true;
    if (cells_->surveyed.surveys[column].known == 0)
      table_.notes.push_back(fmt::format("column {} has no name and no values: left out", column + 1));
    else if (is_index(column))
      table_.notes.push_back(
          fmt::format("column {} has no name and another value in each row, as an index has: left "
                      "out ({} takes it)",
                      column + 1, typed_option("numbers", name(column))));
    else
      problems_.push_back({fmt::format("{}: column {} has no name ({} leaves it out, {} or {} takes it)", columns_.name,
                                       column + 1, typed_option("drop", name(column)),
                                       typed_option("numbers", name(column)), typed_option("categories", name(column))),
                           {dropping(name(column))}});
  }
}
bool TableMaker::is_index(std::size_t column) const {
  std::unordered_set<std::string_view> distinct;
  for (std::size_t row = 0; row < columns_.rows; ++row) {
    const double x = number(row, column);
    if (!std::isnan(x) && std::floor(x) != x) return false;
    if (!distinct.insert(cells_->csv.cell(row, column)).second) return false;
  }
  return true;
}

void TableMaker::decide_kinds() {
  kinds_.resize(columns_.names.size());
  if (!cells_) {
    for (const std::size_t column : columns_named(columns_, options_.categories))
      kinds_[column].categories = kinds_[column].told = true;
    for (const std::size_t column : columns_named(columns_, options_.numbers)) kinds_[column].told = true;
    return;
  }
  std::vector<std::size_t> kept = sources_;
  kept.push_back(target_);
  std::ranges::sort(kept);
  deciding_.emplace(cells_->csv, cells_->surveyed, options_, problems_, table_.notes);
  kinds_ = deciding_->decide(kept, target_);
  for (const std::size_t column : kept) {
    if (kinds_[column].decimal == Decimal::comma) read_with_comma(column);
    if (kinds_[column].categories && !kinds_[column].told && refuse_dates(column)) kinds_[column].doubtful = true;
  }
  tell_of_cells(kept);
}
void TableMaker::tell_of_cells(const std::vector<std::size_t>& columns) {
  std::map<std::string, std::size_t> words;
  for (const std::size_t column : columns) {
    const Survey& survey = cells_->surveyed.surveys[column];
    for (const auto& [word, count] : survey.missing_words)
      if (!word.empty()) words[word] += count;
    const bool from_one = survey.start == 0 || survey.start == 1;
    if (column != target_ && survey.counts && from_one && !kinds_[column].told && !kinds_[column].doubtful)
      table_.notes.push_back(fmt::format("'{}' counts the rows from {} on; if that is all it says, {}", name(column),
                                         text(0, column), leaves_out(column)));
  }
  std::vector<std::string> said;
  for (const auto& [word, count] : words) said.push_back(fmt::format("'{}' ({})", shown(word), count));
  if (!said.empty())
    table_.notes.push_back(fmt::format("taken for missing: {} (--na-values tells other words)", join(said)));
}
void TableMaker::read_with_comma(std::size_t column) {
  for (std::size_t row = 0; row < columns_.rows; ++row)
    if (const std::string_view cell = cells_->csv.cell(row, column); !cells_->missing.contains(cell))
      columns_.numbers[row * columns_.names.size() + column] = number_of(cell, Decimal::comma);
}

bool TableMaker::refuse_dates(std::size_t column) {
  std::size_t texts = 0, dates = 0;
  std::optional<std::size_t> first;
  for (std::size_t row = 0; row < columns_.rows; ++row) {
    const std::string_view cell = cells_->csv.cell(row, column);
    if (cells_->missing.contains(cell)) continue;
    ++texts;
    if (is_date(cell) && ++dates == 1) first = row;
  }
  if (2 * dates <= texts) return false;
  const bool source = column != target_;
  add_at(*first, column,
         fmt::format("'{}' is a date, not a number{}", shown(text(*first, column)),
                     source ? fmt::format(" ({} leaves the column out)", typed_option("drop", name(column))) : ""),
         source ? std::vector{dropping(name(column))} : std::vector<Settle>());
  return true;
}

void TableMaker::Absent::add(std::size_t row_now, std::size_t column_now) {
  if (count++ == 0) row = row_now, column = column_now;
}

// Rows with something missing go, where --missing says so; everywhere else they are a problem. Those without a target
// go from what is still to be checked.
void TableMaker::choose_rows() {
  std::size_t test_rows = 0, with_missing = 0;
  Absent target, features;
  for (std::size_t row = 0; row < columns_.rows; ++row) {
    const std::size_t before = features.count;
    for (const std::size_t column : sources_)
      if (is_missing(row, column)) features.add(row, column);
    const bool no_target = is_missing(row, target_), missing = no_target || features.count > before;
    if (no_target) target.add(row, target_);
    with_missing += missing;
    if (no_target || (missing && options_.missing == Missing::drop)) continue;
    rows_.push_back(row);
    test_rows += row >= columns_.rows - columns_.test_rows;
  }
  if (options_.missing == Missing::drop) {
    table_.dropped_rows = with_missing;
  } else {
    const std::vector<Settle> settle = missing_settled(target, with_missing);
    if (target.count > 0) {
      add_missing(target, "--missing drop leaves such rows out", settle);
      kinds_[target_].doubtful = true;  // what remains of it is not judged
    }
    if (options_.missing == Missing::mean && features.count > 0)
      table_.notes.push_back(
          fmt::format("{} taken as the mean of the column", counted(features.count, "missing value")));
    else if (features.count > 0) add_missing(features, "--missing drop or --missing mean goes on without it", settle);
  }
  const bool own_test_part = columns_.test_rows > 0;
  if (own_test_part && test_rows == 0) fail("no row of the test part is without a missing value");
  const std::size_t to_train = rows_.size() - test_rows;
  if (to_train < fewest_rows) {
    if (target.count > 0 && options_.missing != Missing::drop) throw TableError(columns_.name, std::move(problems_));
    fail(fmt::format("{}{}{}; at least {} are needed", counted(to_train, "row"), own_test_part ? " to train with" : "",
                     table_.dropped_rows ? " without a missing value" : "", fewest_rows));
  }
  table_.test_rows = test_rows;
}
void TableMaker::add_missing(const Absent& absent, std::string_view ways, std::vector<Settle> settle) {
  const std::string cell = text(absent.row, absent.column);
  std::string what = "the value is missing";
  if (!cell.empty()) what += fmt::format(" ('{}')", cell);
  if (absent.count > 1) what += fmt::format(", and {} more", absent.count - 1);
  const bool word = cells_ && !cell.empty() && kinds_[absent.column].categories;
  add_at(absent.row, absent.column,
         fmt::format("{} ({}{})", what, ways,
                     word ? fmt::format(", {} keeps the word", typed_option("na-values", "")) : ""),
         std::move(settle));
}
// Rows are left out where most remain; where only the features lack something, its mean stands for it; else the columns
// go that have least. A word in the target may be a class.
std::vector<Settle> TableMaker::missing_settled(const Absent& target, std::size_t rows_with_missing) const {
  std::vector<std::string> sparse;
  for (const std::size_t column : sources_) {
    std::size_t count = 0;
    for (std::size_t row = 0; row < columns_.rows; ++row) count += is_missing(row, column);
    if (2 * count > columns_.rows) sparse.push_back(name(column));
  }
  const Settle drop = [](TableOptions& options) { options.missing = Missing::drop; };
  const Settle mean = [](TableOptions& options) { options.missing = Missing::mean; };
  const Settle fewer = [drop, sparse](TableOptions& options) {
    drop(options);
    for (const std::string& column : sparse)
      if (std::ranges::find(options.drop, column) == options.drop.end()) dropping(column)(options);
  };
  if (target.count == 0) {
    const bool most_remain = 2 * (columns_.rows - rows_with_missing) >= columns_.rows;
    return most_remain ? std::vector{drop, mean} : std::vector{mean, fewer};
  }
  if (!cells_ || !kinds_[target_].categories) return {drop, fewer};
  const Settle keep_words = [words = met_words(*cells_, target_)](TableOptions& options) { options.na_values = words; };
  return {drop, fewer, keep_words};
}

}  // namespace lossact::cli

#include "cli/table.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <fmt/format.h>
#include "cli/date.h"
#include "cli/error.h"
#include "cli/number.h"
#include "cli/suggest.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

constexpr std::size_t fewest_rows = 5;            // a fifth of them is one to test with
constexpr std::size_t most_integer_classes = 20;  // more distinct integers in a target are numbers
constexpr std::size_t most_categories = 256;      // distinct texts in a column that become features
constexpr double largest_number = std::numeric_limits<double>::max();

bool is_missing(std::string_view cell) {
  static constexpr std::array words = {"", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NAN", "null", "NULL"};
  return std::ranges::find(words, cell) != words.end();
}
bool is_integer(double x) { return std::floor(x) == x && std::abs(x) < 9e15; }

/// A cell as a message shows it: on one line, and not the whole of a novel.
std::string shown(std::string_view cell) {
  constexpr std::size_t longest = 60;
  std::size_t end = std::min(cell.size(), longest);
  while (end < cell.size() && end > 0 && (static_cast<unsigned char>(cell[end]) & 0xC0) == 0x80) --end;
  std::string text(cell.substr(0, end));
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return end < cell.size() ? text + "..." : text;
}
/// The option that leaves a column out, as it is typed in a shell.
std::string drop_option(const std::string& column) {
  const bool plain = std::ranges::all_of(column, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
  });
  if (plain) return "--drop " + column;
  std::string quoted = "--drop '";
  for (const char c : column) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}
/// NaN for what is no number, and infinite for what is too large.
double as_number(std::string_view cell) {
  if (const std::optional<double> value = read_number(cell)) return *value;
  if (!is_beyond_double(cell)) return nan;
  return cell.starts_with('-') ? -inf : inf;
}
/// Is it a number but for commas, which stand for the point or between thousands?
bool has_commas_in_a_number(std::string_view cell) {
  std::string digits(cell);
  return std::erase(digits, ',') > 0 && read_number(digits);
}

class Maker {
 public:
  /// `csv` is where the columns are from, or null if they are numbers alone.
  Maker(Columns columns, const Csv* csv, const TableOptions& options)
      : columns_(std::move(columns)), csv_(csv), options_(options) {}

  Table make() {
    table_.name = columns_.name;
    if (columns_.names.empty() || columns_.rows == 0) fail("there are no numbers in it");
    find_texts();
    choose_columns();
    choose_rows();
    choose_target();
    choose_features();
    take_values();
    return std::move(table_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw format_error(columns_.name + ": " + why); }
  [[noreturn]] void fail_at(std::size_t row, std::size_t column, const std::string& why) const {
    throw format_error(columns_.place(row, column) + ": " + why);
  }
  const std::string& name(std::size_t column) const { return columns_.names[column]; }
  double number(std::size_t row, std::size_t column) const {
    return columns_.numbers[row * columns_.names.size() + column];
  }
  /// The cell as it stands in the data.
  std::string text(std::size_t row, std::size_t column) const {
    return csv_ ? std::string(csv_->cell(row, column)) : number_text(number(row, column));
  }
  bool missing(std::size_t row, std::size_t column) const {
    return std::isnan(number(row, column)) && (texts_[column] == 0 || is_missing(csv_->cell(row, column)));
  }
  bool is_text(std::size_t row, std::size_t column) const {
    return texts_[column] > 0 && std::isnan(number(row, column)) && !is_missing(csv_->cell(row, column));
  }
  /// One word among numbers is a mistake; a column of text has more words than numbers.
  bool is_text_column(std::size_t column) const { return 2 * texts_[column] > known_[column]; }

  void find_texts() {
    texts_.resize(columns_.names.size());
    known_.resize(columns_.names.size());
    if (!csv_) return;
    for (std::size_t row = 0; row < columns_.rows; ++row)
      for (std::size_t column = 0; column < texts_.size(); ++column) {
        const bool text = std::isnan(number(row, column));
        if (text && is_missing(csv_->cell(row, column))) continue;
        ++known_[column], texts_[column] += text;
      }
  }

  std::size_t column_named(const std::string& wanted) const {
    const auto found = std::ranges::find(columns_.names, wanted);
    if (found == columns_.names.end())
      throw UsageError(fmt::format("{}: {}", columns_.name, unknown("column", wanted, columns_.names)));
    return static_cast<std::size_t>(found - columns_.names.begin());
  }

  void choose_columns() {
    std::set<std::size_t> dropped;
    for (const std::string& given : options_.drop) {
      if (std::ranges::find(columns_.names, given) != columns_.names.end()) dropped.insert(column_named(given));
      else
        for (const std::string& part : split_list(given)) dropped.insert(column_named(part));
    }
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < columns_.names.size(); ++column)
      if (!dropped.contains(column)) kept.push_back(column);
    if (!options_.target.empty()) {
      target_ = column_named(options_.target);
      if (dropped.contains(target_)) throw UsageError(fmt::format("the target '{}' is dropped", options_.target));
    } else if (kept.empty()) {
      throw UsageError("every column is dropped");
    } else {
      target_ = kept.back();
    }
    std::ranges::copy_if(kept, std::back_inserter(sources_), [&](std::size_t column) { return column != target_; });
    table_.target = name(target_);
    if (sources_.empty()) fail(fmt::format("beside the target '{}' there is no column to learn from", table_.target));
  }

  // Rows with something missing go, where --missing says so; everywhere else the first one is an error.
  void choose_rows() {
    std::size_t test_rows = 0;
    for (std::size_t row = 0; row < columns_.rows; ++row) {
      const auto absent = [&](std::size_t column) { return missing(row, column); };
      if (options_.missing == Missing::drop && (absent(target_) || std::ranges::any_of(sources_, absent))) {
        ++table_.dropped_rows;
      } else {
        rows_.push_back(row);
        test_rows += row >= columns_.rows - columns_.test_rows;
      }
    }
    for (const std::size_t row : rows_) {
      if (missing(row, target_))
        fail_at(row, target_, said_missing(row, target_) + " (--missing drop leaves such rows out)");
      if (options_.missing == Missing::mean) continue;
      for (const std::size_t column : sources_)
        if (missing(row, column))
          fail_at(row, column, said_missing(row, column) + " (--missing drop or --missing mean goes on without it)");
    }
    const bool own_test_part = columns_.test_rows > 0;
    if (own_test_part && test_rows == 0) fail("no row of the test part is without a missing value");
    if (rows_.size() - test_rows < fewest_rows)
      fail(fmt::format("{}{}{}; at least {} are needed", counted(rows_.size() - test_rows, "row"),
                       own_test_part ? " to train with" : "", table_.dropped_rows ? " without a missing value" : "",
                       fewest_rows));
    table_.test_rows = test_rows;
  }
  std::string said_missing(std::size_t row, std::size_t column) const {
    const std::string cell = text(row, column);
    return cell.empty() ? "the value is missing" : fmt::format("the value is missing ('{}')", cell);
  }

  void choose_target() {
    refuse_dates(target_);
    table_.task = options_.task.value_or(target_is_classes() ? Task::classification : Task::regression);
    if (table_.task == Task::classification) read_labels();
    else read_numbers();
  }

  // Text is classes, and so are few distinct integers. One word among numbers is a mistake, not a class.
  bool target_is_classes() const {
    std::set<double> distinct;
    std::size_t words = 0;
    bool integers = true;
    for (const std::size_t row : rows_) {
      const double x = number(row, target_);
      if (std::isnan(x)) ++words;
      else if (!is_integer(x)) integers = false;
      else if (distinct.size() <= most_integer_classes) distinct.insert(x);
    }
    return 2 * words > rows_.size() || (integers && distinct.size() <= most_integer_classes);
  }

  void read_labels() {
    // Numbers in the order of numbers, then text in the order of text; 3 and 3.0 are one class.
    const auto key = [&](std::size_t row) {
      const double x = number(row, target_);
      return std::isnan(x) ? std::pair(inf, text(row, target_)) : std::pair(x, number_text(x));
    };
    std::map<std::pair<double, std::string>, std::int64_t> index;
    for (const std::size_t row : rows_) index[key(row)] = 0;
    for (auto& [label, position] : index) {
      position = static_cast<std::int64_t>(table_.classes.size());
      table_.classes.push_back(label.second);
    }
    if (index.size() == 1)
      fail(fmt::format("column '{}' has one class, '{}'; there is nothing to tell apart", table_.target,
                       shown(table_.classes[0])));
    if (2 * index.size() > rows_.size())
      fail(
          fmt::format("column '{}' has {} classes in {} rows; is it the target? (--target names another, "
                      "--task regression takes it as numbers)",
                      table_.target, index.size(), rows_.size()));
    for (const std::size_t row : rows_) table_.labels.push_back(index[key(row)]);
  }

  void read_numbers() {
    for (const std::size_t row : rows_) table_.numbers.push_back(checked_number(row, target_));
    if (std::ranges::all_of(table_.numbers, [&](double y) { return y == table_.numbers[0]; }))
      fail(fmt::format("column '{}' is {} in every row; there is nothing to learn", table_.target,
                       number_text(table_.numbers[0])));
  }
  /// NaN where it is missing.
  double checked_number(std::size_t row, std::size_t column) const {
    const double x = number(row, column);
    if (is_text(row, column)) {
      const std::size_t others = column == target_ ? 0 : texts_[column] - 1;
      fail_at(row, column,
              fmt::format("'{}' is not a number{}", shown(text(row, column)),
                          others ? fmt::format(" ({} more; {} leaves the column out)", counted(others, "text"),
                                               drop_option(name(column)))
                                 : ""));
    }
    if (std::isinf(x) && !is_beyond_double(text(row, column)))
      fail_at(row, column, fmt::format("'{}' is not a finite number", text(row, column)));
    if (std::abs(x) > largest_number)
      fail_at(row, column,
              fmt::format("'{}' is too large a number; at most {} is taken", shown(text(row, column)), largest_number));
    return x;
  }

  /// What a feature is made of: a column's numbers, or one of its texts.
  struct Feature {
    std::size_t column;
    std::optional<std::string_view> category = {};
  };

  void choose_features() {
    const std::vector<bool> varies = numbers_that_vary();
    for (const std::size_t column : sources_) {
      std::set<std::string_view> categories;
      if (is_text_column(column)) categories = categories_of(column);
      if (categories.size() < 2 && !varies[column]) table_.constant.push_back(name(column));
      else if (categories.empty()) features_.push_back({.column = column});
      for (const std::string_view category : categories)
        if (categories.size() > 1) features_.push_back({.column = column, .category = category});
    }
    if (features_.empty())
      fail(fmt::format("beside the target '{}' no column ever changes; there is nothing to learn from", table_.target));
    for (const Feature& feature : features_)
      table_.features.push_back(feature.category ? fmt::format("{}={}", name(feature.column), *feature.category)
                                                 : name(feature.column));
  }

  /// Which columns of numbers have two that differ. In the order of memory, and each number is checked.
  std::vector<bool> numbers_that_vary() const {
    std::vector<double> first(columns_.names.size(), nan);
    std::vector<bool> varies(columns_.names.size());
    std::vector<std::size_t> of_numbers;
    std::ranges::copy_if(sources_, std::back_inserter(of_numbers), [&](std::size_t c) { return !is_text_column(c); });
    for (const std::size_t row : rows_)
      for (const std::size_t column : of_numbers) {
        const double x = checked_number(row, column);
        if (x == first[column] || std::isnan(x)) continue;
        if (std::isnan(first[column])) first[column] = x;
        else varies[column] = true;
      }
    return varies;
  }

  std::set<std::string_view> categories_of(std::size_t column) const {
    refuse_dates(column);
    refuse_commas_in_numbers(column);
    std::set<std::string_view> distinct;
    std::size_t known = 0;
    for (const std::size_t row : rows_)
      if (!missing(row, column)) distinct.insert(csv_->cell(row, column)), ++known;
    if (10 * distinct.size() > 9 * known && known >= fewest_rows)
      fail(
          fmt::format("column '{}' has {} distinct texts in {} rows, as names have: nothing can be learnt from them "
                      "({} leaves it out)",
                      name(column), distinct.size(), known, drop_option(name(column))));
    if (distinct.size() > most_categories)
      fail(fmt::format("column '{}' has {} distinct texts; at most {} can become features ({} leaves it out)",
                       name(column), distinct.size(), most_categories, drop_option(name(column))));
    return distinct;
  }
  /// Throws where most of a column's texts are so, naming the first.
  template <class Is>
  void refuse_texts(std::size_t column, Is&& is, std::string_view why) const {
    if (!is_text_column(column)) return;
    std::size_t texts = 0, such = 0;
    std::optional<std::size_t> first;
    for (const std::size_t row : rows_) {
      if (!is_text(row, column)) continue;
      ++texts;
      if (!is(csv_->cell(row, column))) continue;
      if (++such == 1) first = row;
    }
    if (2 * such > texts)
      fail_at(*first, column,
              fmt::format("'{}' {} ({} leaves the column out)", shown(text(*first, column)), why,
                          drop_option(name(column))));
  }
  void refuse_dates(std::size_t column) const { refuse_texts(column, is_date, "is a date, not a number"); }
  void refuse_commas_in_numbers(std::size_t column) const {
    refuse_texts(column, has_commas_in_a_number, "is not a number: its comma must be a point, or go");
  }

  // In the place of the columns' numbers where the rows do not become longer: these may be half of the memory.
  void take_values() {
    const std::size_t width = features_.size();
    std::size_t size = 0;
    if (__builtin_mul_overflow(rows_.size(), width, &size) || size > most_values)
      fail(fmt::format("{} of {} are too many numbers; at most {} are taken", counted(rows_.size(), "row"),
                       counted(width, "feature"), most_values));
    std::vector<double> wider(width > columns_.names.size() ? size : 0), values(width);
    std::vector<double>& all = wider.empty() ? columns_.numbers : wider;
    auto to = all.begin();
    for (const std::size_t row : rows_) {
      for (std::size_t i = 0; i < width; ++i) values[i] = value(row, features_[i]);
      to = std::ranges::copy(values, to).out;
    }
    all.resize(size);
    table_.values = std::move(all);
  }
  double value(std::size_t row, const Feature& feature) const {
    if (!feature.category) return number(row, feature.column);
    return missing(row, feature.column) ? nan : csv_->cell(row, feature.column) == *feature.category;
  }

  Columns columns_;
  const Csv* csv_;
  const TableOptions& options_;
  Table table_;
  std::vector<std::size_t> texts_, known_;  // of each column: how many cells are text, and how many are not missing
  std::size_t target_ = 0;
  std::vector<std::size_t> sources_, rows_;  // columns to learn from, rows to keep
  std::vector<Feature> features_;
};

}  // namespace

Table make_table(Columns columns, const TableOptions& options) {
  return Maker(std::move(columns), nullptr, options).make();
}

Table make_table(const Csv& csv, const TableOptions& options) {
  Columns columns{.name = csv.file, .names = csv.header, .numbers = {}, .rows = csv.rows()};
  columns.numbers.reserve(csv.ends.size());
  for (std::size_t row = 0; row < csv.rows(); ++row)
    for (std::size_t column = 0; column < csv.columns(); ++column)
      columns.numbers.push_back(as_number(csv.cell(row, column)));
  columns.place = [&csv](std::size_t row, std::size_t column) {
    return fmt::format("{}:{}: column '{}'", csv.file, csv.lines[row], csv.header[column]);
  };
  return Maker(std::move(columns), &csv, options).make();
}

Table read_table(std::string_view text, std::string name, const TableOptions& options) {
  return make_table(read_csv(text, std::move(name)), options);
}

}  // namespace lossact::cli

#include "cli/table.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <fmt/format.h>
#include "cli/error.h"
#include "cli/number.h"
#include "cli/suggest.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

constexpr std::size_t fewest_rows = 5;            // a fifth of them is one to test with
constexpr std::size_t most_integer_classes = 20;  // more distinct integers in a target are numbers

bool is_missing(std::string_view cell) {
  static constexpr std::array words = {"", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NAN", "null", "NULL"};
  return std::ranges::find(words, cell) != words.end();
}
bool is_integer(double x) { return std::floor(x) == x && std::abs(x) < 9e15; }

class Maker {
 public:
  Maker(const Csv& csv, const TableOptions& options) : csv_(csv), options_(options) {}

  Table make() {
    choose_columns();
    choose_rows();
    table_.name = csv_.file;
    table_.target = csv_.header[target_];
    table_.task = options_.task.value_or(target_is_classes() ? Task::classification : Task::regression);
    if (table_.task == Task::classification) read_labels();
    else read_numbers();
    table_.values.reserve(rows_.size() * features_.size());
    for (const std::size_t row : rows_)
      for (const std::size_t column : features_) table_.values.push_back(number(row, column));
    return std::move(table_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw format_error(csv_.file + ": " + why); }
  [[noreturn]] void fail_at(std::size_t row, std::size_t column, const std::string& why) const {
    throw format_error(fmt::format("{}:{}: column '{}': {}", csv_.file, csv_.lines[row], csv_.header[column], why));
  }

  std::size_t column_named(const std::string& name) const {
    const auto found = std::ranges::find(csv_.header, name);
    if (found == csv_.header.end())
      throw UsageError(fmt::format("{}: {}", csv_.file, unknown("column", name, csv_.header)));
    return static_cast<std::size_t>(found - csv_.header.begin());
  }

  void choose_columns() {
    std::set<std::size_t> dropped;
    for (const std::string& name : options_.drop) {
      if (std::ranges::find(csv_.header, name) != csv_.header.end()) dropped.insert(column_named(name));
      else
        for (const std::string& part : split_list(name)) dropped.insert(column_named(part));
    }
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < csv_.columns(); ++column)
      if (!dropped.contains(column)) kept.push_back(column);
    if (!options_.target.empty()) {
      target_ = column_named(options_.target);
      if (dropped.contains(target_)) throw UsageError(fmt::format("the target '{}' is dropped", options_.target));
    } else if (kept.empty()) {
      throw UsageError("every column is dropped");
    } else {
      target_ = kept.back();
    }
    for (const std::size_t column : kept)
      if (column != target_) {
        features_.push_back(column);
        table_.features.push_back(csv_.header[column]);
      }
    if (features_.empty())
      fail(fmt::format("beside the target '{}' there is no column to learn from", csv_.header[target_]));
  }

  // Rows with something missing go, where --missing says so; everywhere else the first one is an error.
  void choose_rows() {
    for (std::size_t row = 0; row < csv_.rows(); ++row) {
      const auto missing = [&](std::size_t column) { return is_missing(csv_.cell(row, column)); };
      if (options_.missing == Missing::drop && (missing(target_) || std::ranges::any_of(features_, missing))) {
        ++table_.dropped_rows;
      } else {
        rows_.push_back(row);
      }
    }
    for (const std::size_t row : rows_) {
      if (is_missing(csv_.cell(row, target_)))
        fail_at(row, target_, said_missing(row, target_) + " (--missing drop leaves such rows out)");
      if (options_.missing == Missing::mean) continue;
      for (const std::size_t column : features_)
        if (is_missing(csv_.cell(row, column)))
          fail_at(row, column, said_missing(row, column) + " (--missing drop or --missing mean goes on without it)");
    }
    if (rows_.size() < fewest_rows)
      fail(fmt::format("{}{}; at least {} are needed", counted(rows_.size(), "row"),
                       table_.dropped_rows ? " without a missing value" : "", fewest_rows));
  }
  std::string said_missing(std::size_t row, std::size_t column) const {
    const std::string& cell = csv_.cell(row, column);
    return cell.empty() ? "the value is missing" : fmt::format("the value is missing ('{}')", cell);
  }

  double number(std::size_t row, std::size_t column) const {
    const std::string& cell = csv_.cell(row, column);
    if (is_missing(cell)) return nan;
    const std::optional<double> value = read_number(cell);
    if (!value) fail_at(row, column, fmt::format("'{}' is not a number", cell));
    if (!std::isfinite(*value)) fail_at(row, column, fmt::format("'{}' is not a finite number", cell));
    return *value;
  }

  // Text is classes, and so are few distinct integers. One word among numbers is a mistake, not a class.
  bool target_is_classes() const {
    std::set<double> distinct;
    std::size_t words = 0;
    bool integers = true;
    for (const std::size_t row : rows_) {
      const std::optional<double> value = read_number(csv_.cell(row, target_));
      if (!value) ++words;
      else if (!is_integer(*value)) integers = false;
      else if (distinct.size() <= most_integer_classes) distinct.insert(*value);
    }
    if (words > 0) return 2 * words > rows_.size() || (integers && distinct.size() <= most_integer_classes);
    return integers && distinct.size() <= most_integer_classes;
  }

  void read_labels() {
    // Numbers in the order of numbers, then text in the order of text; 3 and 3.0 are one class.
    const auto key = [&](std::size_t row) {
      const std::string& cell = csv_.cell(row, target_);
      const std::optional<double> value = read_number(cell);
      return std::pair(value.value_or(inf), value ? number_text(*value) : cell);
    };
    std::map<std::pair<double, std::string>, std::int64_t> index;
    for (const std::size_t row : rows_) index[key(row)] = 0;
    for (auto& [label, position] : index) {
      position = static_cast<std::int64_t>(table_.classes.size());
      table_.classes.push_back(label.second);
    }
    if (index.size() == 1)
      fail(fmt::format("column '{}' has one class, '{}'; there is nothing to tell apart", table_.target,
                       table_.classes[0]));
    if (2 * index.size() > rows_.size())
      fail(
          fmt::format("column '{}' has {} classes in {} rows; is it the target? (--target names another, "
                      "--task regression takes it as numbers)",
                      table_.target, index.size(), rows_.size()));
    for (const std::size_t row : rows_) table_.labels.push_back(index[key(row)]);
  }

  void read_numbers() {
    for (const std::size_t row : rows_) table_.numbers.push_back(number(row, target_));
    if (std::ranges::all_of(table_.numbers, [&](double y) { return y == table_.numbers[0]; }))
      fail(fmt::format("column '{}' is {} in every row; there is nothing to learn", table_.target,
                       number_text(table_.numbers[0])));
  }

  const Csv& csv_;
  const TableOptions& options_;
  Table table_;
  std::size_t target_ = 0;
  std::vector<std::size_t> features_, rows_;
};

}  // namespace

Table make_table(const Csv& csv, const TableOptions& options) { return Maker(csv, options).make(); }

Table read_table(std::string_view text, std::string name, const TableOptions& options) {
  return make_table(read_csv(text, std::move(name)), options);
}

}  // namespace lossact::cli

// The features: numbers, and a 0 or 1 for each text of a column.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include "text/number.h"
#include "experiment/table/table_maker.h"

namespace lossact::cli {
namespace {
constexpr std::size_t most_categories = 256;  // distinct texts in a column that become features
constexpr std::size_t fewest_names = 5;       // fewer distinct texts are no sign of anything
}  // namespace

void TableMaker::choose_features() {
  const std::vector<bool> varies = numbers_that_vary();
  std::vector<std::string> told;
  bool doubtful = false;
  for (const std::size_t column : sources_) {
    std::set<std::string> categories;
    if (kinds_[column].categories && !kinds_[column].doubtful) categories = categories_of(column);
    doubtful |= kinds_[column].doubtful;
    if (kinds_[column].doubtful) continue;
    if (categories.size() < 2 && !varies[column]) table_.constant.push_back(name(column));
    else if (!kinds_[column].categories) features_.push_back({.column = column});
    if (categories.size() < 2) continue;
    told.push_back(fmt::format("{} ({})", name(column), categories.size()));
    for (const std::string& category : categories) features_.push_back({.column = column, .category = category});
  }
  if (features_.empty() && !doubtful)
    fail(fmt::format("beside the target '{}' no column ever changes; there is nothing to learn from", table_.target));
  for (const Feature& feature : features_)
    table_.features.push_back(feature.category ? fmt::format("{}={}", name(feature.column), *feature.category)
                                               : name(feature.column));
  constexpr std::size_t most = 8;
  if (told.size() > most) {
    const std::size_t others = told.size() - most;
    told.resize(most);
    told.push_back(fmt::format("{} more", others));
  }
  if (!told.empty())
    table_.notes.push_back(fmt::format("text, which becomes a feature for each value: {}", join(told)));
}

/// Which columns of numbers have two that differ. In the order of memory, and each number is checked.
std::vector<bool> TableMaker::numbers_that_vary() {
  std::vector<double> first(columns_.names.size(), nan);
  std::vector<bool> varies(columns_.names.size());
  std::vector<std::size_t> of_numbers;
  for (const std::size_t column : sources_)
    if (!kinds_[column].categories && !kinds_[column].doubtful) of_numbers.push_back(column);
  for (const std::size_t row : rows_)
    for (const std::size_t column : of_numbers) {
      const double x = number(row, column);
      if (x == first[column] || std::isnan(x)) continue;
      if (!(std::abs(x) <= largest_number) && !kinds_[column].doubtful) {
        add_at(row, column, number_refusal(row, column), {dropping(name(column))});
        kinds_[column].doubtful = true;
      }
      if (std::isnan(first[column])) first[column] = x;
      else varies[column] = true;
    }
  return varies;
}

std::set<std::string> TableMaker::categories_of(std::size_t column) {
  std::set<std::string, std::less<>> distinct;
  std::size_t known = 0;
  for (const std::size_t row : rows_) {
    if (is_missing(row, column)) continue;
    ++known;
    if (cells_) {
      if (const std::string_view cell = cells_->csv.cell(row, column); !distinct.contains(cell)) distinct.emplace(cell);
    } else {
      distinct.insert(text(row, column));
    }
  }
  std::string why;
  if (!kinds_[column].told && 10 * distinct.size() > 9 * known && known >= fewest_names)
    why =
        fmt::format("column '{}' has {} distinct texts in {} rows, as names have: nothing can be learnt from them ({})",
                    name(column), distinct.size(), known, leaves_out(column));
  else if (distinct.size() > most_categories)
    why = fmt::format("column '{}' has {} distinct texts; at most {} can become features ({})", name(column),
                      distinct.size(), most_categories, leaves_out(column));
  if (!why.empty()) {
    add(why, {dropping(name(column))});
    kinds_[column].doubtful = true;
  }
  return {distinct.begin(), distinct.end()};
}

// In the place of the columns' numbers where the rows do not become longer: these may be half of the memory.
void TableMaker::take_values() {
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
double TableMaker::value(std::size_t row, const Feature& feature) const {
  if (!feature.category) return number(row, feature.column);
  if (is_missing(row, feature.column)) return nan;
  return cells_ ? cells_->csv.cell(row, feature.column) == *feature.category
                : text(row, feature.column) == *feature.category;
}

}  // namespace lossact::cli

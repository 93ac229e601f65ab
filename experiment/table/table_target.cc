// The target: classes or numbers.
#include <algorithm>
#include <cmath>
#include <map>
#include <fmt/format.h>
#include "text/amount.h"
#include "experiment/table/usage_error.h"
#include "text/number.h"
#include "experiment/table/table_maker.h"

namespace lossact::cli {
namespace {

constexpr std::size_t most_integer_classes = 20;  // more distinct whole numbers are numbers

/// Where a label stands among others: numbers in their order, then text in the order of text.
std::pair<double, std::string> place_of(const std::string& label) {
  const std::optional<double> x = read_number(label);
  return {x && !std::isnan(*x) ? *x : inf, label};
}

}  // namespace

void TableMaker::choose_target() {
  const ColumnKind& kind = kinds_[target_];
  if (kind.categories && kind.told && options_.task == Task::regression)
    throw UsageError(fmt::format("the target '{}' cannot be --categories of a regression", table_.target));
  const bool classes = options_.task ? options_.task == Task::classification : kind.categories || target_is_classes();
  table_.task = classes ? Task::classification : Task::regression;
  if (classes) read_labels();
  else read_numbers();
}

// Few distinct whole numbers are classes, unless they are amounts: a label has no unit.
bool TableMaker::target_is_classes() {
  if (kinds_[target_].amounts) return false;
  std::set<std::string, std::less<>> spelled;
  std::set<std::string> distinct;
  for (const std::size_t row : rows_) {
    std::string cell = text(row, target_);
    if (!spelled.insert(cell).second) continue;
    const std::string exact = exact_target(row);
    if (exact.empty() || exact.find("e-") != exact.npos) return false;
    if (distinct.insert(exact).second && distinct.size() > most_integer_classes) {
      table_.notes.push_back(
          fmt::format("'{}' has more than {} distinct whole numbers, which are taken as numbers (--task "
                      "classification takes them as classes)",
                      table_.target, most_integer_classes));
      return false;
    }
  }
  table_.notes.push_back(
      fmt::format("'{}' has {} distinct whole numbers, which are taken as classes (--task regression "
                  "takes them as numbers)",
                  table_.target, distinct.size()));
  return true;
}
/// The target of a row so that two texts of the same number are the same; empty where it is no number.
std::string TableMaker::exact_target(std::size_t row) const {
  if (cells_)
    if (const auto exact = exact_number(cells_->csv.cell(row, target_));
        exact && kinds_[target_].decimal == Decimal::point)
      return *exact;
  return exact_number(number_text(number(row, target_))).value_or("");
}

void TableMaker::read_labels() {
  const bool by_number = kinds_[target_].told && !kinds_[target_].categories;
  if (!by_number) {
    if (kinds_[target_].told || !refuse_two_spellings())
      take_classes([&](std::size_t row) { return text(row, target_); });
    return;
  }
  // Of a number that is written in several ways, the shortest.
  std::map<std::string, std::string> spelling;
  for (const std::size_t row : rows_) {
    const std::string label = text(row, target_);
    std::string& shortest = spelling.try_emplace(exact_target(row), label).first->second;
    if (std::pair(label.size(), label) < std::pair(shortest.size(), shortest)) shortest = label;
  }
  take_classes([&](std::size_t row) { return spelling[exact_target(row)]; });
}

// 3 and 3.0 may be one class, 007 and 7 may be two.
bool TableMaker::refuse_two_spellings() {
  std::map<std::string, std::size_t> first;      // of each spelling, the first row
  std::map<std::string, std::string> of_number;  // of each number, its spelling
  for (const std::size_t row : rows_) {
    const std::string label = text(row, target_);
    if (!first.try_emplace(label, row).second) continue;
    const std::optional<std::string> exact = exact_number(label);
    if (!exact) continue;
    const auto [place, added] = of_number.try_emplace(*exact, label);
    if (added) continue;
    add_at(row, target_,
           fmt::format("'{}' and '{}' are the same number: one class or two? ({} makes them one, {} two)", shown(label),
                       shown(place->second), typed_option("numbers", table_.target),
                       typed_option("categories", table_.target)),
           {[name = table_.target](TableOptions& options) { options.numbers.push_back(name); },
            [name = table_.target](TableOptions& options) { options.categories.push_back(name); }});
    return true;
  }
  return false;
}

void TableMaker::take_classes(const std::function<std::string(std::size_t row)>& label_of) {
  std::map<std::string, std::int64_t> index;
  for (const std::size_t row : rows_) index[label_of(row)] = 0;
  std::vector<std::pair<double, std::string>> places;
  for (const auto& [label, position] : index) places.push_back(place_of(label));
  std::ranges::sort(places);
  for (const auto& [place, label] : places) {
    index[label] = static_cast<std::int64_t>(table_.classes.size());
    table_.classes.push_back(label);
  }
  if (index.size() == 1)
    return add(fmt::format("column '{}' has one class, '{}'; there is nothing to tell apart", table_.target,
                           shown(table_.classes[0])));
  const bool numbers = std::ranges::all_of(rows_, [&](std::size_t row) { return !std::isnan(number(row, target_)); });
  if (2 * index.size() > rows_.size()) {
    std::vector<Settle> settle;
    if (numbers)
      settle.emplace_back([name = table_.target](TableOptions& options) {
        std::erase(options.categories, name);
        options.task = Task::regression;
      });
    return add(fmt::format("column '{}' has {} classes in {} rows; is it the target? (--target names another{})",
                           table_.target, index.size(), rows_.size(),
                           numbers ? ", --task regression takes it as numbers" : ""),
               std::move(settle));
  }
  for (const std::size_t row : rows_) table_.labels.push_back(index[label_of(row)]);
}

void TableMaker::read_numbers() {
  if (kinds_[target_].categories && cells_) {
    const std::size_t row = *std::ranges::find_if(rows_, [&](std::size_t r) { return std::isnan(number(r, target_)); });
    return add_at(row, target_, fmt::format("'{}' is not a number", shown(text(row, target_))),
                  {[](TableOptions& options) { options.task.reset(); }});
  }
  if (cells_ && deciding_->are_codes(target_, true)) return;
  for (const std::size_t row : rows_) {
    if (const std::string why = number_refusal(row, target_); !why.empty()) return add_at(row, target_, why);
    table_.numbers.push_back(number(row, target_));
  }
  if (std::ranges::all_of(table_.numbers, [&](double y) { return y == table_.numbers[0]; }))
    add(fmt::format("column '{}' is {} in every row; there is nothing to learn", table_.target,
                    number_text(table_.numbers[0])));
}

}  // namespace lossact::cli

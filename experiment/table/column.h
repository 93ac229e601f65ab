// A table's columns: what stands in their cells, and whether that is numbers or categories.
#ifndef LOSSACT_EXPERIMENT_TABLE_COLUMN_H_
#define LOSSACT_EXPERIMENT_TABLE_COLUMN_H_
#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>
#include "files/csv.h"
#include "experiment/table/table_options.h"

namespace lossact::cli {

inline constexpr double largest_number = std::numeric_limits<double>::max();

/// Columns of numbers, of which any may be the target.
struct Columns {
  std::string name;  // as errors name the data
  std::vector<std::string> names;
  std::vector<double> numbers;  // row by row; NaN where one is missing
  std::size_t rows = 0;
  std::size_t test_rows = 0;                                                // as in Table
  std::function<std::string(std::size_t row, std::size_t column)> place{};  // as errors name a number
};

/// What stands for a missing value in a CSV file.
class MissingWords {
 public:
  explicit MissingWords(const TableOptions& options);
  bool contains(std::string_view cell) const;
  /// Is one of them a number, as -999?
  bool have_numbers() const { return have_numbers_; }

 private:
  std::vector<std::string> words_;
  std::unordered_set<std::string_view> set_;
  std::size_t longest_ = 0;
  bool have_numbers_ = false;
};

/// What a column's cells look like. Rows are counted from 0; each is the first of its kind.
struct Survey {
  using Row = std::optional<std::size_t>;
  static constexpr std::size_t most_texts = 5;
  std::size_t known = 0;
  std::map<std::string, std::size_t> missing_words;  // that were met, and how often; an empty cell is one
  std::array<std::size_t, 2> refused{};              // by Decimal: known cells that are no numbers with this mark
  std::array<Row, 2> first_refused{};
  std::vector<std::string> texts;  // distinct cells that are no numbers with any mark, or too large ones; one too many
  Row differs;                     // what the two marks read as different numbers
  Row amount, in_parentheses;      // what is a number, but not digits alone
  std::array<Row, 2> grouped;      // by Decimal: with something between thousands
  std::string unit;                // of the first cell that has one
  std::size_t with_unit = 0;
  Row with_unit_first, other_unit;
  Row too_large, leading_zero, inexact;  // 007, and whole numbers that no double holds
  bool counts = true;                    // each is one more than the one above
  double start = 0;

  std::size_t read(Decimal decimal) const { return known - refused[static_cast<std::size_t>(decimal)]; }
};

/// A cell as a number; infinite where it is too large for a double, NaN where it is none.
double number_of(std::string_view cell, Decimal decimal);

/// The columns of a CSV file, with what stands in each. Numbers are as the decimal point has them.
struct SurveyedColumns {
  Columns columns;
  std::vector<Survey> surveys;
};
SurveyedColumns survey(const Csv& csv, const MissingWords& missing);

}  // namespace lossact::cli
#endif

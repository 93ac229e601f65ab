// Data to learn from: rows of numbers, and for each the class or the number that is to be found.
#ifndef LOSSACT_CLI_TABLE_H_
#define LOSSACT_CLI_TABLE_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "cli/csv.h"
#include "lossact/facts.h"

namespace lossact::cli {

enum class Task { classification, regression };
/// What becomes of rows in which a value is missing.
enum class Missing { refuse, drop, mean };

struct Table {
  std::string name;                   // as the user gave it
  std::string target;                 // the name of the column that is to be found
  std::vector<std::string> features;  // the names of what is learnt from; of a text, column=value for each value
  std::vector<double> values;         // row by row; NaN where one is missing and shall become the mean
  Task task = Task::classification;
  std::vector<std::string> classes;   // their labels, in order; empty for a regression
  std::vector<std::int64_t> labels;   // of each row, an index of `classes`
  std::vector<double> numbers;        // of each row, for a regression
  std::vector<std::string> constant;  // columns that never change, and are no features therefore
  std::size_t dropped_rows = 0;       // in which a value was missing
  std::size_t test_rows = 0;          // the last so many rows are the data's own test part; 0: a part is drawn by seed

  std::size_t rows() const { return task == Task::classification ? labels.size() : numbers.size(); }
};

struct TableOptions {
  std::string target = {};             // empty: the last column that is not dropped
  std::vector<std::string> drop = {};  // columns to leave out
  std::optional<Task> task = {};       // unset: text or at most 20 distinct integers in the target are classes
  Missing missing = Missing::refuse;
};

/// Columns of numbers, of which any may be what is to be found.
struct Columns {
  std::string name;  // as errors name the data
  std::vector<std::string> names;
  std::vector<double> numbers;  // row by row; NaN where one is missing
  std::size_t rows = 0;
  std::size_t test_rows = 0;                                                // as in Table
  std::function<std::string(std::size_t row, std::size_t column)> place{};  // as errors name a number
};

/// Makes features of all columns but the target, which becomes classes or numbers. Throws UsageError for a column that
/// is not there, format_error for all that is wrong with the data.
Table make_table(Columns columns, const TableOptions& options);
/// The same from a CSV file. A column of text is a feature for each distinct value, 1 where a row has it and 0 where
/// not, in the order of the texts; where the text is missing and --missing says mean, each of them has its mean. One
/// text among numbers is an error; so are dates, and texts of which nearly every row has its own.
Table make_table(const Csv& csv, const TableOptions& options);
/// The same from the text of a file.
Table read_table(std::string_view text, std::string name, const TableOptions& options);

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Task> = {Choice{"classification", cli::Task::classification},
                                                  Choice{"regression", cli::Task::regression}};
template <>
inline constexpr std::array choices<cli::Missing> = {
    Choice{"refuse", cli::Missing::refuse}, Choice{"drop", cli::Missing::drop}, Choice{"mean", cli::Missing::mean}};
}  // namespace lossact
#endif

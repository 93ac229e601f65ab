// Data to learn from: rows of numbers, and for each row its target, a class or a number.
#ifndef LOSSACT_EXPERIMENT_TABLE_TABLE_H_
#define LOSSACT_EXPERIMENT_TABLE_TABLE_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include "experiment/table/column.h"
#include "experiment/table/table_options.h"

namespace lossact::cli {

struct Table {
  std::string name;                   // as the user gave it
  std::string target;                 // the name of the target column
  std::vector<std::string> features;  // the names of what is learnt from; of a text, column=value for each value
  std::vector<double> values;         // row by row; NaN where one is missing and shall become the mean
  Task task = Task::classification;
  std::vector<std::string> classes;   // their labels, in order; empty for a regression
  std::vector<std::int64_t> labels;   // of each row, an index of `classes`
  std::vector<double> numbers;        // of each row, for a regression
  std::vector<std::string> constant;  // columns that never change, and are no features therefore
  std::size_t dropped_rows = 0;       // in which a value was missing
  std::vector<std::string> notes;     // what was decided in reading it, and why
  std::size_t test_rows = 0;          // the last so many rows are the data's own test part; 0: a part is drawn by seed

  std::size_t rows() const { return task == Task::classification ? labels.size() : numbers.size(); }
};

/// Makes features of all columns but the target, which becomes classes or numbers. Throws UsageError for a column that
/// is not there, TableError with all that is wrong with the data or doubtful.
Table make_table(Columns columns, const TableOptions& options);
/// The same from the text of a CSV file. What a column is, all of its cells decide: docs/tables.md has the rules. A
/// column of text is a feature for each distinct value, 1 where a row has it and 0 where not, in the order of the
/// texts; where the text is missing and --missing says mean, each of them has its mean.
Table read_table(std::string_view text, const std::string& name, const TableOptions& options);

}  // namespace lossact::cli
#endif

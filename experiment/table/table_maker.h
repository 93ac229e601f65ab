// How a table is made of columns. Used by make_table alone.
#ifndef LOSSACT_EXPERIMENT_TABLE_TABLE_MAKER_H_
#define LOSSACT_EXPERIMENT_TABLE_TABLE_MAKER_H_
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include "experiment/table/column.h"
#include "experiment/table/column_kind.h"
#include "experiment/table/table.h"

namespace lossact::cli {

/// A CSV file that the columns are from.
struct Cells {
  const Csv& csv;
  const SurveyedColumns& surveyed;
  const MissingWords& missing;
};

class TableMaker {
 public:
  /// `cells` is null where there are numbers alone. `problems` and `notes` are those of reading the file. `columns` is
  /// left as it was until there is a table.
  TableMaker(Columns& columns, const Cells* cells, const TableOptions& options, std::vector<Problem> problems,
             std::vector<std::string> notes);
  /// Throws TableError with all that is wrong.
  Table make();

 private:
  /// Values that are missing.
  struct Absent {
    std::size_t row = 0, column = 0, count = 0;  // the first one, and how many
    void add(std::size_t row_now, std::size_t column_now);
  };
  /// What a feature is made of: a column's numbers, or one of its texts.
  struct Feature {
    std::size_t column;
    std::optional<std::string> category = {};
  };

  void add(const std::string& why, std::vector<Settle> settle = {});
  void add_at(std::size_t row, std::size_t column, const std::string& why, std::vector<Settle> settle = {});
  /// Where nothing can be said of the rest.
  [[noreturn]] void fail(const std::string& why, std::vector<Settle> settle = {});

  const std::string& name(std::size_t column) const { return columns_.names[column]; }
  double number(std::size_t row, std::size_t column) const {
    return columns_.numbers[row * columns_.names.size() + column];
  }
  /// The cell as it stands in the data.
  std::string text(std::size_t row, std::size_t column) const;
  bool is_missing(std::size_t row, std::size_t column) const;
  std::string leaves_out(std::size_t column) const;
  /// Why a number cannot be learnt from; empty if it can.
  std::string number_refusal(std::size_t row, std::size_t column) const;

  // table_maker.cc
  void choose_columns();
  void leave_out_unnamed(std::vector<bool>& out);
  bool is_index(std::size_t column) const;
  void decide_kinds();
  void tell_of_cells(const std::vector<std::size_t>& columns);
  void read_with_comma(std::size_t column);
  void choose_rows();
  void add_missing(const Absent& absent, std::string_view ways, std::vector<Settle> settle);
  std::vector<Settle> missing_settled(const Absent& target, std::size_t rows_with_missing) const;
  bool refuse_dates(std::size_t column);

  // table_target.cc
  void choose_target();
  bool target_is_classes();
  std::string exact_target(std::size_t row) const;
  void read_labels();
  bool refuse_two_spellings();
  void take_classes(const std::function<std::string(std::size_t row)>& label_of);
  void read_numbers();

  // table_features.cc
  void choose_features();
  std::vector<bool> numbers_that_vary();
  std::set<std::string> categories_of(std::size_t column);
  void take_values();
  double value(std::size_t row, const Feature& feature) const;

  Columns& columns_;
  const Cells* cells_;
  const TableOptions& options_;
  std::vector<Problem> problems_;
  Table table_;
  std::optional<KindsOfColumns> deciding_;  // of cells
  std::vector<ColumnKind> kinds_;
  std::size_t target_ = 0;
  std::vector<std::size_t> sources_, rows_;  // columns to learn from, rows to keep
  std::vector<Feature> features_;
};

}  // namespace lossact::cli
#endif

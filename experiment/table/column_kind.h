// Numbers or categories: what a column of a CSV file is, decided by all of its cells.
#ifndef LOSSACT_EXPERIMENT_TABLE_COLUMN_KIND_H_
#define LOSSACT_EXPERIMENT_TABLE_COLUMN_KIND_H_
#include <string>
#include <string_view>
#include <vector>
#include "experiment/table/column.h"

namespace lossact::cli {

struct ColumnKind {
  bool categories = false;  // the cells as they are written
  bool doubtful = false;    // a problem was told
  bool told = false;        // by --numbers or --categories
  Decimal decimal = Decimal::point;
  bool amounts = false;  // numbers as people write them, not programs
};

/// The place of a column. Throws UsageError with the name that may be meant.
std::size_t column_named(const Columns& columns, const std::string& name);
/// Columns that options name: whole, or with commas between them.
std::vector<std::size_t> columns_named(const Columns& columns, const std::vector<std::string>& given);

/// Leaves a column out.
Settle dropping(const std::string& column);

/// A cell as a message shows it: on one line, and not the whole of a novel.
std::string shown(std::string_view cell);

/// Decides what the columns are. A column of nothing but numbers is numbers, a column without any is categories; both,
/// or a column that can be read in two ways, is a problem that names the options which settle it.
class KindsOfColumns {
 public:
  KindsOfColumns(const Csv& csv, const SurveyedColumns& surveyed, const TableOptions& options,
                 std::vector<Problem>& problems, std::vector<std::string>& notes);

  /// Of these columns, of which one is the target; the others are left as they are.
  std::vector<ColumnKind> decide(const std::vector<std::size_t>& columns, std::size_t target);
  /// A problem where the numbers of a column may be no numbers but codes: 007, or more digits than a double holds.
  bool are_codes(std::size_t column, bool is_target);

 private:
  const Survey& survey(std::size_t column) const { return surveyed_.surveys[column]; }
  const std::string& name(std::size_t column) const { return csv_.header[column]; }
  std::string cell(std::size_t row, std::size_t column) const;
  void add(std::size_t row, std::size_t column, const std::string& what, std::vector<Settle> settle);
  std::string leaves_out(std::size_t column) const;
  std::string ways(std::size_t column, std::string_view numbers) const;
  Settle as_numbers(std::size_t column) const;
  Settle as_categories(std::size_t column) const;
  Settle taking_for_missing(const std::vector<std::string>& words) const;

  void find_marks(const std::vector<std::size_t>& columns);
  ColumnKind kind_of(std::size_t column);
  bool refuse_told_decimal(std::size_t column, Decimal told);
  bool choose_decimal(std::size_t column, ColumnKind& kind);
  void refuse_texts(std::size_t column, Decimal decimal);
  bool refuse_units(std::size_t column);
  void tell_amounts();

  const Csv& csv_;
  const SurveyedColumns& surveyed_;
  const TableOptions& options_;
  std::vector<Problem>& problems_;
  std::vector<std::string>& notes_;
  std::size_t target_ = 0;
  std::vector<bool> numbers_, categories_;                 // told to be such
  std::array<std::optional<std::size_t>, 2> marked_by_{};  // by Decimal: a column that has decimals behind this mark
  std::vector<std::pair<std::size_t, std::string>> commas_, grouped_, units_, negatives_;
};

}  // namespace lossact::cli
#endif

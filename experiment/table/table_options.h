// The options of reading a table, and the error for one that is refused.
#ifndef LOSSACT_EXPERIMENT_TABLE_TABLE_OPTIONS_H_
#define LOSSACT_EXPERIMENT_TABLE_TABLE_OPTIONS_H_
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "files/csv.h"
#include "text/amount.h"
#include "lossact/error.h"
#include "lossact/facts.h"

namespace lossact::cli {

enum class Task { classification, regression };
/// What becomes of rows in which a value is missing.
enum class Missing { refuse, drop, mean };

struct TableOptions {
  std::string target = {};             // empty: the last column that is not dropped
  std::vector<std::string> drop = {};  // columns to leave out
  std::optional<Task> task = {};       // unset: the target's cells decide
  Missing missing = Missing::refuse;
  std::vector<std::string> numbers = {}, categories = {};  // columns that are such, whatever their cells look like
  std::optional<Header> header = {};                       // unset: the first line and those beneath it decide
  std::optional<Decimal> decimal = {};                     // unset: the cells decide
  std::optional<std::vector<std::string>> na_values = {};  // unset: default_na_values(); an empty cell is always one
};

/// An option as it is typed in a shell: --drop id, --na-values='-'
std::string typed_option(std::string_view name, const std::string& value);
/// All that say this, each with a space before it.
std::string option_text(const TableOptions& options);
/// Is --NAME one of them?
bool is_table_option(std::string_view name);
/// A word as a shell reads it back.
std::string shell_word(const std::string& word);

using Settle = std::function<void(TableOptions&)>;
/// One thing that is wrong with a table, or doubtful, and options that would settle it, the likeliest first.
struct Problem {
  std::string text;                 // with the place: file.csv:4: column 'age': ...
  std::vector<Settle> settle = {};  // none: the data must change
};

/// All that is wrong with a table.
class TableError : public format_error {
 public:
  TableError(const std::string& file, std::vector<Problem> found);
  std::vector<Problem> problems;
  std::optional<TableOptions> taken_with = {};  // options with which the same data is a table
};

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

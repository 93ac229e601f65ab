// CSV files as RFC 4180 has them: quotation marks, commas, semicolons or tabs, with a header or without.
#ifndef LOSSACT_FILES_CSV_H_
#define LOSSACT_FILES_CSV_H_
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/error.h"
#include "lossact/facts.h"

namespace lossact::cli {

/// Whether a CSV file's first line names the columns.
enum class Header { yes, no };

/// The most values that a table may have: 2 GiB of numbers.
inline constexpr std::size_t most_values = std::size_t{1} << 28;

struct Csv {
  std::string file;                 // as errors name it
  std::vector<std::string> header;  // the columns' names; column_0, column_1, ... where the file has none
  std::vector<bool> unnamed;        // which columns the file gives no name
  std::vector<std::size_t> lines;   // where each row starts in the file, counted from 1
  std::string text;                 // the cells row by row, one behind the other; those of the header before them
  std::vector<std::size_t> ends;    // where each ends in `text`
  std::size_t skipped = 0;          // how many of `ends` are the header's
  std::size_t first_line = 1;       // where the first row starts, or the header
  std::string why = {};             // what shows whether the first line names the columns; empty where it was told

  std::size_t columns() const { return header.size(); }
  std::size_t rows() const { return lines.size(); }
  bool has_header() const { return skipped > 0; }
  std::string_view cell(std::size_t row, std::size_t column) const {
    const std::size_t i = skipped + row * columns() + column, from = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(from, ends[i] - from);
  }
};

/// What stands for a missing value unless --na-values says otherwise: what pandas takes for one, and "?".
std::vector<std::string> default_na_values();

/// One thing that is wrong with the text, or doubtful.
struct CsvProblem {
  std::string text;                   // with the place: file.csv:4: ...
  std::optional<Header> header = {};  // would settle it; unset: the text must change
};

/// All that is wrong with the text.
class CsvError : public format_error {
 public:
  CsvError(const std::string& file, std::vector<CsvProblem> found);
  std::vector<CsvProblem> problems;
};

/// Reads a table of UTF-8 text. What stands between values, comma, semicolon or tab, is found from the first rows:
/// where most have as many values as the first. Whether the first line names the columns is found by find_header,
/// unless `header` tells. Space around a value is left out unless it is quoted; empty lines are skipped. Throws
/// format_error, as "file.csv:17: ...", for whatever is no such table. What the rest of the table can be read beside,
/// rows of another length and a header in doubt, is added to `problems`; where that is null it is thrown,
/// as CsvError.
Csv read_csv(std::string_view text, std::string file, std::optional<Header> header = {},
             std::vector<CsvProblem>* problems = nullptr);

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Header> = {Choice{"yes", cli::Header::yes}, Choice{"no", cli::Header::no}};
}  // namespace lossact
#endif

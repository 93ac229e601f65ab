// CSV files as RFC 4180 has them: quotation marks, a header; commas, semicolons or tabs.
#ifndef LOSSACT_CLI_CSV_H_
#define LOSSACT_CLI_CSV_H_
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

/// The most values that a table may have: 2 GiB of numbers.
inline constexpr std::size_t most_values = std::size_t{1} << 28;

struct Csv {
  std::string file;  // as errors name it
  std::vector<std::string> header;
  std::vector<std::size_t> lines;  // where each row starts in the file, counted from 1
  std::string text;                // the cells row by row, without the header, one behind the other
  std::vector<std::size_t> ends;   // where each ends in `text`

  std::size_t columns() const { return header.size(); }
  std::size_t rows() const { return lines.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const {
    const std::size_t i = row * columns() + column, from = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(from, ends[i] - from);
  }
};

/// Reads a table of UTF-8 text whose first line names the columns. What stands between values, comma, semicolon or tab,
/// is found from the header and the first rows: where most rows have as many values as the header has names. Space
/// around a value is left out unless it is quoted; empty lines are skipped. Throws format_error, as "file.csv:17: ...",
/// for whatever is no such table.
Csv read_csv(std::string_view text, std::string file);

}  // namespace lossact::cli
#endif

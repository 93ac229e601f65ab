// CSV files as RFC 4180 has them: commas, quotation marks, a header.
#ifndef LOSSACT_CLI_CSV_H_
#define LOSSACT_CLI_CSV_H_
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

struct Csv {
  std::string file;  // as errors name it
  std::vector<std::string> header;
  std::vector<std::string> cells;  // row by row, without the header
  std::vector<std::size_t> lines;  // where each row starts in the file, counted from 1

  std::size_t columns() const { return header.size(); }
  std::size_t rows() const { return lines.size(); }
  const std::string& cell(std::size_t row, std::size_t column) const { return cells[row * columns() + column]; }
};

/// Reads a table whose first line names the columns. Space around a value is left out unless it is quoted; empty lines
/// are skipped. Throws format_error, as "file.csv:17: ...", for whatever is no such table.
Csv read_csv(std::string_view text, std::string file);

}  // namespace lossact::cli
#endif

#include "cli/csv.h"
#include <algorithm>
#include <unordered_set>
#include <csv.h>
#include <fmt/format.h>
#include "cli/number.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

class Reader {
 public:
  explicit Reader(Csv& csv) : csv_(csv) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
  }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The parser does not count lines, so it is given one at a time.
  void read(std::string_view text) {
    for (std::size_t line = 1; !text.empty(); ++line) {
      std::size_t end = text.find_first_of("\r\n");
      if (end == text.npos) end = text.size();
      else end += text.substr(end).starts_with("\r\n") ? 2 : 1;
      if (row_.empty() && !within_row_) line_ = line;
      if (csv_parse(&parser_, text.data(), end, on_cell, on_row, this) != end)
        refuse(line, "a quotation mark stands where none may be");
      raise();
      within_row_ = !row_ended_ && (within_row_ || text.substr(0, end).find_first_not_of(" \t\r\n") != text.npos);
      row_ended_ = false;
      text.remove_prefix(end);
    }
    if (csv_fini(&parser_, on_cell, on_row, this) != 0) refuse(line_, "a quotation mark is opened and never closed");
    raise();
  }

 private:
  // Nothing may be thrown through the parser, which is C.
  static void on_cell(void* text, std::size_t size, void* self) {
    static_cast<Reader*>(self)->row_.emplace_back(static_cast<const char*>(text), size);
  }
  static void on_row(int, void* self) { static_cast<Reader*>(self)->end_row(); }

  void end_row() {
    row_ended_ = true;
    if (csv_.header.empty()) {
      csv_.header = std::move(row_);
    } else if (row_.size() != csv_.columns()) {
      problem_ =
          fmt::format("{}, but the header names {}", counted(row_.size(), "value"), counted(csv_.columns(), "column"));
    } else {
      std::ranges::move(row_, std::back_inserter(csv_.cells));
      csv_.lines.push_back(line_);
    }
    row_.clear();
  }
  void raise() const {
    if (!problem_.empty()) refuse(line_, problem_);
  }
  [[noreturn]] void refuse(std::size_t line, std::string_view why) const {
    throw format_error(fmt::format("{}:{}: {}", csv_.file, line, why));
  }

  Csv& csv_;
  csv_parser parser_;
  std::vector<std::string> row_;
  std::string problem_;
  std::size_t line_ = 1;
  bool within_row_ = false, row_ended_ = false;
};

void check_header(const Csv& csv) {
  const auto refuse = [&](const std::string& why) { throw format_error(fmt::format("{}:1: {}", csv.file, why)); };
  std::unordered_set<std::string_view> seen;
  for (std::size_t column = 0; column < csv.columns(); ++column) {
    const std::string& name = csv.header[column];
    if (name.empty()) refuse(fmt::format("column {} has no name", column + 1));
    if (!seen.insert(name).second) refuse(fmt::format("two columns are named '{}'", name));
  }
  if (std::ranges::all_of(csv.header, [](const std::string& name) { return read_number(name).has_value(); }))
    refuse("the first line holds only numbers; it must name the columns");
  if (csv.columns() == 1 && csv.header[0].find_first_of(";\t|") != std::string::npos)
    refuse(fmt::format("one column, '{}': columns must have commas between them", csv.header[0]));
}

}  // namespace

Csv read_csv(std::string_view text, std::string file) {
  Csv csv{.file = std::move(file), .header = {}, .cells = {}, .lines = {}};
  const auto refuse = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", csv.file, why)); };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) refuse("the text is UTF-16; save it as UTF-8");
  if (const std::size_t zero = text.find('\0'); zero != text.npos) refuse("this is not a text: it has a byte 0");
  Reader(csv).read(text);
  if (csv.header.empty()) refuse("the file is empty");
  check_header(csv);
  if (csv.rows() == 0) refuse("there is a header, but no rows");
  return csv;
}

}  // namespace lossact::cli

#include "cli/csv.h"
#include <algorithm>
#include <array>
#include <unordered_set>
#include <csv.h>
#include <fmt/format.h>
#include "cli/number.h"
#include "cli/utf8.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

constexpr std::array delimiters = {',', ';', '\t'};

std::size_t line_at(std::string_view text, std::size_t place) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, place), '\n'));
}

/// Column and class names go into reports, so what is no UTF-8 would spoil more than a cell.
void check_text(std::string_view text, const std::string& file) {
  const auto byte = [&](std::size_t i) { return unsigned{static_cast<unsigned char>(text[i])}; };
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((byte(i) < 32 && byte(i) != '\t' && byte(i) != '\n' && byte(i) != '\r') || byte(i) == 127)
      throw format_error(fmt::format("{}: this is not a text: it has a byte {}", file, byte(i)));
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = character_size(text.substr(i));
    if (size == 0)
      throw format_error(
          fmt::format("{}:{}: byte 0x{:02X} is not UTF-8; save the file as UTF-8", file, line_at(text, i), byte(i)));
    i += size;
  }
}

/// How many values each of the first lines has if this stands between them. An empty line has none.
std::vector<std::size_t> values_of_first_lines(std::string_view text, char delimiter) {
  constexpr std::size_t most_lines = 100;
  std::vector<std::size_t> counts;
  std::size_t count = 1;
  bool quoted = false, empty = true;
  const auto end_line = [&] {
    if (!empty) counts.push_back(count);
    count = 1, empty = true;
  };
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) {
      end_line();
      if (counts.size() == most_lines) break;
    } else {
      count += !quoted && c == delimiter;
      empty &= c == ' ' || c == '\t';
    }
  }
  end_line();
  return counts;
}

/// The delimiter with which most lines are as the header is; of equally good ones that with the most columns.
char find_delimiter(std::string_view text) {
  char best = delimiters.front();
  std::pair<std::size_t, std::size_t> most{0, 1};
  for (const char delimiter : delimiters) {
    const std::vector<std::size_t> counts = values_of_first_lines(text, delimiter);
    if (counts.empty() || counts.front() == 1) continue;
    const auto alike = static_cast<std::size_t>(std::ranges::count(counts, counts.front()));
    if (const std::pair score(alike, counts.front()); score > most) most = score, best = delimiter;
  }
  return best;
}

class Reader {
 public:
  Reader(Csv& csv, char delimiter) : csv_(csv) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
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
      if (row_ == 0 && !within_row_) line_ = line;
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
  // Nothing may be thrown through the parser, which is C: what fails is kept, and the rest of the line is passed over.
  static void on_cell(void* text, std::size_t size, void* self) {
    static_cast<Reader*>(self)->keep([&](Reader& reader) { reader.add({static_cast<const char*>(text), size}); });
  }
  static void on_row(int, void* self) {
    static_cast<Reader*>(self)->keep([](Reader& reader) { reader.end_row(); });
  }
  template <class F>
  void keep(F&& f) noexcept {
    if (failure_) return;
    try {
      f(*this);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  void add(std::string_view cell) {
    ++row_;
    if (!header_read_) {
      csv_.header.emplace_back(cell);
    } else if (csv_.ends.size() == most_values) {
      throw format_error(fmt::format("{}: more than {} values, the most that are read", csv_.file, most_values));
    } else {
      csv_.text += cell;
      csv_.ends.push_back(csv_.text.size());
    }
  }
  void end_row() {
    row_ended_ = true;
    if (!header_read_) {
      header_read_ = true;
    } else if (row_ != csv_.columns()) {
      refuse(line_,
             fmt::format("{}, but the header names {}", counted(row_, "value"), counted(csv_.columns(), "column")));
    } else {
      csv_.lines.push_back(line_);
    }
    row_ = 0;
  }
  void raise() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  [[noreturn]] void refuse(std::size_t line, std::string_view why) const {
    throw format_error(fmt::format("{}:{}: {}", csv_.file, line, why));
  }

  Csv& csv_;
  csv_parser parser_;
  std::exception_ptr failure_;
  std::size_t row_ = 0;  // values so far
  std::size_t line_ = 1;
  bool within_row_ = false, row_ended_ = false, header_read_ = false;
};

bool is_number(std::string_view name) { return read_number(name).has_value(); }

/// A first line that is a row like the others: each cell is a number, or a value that its column has again.
void check_that_names_are_names(const Csv& csv) {
  std::string_view repeated;
  std::size_t line = 0;
  for (std::size_t column = 0; column < csv.columns(); ++column) {
    const std::string& name = csv.header[column];
    if (is_number(name)) continue;
    std::size_t row = 0;
    while (row < csv.rows() && csv.cell(row, column) != name) ++row;
    if (row == csv.rows()) return;
    if (repeated.empty()) repeated = name, line = csv.lines[row];
  }
  throw format_error(repeated.empty()
                         ? fmt::format("{}:1: the first line holds only numbers; it must name the columns", csv.file)
                         : fmt::format("{}:1: the first line must name the columns, but '{}' is a value, again in "
                                       "line {}",
                                       csv.file, repeated, line));
}

void check_header(const Csv& csv) {
  const auto refuse = [&](const std::string& why) { throw format_error(fmt::format("{}:1: {}", csv.file, why)); };
  check_that_names_are_names(csv);
  std::unordered_set<std::string_view> seen;
  for (std::size_t column = 0; column < csv.columns(); ++column) {
    const std::string& name = csv.header[column];
    if (name.empty()) refuse(fmt::format("column {} has no name", column + 1));
    if (!seen.insert(name).second)
      refuse(is_number(name) ? fmt::format("the first line must name the columns, but it has '{}' twice", name)
                             : fmt::format("two columns are named '{}'", name));
  }
  if (csv.columns() == 1 && csv.header[0].find('|') != std::string::npos)
    refuse(fmt::format("one column, '{}': columns must have commas, semicolons or tabs between them", csv.header[0]));
}

}  // namespace

Csv read_csv(std::string_view text, std::string file) {
  Csv csv{.file = std::move(file), .header = {}, .lines = {}, .text = {}, .ends = {}};
  const auto refuse = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", csv.file, why)); };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) refuse("the text is UTF-16; save it as UTF-8");
  check_text(text, csv.file);
  csv.text.reserve(text.size());
  Reader(csv, find_delimiter(text)).read(text);
  if (csv.header.empty()) refuse("the file is empty");
  check_header(csv);
  if (csv.rows() == 0) refuse("there is a header, but no rows");
  return csv;
}

}  // namespace lossact::cli

#include "files/csv.h"
#include <algorithm>
#include <array>
#include <span>
#include <unordered_set>
#include <csv.h>
#include <fmt/format.h>
#include "files/header.h"
#include "text/number.h"
#include "text/problems.h"
#include "text/utf8.h"
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

/// The delimiter with which most lines are as the first is; of equally good ones that with the most columns.
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

  std::size_t width() const { return width_; }
  /// Lines that have not as many values as the first, and how many each has.
  const std::vector<std::pair<std::size_t, std::size_t>>& others() const { return others_; }

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

  // The first row says how many values the others have; whether it is a header is found when all are there.
  void add(std::string_view cell) {
    if (csv_.ends.size() == most_values)
      throw format_error(fmt::format("{}: more than {} values, the most that are read", csv_.file, most_values));
    ++row_;
    csv_.text += cell;
    csv_.ends.push_back(csv_.text.size());
  }
  void end_row() {
    row_ended_ = true;
    if (width_ == 0) width_ = row_;
    if (row_ == width_) {
      csv_.lines.push_back(line_);
    } else {
      others_.emplace_back(line_, row_);
      csv_.ends.resize(csv_.ends.size() - row_);
      csv_.text.resize(csv_.ends.back());
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
  std::size_t row_ = 0, width_ = 0;  // values of this row so far, and of the first one
  std::size_t line_ = 1;
  bool within_row_ = false, row_ended_ = false;
  std::vector<std::pair<std::size_t, std::size_t>> others_;  // lines of another length, and their lengths
};

/// Takes the first row for the columns' names, or makes some.
class Naming {
 public:
  Naming(Csv& csv, std::size_t width, std::vector<CsvProblem>& problems) : csv_(csv), problems_(problems) {
    csv.header.resize(width);
    for (std::size_t column = 0; column < width; ++column) csv.header[column] = csv.cell(0, column);
    csv.first_line = csv.lines.front();
    csv.lines.erase(csv.lines.begin());
    csv.skipped = width;
    csv.unnamed.resize(width);
  }
  void name(std::optional<Header> header) {
    if (!header) {
      const HeaderEvidence evidence = find_header(csv_);
      csv_.why = evidence.why;
      header = evidence.found;
      if (evidence.doubtful)
        add(fmt::format("does this line name the columns? {} (--header yes or --header no tells)", evidence.why),
            evidence.found);
    }
    if (header == Header::no) make_names();
    else check_names();
  }

 private:
  void add(const std::string& why, std::optional<Header> settles = {}) {
    problems_.push_back({fmt::format("{}:{}: {}", csv_.file, csv_.first_line, why), settles});
  }
  void make_names() {
    csv_.skipped = 0;
    csv_.lines.insert(csv_.lines.begin(), csv_.first_line);
    for (std::size_t column = 0; column < csv_.columns(); ++column)
      csv_.header[column] = fmt::format("column_{}", column);
  }
  void check_names() {
    std::unordered_set<std::string> seen;
    for (const std::string& name : csv_.header)
      if (!seen.insert(name).second && !name.empty() && repeated_.insert(name).second)
        add(fmt::format("two columns are named '{}'", name));
    if (csv_.columns() == 1 && csv_.header[0].find('|') != std::string::npos)
      add(fmt::format("one column, '{}': columns must have commas, semicolons or tabs between them", csv_.header[0]));
    for (std::size_t column = 0; column < csv_.columns(); ++column) {
      if (!csv_.header[column].empty()) continue;
      csv_.unnamed[column] = true;
      std::string name = fmt::format("column_{}", column);
      while (!seen.insert(name).second) name += '_';
      csv_.header[column] = name;
    }
  }

  Csv& csv_;
  std::vector<CsvProblem>& problems_;
  std::unordered_set<std::string> repeated_;
};

std::string of_another_length(const Csv& csv, std::span<const std::pair<std::size_t, std::size_t>> lines) {
  constexpr std::size_t most = 5;
  std::string text =
      fmt::format("{}:{}: {}, but the {} {}", csv.file, lines[0].first, counted(lines[0].second, "value"),
                  csv.has_header() ? "header names" : "first line has",
                  counted(csv.columns(), csv.has_header() ? "column" : "value"));
  if (lines.size() == 1) return text;
  std::vector<std::string> others;
  for (std::size_t i = 1; i < std::min(lines.size(), most); ++i) others.push_back(std::to_string(lines[i].first));
  if (lines.size() > most) others.push_back(counted(lines.size() - most, "line") + " more");
  return fmt::format("{}; {} {} not as many either", text, join(others), lines.size() == 2 ? "has" : "have");
}

std::vector<std::string> texts_of(const std::vector<CsvProblem>& problems) {
  std::vector<std::string> texts;
  for (const CsvProblem& problem : problems) texts.push_back(problem.text);
  return texts;
}

}  // namespace

std::vector<std::string> default_na_values() {
  return {"?",   "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
          "N/A", "NA",   "NAN",      "NULL", "NaN",     "None",     "n/a",  "na",   "nan",    "null"};
}

CsvError::CsvError(const std::string& file, std::vector<CsvProblem> found)
    : format_error(problems_text(file, texts_of(found))), problems(std::move(found)) {}

Csv read_csv(std::string_view text, std::string file, std::optional<Header> header, std::vector<CsvProblem>* problems) {
  Csv csv{.file = std::move(file), .header = {}, .unnamed = {}, .lines = {}, .text = {}, .ends = {}};
  const auto refuse = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", csv.file, why)); };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) refuse("the text is UTF-16; save it as UTF-8");
  check_text(text, csv.file);
  csv.text.reserve(text.size());
  Reader reader(csv, find_delimiter(text));
  reader.read(text);
  if (csv.lines.empty()) refuse("the file is empty");
  std::vector<CsvProblem> found;
  Naming(csv, reader.width(), found).name(header);
  if (!reader.others().empty()) found.push_back({of_another_length(csv, reader.others())});
  if (csv.rows() == 0 && found.empty()) refuse("there is a header, but no rows");
  if (problems && csv.rows() > 0) problems->insert(problems->end(), found.begin(), found.end());
  else if (!found.empty()) throw CsvError(csv.file, std::move(found));
  return csv;
}

}  // namespace lossact::cli

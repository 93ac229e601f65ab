#include "program/terminal/terminal.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <iterator>
#include <sys/ioctl.h>
#include <unistd.h>
#include "text/number.h"
#include "text/utf8.h"

namespace lossact::cli {

bool is_terminal(int file) { return ::isatty(file) == 1; }

std::size_t terminal_width() {
  double columns = 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  if (const char* text = std::getenv("COLUMNS"); columns == 0 && text) columns = read_number(text).value_or(0);
  if (!(columns >= 1 && columns <= 1000)) columns = 80;
  return std::max<std::size_t>(40, static_cast<std::size_t>(columns));
}

namespace {

/// Controls (C0, DEL, C1), separators of lines and paragraphs, and what embeds, overrides or isolates a direction.
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
/// The first for which something was not written to standard output.
int output_error = 0;

std::string escaped(std::string_view text, std::string_view kept) {
  std::string result;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) {
      fmt::format_to(std::back_inserter(result), "\\x{:02X}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = character(text.substr(0, size));
    if (!is_harmful(c) || (c < 0x80 && kept.find(static_cast<char>(c)) != kept.npos)) result += text.substr(0, size);
    else if (c == '\n' || c == '\t') result += c == '\n' ? "\\n" : "\\t";
    else fmt::format_to(std::back_inserter(result), "\\u{:04X}", static_cast<unsigned>(c));
    text.remove_prefix(size);
  }
  return result;
}

}  // namespace

std::string visible(std::string_view text) { return escaped(text, "\n\t"); }
std::string visible_in_line(std::string_view text) { return escaped(text, ""); }

void print_text(std::FILE* to, std::string_view text) {
  const std::string shown = visible(text);
  errno = 0;
  if (std::fwrite(shown.data(), 1, shown.size(), to) < shown.size() && to == stdout && output_error == 0)
    output_error = errno ? errno : EIO;
}

int standard_output_error() {
  errno = 0;
  if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno;
  if (std::ferror(stdout) && output_error == 0) output_error = EIO;
  return output_error;
}

void occupy_standard_files() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // takes the lowest number that is free
}

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, int width) {
  const std::size_t wanted = static_cast<std::size_t>(std::abs(width)), has = text_width(text);
  const std::string space(wanted > has ? wanted - has : 0, ' ');
  return width < 0 ? space + std::string(text) : std::string(text) + space;
}

std::string wrapped(std::string_view words, std::size_t width, std::size_t indent) {
  const std::string shown = visible_in_line(words);
  std::string_view text = shown;
  std::string result, line;
  const auto end_line = [&] {
    result.append(indent, ' ').append(line).push_back('\n');
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && indent + text_width(line) + 1 + text_width(word) > width) end_line();
    if (!line.empty()) line.push_back(' ');
    line.append(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  end_line();
  return result;
}

void TextTable::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = visible_in_line(cell);
  rows_.push_back(std::move(row));
}

std::string TextTable::text() const {
  const auto alone = [&](const auto& row) { return text_width(row[0]) > most_; };
  std::vector<int> widths(alignment_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      if (i > 0 || !alone(row)) widths[i] = std::max(widths[i], static_cast<int>(text_width(row[i])));
  std::string result;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const bool above = i == 0 && alone(row);
      if (above) result += row[0] + '\n';
      line += padded(above ? std::string() : row[i], alignment_[i] == 'r' ? -widths[i] : widths[i]);
    }
    while (line.ends_with(' ')) line.pop_back();
    result += line + '\n';
  }
  return result;
}

std::size_t TextTable::width() const {
  const std::string lines = text();
  std::size_t most = 0;
  for (std::size_t from = 0, end; (end = lines.find('\n', from)) != lines.npos; from = end + 1)
    most = std::max(most, text_width(std::string_view(lines).substr(from, end - from)));
  return most;
}

}  // namespace lossact::cli

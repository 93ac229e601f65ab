#include "cli/terminal.h"
#include <algorithm>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli/number.h"

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

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, int width) {
  const std::size_t wanted = static_cast<std::size_t>(std::abs(width)), has = text_width(text);
  const std::string space(wanted > has ? wanted - has : 0, ' ');
  return width < 0 ? space + std::string(text) : std::string(text) + space;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
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

std::string TextTable::text() const {
  std::vector<int> widths(alignment_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], static_cast<int>(text_width(row[i])));
  std::string result;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += padded(row[i], alignment_[i] == 'r' ? -widths[i] : widths[i]);
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

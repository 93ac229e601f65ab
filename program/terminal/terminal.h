// What the user sees: how wide it is, and text that fits.
#ifndef LOSSACT_PROGRAM_TERMINAL_TERMINAL_H_
#define LOSSACT_PROGRAM_TERMINAL_TERMINAL_H_
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <fmt/format.h>

namespace lossact::cli {

bool is_terminal(int file);
/// Columns of the terminal at standard output, else of the environment's COLUMNS, else 80; 40 at least.
std::size_t terminal_width();

/// The text with an escape, as \u009B, for each character that tells a terminal to do something or shows other letters
/// in another order, and as \xFF for each byte that is no UTF-8: names of files and columns are anyone's.
std::string visible(std::string_view text);
/// The same on one line: ends of lines and tabs are escaped too.
std::string visible_in_line(std::string_view text);

/// Prints the text, as visible() has it. It does not fail: standard_output_error() says whether all was written.
void print_text(std::FILE* to, std::string_view text);
template <class... T>
void print_text(std::FILE* to, fmt::format_string<T...> format, T&&... values) {
  print_text(to, std::string_view(fmt::format(format, std::forward<T>(values)...)));
}
template <class... T>
void print_text(fmt::format_string<T...> format, T&&... values) {
  print_text(stdout, format, std::forward<T>(values)...);
}
/// 0, or the error for which not all that was printed was written. Writes what has not been written yet.
int standard_output_error();
/// Opens what is closed of standard input, output and error, so that reading and writing fail as before: otherwise the
/// next file that is opened would take its place and be printed into.
void occupy_standard_files();

/// How many columns a UTF-8 text takes, one for each character.
std::size_t text_width(std::string_view text);
/// The text with spaces after it (before it, for a negative width) to a width.
std::string padded(std::string_view text, int width);
/// Lines of at most `width`, visible, broken at spaces, each starting with `indent` spaces and ending with a line feed.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Rows of cells, visible_in_line, with two spaces between columns, each as wide as its widest cell. A first cell that
/// is wider than `most` stands on a line of its own, above the rest of its row.
class TextTable {
 public:
  /// One letter for each column: l is left, r is right.
  explicit TextTable(std::string alignment, std::size_t most = std::string::npos)
      : alignment_(std::move(alignment)), most_(most) {}
  void add(std::vector<std::string> row);
  std::string text() const;
  /// Of its longest line.
  std::size_t width() const;

 private:
  std::string alignment_;
  std::size_t most_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lossact::cli
#endif

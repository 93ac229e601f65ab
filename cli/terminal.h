// What the user sees: how wide it is, and text that fits.
#ifndef LOSSACT_CLI_TERMINAL_H_
#define LOSSACT_CLI_TERMINAL_H_
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

bool is_terminal(int file);
/// Columns of the terminal at standard output, else of the environment's COLUMNS, else 80; 40 at least.
std::size_t terminal_width();

/// How many columns a UTF-8 text takes, one for each character.
std::size_t text_width(std::string_view text);
/// The text with spaces after it (before it, for a negative width) to a width.
std::string padded(std::string_view text, int width);
/// Lines of at most `width`, broken at spaces, each starting with `indent` spaces and ending with a line feed.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Rows of cells with two spaces between columns, each as wide as its widest cell.
class TextTable {
 public:
  /// One letter for each column: l is left, r is right.
  explicit TextTable(std::string alignment) : alignment_(std::move(alignment)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;
  /// Of its longest line.
  std::size_t width() const;

 private:
  std::string alignment_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lossact::cli
#endif

// Numbers as text.
#ifndef LOSSACT_TEXT_NUMBER_H_
#define LOSSACT_TEXT_NUMBER_H_
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lossact::cli {

/// The whole text as a number, whatever the locale: digits with point and exponent, inf or nan, with + or - before it.
/// Nothing for anything else, and for what is too large for a double.
std::optional<double> read_number(std::string_view text);
/// Whether the text is a number all the same, one that is too large for a double.
bool is_beyond_double(std::string_view text);
/// The shortest text that reads back as the same number: 0.1, 1e-08, -inf, nan.
std::string number_text(double value);
/// The parts of a list with commas between them, without the space around them.
std::vector<std::string> split_list(std::string_view list);
/// a, b and c
std::string join(const std::vector<std::string>& parts, std::string_view last = " and ");
/// "1 row", "2 rows".
std::string counted(std::size_t count, std::string_view one);

}  // namespace lossact::cli
#endif

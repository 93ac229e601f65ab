// What was meant by a name that does not exist.
#ifndef LOSSACT_TEXT_SUGGEST_H_
#define LOSSACT_TEXT_SUGGEST_H_
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace lossact::cli {

/// How many characters to insert, delete, replace, or exchange with the next, to make one text of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The name nearest to `text`, the first of equally near ones; empty if there are no names. A name that begins with the
/// text is as near as one slip.
std::string nearest(std::string_view text, std::span<const std::string> names);
/// unknown function 'mihs'; did you mean 'mish'?
std::string unknown(std::string_view what, std::string_view text, std::span<const std::string> names);

}  // namespace lossact::cli
#endif

// The characters of a text.
#ifndef LOSSACT_TEXT_UTF8_H_
#define LOSSACT_TEXT_UTF8_H_
#include <cstddef>
#include <string_view>

namespace lossact::cli {

/// How many of the first bytes are one character of UTF-8; 0 where they are none.
std::size_t character_size(std::string_view text);
/// The one that just these bytes are.
char32_t character(std::string_view bytes);

}  // namespace lossact::cli
#endif

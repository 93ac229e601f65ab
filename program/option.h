// The values of options, as they were typed.
#ifndef LOSSACT_PROGRAM_OPTION_H_
#define LOSSACT_PROGRAM_OPTION_H_
#include <cstddef>
#include <string>
#include <string_view>

namespace lossact::cli {

/// A whole number of at least `least`, a billion at most; `otherwise` where none is typed. Throws UsageError.
std::size_t whole_number(std::string_view option, const std::string& text, std::size_t otherwise, int least = 1);

}  // namespace lossact::cli
#endif

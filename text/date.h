// Dates in a text, to tell a person that a column of them is nothing to learn from.
#ifndef LOSSACT_TEXT_DATE_H_
#define LOSSACT_TEXT_DATE_H_
#include <string_view>

namespace lossact::cli {

/// Is the whole text a date (2020-01-31, 31.1.2020, 1/31/20, 31 Jan 2020, January 31, 2020, 2020-01), a time of day
/// (23:59:30.5), or a date and a time?
bool is_date(std::string_view text);

}  // namespace lossact::cli
#endif

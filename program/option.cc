#include "program/option.h"
#include <cmath>
#include <fmt/format.h>
#include "program/error.h"
#include "text/number.h"

namespace lossact::cli {

std::size_t whole_number(std::string_view option, const std::string& text, std::size_t otherwise, int least) {
  if (text.empty()) return otherwise;
  const double value = read_number(text).value_or(-1);
  if (!(value >= least && value <= 1e9 && std::floor(value) == value))
    throw UsageError(fmt::format("{} is '{}', expected a whole number of {} or more", option, text, least));
  return static_cast<std::size_t>(value);
}

}  // namespace lossact::cli

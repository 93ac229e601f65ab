// Numbers as people write them: 1,5 and 1,200.50, $950, 10 %, (1.50), 12 kg.
#ifndef LOSSACT_TEXT_AMOUNT_H_
#define LOSSACT_TEXT_AMOUNT_H_
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include "lossact/facts.h"

namespace lossact::cli {

/// What stands before a number's decimals: 1.5 or 1,5.
enum class Decimal { point, comma };

struct Amount {
  double value = 0;       // infinite for what is too large for a double
  std::string unit = {};  // before or behind it: $, %, kg
  bool grouped = false;   // something stands between thousands
  bool in_parentheses = false;
};

/// The whole text as a number whose decimals stand behind this mark. Between thousands may stand the other mark, a
/// space, an apostrophe or an underscore; parentheses, and a minus behind it, make it negative. Nothing for other
/// texts.
std::optional<Amount> read_amount(std::string_view text, Decimal decimal);

/// A unit that says that a number is one, whatever it counts: a currency or a percent sign. 12 kg may be a size or the
/// name of one.
bool is_certain_unit(std::string_view unit);

/// What two texts of the same number have in common, however large or precise it is: 1E2, 100 and 0100.0 are "1e2".
/// Nothing for what read_number does not take or is not finite. Without an exponent below 0 it is a whole number.
std::optional<std::string> exact_number(std::string_view text);

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Decimal> = {Choice{"point", cli::Decimal::point},
                                                     Choice{"comma", cli::Decimal::comma}};
}  // namespace lossact
#endif

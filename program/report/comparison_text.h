// A comparison for a reader: a table, and what it shows in plain words.
#ifndef LOSSACT_PROGRAM_REPORT_COMPARISON_TEXT_H_
#define LOSSACT_PROGRAM_REPORT_COMPARISON_TEXT_H_
#include <string>
#include <vector>
#include "experiment/comparison.h"

namespace lossact::cli {

/// What will be trained on what.
std::string introduction(const Table& table, const Plan& plan, std::size_t width);
/// One row for each activation with each loss, with fewer decimals where the screen is narrow; where it is wide, the
/// intervals are drawn beside.
std::string comparison_table(const Table& table, const Plan& plan, const Findings& findings, std::size_t width);
/// What the table shows, and what should be known beside.
std::string conclusion(const Table& table, const Plan& plan, const Findings& findings, std::size_t width);

}  // namespace lossact::cli
#endif

// What a comparison shows, in words.
#ifndef LOSSACT_EXPERIMENT_FINDINGS_H_
#define LOSSACT_EXPERIMENT_FINDINGS_H_
#include <string>
#include <vector>
#include "experiment/comparison.h"

namespace lossact::cli {

/// "name with loss", or the name alone where there is one loss.
std::string called(const Plan& plan, const Comparison& row);
/// How a row does against the baseline.
std::string sentence(Task task, const Plan& plan, const Findings& findings, const Comparison& row);
/// What the table shows, sentence by sentence.
std::vector<std::string> verdict(const Table& table, const Plan& plan, const Findings& findings);
/// What went wrong or should be known, sentence by sentence.
std::vector<std::string> warnings(const Table& table, const Plan& plan, const Findings& findings);

}  // namespace lossact::cli
#endif

// A comparison as JSON, schema 1.
#ifndef LOSSACT_CLI_COMPARISON_JSON_H_
#define LOSSACT_CLI_COMPARISON_JSON_H_
#include <string>
#include <vector>
#include "cli/experiment.h"

namespace lossact::cli {

/// What a comparison is told with, beside the figures. None of it changes them.
struct Circumstances {
  std::string command;
  double seconds = 0;
  bool interrupted = false;
  TableOptions table = {};
};

/// One object: schema, data, settings, results, interrupted; and `run`, the only part in which two runs of the same
/// settings differ. NaN and infinity are null.
std::string comparison_json(const Table& table, const Plan& plan, const std::vector<Comparison>& rows,
                            const Circumstances& circumstances);

}  // namespace lossact::cli
#endif

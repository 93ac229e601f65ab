// A comparison as JSON, schema 1: docs/compare-json.md.
#ifndef LOSSACT_PROGRAM_REPORT_COMPARISON_JSON_H_
#define LOSSACT_PROGRAM_REPORT_COMPARISON_JSON_H_
#include <string>
#include "experiment/comparison.h"
#include "experiment/table/table.h"

namespace lossact::cli {

/// What a comparison is told with, beside the figures. None of it changes them.
struct Circumstances {
  std::string command;
  double seconds = 0;
  bool interrupted = false;
  TableOptions table = {};
};

/// One object, in which two runs of the same settings differ in `run` alone. NaN and infinity are null.
std::string comparison_json(const Table& table, const Plan& plan, const Findings& findings,
                            const Circumstances& circumstances);

}  // namespace lossact::cli
#endif

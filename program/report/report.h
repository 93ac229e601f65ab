// The report of a comparison: one page that needs no other file.
#ifndef LOSSACT_PROGRAM_REPORT_REPORT_H_
#define LOSSACT_PROGRAM_REPORT_REPORT_H_
#include <span>
#include <string>
#include <string_view>
#include "files/embedded.h"

namespace lossact::cli {

/// What the page is put together from: every file of program/report/page/, and Chart.js.
std::span<const EmbeddedFile> report_files();

/// An HTML page that shows a comparison, made from the JSON that comparison_json() gives (docs/compare-json.md). The
/// JSON is in the page, and the page's JavaScript (program/report/page/) makes everything else of it.
std::string report(std::string_view json);

}  // namespace lossact::cli
#endif

// The files inside the program.
#ifndef LOSSACT_PROGRAM_EMBEDDED_H_
#define LOSSACT_PROGRAM_EMBEDDED_H_
#include <span>
#include <string_view>

namespace lossact::cli {

struct EmbeddedFile {
  std::string_view name, content;
};
/// The data sets: every file of data/*.csv under its name without the ending, in alphabetical order.
std::span<const EmbeddedFile> embedded_files();
/// What the report is put together from: every file of cli/report/, and Chart.js.
std::span<const EmbeddedFile> report_files();
/// What the pages of the gallery share.
std::span<const EmbeddedFile> gallery_files();

}  // namespace lossact::cli
#endif

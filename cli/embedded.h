// The data sets inside the program.
#ifndef LOSSACT_CLI_EMBEDDED_H_
#define LOSSACT_CLI_EMBEDDED_H_
#include <span>
#include <string_view>

namespace lossact::cli {

struct EmbeddedFile {
  std::string_view name, content;  // the file's name without its ending
};
/// Every file of data/*.csv, in alphabetical order.
std::span<const EmbeddedFile> embedded_files();

}  // namespace lossact::cli
#endif

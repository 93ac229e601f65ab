// A file inside the program: cmake/embed.cmake makes the functions that give them.
#ifndef LOSSACT_FILES_EMBEDDED_H_
#define LOSSACT_FILES_EMBEDDED_H_
#include <string_view>

namespace lossact::cli {

struct EmbeddedFile {
  std::string_view name, content;
};

}  // namespace lossact::cli
#endif

// What is thrown where the system does not let a file be read or written.
#ifndef LOSSACT_NN_FILE_ERROR_H_
#define LOSSACT_NN_FILE_ERROR_H_
#include <string>
#include <utility>
#include "lossact/error.h"

namespace lossact {

/// A file that the system does not let read or write.
struct LOSSACT_API file_error : format_error {
  file_error(int code_, std::string file_, std::string why_)
      : format_error(file_ + ": " + why_), code(code_), file(std::move(file_)), why(std::move(why_)) {}
  int code;          // of errno
  std::string file;  // as it was given
  std::string why;
};

}  // namespace lossact
#endif

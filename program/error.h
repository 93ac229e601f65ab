// How a command fails. Whatever else is thrown is a failure of the data or the run: exit status 1.
#ifndef LOSSACT_PROGRAM_ERROR_H_
#define LOSSACT_PROGRAM_ERROR_H_
#include "experiment/table/usage_error.h"

namespace lossact::cli {

/// Ends the program after a command has said all there is to say.
struct Exit {
  int status;
};

}  // namespace lossact::cli
#endif

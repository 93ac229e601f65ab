// What is thrown where a user asks for what cannot be, whatever the data hold.
#ifndef LOSSACT_EXPERIMENT_TABLE_USAGE_ERROR_H_
#define LOSSACT_EXPERIMENT_TABLE_USAGE_ERROR_H_
#include <stdexcept>

namespace lossact::cli {

/// The command line is wrong: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace lossact::cli
#endif

// The processor that this runs on.
#ifndef LOSSACT_PROGRAM_BENCH_PROCESSOR_H_
#define LOSSACT_PROGRAM_BENCH_PROCESSOR_H_
#include <string>

namespace lossact::cli {

/// Its model as the system names it, or "unknown processor".
std::string processor_name();

}  // namespace lossact::cli
#endif

// What every function is measured against: moving the same bytes.
#ifndef LOSSACT_PROGRAM_BENCH_COPYING_H_
#define LOSSACT_PROGRAM_BENCH_COPYING_H_
#include <cstddef>

namespace lossact::cli {

/// Copies `bytes` of one array into the result; of two, what they have in common. A null result only reads.
void copy(const void* first, const void* second, void* result, std::size_t bytes, int threads);

}  // namespace lossact::cli
#endif

// Memory for tensors and their graph: blocks that a thread has given back are handed out again.
#ifndef LOSSACT_NN_DETAIL_POOL_H_
#define LOSSACT_NN_DETAIL_POOL_H_
#include <cstddef>
#include "lossact/api.h"

namespace lossact::nn::detail {

/// A block of at least `bytes`, aligned to a cache line: one that this thread gave back before, or a new one.
LOSSACT_API void* take(std::size_t bytes);
/// Hands a block back; `bytes` as in take. Any thread may do so.
LOSSACT_API void give(void* block, std::size_t bytes) noexcept;

}  // namespace lossact::nn::detail
#endif

#ifndef LOSSACT_NN_SHUFFLE_H_
#define LOSSACT_NN_SHUFFLE_H_
#include <cstdint>
#include <span>

namespace lossact::nn::detail {

/// Brings the elements into an order that depends on the seed and the epoch alone.
void shuffle(std::span<std::int64_t> order, std::uint64_t seed, std::uint64_t epoch);

}  // namespace lossact::nn::detail
#endif

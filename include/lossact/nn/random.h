// Random numbers by position (Philox): the same seed gives the same bits on every machine and in any number of threads.
#ifndef LOSSACT_NN_RANDOM_H_
#define LOSSACT_NN_RANDOM_H_
#include <cstdint>
#include "lossact/nn/blas.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// Starts this thread's stream of seeds anew. Initialisation, dropout, random slopes and shuffling draw from it. It is
/// 0 until it is set.
LOSSACT_API void manual_seed(std::uint64_t seed);
/// The stream's next seed.
LOSSACT_API std::uint64_t fresh_seed();

/// Uniform numbers of [0, 1).
LOSSACT_API Tensor rand(const Shape& shape, TensorOptions options = {});
/// Standard normal numbers.
LOSSACT_API Tensor randn(const Shape& shape, TensorOptions options = {});
/// Integers of [low, high), as int64.
LOSSACT_API Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape);
/// 0, 1, ..., count - 1 in random order, as int64.
LOSSACT_API Tensor randperm(std::size_t count);

/// A training that nothing around it on the thread changes: while it lives, this thread draws from `seed`, records
/// gradients, and has BLAS use one thread. Afterwards the thread is as it was before, so trainings may run beside and
/// within each other, as tasks of a thread pool do.
class LOSSACT_API Session {
 public:
  explicit Session(std::uint64_t seed);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  SingleThreadedBlas blas_;
  std::uint64_t seed_, drawn_;
  bool grad_enabled_;
};

}  // namespace lossact::nn
#endif

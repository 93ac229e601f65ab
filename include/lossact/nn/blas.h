// Matrix products run on the calling thread: those of a network are too small to share, so threads share trainings.
#ifndef LOSSACT_NN_BLAS_H_
#define LOSSACT_NN_BLAS_H_
#include "lossact/api.h"

namespace lossact::nn {

/// While any of these lives, BLAS uses one thread; when the last is gone it uses as many as it did before the first.
/// Every product holds one; a program may hold one over its whole run.
class LOSSACT_API SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;
};

}  // namespace lossact::nn
#endif

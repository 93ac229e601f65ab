#include "nn/tensor/gemm.h"
#include <cblas.h>
#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <string>
#include "lossact/error.h"
#include "lossact/nn/blas.h"

namespace lossact::nn {
namespace {

std::mutex mutex;
std::atomic<std::size_t> holders = 0;
int threads_before = 1;

}  // namespace

SingleThreadedBlas::SingleThreadedBlas() {
  std::size_t count = holders.load(std::memory_order_acquire);
  while (count > 0)
    if (holders.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel)) return;
  const std::lock_guard lock(mutex);
  if (holders.load(std::memory_order_acquire) == 0) {
    threads_before = openblas_get_num_threads();
    if (threads_before != 1) openblas_set_num_threads(1);
  }
  holders.fetch_add(1, std::memory_order_acq_rel);
}

SingleThreadedBlas::~SingleThreadedBlas() {
  std::size_t count = holders.load(std::memory_order_acquire);
  while (count > 1)
    if (holders.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel)) return;
  const std::lock_guard lock(mutex);
  if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1 && threads_before != 1)
    openblas_set_num_threads(threads_before);
}

namespace detail {
namespace {

blasint count(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<blasint>::max()))
    throw shape_error("[matmul] a side of " + std::to_string(size) + " is longer than BLAS can count");
  return static_cast<blasint>(size);
}
CBLAS_TRANSPOSE side(bool transposed) { return transposed ? CblasTrans : CblasNoTrans; }

template <class T, class F>
void product(F blas, std::size_t m, std::size_t n, std::size_t k, Matrix<const T> a, Matrix<const T> b, Matrix<T> c,
             bool add) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!add)
      for (std::size_t row = 0; row < m; ++row) std::fill_n(c.data + row * c.columns, n, T());
    return;
  }
  const SingleThreadedBlas guard;
  blas(CblasRowMajor, side(a.transposed), side(b.transposed), count(m), count(n), count(k), T(1), a.data,
       count(a.columns), b.data, count(b.columns), add ? T(1) : T(0), c.data, count(c.columns));
}

}  // namespace

void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<const float> a, Matrix<const float> b, Matrix<float> c,
          bool add) {
  product(cblas_sgemm, m, n, k, a, b, c, add);
}
void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<const double> a, Matrix<const double> b, Matrix<double> c,
          bool add) {
  product(cblas_dgemm, m, n, k, a, b, c, add);
}

}  // namespace detail
}  // namespace lossact::nn

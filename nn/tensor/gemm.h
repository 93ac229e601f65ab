// Matrix products by CBLAS.
#ifndef LOSSACT_NN_TENSOR_GEMM_H_
#define LOSSACT_NN_TENSOR_GEMM_H_
#include <cstddef>

namespace lossact::nn::detail {

/// A matrix in row-major order, as it lies in memory; `transposed` says that its transpose is meant.
template <class T>
struct Matrix {
  T* data;
  std::size_t columns;  // in memory
  bool transposed = false;
};

/// c (m, n) = a (m, k) b (k, n), or c += a b where `add`. shape_error for sizes that BLAS cannot count.
void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<const float> a, Matrix<const float> b, Matrix<float> c,
          bool add);
void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix<const double> a, Matrix<const double> b, Matrix<double> c,
          bool add);

}  // namespace lossact::nn::detail
#endif

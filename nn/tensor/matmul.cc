// The two products of matrices, and their gradients.
#include <algorithm>
#include <array>
#include <string>
#include "lossact/nn/detail/autograd.h"
#include "nn/tensor/gemm.h"

namespace lossact::nn {
namespace {

using detail::Matrix;

/// into[j] (+)= the sum of column j. Sixteen columns at a time stay in registers; sums of 64 rows are added to each
/// other, so that a long column loses little.
template <class T>
void sum_columns(const T* from, std::size_t rows, std::size_t columns, T* into, bool add) {
  constexpr std::size_t kWide = 16, kRows = 64;
  for (std::size_t first = 0; first < columns; first += kWide) {
    const std::size_t wide = std::min(kWide, columns - first);
    std::array<T, kWide> total{};
    for (std::size_t row = 0; row < rows; row += kRows) {
      std::array<T, kWide> part{};
      const std::size_t last = std::min(rows, row + kRows);
      if (wide == kWide) {
        for (std::size_t r = row; r < last; ++r)
          for (std::size_t j = 0; j < kWide; ++j) part[j] += from[r * columns + first + j];
      } else {
        for (std::size_t r = row; r < last; ++r)
          for (std::size_t j = 0; j < wide; ++j) part[j] += from[r * columns + first + j];
      }
      for (std::size_t j = 0; j < kWide; ++j) total[j] += part[j];
    }
    for (std::size_t j = 0; j < wide; ++j) into[first + j] = add ? into[first + j] + total[j] : total[j];
  }
}

template <class T>
Matrix<const T> read(const Tensor& tensor, std::size_t columns, bool transposed = false) {
  return {tensor.data<T>().data(), columns, transposed};
}

/// The gradient of an input is a matrix product, which is added to its gradient, or written if there is none yet.
template <class T>
void gradient_product(const Tensor& input, std::size_t m, std::size_t n, std::size_t k, Matrix<const T> a,
                      Matrix<const T> b) {
  if (!input.requires_grad()) return;
  const auto [into, fresh] = detail::gradient_place(input);
  detail::gemm(m, n, k, a, b, {into.data<T>().data(), n}, !fresh);
}

std::size_t all_but_last(const Shape& shape) {
  std::size_t rows = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  return rows;
}

std::string counted(std::size_t count, std::string_view unit) {
  return std::to_string(count) + " " + std::string(unit) + (count == 1 ? "" : "s");
}

}  // namespace

Tensor linear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  detail::same_type("linear", "weight", weight, input);
  if (weight.dim() != 2)
    throw shape_error("[linear] weight has shape " + to_string(weight.shape()) + ", expected (out, in)");
  const std::size_t out = weight.shape()[0], in = weight.shape()[1];
  if (input.dim() == 0 || input.shape().back() != in)
    throw shape_error("[linear] input has shape " + to_string(input.shape()) + ", weight expects " +
                      counted(in, "feature"));
  if (bias.defined()) {
    detail::same_type("linear", "bias", bias, input);
    if (!(bias.shape() == Shape{out}))
      throw shape_error("[linear] bias has shape " + to_string(bias.shape()) + ", expected " + to_string(Shape{out}));
  }
  const std::size_t rows = all_but_last(input.shape());
  return detail::by_type("linear", input, [&]<class T>(T) {
    const Tensor output = empty(input.shape().with(input.dim() - 1, out), {.dtype = dtype_of<T>});
    T* to = output.data<T>().data();
    if (bias.defined()) {
      const T* from = bias.data<T>().data();
      for (std::size_t row = 0; row < rows; ++row) std::copy_n(from, out, to + row * out);
    }
    detail::gemm(rows, out, in, read<T>(input, in), read<T>(weight, in, true), {to, out}, bias.defined());
    const auto backward = [rows, in, out](const auto& inputs, const Tensor& grad_output) {
      const auto& [x, w, b] = inputs;
      gradient_product<T>(w, out, in, rows, read<T>(grad_output, out, true), read<T>(x, in));
      if (b.defined() && b.requires_grad()) {
        const auto [into, fresh] = detail::gradient_place(b);
        sum_columns(grad_output.data<T>().data(), rows, out, into.template data<T>().data(), !fresh);
      }
      gradient_product<T>(x, rows, in, out, read<T>(grad_output, out), read<T>(w, in));
    };
    detail::record({input.dim() != 2 ? "linear"
                    : bias.defined() ? "addmm"
                                     : "mm"},
                   output, backward, input, weight, bias);
    return output;
  });
}

Tensor matmul(const Tensor& input, const Tensor& other) {
  detail::same_type("matmul", "other", other, input);
  if (input.dim() == 0) throw shape_error("[matmul] input has no dimension, expected at least 1");
  if (other.dim() != 1 && other.dim() != 2)
    throw shape_error("[matmul] other has shape " + to_string(other.shape()) + ", expected a vector or a matrix");
  const bool vector = other.dim() == 1;
  const std::size_t k = input.shape().back(), m = all_but_last(input.shape());
  const std::size_t n = vector ? 1 : other.shape()[1];
  if (other.shape()[0] != k)
    throw shape_error("[matmul] input has " + counted(k, "column") + ", other has " + counted(other.shape()[0], "row"));
  const std::size_t last = input.dim() - 1;
  return detail::by_type("matmul", input, [&]<class T>(T) {
    const Shape shape = vector ? input.shape().without(last) : input.shape().with(last, n);
    const Tensor output = empty(shape, {.dtype = dtype_of<T>});
    detail::gemm(m, n, k, read<T>(input, k), read<T>(other, n), {output.data<T>().data(), n}, false);
    const auto backward = [m, n, k](const auto& inputs, const Tensor& grad_output) {
      const auto& [a, b, none] = inputs;
      gradient_product<T>(a, m, k, n, read<T>(grad_output, n), read<T>(b, n, true));
      gradient_product<T>(b, k, n, m, read<T>(a, k, true), read<T>(grad_output, n));
    };
    detail::record({input.dim() == 2      ? (vector ? "mv" : "mm")
                    : last == 0 && vector ? "dot"
                                          : "matmul"},
                   output, backward, input, other);
    return output;
  });
}

Tensor Tensor::matmul(const Tensor& other) const { return nn::matmul(*this, other); }

}  // namespace lossact::nn

// Sums, means and the place of the largest, of all elements or along a dimension.
#include "lossact/nn/tensor.h"
#include <algorithm>
#include <array>
#include "lossact/nn/detail/autograd.h"
#include "nn/tensor/axis.h"

namespace lossact::nn {

using detail::by_any_type;

namespace {

/// The sum in double, by eight partial sums whose order depends only on the number of elements.
template <class T>
double sum_of(const T* from, std::size_t n) {
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t j = 0; j < 8; ++j) sums[j] += static_cast<double>(from[i + j]);
  for (std::size_t j = 0; i < n; ++i, ++j) sums[j] += static_cast<double>(from[i]);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// The sum of integers, or how many are true.
Tensor count(const Tensor& input) {
  const Tensor total = zeros({}, {.dtype = DType::int64});
  by_any_type(input.dtype(), [&]<class T>(T) {
    std::uint64_t sum = 0;
    for (const T value : input.data<T>()) sum += static_cast<std::uint64_t>(value);
    total.data<std::int64_t>()[0] = static_cast<std::int64_t>(sum);
  });
  return total;
}

Tensor sum_times(std::string_view function, const Tensor& input, double scale) {
  return detail::by_type(function, input, [&]<class T>(T) {
    const Tensor output = empty({}, {.dtype = dtype_of<T>});
    output.data<T>()[0] = static_cast<T>(sum_of(input.data<T>().data(), input.numel()) * scale);
    const auto backward = [scale](const auto& inputs, const Tensor& grad_output) {
      detail::accumulate(inputs[0], full(inputs[0].shape(), grad_output.item() * scale, {.dtype = dtype_of<T>}));
    };
    detail::record({function, false}, output, backward, input);
    return output;
  });
}

Tensor sum_times(std::string_view function, const Tensor& input, std::ptrdiff_t dim, bool keepdim, bool mean) {
  const std::size_t place = input.shape().at(function, dim);
  const detail::Axis rows(input.shape(), place);
  const double scale = mean ? 1.0 / static_cast<double>(rows.axis) : 1;
  return detail::by_type(function, input, [&]<class T>(T) {
    const Shape shape = keepdim ? input.shape().with(place, 1) : input.shape().without(place);
    const Tensor output = empty(shape, {.dtype = dtype_of<T>});
    const T* from = input.data<T>().data();
    T* to = output.data<T>().data();
    if (rows.inner == 1) {
      for (std::size_t i = 0; i < rows.outer; ++i)
        to[i] = static_cast<T>(sum_of(from + i * rows.axis, rows.axis) * scale);
    } else {
      const Tensor sums = empty({rows.inner}, {.dtype = DType::float64});
      const std::span<double> s = sums.data<double>();
      for (std::size_t i = 0; i < rows.outer; ++i) {
        std::fill(s.begin(), s.end(), 0.0);
        for (std::size_t c = 0; c < rows.axis; ++c, from += rows.inner)
          for (std::size_t j = 0; j < rows.inner; ++j) s[j] += static_cast<double>(from[j]);
        for (std::size_t j = 0; j < rows.inner; ++j) *to++ = static_cast<T>(s[j] * scale);
      }
    }
    const auto backward = [rows, scale](const auto& inputs, const Tensor& grad_output) {
      const Tensor grad_input = detail::empty_like(inputs[0]);
      const T* g = grad_output.data<T>().data();
      T* into = grad_input.data<T>().data();
      for (std::size_t i = 0; i < rows.outer; ++i, g += rows.inner)
        for (std::size_t c = 0; c < rows.axis; ++c)
          for (std::size_t j = 0; j < rows.inner; ++j) *into++ = static_cast<T>(static_cast<double>(g[j]) * scale);
      detail::accumulate(inputs[0], grad_input);
    };
    detail::record({function, false, 1}, output, backward, input);
    return output;
  });
}

}  // namespace

Tensor Tensor::sum() const { return detail::is_floating_point(dtype()) ? sum_times("sum", *this, 1) : count(*this); }
Tensor Tensor::mean() const { return sum_times("mean", *this, 1.0 / static_cast<double>(numel())); }
Tensor Tensor::sum(std::ptrdiff_t dim, bool keepdim) const { return sum_times("sum", *this, dim, keepdim, false); }
Tensor Tensor::mean(std::ptrdiff_t dim, bool keepdim) const { return sum_times("mean", *this, dim, keepdim, true); }

Tensor Tensor::argmax(std::ptrdiff_t dim) const {
  const std::size_t place = shape().at("argmax", dim);
  const detail::Axis rows(shape(), place);
  if (rows.axis == 0) throw shape_error("[argmax] the tensor has shape " + to_string(shape()) + ", nothing to choose");
  const Tensor result = empty(shape().without(place), {.dtype = DType::int64});
  std::int64_t* to = result.data<std::int64_t>().data();
  by_any_type(dtype(), [&]<class T>(T) {
    const T* from = data<T>().data();
    for (std::size_t o = 0; o < rows.outer; ++o)
      for (std::size_t i = 0; i < rows.inner; ++i) {
        const T* row = from + o * rows.axis * rows.inner + i;
        std::size_t best = 0;
        for (std::size_t c = 1; c < rows.axis; ++c) {
          const T value = row[c * rows.inner], top = row[best * rows.inner];
          if (value > top || (value != value && top == top)) best = c;  // a NaN counts as the largest
        }
        *to++ = static_cast<std::int64_t>(best);
      }
  });
  return result;
}

}  // namespace lossact::nn

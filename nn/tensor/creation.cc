// Tensors of numbers that are given or follow from where they stand.
#include "lossact/nn/tensor.h"
#include <algorithm>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {

using detail::by_any_type;

Tensor full(const Shape& shape, double value, TensorOptions options) {
  const Tensor result = empty(shape, options);
  result.fill_(value);
  return result;
}
Tensor zeros(const Shape& shape, TensorOptions options) { return full(shape, 0, options); }
Tensor ones(const Shape& shape, TensorOptions options) { return full(shape, 1, options); }

Tensor arange(std::size_t count, TensorOptions options) {
  const Tensor result = empty({count}, options);
  by_any_type(options.dtype, [&]<class T>(T) {
    const std::span<T> to = result.data<T>();
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<T>(i);
  });
  return result;
}

Tensor linspace(double first, double last, std::size_t count, TensorOptions options) {
  const Tensor result = empty({count}, options);
  detail::by_type("linspace", result, [&]<class T>(T) {
    const std::span<T> to = result.data<T>();
    for (std::size_t i = 0; i < count; ++i) {
      const double share = count == 1 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1);
      to[i] = static_cast<T>(first * (1 - share) + last * share);
    }
  });
  return result;
}

Tensor one_hot(const Tensor& classes, std::size_t count, TensorOptions options) {
  if (classes.dim() != 1)
    throw shape_error("[one_hot] classes has shape " + to_string(classes.shape()) + ", expected one dimension");
  const std::span<const std::int64_t> from = classes.data<std::int64_t>();
  for (std::size_t row = 0; row < from.size(); ++row)
    if (from[row] < 0 || static_cast<std::size_t>(from[row]) >= count)
      throw index_error("[one_hot] class " + std::to_string(from[row]) + " at row " + std::to_string(row) +
                        " is outside [0, " + std::to_string(count) + ")");
  const Tensor result = zeros({from.size(), count}, options);
  by_any_type(options.dtype, [&]<class T>(T) {
    const std::span<T> to = result.data<T>();
    for (std::size_t row = 0; row < from.size(); ++row) to[row * count + static_cast<std::size_t>(from[row])] = T(1);
  });
  return result;
}

Tensor tensor(std::initializer_list<detail::Number> values, TensorOptions options) {
  const Tensor result = empty({values.size()}, options);
  by_any_type(options.dtype, [&]<class T>(T) {
    std::transform(values.begin(), values.end(), result.data<T>().begin(),
                   [](detail::Number number) { return static_cast<T>(number.value); });
  });
  return result;
}
Tensor tensor(std::initializer_list<std::initializer_list<double>> rows, TensorOptions options) {
  const std::size_t columns = rows.size() == 0 ? 0 : rows.begin()->size();
  for (const auto& row : rows)
    if (row.size() != columns)
      throw shape_error("[tensor] a row has " + std::to_string(row.size()) + " numbers, the first has " +
                        std::to_string(columns));
  const Tensor result = empty({rows.size(), columns}, options);
  by_any_type(options.dtype, [&]<class T>(T) {
    T* to = result.data<T>().data();
    for (const auto& row : rows)
      for (const double value : row) *to++ = static_cast<T>(value);
  });
  return result;
}

}  // namespace lossact::nn

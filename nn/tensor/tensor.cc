// Creation, shapes, reductions.
#include "lossact/nn/tensor.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include "lossact/nn/detail/autograd.h"
#include "nn/tensor/axis.h"
#include "numbers/philox.h"

namespace lossact::nn {

using detail::by_any_type;

namespace {

/// The sum in double, by eight sums side by side whose order depends on nothing but the number of elements.
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

template <class T>
void transposed(const T* from, T* to, std::size_t outer, std::size_t a, std::size_t middle, std::size_t b,
                std::size_t inner) {
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t j = 0; j < b; ++j)
      for (std::size_t m = 0; m < middle; ++m)
        for (std::size_t i = 0; i < a; ++i, to += inner)
          std::copy_n(from + (((o * a + i) * middle + m) * b + j) * inner, inner, to);
}

std::size_t rows_of(std::string_view function, const Tensor& input) {
  if (input.dim() == 0)
    throw index_error("[" + std::string(function) + "] the tensor is a single number and has no rows");
  return input.shape()[0];
}

/// Rows first, ... of the leading dimension as `shape`, sharing the data.
Tensor part(std::string_view name, const Tensor& input, std::size_t first, const Shape& shape) {
  const std::size_t rows = input.shape()[0], offset = rows == 0 ? 0 : first * (input.numel() / rows);
  Tensor result = detail::view(input, shape, offset);
  const auto backward = [offset](const auto& inputs, const Tensor& grad_output) {
    const auto [into, fresh] = detail::gradient_place(inputs[0]);
    if (fresh) into.fill_(0);
    detail::by_type("backward", grad_output, [&, to = into]<class T>(T) {
      const std::span<T> g = grad_output.data<T>();
      T* at = to.template data<T>().data() + offset;
      for (std::size_t i = 0; i < g.size(); ++i) at[i] += g[i];
    });
  };
  detail::record({name, false}, result, backward, input);
  return result;
}

}  // namespace

// Creation

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

void Tensor::fill_(double value) const {
  detail::changed(*this);
  by_any_type(dtype(), [&]<class T>(T) {
    const std::span<T> to = data<T>();
    std::fill(to.begin(), to.end(), static_cast<T>(value));
  });
}

namespace {
/// C++ leaves open what a float becomes that no integer holds; here, as on x86, the smallest one.
template <class From, class To>
To converted(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_same_v<To, std::int64_t>) {
    constexpr From most = 9223372036854775808.0;
    if (!(value >= -most && value < most)) return std::numeric_limits<std::int64_t>::min();
  }
  return static_cast<To>(value);
}
}  // namespace

Tensor Tensor::to(DType wanted) const {
  if (wanted == dtype()) return *this;
  const Tensor result = empty(shape(), {.dtype = wanted});
  by_any_type(dtype(), [&]<class From>(From) {
    by_any_type(wanted, [&]<class To>(To) {
      const std::span<From> from = data<From>();
      std::transform(from.begin(), from.end(), result.data<To>().begin(), converted<From, To>);
    });
  });
  if (detail::is_floating_point(wanted))
    detail::record(
        {"to", false}, result,
        [](const auto& inputs, const Tensor& grad_output) {
          detail::accumulate(inputs[0], grad_output.to(inputs[0].dtype()));
        },
        *this);
  return result;
}

// Shape

Tensor Tensor::reshape(const Shape& wanted) const {
  Shape complete = wanted;
  std::size_t known = 1, unknown = wanted.size();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != infer) known *= wanted[i];
    else if (unknown == wanted.size()) unknown = i;
    else throw shape_error("[reshape] " + to_string(wanted) + " leaves more than one size open");
  }
  if (unknown < wanted.size() && known != 0) complete = wanted.with(unknown, numel() / known);
  if (unknown < wanted.size() && known == 0) complete = wanted.with(unknown, 0);
  if (complete.numel() != numel())
    throw shape_error("[reshape] input has shape " + to_string(shape()) + ", which does not fill " + to_string(wanted));
  Tensor result = detail::view(*this, complete);
  detail::record(
      {"view", false}, result,
      [](const auto& inputs, Tensor grad_output) {
        detail::accumulate(inputs[0], detail::view(grad_output, inputs[0].shape()));
      },
      *this);
  return result;
}

Tensor Tensor::transpose(std::ptrdiff_t a, std::ptrdiff_t b) const {
  std::size_t first = shape().at("transpose", a), second = shape().at("transpose", b);
  if (first > second) std::swap(first, second);
  if (first == second) return *this;
  const Tensor result = empty(shape().with(first, shape()[second]).with(second, shape()[first]), {.dtype = dtype()});
  const detail::Axis outer(shape(), first), inner(shape(), second);
  std::size_t middle = 1;
  for (std::size_t i = first + 1; i < second; ++i) middle *= shape()[i];
  by_any_type(dtype(), [&]<class T>(T) {
    transposed(data<T>().data(), result.data<T>().data(), outer.outer, outer.axis, middle, inner.axis, inner.inner);
  });
  detail::record(
      {"transpose", false}, result,
      [a, b](const auto& inputs, const Tensor& grad_output) {
        detail::accumulate(inputs[0], grad_output.transpose(a, b));
      },
      *this);
  return result;
}

Tensor Tensor::t() const {
  if (dim() != 2) throw shape_error("[t] the tensor has shape " + to_string(shape()) + ", expected a matrix");
  return transpose(0, 1);
}

Tensor Tensor::operator[](std::size_t index) const {
  const std::size_t rows = rows_of("operator[]", *this);
  if (index >= rows)
    throw index_error("[operator[]] row " + std::to_string(index) + " is outside [0, " + std::to_string(rows) + ")");
  return part("select", *this, index, shape().without(0));
}

Tensor Tensor::slice(std::size_t first, std::size_t last) const {
  const std::size_t rows = rows_of("slice", *this);
  if (first > last || last > rows)
    throw index_error("[slice] rows " + std::to_string(first) + " to " + std::to_string(last) + " are outside [0, " +
                      std::to_string(rows) + ")");
  return part("slice", *this, first, shape().with(0, last - first));
}

Tensor Tensor::index_select(const Tensor& indices) const {
  const std::size_t rows = rows_of("index_select", *this), wide = rows == 0 ? 0 : numel() / rows;
  if (indices.dim() != 1)
    throw shape_error("[index_select] indices has shape " + to_string(indices.shape()) + ", expected one dimension");
  const std::span<const std::int64_t> at = indices.data<std::int64_t>();
  for (const std::int64_t index : at)
    if (index < 0 || static_cast<std::size_t>(index) >= rows)
      throw index_error("[index_select] row " + std::to_string(index) + " is outside [0, " + std::to_string(rows) +
                        ")");
  const Tensor result = empty(shape().with(0, at.size()), {.dtype = dtype()});
  by_any_type(dtype(), [&]<class T>(T) {
    const T* from = data<T>().data();
    T* to = result.data<T>().data();
    for (const std::int64_t index : at) to = std::copy_n(from + static_cast<std::size_t>(index) * wide, wide, to);
  });
  const auto backward = [wide](const auto& inputs, const Tensor& grad_output) {
    const auto [into, fresh] = detail::gradient_place(inputs[0]);
    if (fresh) into.fill_(0);
    detail::by_type("backward", grad_output, [&, to = into]<class T>(T) {
      const T* g = grad_output.data<T>().data();
      for (const std::int64_t index : inputs[1].template data<std::int64_t>()) {
        T* row = to.template data<T>().data() + static_cast<std::size_t>(index) * wide;
        for (std::size_t i = 0; i < wide; ++i) row[i] += *g++;
      }
    });
  };
  detail::record({"index_select"}, result, backward, *this, indices);
  return result;
}

// Reductions

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

Tensor dropout(const Tensor& input, double p, std::uint64_t seed) {
  if (!(p >= 0 && p <= 1)) throw domain_error("[dropout] p is " + std::to_string(p) + ", expected a number in [0, 1]");
  if (p == 0) return input;
  // The mask is drawn again in the backward pass rather than kept.
  const auto masked = [p, seed]<class T>(const T* from, T* to, std::size_t n) {
    constexpr std::size_t kDrawn = 256;
    std::array<float, kDrawn> u;
    const auto scale = static_cast<T>(p < 1 ? 1 / (1 - p) : 0);
    const auto limit = static_cast<float>(p);
    for (std::size_t first = 0; first < n; first += kDrawn) {
      const std::size_t live = std::min(kDrawn, n - first);
      uniform(seed, first, u.data(), (live + 3) / 4);
      for (std::size_t i = 0; i < live; ++i) to[first + i] = u[i] < limit ? T(0) : from[first + i] * scale;
    }
  };
  return detail::by_type("dropout", input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    masked(input.data<T>().data(), output.data<T>().data(), input.numel());
    const auto backward = [masked](const auto& inputs, const Tensor& grad_output) {
      const Tensor grad_input = detail::reuse(grad_output);
      masked(static_cast<const T*>(grad_output.data<T>().data()), grad_input.data<T>().data(), grad_output.numel());
      detail::accumulate(inputs[0], grad_input);
    };
    detail::record({"dropout", false}, output, backward, input);
    return output;
  });
}

}  // namespace lossact::nn

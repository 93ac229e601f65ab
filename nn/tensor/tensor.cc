// What makes another tensor of a tensor: another shape or element type, the transpose, some of its rows.
#include "lossact/nn/tensor.h"
#include <algorithm>
#include <limits>
#include "lossact/nn/detail/autograd.h"
#include "nn/tensor/axis.h"

namespace lossact::nn {

using detail::by_any_type;

namespace {

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

}  // namespace lossact::nn

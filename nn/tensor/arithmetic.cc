// Elementwise arithmetic with broadcasting.
#include <array>
#include <cmath>
#include <functional>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {
namespace {

/// The strides of two inputs along the dimensions of a result. Dimensions along which both are contiguous are merged.
struct Walk {
  std::size_t dims = 0;
  std::array<std::size_t, Shape::most> size{}, a{}, b{};
};

Walk walk(const Shape& result, const Shape& first, const Shape& second) {
  std::array<std::size_t, Shape::most> a{}, b{};
  const auto strides = [&](const Shape& shape, auto& stride) {
    std::size_t step = 1;
    for (std::size_t i = shape.size(); i-- > 0; step *= shape[i])
      stride[result.size() - shape.size() + i] = shape[i] == 1 ? 0 : step;
  };
  strides(first, a);
  strides(second, b);
  Walk w;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == 1) continue;
    if (w.dims > 0 && w.a[w.dims - 1] == a[i] * result[i] && w.b[w.dims - 1] == b[i] * result[i]) {
      w.size[w.dims - 1] *= result[i];
      w.a[w.dims - 1] = a[i];
      w.b[w.dims - 1] = b[i];
    } else {
      w.size[w.dims] = result[i];
      w.a[w.dims] = a[i];
      w.b[w.dims++] = b[i];
    }
  }
  if (w.dims == 0) w.dims = 1, w.size[0] = 1;
  return w;
}

/// Calls run(offset in the result, offset in a, offset in b) for each innermost run of elements.
template <class F>
void for_each_run(const Walk& w, F run) {
  for (std::size_t i = 0; i < w.dims; ++i)
    if (w.size[i] == 0) return;
  std::array<std::size_t, Shape::most> at{};
  const std::size_t inner = w.dims - 1;
  std::size_t offset = 0, a = 0, b = 0;
  for (;;) {
    run(offset, a, b);
    offset += w.size[inner];
    std::size_t i = inner;
    for (;;) {
      if (i-- == 0) return;
      a += w.a[i], b += w.b[i];
      if (++at[i] < w.size[i]) break;
      a -= w.a[i] * w.size[i], b -= w.b[i] * w.size[i];
      at[i] = 0;
    }
  }
}

template <class T, class Result, class F>
void combine(const Tensor& input, const Tensor& other, const Tensor& output, F f) {
  const Walk w = walk(output.shape(), input.shape(), other.shape());
  const T* first = input.data<T>().data();
  const T* second = other.data<T>().data();
  Result* result = output.data<Result>().data();
  const std::size_t inner = w.dims - 1, n = w.size[inner], step_a = w.a[inner], step_b = w.b[inner];
  for_each_run(w, [&](std::size_t offset, std::size_t from_a, std::size_t from_b) {
    const T* a = first + from_a;
    const T* b = second + from_b;
    Result* to = result + offset;
    if (step_a == 1 && step_b == 1)
      for (std::size_t i = 0; i < n; ++i) to[i] = f(a[i], b[i]);
    else if (step_a == 1)
      for (std::size_t i = 0; i < n; ++i) to[i] = f(a[i], *b);
    else if (step_b == 1)
      for (std::size_t i = 0; i < n; ++i) to[i] = f(*a, b[i]);
    else
      for (std::size_t i = 0; i < n; ++i) to[i] = f(*a, *b);
  });
}

/// Sums a gradient over what was broadcast. The sum is in double, so that a million floats lose nothing.
Tensor reduce_to(const Tensor& gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  return detail::by_type("backward", gradient, [&]<class T>(T) {
    const Tensor sums = zeros(shape, {.dtype = DType::float64});
    const Walk w = walk(gradient.shape(), shape, shape);
    const T* from = gradient.data<T>().data();
    double* into = sums.data<double>().data();
    const std::size_t inner = w.dims - 1, n = w.size[inner], step = w.a[inner];
    for_each_run(w, [&](std::size_t offset, std::size_t at, std::size_t) {
      for (std::size_t i = 0; i < n; ++i) into[at + i * step] += static_cast<double>(from[offset + i]);
    });
    return sums.to(dtype_of<T>);
  });
}

Tensor like(const Tensor& tensor, double value) { return full({}, value, {.dtype = tensor.dtype()}); }

template <class F>
Tensor map(std::string_view name, const Tensor& input, F f) {
  return detail::by_type(name, input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    const T* from = input.data<T>().data();
    T* to = output.data<T>().data();
    const std::size_t n = input.numel();
    for (std::size_t i = 0; i < n; ++i) to[i] = f(from[i]);
    return output;
  });
}

/// a^n modulo 2^64, by squaring.
std::uint64_t power(std::uint64_t a, std::uint64_t n) {
  std::uint64_t result = 1;
  for (; n > 0; n >>= 1, a *= a)
    if (n & 1) result *= a;
  return result;
}

/// f(x), and its gradient df(grad, x).
template <class F, class D>
Tensor unary(std::string_view name, const Tensor& input, F f, D df) {
  const Tensor output = map(name, input, f);
  const auto backward = [df](const auto& inputs, const Tensor& grad_output) {
    detail::accumulate(inputs[0], df(grad_output, inputs[0]));
  };
  detail::record({name}, output, backward, input);
  return output;
}

/// f(a, b), and its gradients da(grad, a, b) and db(grad, a, b). Integers wrap around, and have no gradient.
template <class F, class A, class B>
Tensor binary(detail::Operation operation, const Tensor& input, const Tensor& other, F f, A da, B db) {
  detail::same_type(operation.name, "other", other, input);
  const Shape shape = broadcast(operation.name, input.shape(), other.shape());
  if constexpr (!std::is_same_v<F, std::divides<>>) {
    if (input.dtype() == DType::int64) {
      const Tensor output = empty(shape, {.dtype = DType::int64});
      combine<std::int64_t, std::int64_t>(input, other, output, [f](std::int64_t a, std::int64_t b) {
        return static_cast<std::int64_t>(f(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
      });
      return output;
    }
  }
  return detail::by_type(operation.name, input, [&]<class T>(T) {
    const Tensor output = empty(shape, {.dtype = dtype_of<T>});
    combine<T, T>(input, other, output, f);
    const auto backward = [da, db](const auto& inputs, const Tensor& grad_output) {
      const auto& [a, b, none] = inputs;
      if (a.requires_grad()) detail::accumulate(a, reduce_to(da(grad_output, a, b), a.shape()));
      if (b.requires_grad()) detail::accumulate(b, reduce_to(db(grad_output, a, b), b.shape()));
    };
    detail::record(operation, output, backward, input, other);
    return output;
  });
}

template <class F>
Tensor compared(std::string_view name, const Tensor& input, const Tensor& other, F f) {
  detail::same_type(name, "other", other, input);
  const Tensor output = empty(broadcast(name, input.shape(), other.shape()), {.dtype = DType::boolean});
  detail::by_any_type(input.dtype(), [&]<class T>(T) { combine<T, bool>(input, other, output, f); });
  return output;
}

// Powers that need no logarithm.
Tensor raised(const Tensor& input, double exponent) {
  if (exponent == 0) return map("pow", input, []<class T>(T) { return T(1); });
  if (exponent == 1) return map("pow", input, [](auto x) { return x; });
  if (exponent == 2) return map("pow", input, [](auto x) { return x * x; });
  if (exponent == 3) return map("pow", input, [](auto x) { return x * x * x; });
  if (exponent == -1) return map("pow", input, [](auto x) { return 1 / x; });
  if (exponent == 0.5) return map("pow", input, [](auto x) { return std::sqrt(x); });
  return map("pow", input, [exponent]<class T>(T x) { return std::pow(x, static_cast<T>(exponent)); });
}

}  // namespace

Tensor Tensor::expand(const Shape& wanted) const {
  if (!(broadcast("expand", shape(), wanted) == wanted))
    throw shape_error("[expand] input has shape " + to_string(shape()) + ", which does not repeat to " +
                      to_string(wanted));
  const Tensor output = empty(wanted, {.dtype = dtype()});
  detail::by_any_type(dtype(),
                      [&]<class T>(T) { combine<T, T>(*this, *this, output, [](T value, T) { return value; }); });
  detail::record(
      {"expand", false}, output,
      [](const auto& inputs, const Tensor& grad_output) {
        detail::accumulate(inputs[0], reduce_to(grad_output, inputs[0].shape()));
      },
      *this);
  return output;
}

Tensor operator+(const Tensor& input, const Tensor& other) {
  const auto same = [](const Tensor& g, const Tensor&, const Tensor&) { return g; };
  return binary({"add", false}, input, other, std::plus(), same, same);
}
Tensor operator-(const Tensor& input, const Tensor& other) {
  return binary(
      {"sub", false}, input, other, std::minus(), [](const Tensor& g, const Tensor&, const Tensor&) { return g; },
      [](const Tensor& g, const Tensor&, const Tensor&) { return -g; });
}
Tensor operator*(const Tensor& input, const Tensor& other) {
  return binary(
      {"mul"}, input, other, std::multiplies(), [](const Tensor& g, const Tensor&, const Tensor& b) { return g * b; },
      [](const Tensor& g, const Tensor& a, const Tensor&) { return g * a; });
}
Tensor operator/(const Tensor& input, const Tensor& other) {
  return binary(
      {"div"}, input, other, std::divides(), [](const Tensor& g, const Tensor&, const Tensor& b) { return g / b; },
      [](const Tensor& g, const Tensor& a, const Tensor& b) { return -g * (a / b / b); });
}
Tensor operator+(const Tensor& input, double other) { return input + like(input, other); }
Tensor operator-(const Tensor& input, double other) { return input - like(input, other); }
Tensor operator*(const Tensor& input, double other) { return input * like(input, other); }
Tensor operator/(const Tensor& input, double other) { return input / like(input, other); }
Tensor operator+(double input, const Tensor& other) { return like(other, input) + other; }
Tensor operator-(double input, const Tensor& other) {
  const Tensor output = map("rsub", other, [input]<class T>(T x) { return static_cast<T>(input) - x; });
  detail::record(
      {"rsub", false, 1}, output,
      [](const auto& inputs, const Tensor& grad_output) { detail::accumulate(inputs[0], -grad_output); }, other);
  return output;
}
Tensor operator*(double input, const Tensor& other) { return like(other, input) * other; }
Tensor operator/(double input, const Tensor& other) { return like(other, input) / other; }
Tensor operator-(const Tensor& input) {
  if (input.dtype() == DType::int64) return input * -1.0;
  const Tensor output = map("neg", input, [](auto x) { return -x; });
  detail::record(
      {"neg", false}, output,
      [](const auto& inputs, const Tensor& grad_output) { detail::accumulate(inputs[0], -grad_output); }, input);
  return output;
}

Tensor eq(const Tensor& input, const Tensor& other) { return compared("eq", input, other, std::equal_to()); }
Tensor ne(const Tensor& input, const Tensor& other) { return compared("ne", input, other, std::not_equal_to()); }
Tensor lt(const Tensor& input, const Tensor& other) { return compared("lt", input, other, std::less()); }
Tensor le(const Tensor& input, const Tensor& other) { return compared("le", input, other, std::less_equal()); }
Tensor gt(const Tensor& input, const Tensor& other) { return compared("gt", input, other, std::greater()); }
Tensor ge(const Tensor& input, const Tensor& other) { return compared("ge", input, other, std::greater_equal()); }

Tensor pow(const Tensor& input, double exponent) {
  const Tensor output = raised(input, exponent);
  detail::record(
      {"pow"}, output,
      [exponent](const auto& inputs, const Tensor& grad_output) {
        if (exponent == 0)
          return detail::accumulate(inputs[0], zeros(grad_output.shape(), {.dtype = grad_output.dtype()}));
        detail::accumulate(inputs[0], grad_output * exponent * raised(inputs[0], exponent - 1));
      },
      input);
  return output;
}
Tensor Tensor::pow(double exponent) const { return nn::pow(*this, exponent); }

Tensor pow(const Tensor& input, const Tensor& exponent) {
  if (exponent.dtype() == DType::int64)
    for (const std::int64_t n : exponent.data<std::int64_t>())
      if (n < 0)
        throw domain_error("[pow] the exponent of an integer is " + std::to_string(n) + ", expected 0 or more");
  return binary(
      {"pow", true, 1}, input, exponent,
      []<class T>(T a, T b) {
        if constexpr (std::is_floating_point_v<T>) return std::pow(a, b);
        else return power(a, b);
      },
      [](const Tensor& g, const Tensor& a, const Tensor& b) {
        // Where the exponent is 0 the slope is 0, not 0 times an infinite power.
        return where(eq(b, like(b, 0)), like(g, 0), g * b * pow(a, b - 1));
      },
      [](const Tensor& g, const Tensor& a, const Tensor& b) {
        // 0^b stays 0 for b > 0.
        return where(eq(a, like(a, 0)), like(g, 0), g * pow(a, b) * a.log());
      });
}

Tensor Tensor::exp() const {
  return unary(
      "exp", *this, [](auto x) { return std::exp(x); }, [](const Tensor& g, const Tensor& x) { return g * x.exp(); });
}
Tensor Tensor::log() const {
  return unary(
      "log", *this, [](auto x) { return std::log(x); }, [](const Tensor& g, const Tensor& x) { return g / x; });
}
Tensor Tensor::sqrt() const {
  return unary(
      "sqrt", *this, [](auto x) { return std::sqrt(x); },
      [](const Tensor& g, const Tensor& x) { return g / (x.sqrt() * 2); });
}
Tensor Tensor::abs() const {
  return unary(
      "abs", *this, [](auto x) { return std::fabs(x); },
      [](const Tensor& g, const Tensor& x) {
        const Tensor zero = like(x, 0);
        return where(eq(x, zero), like(g, 0), where(lt(x, zero), -g, g));
      });
}

Tensor where(const Tensor& condition, const Tensor& input, const Tensor& other) {
  if (condition.dtype() != DType::boolean)
    throw type_error("[where] condition is " + std::string(to_string(condition.dtype())) + ", expected bool");
  detail::same_type("where", "other", other, input);
  const Shape shape = broadcast("where", broadcast("where", condition.shape(), input.shape()), other.shape());
  const Tensor output = empty(shape, {.dtype = input.dtype()});
  {
    const NoGrad guard;
    const Tensor chosen = condition.expand(shape), yes = input.expand(shape), no = other.expand(shape);
    detail::by_any_type(input.dtype(), [&]<class T>(T) {
      const bool* c = chosen.data<bool>().data();
      const T* a = yes.data<T>().data();
      const T* b = no.data<T>().data();
      T* to = output.data<T>().data();
      for (std::size_t i = 0, n = output.numel(); i < n; ++i) to[i] = c[i] ? a[i] : b[i];
    });
  }
  const auto backward = [](const auto& inputs, const Tensor& grad_output) {
    const auto& [chosen, a, b] = inputs;
    const Tensor zero = like(grad_output, 0);
    if (a.requires_grad()) detail::accumulate(a, reduce_to(where(chosen, grad_output, zero), a.shape()));
    if (b.requires_grad()) detail::accumulate(b, reduce_to(where(chosen, zero, grad_output), b.shape()));
  };
  detail::record({"where"}, output, backward, condition, input, other);
  return output;
}

}  // namespace lossact::nn

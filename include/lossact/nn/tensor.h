// An n-dimensional array that remembers how it was made, so that backward() finds the gradients.
#ifndef LOSSACT_NN_TENSOR_H_
#define LOSSACT_NN_TENSOR_H_
#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include "lossact/api.h"
#include "lossact/error.h"
#include "lossact/nn/shape.h"

namespace lossact::nn {

/// What a tensor's elements are. int64 is for labels and counts, boolean for what is true; neither has a gradient.
enum class DType : std::uint8_t { float32, float64, int64, boolean };
inline constexpr DType float32 = DType::float32, float64 = DType::float64, int64 = DType::int64,
                       boolean = DType::boolean;
/// float32, float64, int64 or bool.
LOSSACT_API std::string_view to_string(DType dtype);

/// float -> float32, double -> float64, bool -> boolean, any integer -> int64.
template <class T>
inline constexpr DType dtype_of = std::is_same_v<T, float>    ? DType::float32
                                  : std::is_same_v<T, double> ? DType::float64
                                  : std::is_same_v<T, bool>   ? DType::boolean
                                                              : DType::int64;

class Tensor;
namespace detail {
struct State;
LOSSACT_API void retain(State* state) noexcept;
LOSSACT_API void release(State* state) noexcept;
}  // namespace detail

/// What creation functions may be told.
struct TensorOptions {
  DType dtype = DType::float32;
  bool requires_grad = false;
};

/// A handle to n-dimensional data in row-major order. Copies of a handle, and what reshape, detach and indexing return,
/// share the data. A tensor may be read from any thread; graphs of different threads must not share a tensor that
/// requires a gradient.
class LOSSACT_API Tensor {
 public:
  /// The undefined tensor: what grad() is before backward().
  Tensor() = default;
  Tensor(const Tensor& other) noexcept : state_(other.state_) {
    if (state_) detail::retain(state_);
  }
  Tensor(Tensor&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Tensor() {
    if (state_) detail::release(state_);
  }

  bool defined() const { return state_ != nullptr; }
  const Shape& shape() const;
  /// The number of dimensions.
  std::size_t dim() const { return shape().size(); }
  /// The size of one dimension, counted from the end if negative; index_error outside.
  std::size_t size(std::ptrdiff_t dim) const { return shape()[shape().at("size", dim)]; }
  std::size_t numel() const;
  DType dtype() const;

  /// The elements in row-major order; type_error if they are of another type than T (float, double, std::int64_t or
  /// bool).
  /// A value that a graph has kept for its backward pass must not be overwritten before it.
  template <class T>
  std::span<T> data() const {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int64_t> ||
                  std::is_same_v<T, bool>);
    return {static_cast<T*>(raw(dtype_of<T>)), numel()};
  }
  /// The value of a tensor of one element, whatever its type; shape_error for more.
  double item() const;

  // Gradients

  bool requires_grad() const;
  /// Whether backward() shall leave a gradient here. domain_error for what an operation has made, type_error for
  /// integers and truth values.
  const Tensor& requires_grad_(bool on = true) const;
  /// Made by the user, not by an operation that was recorded.
  bool is_leaf() const;
  /// What backward() has added up for this leaf since zero_grad(); undefined before.
  Tensor grad() const;
  /// Replaces the gradient; an undefined tensor is none. domain_error for what an operation has made.
  void set_grad(const Tensor& grad) const;
  void zero_grad() const;
  /// The operation that made this, as PyTorch calls it: "MulBackward0". Empty for a leaf.
  std::string grad_fn() const;
  /// Adds d this / d leaf to the gradient of every leaf that requires one, and frees the graph. This must be a single
  /// number, or grad_output has its shape. domain_error where there is no graph, or no more.
  void backward() const;
  void backward(const Tensor& grad_output) const;
  /// Takes the data of another tensor, with its shape and type, and keeps its place in networks and optimisers.
  /// domain_error for what an operation has made.
  void set_data(const Tensor& data) const;
  /// The same data outside the graph.
  Tensor detach() const;
  /// A copy of the data, inside the graph.
  Tensor clone() const;
  /// The same values as another element type (inside the graph between float32 and float64).
  Tensor to(DType dtype) const;

  // Shape

  /// The same elements in another shape; one size may be -1 and follows from the others.
  Tensor reshape(const Shape& shape) const;
  /// Repeated to a shape that it broadcasts to, as a copy; shape_error for another.
  Tensor expand(const Shape& shape) const;
  /// Dimensions a and b exchanged, as a copy.
  Tensor transpose(std::ptrdiff_t a, std::ptrdiff_t b) const;
  /// The transpose of a matrix.
  Tensor t() const;
  /// Row `index` of the leading dimension; index_error outside.
  Tensor operator[](std::size_t index) const;
  /// Rows first, first + 1, ..., last - 1 of the leading dimension.
  Tensor slice(std::size_t first, std::size_t last) const;
  /// The rows of the leading dimension that an int64 tensor (n) names, in its order.
  Tensor index_select(const Tensor& indices) const;

  // Reductions: sums are added in double

  /// Of integers the sum as int64, of truth values how many are true.
  Tensor sum() const;
  Tensor sum(std::ptrdiff_t dim, bool keepdim = false) const;
  Tensor mean() const;
  Tensor mean(std::ptrdiff_t dim, bool keepdim = false) const;
  /// The index (int64) of the largest element along a dimension, the first of equal ones.
  Tensor argmax(std::ptrdiff_t dim = -1) const;

  /// Each element to the power of a number.
  Tensor pow(double exponent) const;
  /// Elementwise, with the C library's results.
  Tensor exp() const;
  Tensor log() const;
  Tensor sqrt() const;
  /// The slope at 0 is 0.
  Tensor abs() const;
  Tensor matmul(const Tensor& other) const;

  /// Every element becomes `value`, in place and outside the graph.
  void fill_(double value) const;
  /// Takes the values of a tensor of the same shape and type, in place and outside the graph.
  void copy_(const Tensor& source) const;

  detail::State* state() const { return state_; }
  explicit Tensor(detail::State* owned) : state_(owned) {}

 private:
  void* raw(DType expected) const;
  detail::State* state_ = nullptr;
};

// Creation

LOSSACT_API Tensor empty(const Shape& shape, TensorOptions options = {});
LOSSACT_API Tensor zeros(const Shape& shape, TensorOptions options = {});
LOSSACT_API Tensor ones(const Shape& shape, TensorOptions options = {});
LOSSACT_API Tensor full(const Shape& shape, double value, TensorOptions options = {});
/// 0, 1, ..., count - 1.
LOSSACT_API Tensor arange(std::size_t count, TensorOptions options = {});
/// `count` numbers from first to last, both included, evenly spaced.
LOSSACT_API Tensor linspace(double first, double last, std::size_t count, TensorOptions options = {});
/// The classes of an int64 tensor as rows of 0 and 1: (n) -> (n, classes). index_error for a class outside.
LOSSACT_API Tensor one_hot(const Tensor& classes, std::size_t count, TensorOptions options = {});

namespace detail {
struct Number {  // ranks below a nested list, so that {{1.0}, {2.0}} is a matrix
  double value;
  template <class T>
    requires std::is_arithmetic_v<T>
  constexpr Number(T number) : value(static_cast<double>(number)) {}
};
}  // namespace detail

/// One number, without a dimension: tensor(0.5).
template <class T>
  requires std::is_arithmetic_v<T>
Tensor tensor(T value, TensorOptions options = {}) {
  return full({}, static_cast<double>(value), options);
}
/// A copy of an array's elements (float, double or an integer type), in one dimension.
template <std::ranges::contiguous_range R>
Tensor tensor(const R& values) {
  using T = std::ranges::range_value_t<R>;
  using E = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
  const Tensor result = empty({std::ranges::size(values)}, {.dtype = dtype_of<E>});
  E* to = result.data<E>().data();
  for (const T& value : values) *to++ = static_cast<E>(value);
  return result;
}
/// A row of numbers: tensor({0.5, 2.0}). Integers alone give int64: tensor({3, 0, 1}).
LOSSACT_API Tensor tensor(std::initializer_list<detail::Number> values, TensorOptions options = {});
template <std::integral I>
Tensor tensor(std::initializer_list<I> values) {
  return tensor(std::span<const I>(values.begin(), values.size()));
}
/// A matrix, row by row: tensor({{1, 2}, {3, 4}}). shape_error for rows of different lengths.
LOSSACT_API Tensor tensor(std::initializer_list<std::initializer_list<double>> rows, TensorOptions options = {});

// Arithmetic, with PyTorch's broadcasting. Both tensors are of one type (type_error otherwise); a number takes the
// tensor's. Integers wrap around; they have no division.

LOSSACT_API Tensor operator+(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor operator-(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor operator*(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor operator/(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor operator+(const Tensor& input, double other);
LOSSACT_API Tensor operator-(const Tensor& input, double other);
LOSSACT_API Tensor operator*(const Tensor& input, double other);
LOSSACT_API Tensor operator/(const Tensor& input, double other);
LOSSACT_API Tensor operator+(double input, const Tensor& other);
LOSSACT_API Tensor operator-(double input, const Tensor& other);
LOSSACT_API Tensor operator*(double input, const Tensor& other);
LOSSACT_API Tensor operator/(double input, const Tensor& other);
LOSSACT_API Tensor operator-(const Tensor& input);
LOSSACT_API Tensor pow(const Tensor& input, double exponent);
/// Each element to the power of the other. Of integers too; domain_error for a negative exponent among those.
LOSSACT_API Tensor pow(const Tensor& input, const Tensor& exponent);
/// Where a boolean tensor is true an element of `input`, elsewhere one of `other`; all three broadcast.
LOSSACT_API Tensor where(const Tensor& condition, const Tensor& input, const Tensor& other);

/// The matrix product: (n, k) (k, m) -> (n, m). A vector (k) stands for a row on the left, for a column on the right,
/// and its dimension is left out of the result; a left side of more dimensions is taken as its rows.
LOSSACT_API Tensor matmul(const Tensor& input, const Tensor& other);
/// input weight^T + bias: (..., in) (out, in) (out) -> (..., out). The bias may be undefined.
LOSSACT_API Tensor linear(const Tensor& input, const Tensor& weight, const Tensor& bias = {});
/// Each element is 0 with probability p, otherwise divided by 1 - p; which ones is a function of the seed.
LOSSACT_API Tensor dropout(const Tensor& input, double p, std::uint64_t seed);

// Comparison, with the same broadcasting: a boolean tensor.

LOSSACT_API Tensor eq(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor ne(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor lt(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor le(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor gt(const Tensor& input, const Tensor& other);
LOSSACT_API Tensor ge(const Tensor& input, const Tensor& other);

// Recording

/// Whether operations of this thread are recorded for backward().
LOSSACT_API bool is_grad_enabled();
/// While it lives, operations of this thread are not recorded.
class LOSSACT_API NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};
/// auto guard = nn::no_grad();
[[nodiscard]] inline NoGrad no_grad() { return {}; }

/// tensor([[1., 2.],
///         [3., 4.]]), as PyTorch prints it.
LOSSACT_API std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace lossact::nn
#endif

// The graph behind a tensor: what an operation keeps so that its gradient can be handed on.
#ifndef LOSSACT_NN_DETAIL_AUTOGRAD_H_
#define LOSSACT_NN_DETAIL_AUTOGRAD_H_
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>
#include "lossact/nn/detail/pool.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn::detail {

/// What an operation is called, and whether its gradient reads its inputs' values, which then must not change before. A
/// name that begins with a capital letter is PyTorch's whole name.
struct Operation {
  std::string_view name;
  bool reads_inputs = true;
  int overload = 0;  // PyTorch's number at the end of the name
};

/// How a tensor was made: the inputs, and how their gradients follow from that of the result.
class LOSSACT_API Node {
 public:
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;
  /// Takes the gradient over, so that its memory may be used again.
  virtual void backward(Tensor grad_output) = 0;
  static void* operator new(std::size_t bytes) { return take(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept { give(block, bytes); }

  std::array<Tensor, 3> inputs;
  /// How often the data of each input had been changed in place when the graph kept it.
  std::array<std::uint32_t, 3> versions{};
};

/// Bytes that tensors share, directly before their first element.
struct Storage {
  std::atomic<std::uint32_t> references = 1;
  std::uint32_t version = 0;  // how often the data was changed in place
  std::size_t bytes = 0;
};

struct State {
  std::atomic<std::uint32_t> references = 1;
  DType dtype = DType::float32;
  bool requires_grad = false, freed = false;  // freed: its graph was used up by backward()
  bool copied = false;  // a copy where PyTorch has a view, which the Python package does not write to
  Shape shape;
  std::size_t numel = 1;
  void* data = nullptr;
  Storage* storage = nullptr;
  Node* node = nullptr;  // owned; null for a leaf
  Operation operation{};
  Tensor grad;
  // For backward(): its number, how many operations that use this have not run yet, and the next in the list of those
  // that are ready.
  std::uint64_t run = 0;
  std::uint32_t uses = 0;
  State* next = nullptr;
};

/// A tensor that shares the data of `of`, from element `offset` on, in another shape; a leaf.
LOSSACT_API Tensor view(const Tensor& of, const Shape& shape, std::size_t offset = 0);

/// Memory for a gradient of grad_output's shape and type: its own where nobody else holds it.
LOSSACT_API Tensor reuse(const Tensor& grad_output);
inline Tensor empty_like(const Tensor& tensor) { return empty(tensor.shape(), {.dtype = tensor.dtype()}); }

/// Returns what it was.
LOSSACT_API bool set_grad_enabled(bool on);
inline bool recorded(const Tensor& input) { return input.defined() && input.requires_grad() && is_grad_enabled(); }

/// Adds to the gradient of `input` (a leaf or not), which takes the tensor over where it has none yet. Nothing happens
/// where it requires none.
LOSSACT_API void accumulate(const Tensor& input, Tensor gradient);

/// Where an operation may add the gradient of `input` itself: `into` has its shape; add to what is there, or overwrite
/// what was never written if `fresh`.
struct GradientPlace {
  Tensor into;
  bool fresh;
};
LOSSACT_API GradientPlace gradient_place(const Tensor& input);

template <class F>
class Recorded final : public Node {
 public:
  explicit Recorded(F f) : f_(std::move(f)) {}
  void backward(Tensor grad_output) override { f_(inputs, std::move(grad_output)); }

 private:
  F f_;
};

LOSSACT_API void attach(const Tensor& result, Operation operation, Node* node);
/// Counts a change of the data in place. A graph that kept the data before refuses to use it.
inline void changed(const Tensor& tensor) { ++tensor.state()->storage->version; }

/// Remembers how `result` was made of `inputs`, if a gradient will be wanted: backward(inputs, grad_output) shall
/// accumulate those of the inputs. It may keep tensors, and must not keep the result.
template <class F, class... Inputs>
void record(Operation operation, const Tensor& result, F backward, const Inputs&... inputs) {
  if (!(recorded(inputs) || ...)) return;
  auto* node = new Recorded<F>(std::move(backward));
  node->inputs = {inputs...};
  attach(result, operation, node);
}

/// Calls f with float() or double(), as the tensor's elements are; type_error otherwise.
template <class F>
decltype(auto) by_type(std::string_view function, const Tensor& input, F f) {
  switch (input.dtype()) {
    case DType::float32:
      return f(float());
    case DType::float64:
      return f(double());
    case DType::int64:
    case DType::boolean:
      break;
  }
  throw type_error("[" + std::string(function) + "] input is " + std::string(to_string(input.dtype())) +
                   ", expected float32 or float64");
}
/// Calls f with float(), double(), std::int64_t() or bool().
template <class F>
decltype(auto) by_any_type(DType dtype, F f) {
  switch (dtype) {
    case DType::float32:
      return f(float());
    case DType::float64:
      return f(double());
    case DType::int64:
      return f(std::int64_t());
    case DType::boolean:
      break;
  }
  return f(bool());
}
inline bool is_floating_point(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }
/// type_error unless both have one element type.
LOSSACT_API void same_type(std::string_view function, std::string_view what, const Tensor& other, const Tensor& input);
/// shape_error unless both have one shape.
LOSSACT_API void same_shape(std::string_view function, std::string_view what, const Tensor& other, const Tensor& input);

}  // namespace lossact::nn::detail
#endif

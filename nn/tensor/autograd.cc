// The life of a tensor, and the walk that backward() makes.
#include "lossact/nn/detail/autograd.h"
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>

namespace lossact::nn {
namespace detail {
namespace {

constexpr std::size_t kHeader = 64;  // Storage, and the data aligned behind it
static_assert(sizeof(Storage) <= kHeader);

std::size_t bytes_of(DType dtype) {
  return by_any_type(dtype, []<class T>(T) { return sizeof(T); });
}

Storage* new_storage(std::size_t bytes) {
  auto* storage = new (take(kHeader + bytes)) Storage;
  storage->bytes = bytes;
  return storage;
}
void release_storage(Storage* storage) noexcept {
  if (storage->references.fetch_sub(1, std::memory_order_acq_rel) == 1) give(storage, kHeader + storage->bytes);
}

void destroy(State* state) noexcept {
  delete state->node;
  if (state->storage) release_storage(state->storage);
  state->~State();
  give(state, sizeof(State));
}

/// Whether no other tensor shares this one's data or state.
bool sole(const Tensor& tensor) {
  const State* state = tensor.state();
  return state->references.load(std::memory_order_acquire) == 1 &&
         state->storage->references.load(std::memory_order_acquire) == 1;
}

void add_in_place(const Tensor& into, const Tensor& more) {
  by_type("backward", into, [&]<class T>(T) {
    T* to = into.data<T>().data();
    const T* from = more.data<T>().data();
    const std::size_t n = into.numel();
    for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
  });
}

thread_local constinit bool grad_enabled = true;

}  // namespace

void retain(State* state) noexcept { state->references.fetch_add(1, std::memory_order_relaxed); }

// A long chain of tensors, each the only owner of the one before, must not be released by recursion.
void release(State* state) noexcept {
  if (state->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  static thread_local constinit State* dying = nullptr;
  static thread_local constinit bool busy = false;
  state->next = dying;
  dying = state;
  if (busy) return;
  busy = true;
  while (dying) {
    State* first = dying;
    dying = first->next;
    destroy(first);
  }
  busy = false;
}

Tensor view(const Tensor& of, const Shape& shape, std::size_t offset) {
  State* source = of.state();
  auto* state = new (take(sizeof(State))) State;
  Tensor result(state);
  state->dtype = source->dtype;
  state->copied = source->copied;
  state->shape = shape;
  state->numel = shape.numel();
  state->data = static_cast<char*>(source->data) + offset * bytes_of(source->dtype);
  state->storage = source->storage;
  state->storage->references.fetch_add(1, std::memory_order_relaxed);
  return result;
}

Tensor reuse(const Tensor& grad_output) { return sole(grad_output) ? grad_output : empty_like(grad_output); }

void attach(const Tensor& result, Operation operation, Node* node) {
  for (std::size_t i = 0; i < node->inputs.size(); ++i)
    if (const State* input = node->inputs[i].state()) node->versions[i] = input->storage->version;
  result.state()->node = node;
  result.state()->operation = operation;
  result.state()->requires_grad = true;
}

void accumulate(const Tensor& input, Tensor gradient) {
  State* state = input.state();
  if (!state->requires_grad) return;
  Tensor& grad = state->grad;
  if (!grad.defined()) {
    // What a user may later write to must not be shared with another tensor's gradient.
    grad = state->node || sole(gradient) ? std::move(gradient) : gradient.clone();
  } else if (sole(grad)) {
    add_in_place(grad, gradient);
  } else {
    grad = grad + gradient;
  }
}

GradientPlace gradient_place(const Tensor& input) {
  Tensor& grad = input.state()->grad;
  const bool fresh = !grad.defined();
  if (fresh) grad = empty_like(input);
  else if (!sole(grad)) grad = grad.clone();
  return {grad, fresh};
}

void same_type(std::string_view function, std::string_view what, const Tensor& other, const Tensor& input) {
  if (other.dtype() != input.dtype())
    throw type_error("[" + std::string(function) + "] " + std::string(what) + " is " +
                     std::string(to_string(other.dtype())) + ", input is " + std::string(to_string(input.dtype())));
}
void same_shape(std::string_view function, std::string_view what, const Tensor& other, const Tensor& input) {
  if (!(other.shape() == input.shape()))
    throw shape_error("[" + std::string(function) + "] " + std::string(what) + " has shape " +
                      to_string(other.shape()) + ", input has shape " + to_string(input.shape()));
}

}  // namespace detail

using detail::State;

namespace {
const State& there(const State* state) {
  if (!state) throw domain_error("[Tensor] the tensor is undefined");
  return *state;
}
}  // namespace

std::string_view to_string(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return "float32";
    case DType::float64:
      return "float64";
    case DType::int64:
      return "int64";
    case DType::boolean:
      break;
  }
  return "bool";
}

bool is_grad_enabled() { return detail::grad_enabled; }
NoGrad::NoGrad() : before_(std::exchange(detail::grad_enabled, false)) {}
NoGrad::~NoGrad() { detail::grad_enabled = before_; }

bool detail::set_grad_enabled(bool on) { return std::exchange(grad_enabled, on); }

Tensor empty(const Shape& shape, TensorOptions options) {
  if (options.requires_grad && !detail::is_floating_point(options.dtype))
    throw type_error("[empty] " + std::string(to_string(options.dtype)) + " tensors have no gradient");
  const std::size_t numel = shape.numel();
  auto* state = new (detail::take(sizeof(State))) State;
  Tensor result(state);
  state->dtype = options.dtype;
  state->requires_grad = options.requires_grad;
  state->shape = shape;
  state->numel = numel;
  state->storage = detail::new_storage(numel * detail::bytes_of(options.dtype));
  state->data = reinterpret_cast<char*>(state->storage) + detail::kHeader;
  return result;
}

const Shape& Tensor::shape() const { return there(state_).shape; }
std::size_t Tensor::numel() const { return there(state_).numel; }
DType Tensor::dtype() const { return there(state_).dtype; }
bool Tensor::requires_grad() const { return there(state_).requires_grad; }
bool Tensor::is_leaf() const { return !there(state_).node && !state_->freed; }
Tensor Tensor::grad() const { return is_leaf() ? there(state_).grad : Tensor(); }
void Tensor::set_grad(const Tensor& grad) const {
  if (!is_leaf()) throw domain_error("[grad] the tensor was made by an operation and keeps no gradient");
  if (grad.defined()) {
    detail::same_type("grad", "gradient", grad, *this);
    detail::same_shape("grad", "gradient", grad, *this);
  }
  state_->grad = grad;
}
std::string Tensor::grad_fn() const {
  if (is_leaf()) return {};
  const auto& [name, reads, overload] = state_->operation;
  if (name[0] >= 'A' && name[0] <= 'Z') return std::string(name);
  std::string camel;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') camel += upper ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return camel + "Backward" + std::to_string(overload);
}
void Tensor::zero_grad() const {
  there(state_);
  state_->grad = {};
}

const Tensor& Tensor::requires_grad_(bool on) const {
  if (!is_leaf()) throw domain_error("[requires_grad_] the tensor was made by an operation; detach() it first");
  if (on && !detail::is_floating_point(dtype()))
    throw type_error("[requires_grad_] " + std::string(to_string(dtype())) + " tensors have no gradient");
  state_->requires_grad = on;
  if (!on) state_->grad = {};
  return *this;
}

void* Tensor::raw(DType expected) const {
  if (dtype() != expected)
    throw type_error("[data] the tensor is " + std::string(to_string(dtype())) + ", asked for as " +
                     std::string(to_string(expected)));
  return state_->data;
}

double Tensor::item() const {
  if (numel() != 1) throw shape_error("[item] the tensor has shape " + to_string(shape()) + ", expected one element");
  return detail::by_any_type(dtype(),
                             [&]<class T>(T) { return static_cast<double>(*static_cast<const T*>(state_->data)); });
}

void Tensor::set_data(const Tensor& data) const {
  if (!is_leaf()) throw domain_error("[data] the tensor was made by an operation");
  const State& source = there(data.state_);
  if (requires_grad() && !detail::is_floating_point(source.dtype))
    throw type_error("[data] " + std::string(to_string(source.dtype)) + " tensors have no gradient");
  if (source.dtype != state_->dtype || !(source.shape == state_->shape)) state_->grad = {};
  source.storage->references.fetch_add(1, std::memory_order_relaxed);
  detail::release_storage(std::exchange(state_->storage, source.storage));
  state_->dtype = source.dtype;
  state_->shape = source.shape;
  state_->numel = source.numel;
  state_->data = source.data;
  state_->copied = source.copied;
}

Tensor Tensor::detach() const {
  there(state_);
  return detail::view(*this, shape());
}

void Tensor::copy_(const Tensor& source) const {
  detail::same_type("copy_", "source", source, *this);
  detail::same_shape("copy_", "source", source, *this);
  detail::changed(*this);
  if (numel() != 0) std::memmove(state_->data, source.state_->data, numel() * detail::bytes_of(dtype()));
}

Tensor Tensor::clone() const {
  Tensor copy = empty(shape(), {.dtype = dtype()});
  copy.copy_(*this);
  detail::record(
      {"clone", false}, copy,
      [](const auto& inputs, Tensor grad_output) { detail::accumulate(inputs[0], std::move(grad_output)); }, *this);
  return copy;
}

void Tensor::backward() const {
  if (numel() != 1)
    throw shape_error("[backward] the tensor has shape " + to_string(shape()) +
                      "; give grad_output of that shape, or reduce to one number");
  backward(full(shape(), 1, {.dtype = dtype()}));
}

// Every operation runs once, after all operations that used its result. State::next links two lists, one after the
// other: the tensors whose inputs are still to be counted, then the tensors that are ready.
void Tensor::backward(const Tensor& grad_output) const {
  if (!requires_grad())
    throw domain_error("[backward] the tensor does not depend on anything that requires a gradient");
  detail::same_type("backward", "grad_output", grad_output, *this);
  detail::same_shape("backward", "grad_output", grad_output, *this);
  const auto used_up = [](const State& state) {
    if (state.freed) throw domain_error("[backward] the graph was freed by an earlier backward()");
  };
  used_up(*state_);
  const NoGrad guard;
  if (is_leaf()) return detail::accumulate(*this, grad_output);

  static std::atomic<std::uint64_t> runs = 0;
  const std::uint64_t run = ++runs;
  state_->run = run;
  state_->next = nullptr;
  for (State* list = state_; list;) {
    State* state = list;
    list = state->next;
    for (const Tensor& input : state->node->inputs) {
      State* from = input.state_;
      if (!from || !from->requires_grad) continue;
      used_up(*from);
      if (!from->node) continue;
      if (from->run != run) {
        from->run = run;
        from->uses = 0;
        from->next = list;
        list = from;
      }
      ++from->uses;
    }
  }

  struct Ready {
    State* first = nullptr;
    void push(State* state) {
      detail::retain(state);
      state->next = first;
      first = state;
    }
    Tensor pop() {
      State* state = std::exchange(first, first->next);
      return Tensor(state);
    }
    ~Ready() {
      while (first) pop();
    }
  } ready;
  state_->grad = grad_output;
  ready.push(state_);
  while (ready.first) {
    const Tensor result = ready.pop();
    Tensor grad = std::exchange(result.state_->grad, Tensor());
    const std::unique_ptr<detail::Node> node(std::exchange(result.state_->node, nullptr));
    result.state_->freed = true;
    for (std::size_t i = 0; result.state_->operation.reads_inputs && i < node->inputs.size(); ++i)
      if (const State* input = node->inputs[i].state_; input && input->storage->version != node->versions[i])
        throw domain_error("[backward] an input of " + result.grad_fn() +
                           " was changed in place after the graph had kept it");
    if (grad.defined()) node->backward(std::move(grad));
    for (const Tensor& input : node->inputs) {
      State* from = input.state_;
      if (from && from->node && from->requires_grad && --from->uses == 0) ready.push(from);
    }
  }
}

}  // namespace lossact::nn

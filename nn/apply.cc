#include "lossact/nn/apply.h"
#include <array>
#include <string>
#include "lossact/nn/detail/autograd.h"
#include "nn/tensor/axis.h"

namespace lossact::nn {
namespace {

constexpr std::size_t kMost = 8;  // arguments of a function

Type type_of(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return Type::float32;
    case DType::float64:
      return Type::float64;
    case DType::int64:
      return Type::int64;
    case DType::boolean:
      break;
  }
  return Type::none;
}
void* data_of(const Tensor& tensor) {
  return detail::by_any_type(tensor.dtype(), [&]<class T>(T) -> void* { return tensor.data<T>().data(); });
}

/// The first argument's shape as (outer, axis, inner).
struct Shape3 {
  int rank = 1;
  std::size_t outer = 1, axis = 0, inner = 1;

  /// The shape of an output that has half of the elements along the axis.
  Shape3 half() const { return {rank, outer, axis / 2, inner}; }
  Array of(const Tensor& tensor) const {
    const auto step = static_cast<std::ptrdiff_t>(axis * inner);
    return {data_of(tensor),
            type_of(tensor.dtype()),
            static_cast<std::uint8_t>(rank),
            {outer, axis, inner},
            {step, static_cast<std::ptrdiff_t>(inner), 1}};
  }
};
Array line(const Tensor& tensor) { return Shape3{.axis = tensor.numel()}.of(tensor); }

/// What a call and its backward pass need beside the tensors, which the graph keeps.
struct Operation {
  Options options;
  Accuracy accuracy;
  Shape3 shape;
  std::size_t dim = 0;  // of the axis, for functions along an axis

  const Function& function() const { return options.function(); }
  bool from_output() const { return function().along_axis() && function().gradient_from_output(options.data()); }
  std::string_view name() const { return function().about.name; }
};

/// The arrays of a call: its tensors, and the options' numbers for arguments without a tensor.
struct Arguments {
  std::array<Array, kMost> arrays;
  std::array<const Array*, kMost> all{};
  std::size_t count;

  Arguments(const Operation& operation, std::span<const Tensor> tensors)
      : count(operation.function().arguments.size()) {
    for (std::size_t i = 0; i < count; ++i) {
      const ArgumentInfo& info = operation.function().arguments[i];
      if (const std::span<const double> numbers = operation.options.numbers(i);
          i < tensors.size() && tensors[i].defined()) {
        const bool one_each = info.extent == Extent::element || info.extent == Extent::halves ||
                              (names_class(info.extent) && tensors[i].dtype() != DType::int64);
        arrays[i] = one_each ? operation.shape.of(tensors[i]) : line(tensors[i]);
      } else if (!numbers.empty()) {
        arrays[i] = Array::line(numbers.data(), numbers.size());
      } else {
        continue;
      }
      all[i] = &arrays[i];
    }
  }
  std::span<const Array* const> span() const { return {all.data(), count}; }
};

/// The output of an operation, from which its gradient follows: another tensor that shares its data, for the graph of
/// the output must not own the output.
struct KeptOutput {
  Tensor tensor;
  std::uint32_t version = 0;

  KeptOutput() = default;
  explicit KeptOutput(const Tensor& output)
      : tensor(detail::view(output, output.shape())), version(output.state()->storage->version) {}
  void check_unchanged(std::string_view name) const {
    if (tensor.state()->storage->version != version)
      throw domain_error("[" + std::string(name) + "] the output was changed in place after the graph had kept it");
  }
};

/// The tensors to which a call writes its gradients, as arrays of the arguments' shapes.
struct Gradients {
  std::array<Tensor, kMost> tensors;
  std::array<Array, kMost> arrays;
  std::array<const Array*, kMost> all{};
  bool any = false;

  void add(const Operation& operation, std::size_t i, Tensor tensor) {
    const bool summed = operation.function().arguments[i].extent == Extent::channel;
    arrays[i] = summed ? line(tensor) : operation.shape.of(tensor);
    tensors[i] = std::move(tensor), all[i] = &arrays[i], any = true;
  }
};

Shape3 around(const Shape& shape, std::size_t dim) {
  const detail::Axis axis(shape, dim);
  return {.rank = dim + 1 == shape.size() ? (dim == 0 ? 1 : 2) : 3,
          .outer = axis.outer,
          .axis = axis.axis,
          .inner = axis.inner};
}
/// The input's shape around the dimension of its channels, 1 or the last, for an argument of one number or one for each
/// channel. Throws shape_error if it is neither.
Shape3 by_channels(const Function& f, const ArgumentInfo& info, const Tensor& input, const Shape& numbers) {
  const std::size_t count = numbers.numel(), dim = f.channels_last() ? std::max<std::size_t>(input.dim(), 1) - 1 : 1;
  if (count == 1) return {.axis = input.numel()};
  if (numbers.size() != 1 || input.dim() <= dim || input.shape()[dim] != count)
    throw shape_error("[" + std::string(f.about.name) + "] " + std::string(info.name) + " has shape " +
                      to_string(numbers) + ", input has shape " + to_string(input.shape()) + ", expected one " +
                      std::string(info.name) + " or one for each channel of " +
                      (f.channels_last() ? "the last dimension" : "dimension 1"));
  Shape3 shape = around(input.shape(), dim);
  shape.rank = 3;
  return shape;
}
void check_rows(const Operation& operation, std::string_view what, const Tensor& input, const Tensor& tensor,
                std::string_view of_each) {
  if (const Shape expected = input.shape().without(operation.dim); !(tensor.shape() == expected))
    throw shape_error("[" + std::string(operation.name()) + "] " + std::string(what) + " has shape " +
                      to_string(tensor.shape()) + ", expected " + std::string(of_each) + " for each row, " +
                      to_string(expected));
}
/// Checks that a target is a class for each row, or has the input's shape and type.
void check_target(const Operation& operation, std::string_view what, const Tensor& input, const Tensor& target) {
  if (target.dtype() == DType::int64) return check_rows(operation, what, input, target, "a class");
  detail::same_type(operation.name(), what, target, input);
  detail::same_shape(operation.name(), what, target, input);
}

void check_arguments(Operation& operation, std::span<const Tensor> tensors, std::optional<std::ptrdiff_t> dim) {
  const Function& f = operation.function();
  if (tensors.empty() || !tensors[0].defined() || tensors.size() > f.arguments.size())
    throw type_error("[" + std::string(operation.name()) + "] takes " + std::to_string(f.arguments.size()) +
                     " tensors, the first of them is not to be left out");
  const Tensor& input = tensors[0];
  if (!detail::is_floating_point(input.dtype()))
    throw type_error("[" + std::string(operation.name()) + "] " + std::string(f.arguments[0].name) + " is " +
                     std::string(to_string(input.dtype())) + ", expected float32 or float64");
  if (f.along_axis()) {
    const std::ptrdiff_t usual = !f.has_classes() ? -1 : input.dim() < 2 ? 0 : 1;
    operation.dim = input.shape().at(operation.name(), dim.value_or(usual));
    operation.shape = around(input.shape(), operation.dim);
  } else {
    if (dim) throw domain_error("[" + std::string(operation.name()) + "] takes each element by itself, has no dim");
    operation.shape.axis = input.numel();
  }
  for (std::size_t i = 1; i < tensors.size(); ++i) {
    if (!tensors[i].defined()) continue;
    const ArgumentInfo& info = f.arguments[i];
    switch (info.extent) {
      case Extent::element:
        detail::same_type(operation.name(), info.name, tensors[i], input);
        detail::same_shape(operation.name(), info.name, tensors[i], input);
        break;
      case Extent::halves:  // of the first argument only
        break;
      case Extent::row:
        detail::same_type(operation.name(), info.name, tensors[i], input);
        check_rows(operation, info.name, input, tensors[i], "a number");
        break;
      case Extent::target:
      case Extent::class_index:
        check_target(operation, info.name, input, tensors[i]);
        break;
      case Extent::channel:
        detail::same_type(operation.name(), info.name, tensors[i], input);
        if (!f.along_axis()) operation.shape = by_channels(f, info, input, tensors[i].shape());
        break;
      case Extent::random:
        break;
    }
  }
  if (f.along_axis()) return;
  for (std::size_t i = 0; i < f.arguments.size(); ++i)
    if (const std::size_t count = operation.options.numbers(i).size();
        count > 1 && f.arguments[i].extent == Extent::channel && (i >= tensors.size() || !tensors[i].defined()))
      operation.shape = by_channels(f, f.arguments[i], input, Shape{count});
}

bool has_gradient(const Operation& operation, std::size_t i, const Tensor& tensor) {
  return tensor.defined() && operation.function().arguments[i].gradient && detail::is_floating_point(tensor.dtype());
}
bool is_summed(const Operation& operation, std::size_t i) {
  return operation.function().arguments[i].extent == Extent::channel;
}

using Inputs = std::array<Tensor, 3>;  // as many as the graph remembers of an operation
Inputs inputs_of(std::span<const Tensor> tensors) {
  Inputs inputs;
  if (tensors.size() > inputs.size()) throw type_error("[nn] functions of more than three tensors are not recorded");
  std::copy(tensors.begin(), tensors.end(), inputs.begin());
  return inputs;
}

Shape half_of(const Shape& shape, std::size_t dim) { return shape.without(dim).inserted(dim, shape[dim] / 2); }

Tensor elements(const Operation& operation, std::span<const Tensor> tensors) {
  const bool halves = operation.function().halves();
  const Tensor output = halves ? empty(half_of(tensors[0].shape(), operation.dim), {.dtype = tensors[0].dtype()})
                               : detail::empty_like(tensors[0]);
  const Shape3 shape = halves ? operation.shape.half() : operation.shape;
  const Array to = shape.of(output);
  const Arguments arguments(operation, tensors);
  run(operation.function(),
      {.arrays = arguments.span(), .options = operation.options.data(), .accuracy = operation.accuracy, .output = &to});
  const Inputs inputs = inputs_of(tensors);
  // Elements go by way of the input, of which the slope has all its digits; for rows this would be the forward pass
  // once more.
  const bool from_output = operation.from_output() && detail::recorded(tensors[0]);
  const auto backward = [operation, shape, kept = from_output ? KeptOutput(output) : KeptOutput()](const Inputs& of,
                                                                                                   Tensor grad_output) {
    Inputs read = of;
    if (kept.tensor.defined()) kept.check_unchanged(operation.name()), read[0] = kept.tensor;
    const Arguments again(operation, read);
    const Array dy = shape.of(grad_output);
    Gradients gradients;
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (!has_gradient(operation, i, of[i]) || !of[i].requires_grad()) continue;
      gradients.add(operation, i,
                    is_summed(operation, i)                          ? empty(of[i].shape(), {.dtype = DType::float64})
                    : i == 0 && grad_output.shape() == of[i].shape() ? detail::reuse(grad_output)
                                                                     : detail::empty_like(of[i]));
    }
    run(operation.function(), {.arrays = again.span(),
                               .options = operation.options.data(),
                               .accuracy = operation.accuracy,
                               .grad_output = &dy,
                               .gradients = {gradients.all.data(), again.count},
                               .from_output = kept.tensor.defined()});
    for (std::size_t i = 0; i < of.size(); ++i)
      if (Tensor& gradient = gradients.tensors[i]; gradient.defined())
        detail::accumulate(of[i], is_summed(operation, i) ? gradient.to(of[i].dtype()) : std::move(gradient));
  };
  detail::record({operation.name(), !from_output}, output, backward, inputs[0], inputs[1], inputs[2]);
  return output;
}

/// The loss of each element or row, or the reduced one. Its gradients are computed in the same pass; backward scales
/// them by grad_output.
Tensor number(const Operation& operation, std::span<const Tensor> tensors) {
  const Function& f = operation.function();
  const Tensor& input = tensors[0];
  const bool each = f.common(operation.options.data()).reduction == Reduction::none;
  const Shape shape = !each ? Shape{} : f.along_axis() ? input.shape().without(operation.dim) : input.shape();
  const Tensor loss = empty(shape, {.dtype = DType::float64});
  const Arguments arguments(operation, tensors);
  Gradients gradients;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (has_gradient(operation, i, tensors[i]) && detail::recorded(tensors[i]))
      gradients.add(operation, i, detail::empty_like(tensors[i]));
  Call call = {.arrays = arguments.span(), .options = operation.options.data(), .accuracy = operation.accuracy};
  if (gradients.any) call.gradients = {gradients.all.data(), arguments.count};
  const Array losses = f.along_axis() ? line(loss) : operation.shape.of(loss);
  if (each) call.output = &losses, run(f, call);
  else loss.data<double>()[0] = run(f, call);

  const Tensor result = input.dtype() == DType::float64 ? loss : loss.to(input.dtype());
  if (!gradients.any) return result;
  const Inputs inputs = inputs_of(tensors);
  std::array<Tensor, std::tuple_size_v<Inputs>> found;
  std::move(gradients.tensors.begin(), gradients.tensors.begin() + found.size(), found.begin());
  auto backward = [found = std::move(found), dim = operation.dim](const Inputs& of, const Tensor& grad_output) mutable {
    // A backward pass runs once, so it may pass on the gradients without a copy.
    const auto scaled = [&](Tensor gradient) {
      if (grad_output.numel() == 1 && grad_output.item() == 1) return gradient;
      // One number for each row, broadcast over its classes.
      if (grad_output.dim() > 0 && !(grad_output.shape() == gradient.shape()))
        return gradient * grad_output.reshape(grad_output.shape().inserted(dim, 1));
      return gradient * grad_output;
    };
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i].defined()) detail::accumulate(of[i], scaled(std::move(found[i])));
  };
  detail::record({operation.name(), false}, result, std::move(backward), inputs[0], inputs[1], inputs[2]);
  return result;
}

}  // namespace

Tensor apply(const Options& options, std::span<const Tensor> arguments, Accuracy accuracy,
             std::optional<std::ptrdiff_t> dim) {
  Operation operation = {.options = options, .accuracy = accuracy, .shape = {}};
  check_arguments(operation, arguments, dim);
  if (options.function().output == Output::elements) return elements(operation, arguments);
  const CommonOptions common = options.function().common(options.data());
  if (common.reduction == Reduction::batchmean && common.rows == 0 && arguments[0].dim() > 0)
    operation.options.set("rows", std::to_string(arguments[0].shape()[0]));
  return number(operation, arguments);
}

}  // namespace lossact::nn

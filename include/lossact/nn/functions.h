// The library's functions on tensors: lossact::mish(tensor), lossact::cross_entropy(logits, classes). Whatever function
// the registry has works, for none is named here.
#ifndef LOSSACT_NN_FUNCTIONS_H_
#define LOSSACT_NN_FUNCTIONS_H_
#include <memory>
#include <tuple>
#include "lossact/family.h"
#include "lossact/nn/detail/autograd.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn {
namespace detail {

/// Options that outlive their caller: the numbers that a Weights parameter looks at are copied.
template <class P>
class Owned {
 public:
  explicit Owned(const P& options) : options_(options) {
    const auto own = [&]<class T>(const Parameter<P, T>& parameter) {
      if constexpr (std::is_same_v<T, Weights>) {
        Weights& weights = options_.*parameter.value;
        if (weights.empty()) return;
        auto copy = std::make_shared<Numbers>();
        copy->numbers.assign(weights.begin(), weights.end());
        copy->others = std::move(numbers_);
        weights = copy->numbers;
        numbers_ = std::move(copy);
      }
    };
    std::apply([&](const auto&... parameter) { (own(parameter), ...); }, P::parameters);
  }
  const P& get() const { return options_; }

 private:
  struct Numbers {
    std::vector<double> numbers;
    std::shared_ptr<const Numbers> others;
  };
  P options_;
  std::shared_ptr<const Numbers> numbers_;
};

template <class T>
std::span<const T> values(const Tensor& tensor) {
  return tensor.data<T>();
}

/// The rows of a tensor along a dimension.
struct Axis {
  std::size_t outer, classes, inner;
  template <class T>
  ClassAxis<T> of(const Tensor& tensor) const {
    return {tensor.data<std::remove_const_t<T>>().data(), outer, classes, inner};
  }
};
LOSSACT_API Axis axis(std::string_view function, const Tensor& input, std::ptrdiff_t dim);
/// Where a loss of rows finds its classes, as in PyTorch: (C), (N, C) or (N, C, d1, ...).
inline std::ptrdiff_t class_dim(const Tensor& input) { return input.dim() < 2 ? 0 : 1; }
/// shape_error or type_error unless the target is a class for each row of the input, or has the input's shape and type.
LOSSACT_API void check_row_target(std::string_view function, const Tensor& input, const Tensor& target);
/// One weight, or as many as dimension 1 has channels; returns how many neighbours share a channel.
LOSSACT_API std::size_t check_channels(std::string_view function, const Tensor& input, const Tensor& weight);

/// What a loss found: `loss` is one number or one per element (float64), and the gradients are those of each loss
/// (undefined where none is wanted). Returns the loss as a tensor of the input's type that hands them on.
LOSSACT_API Tensor finish_loss(std::string_view function, const Tensor& input, const Tensor& target, const Tensor& loss,
                               Tensor grad_input, Tensor grad_target);

/// Runs a loss on views of the data: all that differs between the families is `input_view`, `target_view`, and for
/// gradients `output_view`.
template <class T, class F, class P, class In, class Out>
Tensor run_loss(const F& f, const Tensor& input, const Tensor& target, const P& options, Accuracy accuracy,
                const Shape& each, In view, const auto& target_view, Out output_view) {
  const bool wanted = recorded(input), wanted_in_target = recorded(target);
  Tensor grad_input, grad_target, loss;
  if (options.reduction == Reduction::none) {
    loss = empty(each, {.dtype = DType::float64});
    f.each(view, target_view, loss.data<double>(), options, accuracy);
    const Tensor unit = wanted || wanted_in_target ? ones(each, {.dtype = DType::float64}) : Tensor();
    if (wanted) {
      grad_input = empty_like(input);
      f.backward(values<double>(unit), view, target_view, output_view(grad_input), options, accuracy);
    }
    if (wanted_in_target) {
      grad_target = empty_like(target);
      f.backward_target(values<double>(unit), view, target_view, output_view(grad_target), options, accuracy);
    }
  } else {
    loss = empty({}, {.dtype = DType::float64});
    double& value = loss.data<double>()[0];
    if (wanted) {
      grad_input = empty_like(input);
      value = f.with_gradient(view, target_view, output_view(grad_input), options, accuracy);
    } else {
      value = f(view, target_view, options, accuracy);
    }
    if (wanted_in_target) {
      grad_target = empty_like(target);
      f.backward_target(1.0, view, target_view, output_view(grad_target), options, accuracy);
    }
  }
  return finish_loss(P::about.name, input, target, loss, std::move(grad_input), std::move(grad_target));
}

}  // namespace detail

/// f of each element.
template <class P>
  requires(lossact::detail::operand<P> != Operand::learned)
Tensor lossact_apply(const Activation<P>& f, const Tensor& input, const P& options = {}, Accuracy accuracy = {}) {
  return detail::by_type(P::about.name, input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    f(detail::values<T>(input), output.data<T>(), options, accuracy);
    const auto backward = [options = detail::Owned<P>(options), accuracy](const auto& inputs, Tensor grad_output) {
      Tensor grad_input = detail::reuse(grad_output);
      Activation<P>().backward(detail::values<T>(grad_output), detail::values<T>(inputs[0]), grad_input.data<T>(),
                               options.get(), accuracy);
      detail::accumulate(inputs[0], std::move(grad_input));
    };
    detail::record({P::about.name}, output, backward, input);
    return output;
  });
}

/// f of each element with a learned weight: one (shape (1) or ()), or one per channel of dimension 1.
template <class P>
  requires(lossact::detail::operand<P> == Operand::learned)
Tensor lossact_apply(const Activation<P>& f, const Tensor& input, const Tensor& weight, const P& = {},
                     Accuracy accuracy = {}) {
  detail::same_type(P::about.name, "weight", weight, input);
  const std::size_t inner = detail::check_channels(P::about.name, input, weight);
  return detail::by_type(P::about.name, input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    f(detail::values<T>(input), detail::values<T>(weight), output.data<T>(), inner, accuracy);
    const auto backward = [inner, accuracy](const auto& inputs, Tensor grad_output) {
      Tensor grad_input = detail::reuse(grad_output);
      const Tensor grad_weight = empty(inputs[1].shape(), {.dtype = DType::float64});
      Activation<P>().backward(detail::values<T>(grad_output), detail::values<T>(inputs[0]),
                               detail::values<T>(inputs[1]), grad_input.data<T>(), grad_weight.data<double>(), inner,
                               accuracy);
      detail::accumulate(inputs[0], std::move(grad_input));
      if (inputs[1].requires_grad()) detail::accumulate(inputs[1], grad_weight.to(dtype_of<T>));
    };
    detail::record({P::about.name}, output, backward, input, weight);
    return output;
  });
}

/// f of each row along a dimension.
template <class P>
Tensor along(const RowActivation<P>& f, const Tensor& input, std::ptrdiff_t dim, const P& options = {},
             Accuracy accuracy = {}) {
  const detail::Axis rows = detail::axis(P::about.name, input, dim);
  return detail::by_type(P::about.name, input, [&]<class T>(T) {
    const Tensor output = detail::empty_like(input);
    f(rows.of<const T>(input), rows.of<T>(output), options, accuracy);
    const auto backward = [rows, options = detail::Owned<P>(options), accuracy](const auto& inputs,
                                                                                Tensor grad_output) {
      Tensor grad_input = detail::empty_like(grad_output);
      RowActivation<P>().backward(rows.of<const T>(grad_output), rows.of<const T>(inputs[0]), rows.of<T>(grad_input),
                                  options.get(), accuracy);
      detail::accumulate(inputs[0], std::move(grad_input));
    };
    detail::record({P::about.name}, output, backward, input);
    return output;
  });
}
/// f of each row of the last dimension.
template <class P>
Tensor lossact_apply(const RowActivation<P>& f, const Tensor& input, const P& options = {}, Accuracy accuracy = {}) {
  return along(f, input, -1, options, accuracy);
}

/// The loss of input and target of one shape: a single number, or the shape's losses for Reduction::none. Nothing is
/// broadcast. batchmean divides by the size of the leading dimension unless options.rows says otherwise.
template <class P>
Tensor lossact_apply(const PairLoss<P>& f, const Tensor& input, const Tensor& target, const P& options = {},
                     Accuracy accuracy = {}) {
  detail::same_type(P::about.name, "target", target, input);
  detail::same_shape(P::about.name, "target", target, input);
  P complete = options;
  if constexpr (requires { complete.rows; })
    if (complete.rows == 0 && input.dim() > 0) complete.rows = input.shape()[0];
  return detail::by_type(P::about.name, input, [&]<class T>(T) {
    return detail::run_loss<T>(f, input, target, complete, accuracy, input.shape(), detail::values<T>(input),
                               detail::values<T>(target), [](const Tensor& gradient) { return gradient.data<T>(); });
  });
}

/// The loss of rows of classes, (C), (N, C) or (N, C, d1, ...), against the class of each row (int64; the input's shape
/// without C) or probabilities (the input's shape): a single number, or one per row for Reduction::none.
template <class P>
Tensor lossact_apply(const RowLoss<P>& f, const Tensor& input, const Tensor& target, const P& options = {},
                     Accuracy accuracy = {}) {
  detail::check_row_target(P::about.name, input, target);
  const std::ptrdiff_t dim = detail::class_dim(input);
  const detail::Axis rows = detail::axis(P::about.name, input, dim);
  return detail::by_type(P::about.name, input, [&]<class T>(T) {
    const Shape each = input.shape().without(static_cast<std::size_t>(dim));
    const auto output = [&](const Tensor& gradient) { return rows.of<T>(gradient); };
    if (target.dtype() == DType::int64)
      return detail::run_loss<T>(f, input, target, options, accuracy, each, rows.of<const T>(input),
                                 detail::values<std::int64_t>(target), output);
    return detail::run_loss<T>(f, input, target, options, accuracy, each, rows.of<const T>(input),
                               rows.of<const T>(target), output);
  });
}

}  // namespace lossact::nn
#endif

// The drivers of functions of rows: softmax and its kin, cross-entropy and its kin.
#include "lossact/kernel.h"
#include "src/checks.h"
#include "src/reduce.h"
#include "src/rows.h"
#include "src/scratch.h"

namespace lossact::detail {
namespace {

template <class T>
std::string shape_text(const AnyRows<T>& v) {
  std::string text = "(" + std::to_string(v.outer) + ", " + std::to_string(v.classes);
  return v.inner == 1 ? text + ")" : text + ", " + std::to_string(v.inner) + ")";
}
template <class T, class U>
void same_shape(std::string_view name, std::string_view what, const AnyRows<T>& view, const AnyRows<U>& input) {
  if (view.outer != input.outer || view.classes != input.classes || view.inner != input.inner)
    throw shape_error(said_by(name).append(what) + " has shape " + shape_text(view) + ", input has " +
                      shape_text(input));
}
template <class T>
void check_view(std::string_view name, std::string_view what, const AnyRows<T>& view) {
  if (!fits(view))
    throw shape_error(said_by(name).append(what) + " has shape " + shape_text(view) +
                      (view.inner == 1 ? " and rows every " + std::to_string(view.step) + " elements" : "") +
                      ", more than any memory holds");
  if (view.outer > 1 && view.step < view.classes * view.inner)
    throw shape_error(said_by(name).append(what) + " has rows of " + std::to_string(view.classes * view.inner) +
                      " elements that start every " + std::to_string(view.step));
}
template <class T>
void check_output(std::string_view name, std::string_view what, const AnyRows<T>& output,
                  const AnyRows<const T>& input) {
  same_shape(name, what, output, input);
  check_view(name, what, output);
  no_partial_overlap(name, what, output, "input", input);
}

/// Throws overlap_error where an output lies over what is read of a row beside its numbers.
template <class T>
void check_apart(std::string_view name, std::string_view what, Extent output, const LossOptions& common,
                 const AnyTarget<T>& target) {
  if (target.by_class) {
    const auto first = reinterpret_cast<std::uintptr_t>(target.classes);
    no_partial_overlap(name, what, output, "target", {first, first + target.count * target.width}, false);
  }
  no_partial_overlap(name, what, output, "weight", extent(common.weight), false);
}

/// The classes of all rows as int64, whatever they were.
class Classes {
 public:
  template <class T>
  explicit Classes(const AnyTarget<T>& target) : copy_(target.by_class && target.width != 8 ? target.count : 0) {
    if (!target.by_class) return;
    data_ = static_cast<const std::int64_t*>(target.width == 8 ? target.classes : copy_.data());
    if (target.width != 8)
      for (std::size_t r = 0; r < target.count; ++r) copy_.data()[r] = target[r];
  }
  const std::int64_t* data() const { return data_; }

 private:
  Scratch<std::int64_t, 256> copy_;
  const std::int64_t* data_ = nullptr;
};

/// Throws unless input, target and weights fit each other; returns what the sum of the losses is divided by.
template <class T>
double check_row_loss(std::string_view name, const LossOptions& common, const AnyRows<const T>& input,
                      const AnyTarget<T>& target) {
  check_view(name, "input", input);
  if (input.rows() && input.classes == 0) throw shape_error(said_by(name) + "input has rows of no classes");
  const Weights weight = common.weight;
  if (!weight.empty() && weight.size() != input.classes)
    throw shape_error(said_by(name) + "weight has " + std::to_string(weight.size()) + " elements, input has " +
                      std::to_string(input.classes) + " classes");
  if (!target.by_class) {
    same_shape(name, "target", target.probabilities, input);
    check_view(name, "target", target.probabilities);
    if (common.ignore_index >= 0)
      throw domain_error(said_by(name) + "ignore_index is " + std::to_string(common.ignore_index) +
                         ", expected none with probabilities as the target");
    return common.reduction == Reduction::mean ? static_cast<double>(input.rows()) : 1;
  }
  if (target.count != input.rows())
    throw shape_error(said_by(name) + "target has " + std::to_string(target.count) + " classes, input has " +
                      std::to_string(input.rows()) + " rows");
  double count = 0;
  for (std::size_t row = 0; row < target.count; ++row) {
    const std::int64_t y = settled(target[row]);
    if (y == common.ignore_index) continue;
    if (y < 0 || static_cast<std::uint64_t>(y) >= input.classes)
      throw index_error(said_by(name) + "target " + std::to_string(y) + " at row " + std::to_string(row) +
                        " is outside [0, " + std::to_string(input.classes) + ")");
    count += weight.empty() ? 1 : get(weight.data() + y);
  }
  return common.reduction == Reduction::mean ? count : 1;
}

/// Runs the kernel over all rows.
template <class T>
void run_rows(void (*run)(const void*, const RowTask<T>&), const void* options, const AnyRows<const T>& input,
              const AnyTarget<T>& target, Scale scale, const AnyRows<T>& gradient, double* losses) {
  const Classes classes(target);
  for_rows(
      gradient,
      [&](std::size_t first, std::size_t last, bool shared, Rows<T> g, Rows<const T> x, Rows<const T> probabilities) {
        (void)last;
        run(options, {.x = x,
                      .classes = classes.data() ? classes.data() + first : nullptr,
                      .probabilities = probabilities,
                      .scale = {scale.values ? scale.values + first * scale.step : nullptr, scale.step},
                      .gradient = g,
                      .losses = losses ? losses + first : nullptr,
                      .shared = shared});
      },
      input, target.probabilities);
}

}  // namespace

template <class T>
void run_forward(const RowActivationKernel<T>& kernel, const void* options, AnyRows<const T> input, AnyRows<T> output,
                 Accuracy accuracy) {
  check_view(kernel.name, "input", input);
  check_output(kernel.name, "output", output, input);
  if (input.classes == 0) return;
  for_rows(
      output,
      [&](std::size_t, std::size_t, bool shared, Rows<T> y, Rows<const T> x) {
        kernel.forward[accuracy == Accuracy::fast](options, x, y, shared);
      },
      input);
}

template <class T>
void run_backward(const RowActivationKernel<T>& kernel, const void* options, AnyRows<const T> grad_output,
                  AnyRows<const T> input, AnyRows<T> grad_input, Accuracy accuracy) {
  check_view(kernel.name, "input", input);
  same_shape(kernel.name, "grad_output", grad_output, input);
  check_view(kernel.name, "grad_output", grad_output);
  check_output(kernel.name, "grad_input", grad_input, input);
  no_partial_overlap(kernel.name, "grad_input", grad_input, "grad_output", grad_output);
  if (input.classes == 0) return;
  for_rows(
      grad_input,
      [&](std::size_t, std::size_t, bool shared, Rows<T> dx, Rows<const T> x, Rows<const T> dy) {
        kernel.backward[accuracy == Accuracy::fast](options, dy, x, dx, shared);
      },
      input, grad_output);
}

template <class T>
double run_loss(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common, AnyRows<const T> input,
                const AnyTarget<T>& target, AnyRows<T> grad_input, bool gradient, Accuracy accuracy) {
  const double count = check_row_loss(kernel.name, common, input, target);
  if (common.reduction == Reduction::none)
    throw domain_error(said_by(kernel.name) + "reduction is 'none', which has no one number: use each");
  if (gradient) {
    check_output(kernel.name, "grad_input", grad_input, input);
    if (!target.by_class) no_partial_overlap(kernel.name, "grad_input", grad_input, "target", target.probabilities);
    check_apart(kernel.name, "grad_input", extent(grad_input), common, target);
  }
  Scratch<double, 256> losses(input.rows());
  const double scale = 1 / count;
  run_rows(kernel.run[accuracy == Accuracy::fast], options, input, target, {&scale, 0},
           gradient ? grad_input : AnyRows<T>(), losses.data());
  if (count == 0 && common.reduction == Reduction::mean) return common.empty_mean;
  return tree_sum(losses.data(), input.rows()) / count;
}

template <class T>
void run_each(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common, AnyRows<const T> input,
              const AnyTarget<T>& target, std::span<double> losses, Accuracy accuracy) {
  check_row_loss(kernel.name, common, input, target);
  if (losses.size() != input.rows())
    throw shape_error(said_by(kernel.name) + "losses has " + std::to_string(losses.size()) + " elements, input has " +
                      std::to_string(input.rows()) + " rows");
  no_partial_overlap(kernel.name, "losses", extent(losses), "input", extent(input), false);
  if (!target.by_class)
    no_partial_overlap(kernel.name, "losses", extent(losses), "target", extent(target.probabilities), false);
  check_apart(kernel.name, "losses", extent(losses), common, target);
  run_rows(kernel.run[accuracy == Accuracy::fast], options, input, target, {nullptr, 0}, AnyRows<T>(), losses.data());
}

template <class T>
void run_backward(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common,
                  std::span<const double> grad_output, AnyRows<const T> input, const AnyTarget<T>& target,
                  AnyRows<T> gradient, bool in_target, Accuracy accuracy) {
  const std::string_view what = in_target ? "grad_target" : "grad_input";
  const double count = check_row_loss(kernel.name, common, input, target);
  if (in_target && target.by_class)
    throw domain_error(said_by(kernel.name) + "classes have no gradient, expected probabilities as the target");
  check_output(kernel.name, what, gradient, input);
  if (!target.by_class) no_partial_overlap(kernel.name, what, gradient, "target", target.probabilities);
  check_apart(kernel.name, what, extent(gradient), common, target);
  no_partial_overlap(kernel.name, what, extent(gradient), "grad_output", extent(grad_output), false);
  const bool each = common.reduction == Reduction::none;
  if (grad_output.size() != (each ? input.rows() : 1))
    throw shape_error(said_by(kernel.name) + "grad_output has " + std::to_string(grad_output.size()) +
                      " elements, expected " +
                      (each ? "one for each of " + std::to_string(input.rows()) + " rows" : "one for a reduced loss"));
  const double one = each ? 0 : get(grad_output.data()) / count;
  run_rows(in_target ? kernel.target_gradient[accuracy == Accuracy::fast] : kernel.run[accuracy == Accuracy::fast],
           options, input, target, each ? Scale{grad_output.data(), 1} : Scale{&one, 0}, gradient, nullptr);
}

#define LOSSACT_INSTANTIATE(T)                                                                                   \
  template void run_forward(const RowActivationKernel<T>&, const void*, AnyRows<const T>, AnyRows<T>, Accuracy); \
  template void run_backward(const RowActivationKernel<T>&, const void*, AnyRows<const T>, AnyRows<const T>,     \
                             AnyRows<T>, Accuracy);                                                              \
  template double run_loss(const RowLossKernel<T>&, const void*, const LossOptions&, AnyRows<const T>,           \
                           const AnyTarget<T>&, AnyRows<T>, bool, Accuracy);                                     \
  template void run_each(const RowLossKernel<T>&, const void*, const LossOptions&, AnyRows<const T>,             \
                         const AnyTarget<T>&, std::span<double>, Accuracy);                                      \
  template void run_backward(const RowLossKernel<T>&, const void*, const LossOptions&, std::span<const double>,  \
                             AnyRows<const T>, const AnyTarget<T>&, AnyRows<T>, bool, Accuracy);
LOSSACT_INSTANTIATE(float)
LOSSACT_INSTANTIATE(double)
LOSSACT_INSTANTIATE(bfloat16)
LOSSACT_INSTANTIATE(float16)

}  // namespace lossact::detail

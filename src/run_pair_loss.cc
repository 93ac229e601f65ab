// The drivers of losses of (input, target) pairs.
#include "lossact/kernel.h"
#include "src/checks.h"
#include "src/parallel.h"
#include "src/reduce.h"
#include "src/scratch.h"

namespace lossact::detail {
namespace {

constexpr std::size_t kBlocksPerTask = 8;

template <class T>
void check_pair(std::string_view name, const LossOptions& common, std::span<const T> input, std::span<const T> target) {
  same_size(name, "target", target.size(), "input", input.size());
  if (!common.weight.empty()) same_size(name, "weight", common.weight.size(), "input", input.size());
}
template <class T>
void check_output(std::string_view name, std::string_view what, std::span<T> output, std::span<const T> input,
                  std::span<const T> target, const LossOptions& common) {
  same_size(name, what, output.size(), "input", input.size());
  no_partial_overlap(name, what, output, "input", input);
  no_partial_overlap(name, what, output, "target", target);
  no_partial_overlap(name, what, extent(output), "weight", extent(common.weight), false);
}
/// What the sum of the losses is divided by. The mean over weighted elements is their weighted mean.
double divisor(const LossOptions& common, std::size_t elements) {
  switch (common.reduction) {
    case Reduction::mean:
      return common.weight.empty() ? static_cast<double>(elements)
                                   : tree_sum(common.weight.data(), common.weight.size());
    case Reduction::batchmean:
      return static_cast<double>(common.rows);
    default:
      return 1;
  }
}
template <class Body>
void in_blocks(std::size_t n, const Body& body) {
  parallel(blocks_of(n), kBlocksPerTask,
           [&](std::size_t first, std::size_t last) { body(first * kBlock, std::min(n, last * kBlock)); });
}
const double* weights(const LossOptions& common) { return common.weight.empty() ? nullptr : common.weight.data(); }

}  // namespace

template <class T>
double run_loss(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common,
                std::span<const T> input, std::span<const T> target, std::span<T> grad_input, Accuracy accuracy) {
  check_pair(kernel.name, common, input, target);
  if (common.reduction == Reduction::none)
    throw domain_error(said_by(kernel.name) + "reduction is 'none', which has no one number: use each");
  if (!grad_input.empty()) check_output(kernel.name, "grad_input", grad_input, input, target, common);
  const std::size_t n = input.size();
  const double count = divisor(common, n), scale = 1 / count;
  Scratch<double, 64> sums(blocks_of(n));
  double* block_sums = sums.data();
  T* gradient = grad_input.empty() ? nullptr : grad_input.data();
  in_blocks(n, [&](std::size_t first, std::size_t last) {
    kernel.run[accuracy == Accuracy::fast](options, first, last, input.data(), target.data(), weights(common),
                                           {&scale, 0}, gradient, nullptr, block_sums);
  });
  Tree tree;
  for (std::size_t b = 0; b < blocks_of(n); ++b) tree.add(block_sums[b]);
  return count == 0 && common.reduction == Reduction::mean ? common.empty_mean : tree.total() / count;
}

template <class T>
void run_each(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common, std::span<const T> input,
              std::span<const T> target, std::span<double> losses, Accuracy accuracy) {
  check_pair(kernel.name, common, input, target);
  same_size(kernel.name, "losses", losses.size(), "input", input.size());
  no_partial_overlap(kernel.name, "losses", losses, "input", input);
  no_partial_overlap(kernel.name, "losses", losses, "target", target);
  no_partial_overlap(kernel.name, "losses", extent(losses), "weight", extent(common.weight), false);
  in_blocks(input.size(), [&](std::size_t first, std::size_t last) {
    kernel.run[accuracy == Accuracy::fast](options, first, last, input.data(), target.data(), weights(common),
                                           {nullptr, 0}, nullptr, losses.data(), nullptr);
  });
}

template <class T>
void run_backward(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common,
                  std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                  std::span<T> gradient, bool in_target, Accuracy accuracy) {
  check_pair(kernel.name, common, input, target);
  check_output(kernel.name, in_target ? "grad_target" : "grad_input", gradient, input, target, common);
  if (in_target && !kernel.target_gradient[0])
    throw domain_error(said_by(kernel.name) + "has no gradient in its target");
  no_partial_overlap(kernel.name, "the gradient", extent(gradient), "grad_output", extent(grad_output), false);
  const bool each = common.reduction == Reduction::none;
  same_size(kernel.name, "grad_output", grad_output.size(), each ? "input" : "a reduced loss", each ? input.size() : 1);
  if (input.empty()) return;
  const double one = each ? 0 : get(grad_output.data()) / divisor(common, input.size());
  const Scale scale = each ? Scale{grad_output.data(), 1} : Scale{&one, 0};
  in_blocks(input.size(), [&](std::size_t first, std::size_t last) {
    if (in_target)
      kernel.target_gradient[accuracy == Accuracy::fast](options, first, last, input.data(), target.data(),
                                                         weights(common), scale, gradient.data());
    else
      kernel.run[accuracy == Accuracy::fast](options, first, last, input.data(), target.data(), weights(common), scale,
                                             gradient.data(), nullptr, nullptr);
  });
}

#define LOSSACT_INSTANTIATE(T)                                                                                   \
  template double run_loss(const PairLossKernel<T>&, const void*, const LossOptions&, std::span<const T>,        \
                           std::span<const T>, std::span<T>, Accuracy);                                          \
  template void run_each(const PairLossKernel<T>&, const void*, const LossOptions&, std::span<const T>,          \
                         std::span<const T>, std::span<double>, Accuracy);                                       \
  template void run_backward(const PairLossKernel<T>&, const void*, const LossOptions&, std::span<const double>, \
                             std::span<const T>, std::span<const T>, std::span<T>, bool, Accuracy);
LOSSACT_INSTANTIATE(float)
LOSSACT_INSTANTIATE(double)
LOSSACT_INSTANTIATE(bfloat16)
LOSSACT_INSTANTIATE(float16)

}  // namespace lossact::detail

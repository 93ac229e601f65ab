// The drivers of elementwise activations.
#include "lossact/kernel.h"
#include "src/checks.h"
#include "src/parallel.h"
#include "src/reduce.h"

namespace lossact::detail {
namespace {

// Below this a second thread costs more than it saves: about 10 microseconds of the cheapest function.
constexpr std::size_t kBlocksPerTask = 8;

template <class Body>
void in_blocks(std::size_t n, const Body& body) {
  parallel(blocks_of(n), kBlocksPerTask,
           [&](std::size_t first, std::size_t last) { body(first * kBlock, std::min(n, last * kBlock)); });
}

template <class T>
void check_weight(const ActivationKernel<T>& kernel, std::size_t elements, const Beside<T>& beside) {
  if (!kernel.weight_gradient) return;
  if (beside.count == 0)
    throw shape_error(said_by(kernel.name) + "weight has no elements, expected one or one per channel");
  if (beside.inner == 0) throw shape_error(said_by(kernel.name) + "inner is 0, expected 1 or more");
  if (beside.count > 1 && elements != 0 &&
      (beside.inner > elements / beside.count || elements % (beside.inner * beside.count) != 0))
    throw shape_error(said_by(kernel.name) + "input has " + std::to_string(elements) +
                      " elements, expected a multiple of " + std::to_string(beside.count) + " channels of " +
                      std::to_string(beside.inner));
}
template <class T>
void check_backward(std::string_view name, std::span<const T> grad_output, std::string_view from,
                    std::span<const T> input, std::span<T> grad_input) {
  same_size(name, "grad_output", grad_output.size(), from, input.size());
  same_size(name, "grad_input", grad_input.size(), from, input.size());
  no_partial_overlap(name, "grad_input", grad_input, "grad_output", grad_output);
  no_partial_overlap(name, "grad_input", grad_input, from, input);
}

}  // namespace

void same_size(std::string_view function, std::string_view what, std::size_t size, std::string_view other,
               std::size_t expected) {
  if (size == expected) return;
  throw shape_error(said_by(function).append(what) + " has " + std::to_string(size) + " elements, " +
                    std::string(other) + " has " + std::to_string(expected));
}

template <class T>
void run_forward(const ActivationKernel<T>& kernel, const void* options, std::span<const T> input,
                 const Beside<T>& beside, std::span<T> output, Accuracy accuracy) {
  same_size(kernel.name, "output", output.size(), "input", input.size());
  check_weight(kernel, input.size(), beside);
  no_partial_overlap(kernel.name, "output", output, "input", input);
  if (kernel.weight_gradient)
    no_partial_overlap(kernel.name, "output", extent(output), "weight",
                       extent(std::span<const T>(beside.values, beside.count)), false);
  const auto run = kernel.forward[accuracy == Accuracy::fast];
  in_blocks(input.size(), [&](std::size_t first, std::size_t last) {
    run(options, first, last, input.data(), beside, output.data());
  });
}

template <class T>
void run_backward(const ActivationKernel<T>& kernel, const void* options, std::span<const T> grad_output,
                  std::span<const T> input, const Beside<T>& beside, std::span<T> grad_input, Accuracy accuracy) {
  check_weight(kernel, input.size(), beside);
  check_backward(kernel.name, grad_output, "input", input, grad_input);
  const auto run = kernel.backward[accuracy == Accuracy::fast];
  in_blocks(input.size(), [&](std::size_t first, std::size_t last) {
    run(options, first, last, grad_output.data(), input.data(), beside, grad_input.data());
  });
}

template <class T>
void run_backward_from_output(const ActivationKernel<T>& kernel, const void* options, bool increasing,
                              std::span<const T> grad_output, std::span<const T> output, std::span<T> grad_input,
                              Accuracy accuracy) {
  const auto run = kernel.backward_from_output[accuracy == Accuracy::fast];
  // Where the function falls somewhere, one output belongs to two inputs.
  if (!run || !increasing)
    throw domain_error(said_by(kernel.name) + "the slope does not follow from the output" +
                       (run ? " with these options" : "") + ", expected a backward from the input");
  check_backward(kernel.name, grad_output, "output", output, grad_input);
  in_blocks(output.size(), [&](std::size_t first, std::size_t last) {
    run(options, first, last, grad_output.data(), output.data(), grad_input.data());
  });
}

template <class T>
void run_backward_learned(const ActivationKernel<T>& kernel, const void* options, std::span<const T> grad_output,
                          std::span<const T> input, const Beside<T>& beside, std::span<T> grad_input,
                          std::span<double> grad_weight, Accuracy accuracy) {
  check_weight(kernel, input.size(), beside);
  same_size(kernel.name, "grad_weight", grad_weight.size(), "weight", beside.count);
  check_backward(kernel.name, grad_output, "input", input, grad_input);
  const std::span<const T> weight(beside.values, beside.count);
  no_partial_overlap(kernel.name, "grad_input", extent(grad_input), "weight", extent(weight), false);
  no_partial_overlap(kernel.name, "grad_weight", extent(grad_weight), "grad_output", extent(grad_output), false);
  no_partial_overlap(kernel.name, "grad_weight", extent(grad_weight), "input", extent(input), false);
  no_partial_overlap(kernel.name, "grad_weight", extent(grad_weight), "grad_input", extent(grad_input), false);
  no_partial_overlap(kernel.name, "grad_weight", extent(grad_weight), "weight", extent(weight), false);
  // The weight's gradient first: grad_input may be written over what it is made from.
  const std::size_t elements_per_channel = std::max<std::size_t>(input.size() / beside.count, 1);
  parallel(beside.count, kBlocksPerTask * kBlock / elements_per_channel, [&](std::size_t first, std::size_t last) {
    kernel.weight_gradient(options, input.size(), first, last, grad_output.data(), input.data(), beside,
                           grad_weight.data());
  });
  run_backward(kernel, options, grad_output, input, beside, grad_input, accuracy);
}

#define LOSSACT_INSTANTIATE(T)                                                                                        \
  template void run_forward(const ActivationKernel<T>&, const void*, std::span<const T>, const Beside<T>&,            \
                            std::span<T>, Accuracy);                                                                  \
  template void run_backward(const ActivationKernel<T>&, const void*, std::span<const T>, std::span<const T>,         \
                             const Beside<T>&, std::span<T>, Accuracy);                                               \
  template void run_backward_from_output(const ActivationKernel<T>&, const void*, bool, std::span<const T>,           \
                                         std::span<const T>, std::span<T>, Accuracy);                                 \
  template void run_backward_learned(const ActivationKernel<T>&, const void*, std::span<const T>, std::span<const T>, \
                                     const Beside<T>&, std::span<T>, std::span<double>, Accuracy);
LOSSACT_INSTANTIATE(float)
LOSSACT_INSTANTIATE(double)
LOSSACT_INSTANTIATE(bfloat16)
LOSSACT_INSTANTIATE(float16)

}  // namespace lossact::detail

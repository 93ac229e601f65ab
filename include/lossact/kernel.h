// Where the families meet the compiled library: one row of function pointers per function and element type, and the
// drivers that check, cut the work into pieces for threads, and call them. Nothing here is for users.
#ifndef LOSSACT_KERNEL_H_
#define LOSSACT_KERNEL_H_
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include "lossact/api.h"
#include "lossact/error.h"
#include "lossact/facts.h"
#include "lossact/number.h"
#include "lossact/view.h"

namespace lossact::detail {

/// The second number beside each element: values[(i / inner) % count], or the i-th random number of a seed.
template <class T>
struct Beside {
  const T* values = nullptr;
  std::size_t count = 1, inner = 1;
  std::uint64_t seed = 0;
};

/// One number for all elements (step 0), or one for each (step 1).
struct Scale {
  const double* values;
  std::size_t step;
};

// Kernels take the whole arrays and the part [first, last) to compute, first being a multiple of 4096: which elements
// meet in a register, a sum or a random draw depends on their index alone. Arrays of two are by Accuracy.
template <class T>
struct ActivationKernel {
  std::string_view name;
  void (*forward[2])(const void* options, std::size_t first, std::size_t last, const T* x, const Beside<T>& beside,
                     T* y);
  void (*backward[2])(const void* options, std::size_t first, std::size_t last, const T* dy, const T* x,
                      const Beside<T>& beside, T* dx);
  /// Null where the output does not suffice.
  void (*backward_from_output[2])(const void* options, std::size_t first, std::size_t last, const T* dy, const T* y,
                                  T* dx);
  /// Null without a learned weight. The sum over channels [first, last).
  void (*weight_gradient)(const void* options, std::size_t n, std::size_t first, std::size_t last, const T* dy,
                          const T* x, const Beside<T>& beside, double* gradient);
};

template <class T>
struct PairLossKernel {
  std::string_view name;
  /// One sum for each block of 4096; dx (scaled) and each loss are written where given.
  void (*run[2])(const void* options, std::size_t first, std::size_t last, const T* x, const T* y, const double* weight,
                 Scale scale, T* dx, double* each, double* block_sums);
  /// Null where there is no gradient in the target.
  void (*target_gradient[2])(const void* options, std::size_t first, std::size_t last, const T* x, const T* y,
                             const double* weight, Scale scale, T* dy);
};

template <class T>
struct RowActivationKernel {
  std::string_view name;
  /// `shared`: the threads share each row, for there are fewer rows than threads.
  void (*forward[2])(const void* options, Rows<const T> x, Rows<T> y, bool shared);
  void (*backward[2])(const void* options, Rows<const T> dy, Rows<const T> x, Rows<T> dx, bool shared);
};

/// Rows that a kernel is to compute, each with its class, or its probabilities where those are given.
template <class T>
struct RowTask {
  Rows<const T> x;
  const std::int64_t* classes = nullptr;
  Rows<const T> probabilities = {};
  Scale scale = {};
  Rows<T> gradient = {};     // in x, or in the probabilities; without data none is wanted
  double* losses = nullptr;  // one for each row
  bool shared = false;       // the threads share each row
};
template <class T>
struct RowLossKernel {
  std::string_view name;
  void (*run[2])(const void* options, const RowTask<T>& task);
  void (*target_gradient[2])(const void* options, const RowTask<T>& task);
};

/// p and q have n elements. `out` takes each term, or each derivative, in the unit that `base` counts in.
struct InformationKernel {
  std::string_view name;
  void (*values)(std::size_t n, const double* p, const double* q, double base, double* out);
  void (*gradient)(std::size_t n, const double* p, const double* q, double base, double* out);
};

/// A family's kernels on the processor target in use, in the order of the registry, closed by one without a name.
LOSSACT_API const ActivationKernel<float>* table(std::type_identity<ActivationKernel<float>>);
LOSSACT_API const ActivationKernel<double>* table(std::type_identity<ActivationKernel<double>>);
LOSSACT_API const ActivationKernel<bfloat16>* table(std::type_identity<ActivationKernel<bfloat16>>);
LOSSACT_API const ActivationKernel<float16>* table(std::type_identity<ActivationKernel<float16>>);
LOSSACT_API const PairLossKernel<float>* table(std::type_identity<PairLossKernel<float>>);
LOSSACT_API const PairLossKernel<double>* table(std::type_identity<PairLossKernel<double>>);
LOSSACT_API const PairLossKernel<bfloat16>* table(std::type_identity<PairLossKernel<bfloat16>>);
LOSSACT_API const PairLossKernel<float16>* table(std::type_identity<PairLossKernel<float16>>);
LOSSACT_API const RowActivationKernel<float>* table(std::type_identity<RowActivationKernel<float>>);
LOSSACT_API const RowActivationKernel<double>* table(std::type_identity<RowActivationKernel<double>>);
LOSSACT_API const RowActivationKernel<bfloat16>* table(std::type_identity<RowActivationKernel<bfloat16>>);
LOSSACT_API const RowActivationKernel<float16>* table(std::type_identity<RowActivationKernel<float16>>);
LOSSACT_API const RowLossKernel<float>* table(std::type_identity<RowLossKernel<float>>);
LOSSACT_API const RowLossKernel<double>* table(std::type_identity<RowLossKernel<double>>);
LOSSACT_API const RowLossKernel<bfloat16>* table(std::type_identity<RowLossKernel<bfloat16>>);
LOSSACT_API const RowLossKernel<float16>* table(std::type_identity<RowLossKernel<float16>>);
LOSSACT_API const InformationKernel* table(std::type_identity<InformationKernel>);

/// The kernel of P. Only its place is remembered, never the kernel: tests change the target between two calls.
template <class Kernel, class P>
const Kernel& kernel() {
  static const std::size_t place = [] {
    const Kernel* all = table(std::type_identity<Kernel>());
    std::size_t at = 0;
    while (all[at].name != P::about.name)
      if (all[at++].name.empty())
        throw error(std::string("[").append(P::about.name).append("] this library was built without it"));
    return at;
  }();
  return table(std::type_identity<Kernel>())[place];
}

/// What the drivers look at in a loss's options.
struct LossOptions {
  Reduction reduction = Reduction::mean;
  double empty_mean = nan;
  Weights weight = {};
  std::size_t rows = 0;
  std::int64_t ignore_index = -1;
};

/// Throws shape_error: `[name] what has 5 elements, other has 6`.
LOSSACT_API void same_size(std::string_view function, std::string_view what, std::size_t size, std::string_view other,
                           std::size_t expected);

// The drivers. Each checks everything before it writes anything.
template <class T>
LOSSACT_API void run_forward(const ActivationKernel<T>& kernel, const void* options, std::span<const T> input,
                             const Beside<T>& beside, std::span<T> output, Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward(const ActivationKernel<T>& kernel, const void* options, std::span<const T> grad_output,
                              std::span<const T> input, const Beside<T>& beside, std::span<T> grad_input,
                              Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward_from_output(const ActivationKernel<T>& kernel, const void* options, bool increasing,
                                          std::span<const T> grad_output, std::span<const T> output,
                                          std::span<T> grad_input, Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward_learned(const ActivationKernel<T>& kernel, const void* options,
                                      std::span<const T> grad_output, std::span<const T> input, const Beside<T>& beside,
                                      std::span<T> grad_input, std::span<double> grad_weight, Accuracy accuracy);

template <class T>
LOSSACT_API double run_loss(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common,
                            std::span<const T> input, std::span<const T> target, std::span<T> grad_input,
                            Accuracy accuracy);
template <class T>
LOSSACT_API void run_each(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common,
                          std::span<const T> input, std::span<const T> target, std::span<double> losses,
                          Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward(const PairLossKernel<T>& kernel, const void* options, const LossOptions& common,
                              std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                              std::span<T> gradient, bool in_target, Accuracy accuracy);

template <class T>
LOSSACT_API void run_forward(const RowActivationKernel<T>& kernel, const void* options, AnyRows<const T> input,
                             AnyRows<T> output, Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward(const RowActivationKernel<T>& kernel, const void* options, AnyRows<const T> grad_output,
                              AnyRows<const T> input, AnyRows<T> grad_input, Accuracy accuracy);

template <class T>
LOSSACT_API double run_loss(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common,
                            AnyRows<const T> input, const AnyTarget<T>& target, AnyRows<T> grad_input, bool gradient,
                            Accuracy accuracy);
template <class T>
LOSSACT_API void run_each(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common,
                          AnyRows<const T> input, const AnyTarget<T>& target, std::span<double> losses,
                          Accuracy accuracy);
template <class T>
LOSSACT_API void run_backward(const RowLossKernel<T>& kernel, const void* options, const LossOptions& common,
                              std::span<const double> grad_output, AnyRows<const T> input, const AnyTarget<T>& target,
                              AnyRows<T> gradient, bool in_target, Accuracy accuracy);

LOSSACT_API void run_map(const InformationKernel& kernel, double base, const Probabilities& p, std::span<double> out,
                         bool gradient);
LOSSACT_API double run_sum(const InformationKernel& kernel, double base, const Probabilities& p,
                           const Probabilities& q);
LOSSACT_API void run_gradient(const InformationKernel& kernel, double base, const Probabilities& p,
                              const Probabilities& q, std::span<double> out);

}  // namespace lossact::detail
#endif

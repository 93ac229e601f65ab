// What is compiled of a function for the CPU: a few passes over arrays that lie in one piece, and nothing else. Shapes,
// strides, broadcasting, half precision, reductions, threads and the statistics of rows are the drivers'.
#ifndef LOSSACT_SRC_CPU_KERNEL_H_
#define LOSSACT_SRC_CPU_KERNEL_H_
#include <atomic>
#include <cstddef>
#include <cstdint>
#include "src/cpu/targets.h"

namespace lossact::cpu {

/// Elements [0, n) of each array in and out; n is a multiple of sixteen. Elements are numbered from `first` in their
/// row.
using Pass = void (*)(const void* options, std::size_t first, std::size_t n, const void* const* in,
                      const double* scalars, void* const* out);
inline constexpr std::size_t kMostArrays = 8, kMostScalars = 8;
/// What drivers pad to.
inline constexpr std::size_t kPadding = 32;

/// Arrays of two are by Accuracy where the results are floats, else by the type of what is read: floats, of which 24
/// digits are computed, or doubles.
///
/// `in` is what the formula takes, in the order of the arguments, then the factors: of a loss the weights, then what
/// the gradients are multiplied by. An array that may be left out may be null.
struct Kernel {
  std::size_t inputs, gradients;
  bool weighs;  // a loss with weights: in[inputs]
  bool exact;   // of floats it makes floats without rounding, or products

  // map: out[0] = weight f(in...), as doubles. Without out[0] the values of a loss are added to the sixteen lanes of a
  // sum at out[1].
  Pass value[2];
  // out[1 + k] = factor weight df/d(input of gradient k), as doubles, each unless null. The factor is the array of
  // doubles in[inputs + weighs] or, where that is null, scalars[0]. Of a loss, which is computed to all digits of a
  // double whatever it is of, the values are added to the lanes at out[0], unless that is null, and there is no pass of
  // floats; of elements nothing but the last of the gradients is, which may be a channel's.
  Pass slopes[2];
  // The slope from the output, out[1] = factor f'(in[0]), the factor in[1] or 1; null where it does not follow from the
  // output.
  Pass output_slopes[2];
  // fold: value[1] makes out[0] = the term of each element, slopes[1] = its derivative.
  // Floats from floats, rounded once. The slopes of elements are multiplied by the floats in the last array; those of a
  // loss are as above.
  Pass float_value[2], float_slopes[2], float_output_slopes[2];
  // Of an exact function of one input the same from halves to halves, bfloat16 and float16; null of others.
  Pass half_value[2], half_slopes[2], half_output_slopes[2];

  // row, by RowTypes: n classes from `first` on of {input, exponentials, ...}, n of any size, and the row's scalars.
  // The exponentials may be null, and are computed then.
  Pass row_value[3];
  Pass row_slopes[3];     // of {input, exponentials, grad_output}, a whole row
  Pass row_loss[3];       // of {input, exponentials, target, weights}: {gradient, loss}; weights are padded
  Pass target_slopes[3];  // of the same, but for the target: the gradient in it
  // Of the one class of each row that counts, {surprise, probability, rest, log_total, weight} as doubles and
  // scalars[0] classes: {mass f, mass f', mass df/dlog_total}, each unless null.
  Pass class_loss;
  bool (*smooths)(const void* options);  // whether classes count that are not the target
  Pass interleaved;                      // many rows' {surprise, probability, rest, log_total}: value and slope
  bool interleaved_needs[4];             // which of them
  bool needs_probability;                // of a loss: whether it is computed from the probability or the rest
  bool constant_slope;                   // of a loss: whether f' is the same for all classes
  bool logarithms;                       // the input is logarithms of probabilities: there is no statistic
};
/// What the passes of a row read and write.
enum RowTypes : std::size_t { kFloats, kFloatsToDoubles, kDoubles };
/// Of a row: the scalars' places. `kWanted` is the class of a target,
/// `kScale` what the gradient is multiplied by.
enum RowScalar : std::size_t { kMax, kLog1pOthers, kShare, kRestOfTop, kTop, kSum, kWanted, kScale };

/// Which of a function's kernels is in use.
extern std::atomic<std::size_t> target_in_use;
std::size_t best_target();
inline std::size_t target() {
  const std::size_t t = target_in_use.load(std::memory_order_relaxed);
  return t < kTargets ? t : best_target();  // nobody has asked yet
}

}  // namespace lossact::cpu
#endif

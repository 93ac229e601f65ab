// What is compiled of a function for the CPU: a few passes over contiguous arrays, and nothing else. Shapes, strides,
// broadcasting, half precision, reductions, threads and the statistics of rows are the business of the drivers.
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
/// Rows of floats that lie `stride` apart.
struct FloatRow {
  float* first;
  std::size_t stride;
  float* at(std::size_t row) const { return first + row * stride; }
};
/// What a function of rows gives of each class.
enum class RowValue { other, probability, logarithm };
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
  // doubles in[inputs + weighs] or, where that is null, scalars[0]. The values of a loss, which has all digits of a
  // double for every element type, are added to the lanes at out[0] unless that is null; it has no pass of floats. Of a
  // function to elements only the last gradient, which may be a channel's, is added there.
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

  // fold, a loss of vectors. The formula takes arrays of floats or doubles. A number of a row is a group of sixteen
  // doubles that is read again and again: the same number sixteen times, or one for each of sixteen interleaved rows. A
  // class is two arrays: doubles that are 1 at the class and 0 elsewhere, and a group of the first input at the class.
  // Rows with a threshold give {element - largest, a group of the threshold}, and have two sums: of the values and of
  // their derivatives. out[s] = the terms of sum s; without out[0] they are added to the sixteen lanes at out[sums +
  // s].
  Pass terms[2];
  // From the sums and then the numbers of up to sixteen rows: out[0] = the loss, out[1 + k] = what the slopes need of
  // the row; scalars[0] is how many elements a row has.
  Pass finish;
  // From the arrays of the terms, then groups of what finish left: out[k] = the gradient in the k-th array that has
  // one, unless null.
  Pass vector_slopes[2];
  std::size_t sums, found;  // how many finish takes, and leaves beside the loss
  double whole;             // of rows with a threshold: so far above it a value is 1

  // row, by RowTypes: n classes from `first` on of {input, exponentials, ...}, n of any size, and the row's scalars.
  // The exponentials may be null, and are computed then.
  Pass row_value[3];
  /// Which number of a class the values are, at these options.
  RowValue (*row_value_is)(const void* options);
  // From the output, where the gradient follows from it: the sum over classes of grad_output f', of {output,
  // grad_output} as floats or doubles, of a block, at out[0]; and with the sum over the row as scalars[0] the gradient.
  Pass row_output_sum[2];
  Pass row_output_slopes[3];
  void (*float_row_output_slopes)(const void* options, std::size_t rows, std::size_t n, const FloatRow* in,
                                  const double* sum, FloatRow out);  // of floats; with the sum of a row or without
  Pass interleaved_output;  // of outputs as doubles: {probability, rest, slope}
  Pass row_slopes[3];       // of {input, exponentials, grad_output}, a whole row
  Pass row_loss[3];         // of {input, exponentials, target, weights}: {gradient, loss}; weights are padded
  Pass target_slopes[3];    // of the same, but for the target: the gradient in it
  // For the one class of each row that counts: from {surprise, probability, rest, log_total, weight} as doubles and
  // scalars[0] classes it makes {q f, q f', q df/dlog_total}, each unless null, with the target weight q (`mass`).
  Pass class_loss;
  bool (*smooths)(const void* options);  // whether classes count that are not the target
  Pass interleaved;                      // many rows' {surprise, probability, rest, log_total}: value and slope
  bool interleaved_needs[4];             // which of them
  bool needs_probability;                // of a loss: whether it is computed from the probability or the rest
  bool constant_slope;                   // of a loss: whether f' is the same for all classes
  bool logarithms;                       // the input is logarithms of probabilities: there is no statistic

  constexpr bool has_output_form() const { return output_slopes[0] || row_output_sum[0]; }
};
/// The element types that the passes of a row read and write.
enum RowTypes : std::size_t { kFloats, kFloatsToDoubles, kDoubles };
/// The places of a row's scalars. `kWanted` is the class of a target, `kScale` what the gradient is multiplied by.
enum RowScalar : std::size_t { kMax, kLog1pOthers, kShare, kRestOfTop, kTop, kSum, kWanted, kScale };

/// Which of a function's kernels is in use.
extern std::atomic<std::size_t> target_in_use;
std::size_t best_target();
inline std::size_t target() {
  const std::size_t t = target_in_use.load(std::memory_order_relaxed);
  return t < kTargets ? t : best_target();  // the first call chooses
}

}  // namespace lossact::cpu
#endif

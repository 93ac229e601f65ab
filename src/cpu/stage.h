// What does not depend on the function, compiled once for each target: how memory becomes floats or doubles and back,
// sums, and the statistics of rows.
#ifndef LOSSACT_SRC_CPU_STAGE_H_
#define LOSSACT_SRC_CPU_STAGE_H_
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include "lossact/array.h"
#include "lossact/facts.h"
#include "src/cpu/kernel.h"

namespace lossact::cpu {

constexpr std::size_t padded(std::size_t n) { return (n + kPadding - 1) / kPadding * kPadding; }

/// How many rows are computed together, and how many classes the longest of these has.
inline constexpr std::size_t kRowsAtOnce = 16, kClassesTogether = 2048;
/// How far apart rows lie that are padded to groups.
constexpr std::size_t padded_row(std::size_t n) { return (n + 15) / 16 * 16; }
/// How many rows of n classes fit the fastest cache together.
constexpr std::size_t rows_together(std::size_t n) {
  return n > kClassesTogether ? 1 : std::clamp<std::size_t>(kClassesTogether / padded_row(n), 1, kRowsAtOnce);
}

struct Factor {
  const void* values = nullptr;
  bool floats = false;
};
struct Stage {
  /// How many doubles are computed at once.
  std::size_t lanes;
  /// One number for all of padded(n) floats or doubles.
  void (*fill)(Type as, double value, std::size_t n, void* to);
  /// n neighbours, and zeros up to padded(n).
  void (*to_float)(Type type, const void* from, std::size_t n, float* to);
  void (*to_double)(Type type, const void* from, std::size_t n, double* to);
  /// scale * factor[i] * from[i], rounded once, ties to even; factors are floats, doubles, or 1 where there are none.
  void (*from_double)(const double* from, double scale, Factor factor, std::size_t n, Type type, void* to);
  /// Floats to half precision, rounded once from there; `uncertain` are the parts of kPadding, one bit each, in which
  /// an error of `margin` units in the last place of a float could have changed that; -1 where they are exact but for
  /// underflow.
  void (*from_float)(const float* from, std::size_t n, Type type, void* to);
  std::uint64_t (*uncertain)(const float* from, std::size_t n, Type type, int margin);
  /// The parts in which an element of x is outside of [low, high], or one of y NaN.
  std::uint64_t (*outside)(const float* x, const float* y, std::size_t n, float low, float high);
  /// lanes[i % 16] += from[i], in increasing i; those from n on count nothing, as does the one at `skip`.
  void (*add_lanes)(const double* from, std::size_t n, std::size_t skip, double* lanes);

  /// Random numbers of [0, 1) for elements first ... of a seed; `first` is a multiple of sixteen.
  void (*random)(std::uint64_t seed, std::size_t first, std::size_t n, float* to);

  /// The scalars (kMax ... kTop, kSum) of a row of floats or doubles, and exp(x - max) of each class where `kept` is
  /// given. The threads share a `shared` row.
  void (*log_sum_exp)(Type type, const void* x, std::size_t n, bool shared, double* kept, double* scalars);
  /// exp(x - max) of n classes from `first` on, of a row of elements of that type.
  void (*exponentials)(Type type, const double* x, std::size_t first, std::size_t n, const double* scalars, double* to);
  /// The probabilities of rows of sixteen classes or more, or their logarithms, in single precision, where that
  /// suffices. Returns a bit for each row that was left as it is. More than one row is up to kRowsAtOnce of at most
  /// kClassesTogether classes. `scratch` has, for each row, room for two of padded_row(n), of which what is beyond n
  /// must be zero.
  std::uint64_t (*probabilities)(Accuracy accuracy, bool logarithms, const float* x, std::size_t x_stride,
                                 std::size_t rows, std::size_t n, bool shared, float* scratch, float* y,
                                 std::size_t y_stride);
  /// The scalars of rows as log_sum_exp() has them, with exp in single precision (compensated when faithful) and the
  /// sum in double, where that suffices. Returns a bit for each row where it does not. The exponentials are multiples
  /// of unit[r]. More than one row is up to kRowsAtOnce of at most kClassesTogether classes; rows of so few classes
  /// have their exponentials at e + r padded_row(n), where what is beyond n must be zero. A longer row has them at e,
  /// unless that is null; the threads share it if it is `shared`.
  std::uint64_t (*float_statistics)(Accuracy accuracy, const float* x, std::size_t x_stride, std::size_t rows,
                                    std::size_t n, bool shared, float* e, double (*scalars)[kMostScalars],
                                    double* unit);
  /// Of up to sixteen rows of up to sixteen classes, which lie `stride` apart, the surprise, probability, rest and
  /// log_total of the class that `wanted` says, and the share; the exponentials class by class. Class by class means
  /// `width` rows of a class and then those of the next; it is a multiple of the lanes.
  void (*interleaved_loss)(Type type, const void* x, std::size_t stride, std::size_t rows, std::size_t classes,
                           std::size_t width, const double* wanted, double* const* at_wanted, double* share,
                           double* exponentials);
  /// From there the gradients, class by class, over the exponentials. `q` is what class_loss made of the classes that
  /// are `wanted`; `scale` multiplies the gradients of each row. 0 where `counts` is 0.
  void (*interleaved_loss_gradient)(std::size_t classes, std::size_t width, const double* const* q,
                                    const double* const* at_wanted, const double* share, const double* scale,
                                    const double* wanted, const double* counts, double* exponentials);
  /// Of the same rows every class, or just probability and rest; and which is the largest.
  void (*interleaved_classes)(Type type, bool all, const void* x, std::size_t stride, std::size_t rows,
                              std::size_t classes, std::size_t width, double* const* values, double* top);
  /// The gradient of elements from dy and f', class by class, over dy.
  void (*interleaved_gradient)(std::size_t classes, std::size_t width, const double* const* values, const double* slope,
                               const double* top, double* dy);
  /// Between rows `stride` apart and numbers class by class.
  void (*from_rows)(Type type, const void* x, std::size_t stride, std::size_t rows, std::size_t classes,
                    std::size_t width, double* to);
  void (*to_rows)(const double* from, std::size_t rows, std::size_t classes, std::size_t width, Type type, void* to,
                  std::size_t stride);
  /// to[i] = factor from[i], by way of double where the factor is no normal float.
  void (*scale_floats)(const float* from, std::size_t n, double factor, float* to);
};
extern const Stage* const stages[kTargets];
inline const Stage& stage() { return *stages[target()]; }
/// How many interleaved rows are computed where there are so many: a register of them, or sixteen.
inline std::size_t width_of(std::size_t rows) {
  const std::size_t lanes = stage().lanes;
  return rows <= lanes ? lanes : 16;
}

}  // namespace lossact::cpu
#endif

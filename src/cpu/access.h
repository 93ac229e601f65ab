// Reading and writing parts of arrays wherever they lie.
#ifndef LOSSACT_SRC_CPU_ACCESS_H_
#define LOSSACT_SRC_CPU_ACCESS_H_
#include <algorithm>
#include <cstring>
#include "src/check/check.h"
#include "src/check/values.h"
#include "src/cpu/stage.h"
#include "src/parallel.h"
#include "src/reduce.h"

namespace lossact::cpu {

/// Passes take whole groups of sixteen.
constexpr std::size_t grouped(std::size_t n) { return (n + detail::kGroup - 1) / detail::kGroup * detail::kGroup; }
/// How many elements are staged at once: nine arrays of so many doubles fit the first level of the cache.
inline constexpr std::size_t kChunk = 512;

inline const Kernel& kernel_of(const Plan& plan) { return *plan.function->kernels[target()]; }

/// The error that is assumed of single precision, in units in its last place, where halves are rounded from it.
inline constexpr int kMargin = 16;
inline bool is_half(Type t) { return t == Type::bfloat16 || t == Type::float16; }
inline bool is_constant(const Array& a) { return a.stride[0] == 0 && a.stride[1] == 0 && a.stride[2] == 0; }
/// The address of element i of a contiguous array.
inline void* address(const Array& a, std::size_t i) { return static_cast<char*>(a.data) + i * size_of(a.type); }

/// Copies elements [first, first + n), in the order of the shape, to or from contiguous memory.
void gather(const Array& a, std::size_t first, std::size_t n, void* to);
void scatter(const Array& a, std::size_t first, std::size_t n, const void* from);
/// Those elements as floats or doubles: in the array's own memory if it is contiguous and of that type and n is whole
/// groups, else in `space`, padded.
const void* read(const Array& a, std::size_t first, std::size_t n, Type as, void* space);
/// Writes scale * factor[i] * y[i] to them, rounded once.
void write(const Array& a, std::size_t first, std::size_t n, const double* y, double scale = 1, Factor factor = {});

/// Row r of an array of (outer, axis, inner).
Array row_of(const Array& a, std::size_t r);

/// Sums, by the order that src/reduce.h defines, of numbers that come a chunk at a time.
class Sum {
 public:
  void add(const double* from, std::size_t n, std::size_t skip = static_cast<std::size_t>(-1)) {
    stage().add_lanes(from, n, skip, lanes_);
    added(n);
  }
  /// For a pass that adds n numbers, whole groups within a block, by itself.
  double* lanes() { return lanes_; }
  void added(std::size_t n) {
    if ((count_ += n) % detail::kBlock == 0) close();
  }
  double total() {
    if (count_ % detail::kBlock) close();
    return tree_.total();
  }

 private:
  void close() {
    tree_.add(detail::fold(lanes_));
    std::fill(lanes_, lanes_ + detail::kGroup, 0.0);
  }
  detail::Tree tree_;
  double lanes_[detail::kGroup] = {};
  std::size_t count_ = 0;
};

/// body(first, last) for parts of n elements, of whole blocks, on the threads.
template <class Body>
void in_blocks(std::size_t n, const Body& body) {
  constexpr std::size_t kBlocksPerTask = 8;  // below this a second thread costs more than it saves
  detail::parallel(detail::blocks_of(n), kBlocksPerTask, [&](std::size_t first, std::size_t last) {
    body(first * detail::kBlock, std::min(n, last * detail::kBlock));
  });
}
/// Fewer elements than this are not worth a second thread.
inline constexpr std::size_t kElementsPerTask = 16384;

/// Losses of rows, written as they are or reduced to the number that is returned.
double give_losses(const Plan& plan, const double* loss);

// One for each kind of result. They return the number, where there is one.
void run_elements(const Plan& plan);
double run_losses(const Plan& plan);
void run_rows(const Plan& plan);
void run_threshold_rows(const Plan& plan);
double run_row_losses(const Plan& plan);
double run_fold(const Plan& plan);
double run_vector_losses(const Plan& plan);
/// A small call of a function of elements: a few contiguous elements of one type, checked in passing. False where the
/// call is not so; then nothing was written.
bool run_small(const Function& function, const Call& call, double& result);

}  // namespace lossact::cpu
#endif

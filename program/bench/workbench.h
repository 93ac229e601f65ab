// Arrays for any work of a size, and how long the work takes on them.
#ifndef LOSSACT_PROGRAM_BENCH_WORKBENCH_H_
#define LOSSACT_PROGRAM_BENCH_WORKBENCH_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>
#include "program/bench/work.h"

namespace lossact::cli {

struct Shape {
  std::size_t rows = 1, classes = 0;
  std::size_t elements() const { return rows * classes; }
};

/// Medians over the repetitions. `copies` is the median of the ratios to the copy that was timed beside it.
struct Timing {
  double nanoseconds, copies;  // for one element
};
struct Measurement {
  const Work* work;
  Shape shape;
  int threads;
  std::size_t repetitions;
  double copy_nanoseconds;  // for one element
  Timing faithful, fast;
};

class Workbench {
 public:
  /// For arrays of so many bytes and so many rows. Throws std::runtime_error where the memory does not hold them.
  Workbench(std::size_t bytes, std::size_t rows);

  /// Inputs for a work, the same at every call; the arrays are good until the next call.
  Arrays prepare(const Work& work, Shape shape);
  /// Times the work and copying alternately, at both accuracies: for so many seconds, and three times at least unless
  /// `stop` says otherwise. `threads` is what set_num_threads was told.
  Measurement measure(const Work& work, Shape shape, int threads, double seconds, const std::function<bool()>& stop);

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  using Memory = std::unique_ptr<void, Free>;
  static Memory allocate(std::size_t bytes);

  std::vector<Memory> inputs_;
  Memory result_;
  std::vector<std::int64_t> labels_;
  std::vector<double> numbers_;  // one for each row, of a function to numbers
};

}  // namespace lossact::cli
#endif

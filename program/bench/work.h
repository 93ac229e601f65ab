// What there is to measure: each function of the registry in each direction, as a call on arrays of floats.
#ifndef LOSSACT_PROGRAM_BENCH_WORK_H_
#define LOSSACT_PROGRAM_BENCH_WORK_H_
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>
#include "lossact/registry.h"

namespace lossact::cli {

/// `gradient` is the value of a loss together with its gradient.
enum class Pass { forward, backward, from_output, gradient };
/// "from output"
std::string_view in_words(Pass pass);

/// Where a call reads and writes.
struct Arrays {
  std::size_t rows, classes;
  std::vector<const void*> inputs;  // Work::read arrays of rows * classes floats; of two, the last is the gradient in
                                    // the output where there is one
  const std::int64_t* labels;       // one for each row
  void* result;                     // rows * classes floats
  double* numbers;                  // one for each row: what a function to numbers gives
};

struct Work {
  const Function* function;
  Pass pass;
  bool by_rows;            // the shape matters; to all others an array is a list
  unsigned read, written;  // how many arrays of the input's shape

  void run(const Arrays& arrays, Accuracy accuracy) const;
};

/// All of it, function by function in the order of the registry.
std::span<const Work> works();

}  // namespace lossact::cli
#endif

// What there is to measure: each function of the registry in each direction, as a call on arrays.
#ifndef LOSSACT_PROGRAM_BENCH_WORK_H_
#define LOSSACT_PROGRAM_BENCH_WORK_H_
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include "lossact/registry.h"

namespace lossact::cli {

/// `gradient` is the value of a loss together with its gradient.
enum class Pass { forward, backward, from_output, gradient };
/// "from output"
std::string_view in_words(Pass pass);

/// Where a call reads and writes: rows * classes elements in each array, of the type that the work computes with.
struct Arrays {
  std::size_t rows, classes;
  const void *input, *second;  // `second` is the target, the gradient in the output, or another distribution
  const std::int64_t* labels;  // one for each row
  void* result;
};

struct Work {
  std::string name;  // as Function::name
  std::string_view family;
  Pass pass;
  std::size_t element_size;
  bool by_rows;  // the shape matters; to all others an array is a list
  bool has_fast;
  unsigned read, written;  // how many arrays
  /// What the elements of the two inputs are; distributions are probabilities that sum to 1.
  Meaning input, second;
  bool distributions;
  void (*run)(const Arrays& arrays, Accuracy accuracy);
};

/// All of it, function by function in the order of the registry.
std::span<const Work> works();

}  // namespace lossact::cli
#endif

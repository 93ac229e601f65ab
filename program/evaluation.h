// A function of arrays that somebody typed, has in files or draws: what it gives, and its gradient.
#ifndef LOSSACT_PROGRAM_EVALUATION_H_
#define LOSSACT_PROGRAM_EVALUATION_H_
#include <string>
#include <vector>
#include "files/array.h"
#include "lossact/options.h"

namespace lossact::cli {

/// What is asked for beside the value.
struct Wanted {
  bool each = false, gradient = false;
};

struct Evaluation {
  /// Whether what was computed is one number, `value`. Otherwise it is `each`.
  bool reduced = false;
  double value = nan;
  /// Of a function to elements they, in the type of the input; of one to numbers float64, one for each element or row.
  Npy each = {};
  /// In the differentiated argument, of its type and shape: of the value, or of each number that comes of the element.
  /// Of a function to elements, the derivative of each in its own input.
  Npy gradient = {};
};

/// The function at arrays of float32 or float64, one for each of required_arguments(function); learned and optional
/// arrays are those of the options. Rows lie along dimension 1 where there are classes or channels, as PyTorch has it,
/// and along the last otherwise. A target is a class for each row, or a probability for each class. Throws shape_error,
/// type_error, format_error, naming an array's file, and whatever run() throws.
Evaluation evaluate(Options options, const std::vector<Array>& arrays, Wanted wanted);

/// "the input", "the target"; a single letter is a name already.
std::string in_words(const ArgumentInfo& argument);

}  // namespace lossact::cli
#endif

// Any function of the registry on tensors, by its arguments: nothing here knows one by name or by kind.
#ifndef LOSSACT_NN_APPLY_H_
#define LOSSACT_NN_APPLY_H_
#include <optional>
#include <span>
#include "lossact/nn/tensor.h"
#include "lossact/options.h"

namespace lossact::nn {

/// Applies options.function() to tensors, and records what backward() needs. `arguments` are one for each of the
/// function's arguments in order, up to the last that is given; an undefined tensor leaves an optional one out, unless
/// the options have numbers for it. The first has any shape; of the others
///   an element argument has the first's shape and type,
///   a target is a class (int64) for each row, or has the first's shape and type,
///   a channel argument is one number, or one for each channel of dimension 1.
/// The rows of a function of rows lie along `dim`, which other functions refuse. Without it they lie along the last
/// dimension for a function to elements, and for a loss along dimension 1, or 0 of a single row, as in PyTorch. A
/// reduced loss is a tensor of no dimensions; with Reduction::none it is one number for each element or row. Where a
/// function divides by a number of rows that the options do not tell (batchmean), that is the size of dimension 0.
/// Throws shape_error, type_error, domain_error, index_error.
LOSSACT_API Tensor apply(const Options& options, std::span<const Tensor> arguments, Accuracy accuracy = {},
                         std::optional<std::ptrdiff_t> dim = {});

}  // namespace lossact::nn
#endif

// Arrays as the columns of a table.
#ifndef LOSSACT_EXPERIMENT_TABLE_ARRAY_COLUMNS_H_
#define LOSSACT_EXPERIMENT_TABLE_ARRAY_COLUMNS_H_
#include <string>
#include <vector>
#include "experiment/table/table.h"
#include "files/npy.h"

namespace lossact::cli {

/// Inputs and targets, as two arrays of the same type.
template <class Array>
struct ArrayPart {
  std::string x_name, y_name;
  Array x, y;
};

/// The rows of one part, or of a training and a test part. Throws format_error where arrays do not fit together. For
/// Npy and Idx.
template <class Array>
Columns columns_of(const std::string& file, const std::string& target, std::vector<ArrayPart<Array>> parts);
/// The rows of an array of two dimensions. Throws format_error where it is none.
Columns columns_of(const Npy& array, const std::string& file);

}  // namespace lossact::cli
#endif

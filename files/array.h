// Arrays that a user has in files: .npy, or the numbers of a CSV file.
#ifndef LOSSACT_FILES_ARRAY_H_
#define LOSSACT_FILES_ARRAY_H_
#include <cstddef>
#include <string>
#include <vector>
#include "files/npy.h"

namespace lossact::cli {

struct Array {
  std::string file;                // as errors name it
  std::vector<std::size_t> shape;  // of a CSV file, its rows and its columns
  decltype(Npy::values) values;    // the last index runs fastest
  bool typed = true;               // false for numbers of a text, which are of no type; `values` has doubles
};

/// Reads a .npy file, or a CSV file that has a header and numbers, packed by gzip or not. Throws format_error, naming
/// the file and in a CSV file the line and the column, for whatever is neither.
Array read_array(const std::string& file);

/// (2, 3)
std::string shape_text(const std::vector<std::size_t>& shape);

}  // namespace lossact::cli
#endif

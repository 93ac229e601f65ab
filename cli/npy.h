// Arrays as NumPy writes them: .npy files of float32 and float64.
#ifndef LOSSACT_CLI_NPY_H_
#define LOSSACT_CLI_NPY_H_
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lossact::cli {

struct Npy {
  std::vector<std::size_t> shape;
  bool fortran_order = false;  // the first index runs fastest
  std::variant<std::vector<float>, std::vector<double>> values;
};

/// Throws format_error, beginning with `file`, for whatever is not exactly a .npy file (version 1 to 3) of
/// little-endian float32 or float64. Nothing in it is trusted: not its sizes, not its header's length.
Npy read_npy(std::string_view bytes, const std::string& file);
/// The file's bytes, version 1.
std::string write_npy(const Npy& array);

}  // namespace lossact::cli
#endif

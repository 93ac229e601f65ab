// Arrays as NumPy writes them: .npy files of floats, integers and truth values.
#ifndef LOSSACT_FILES_NPY_H_
#define LOSSACT_FILES_NPY_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lossact::cli {

struct Npy {
  std::vector<std::size_t> shape;
  bool fortran_order = false;  // the first index runs fastest
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::int8_t>, std::vector<std::int16_t>,
               std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<std::uint8_t>,
               std::vector<std::uint16_t>, std::vector<std::uint32_t>, std::vector<std::uint64_t>>
      values;
};

/// Throws format_error, beginning with `file`, for whatever is not exactly a .npy file (version 1 to 3) of float32,
/// float64, integers of 1 to 8 bytes, or bool, which is read as 0 and 1, in either order of bytes. Nothing in it is
/// trusted: not its sizes, not its header's length.
Npy read_npy(std::string_view bytes, const std::string& file);
/// The same from a file, of which no more than the header is read where that refuses it.
Npy load_npy(const std::string& file);
/// The file's bytes, version 1.
std::string write_npy(const Npy& array);

}  // namespace lossact::cli
#endif

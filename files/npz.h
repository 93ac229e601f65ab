// Several arrays in one file, as NumPy writes them: .npz, a zip of .npy files.
#ifndef LOSSACT_FILES_NPZ_H_
#define LOSSACT_FILES_NPZ_H_
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "files/npy.h"

struct zip;

namespace lossact::cli {

class Npz {
 public:
  /// Reads the list of what is in it; `bytes` must stay. Throws format_error, beginning with `file`, where it is
  /// damaged, has too many entries, two of one name, or one that is not a .npy file.
  Npz(std::string_view bytes, std::string file);
  ~Npz();
  Npz(const Npz&) = delete;
  Npz& operator=(const Npz&) = delete;

  /// The names of the arrays, without .npy.
  const std::vector<std::string>& names() const { return names_; }
  /// Throws format_error, beginning with `file` and the name, as read_npy and check_unpacked_size do, and where its
  /// checksum is wrong.
  Npy read(const std::string& name) const;

 private:
  std::string file_;
  zip* archive_ = nullptr;
  std::vector<std::string> names_;
};

}  // namespace lossact::cli
#endif

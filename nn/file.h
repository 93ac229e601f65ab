// Files, read whole and written whole; the program uses them too.
#ifndef LOSSACT_NN_FILE_H_
#define LOSSACT_NN_FILE_H_
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/api.h"

namespace lossact::files {

/// The content of a file. Throws format_error, naming the file, where it cannot be read or has more than `most` bytes.
LOSSACT_API std::string read_file(const std::filesystem::path& path,
                                  std::uintmax_t most = std::numeric_limits<std::uintmax_t>::max());

/// Throws format_error unless a file can be written at each place, and no two at one: what takes long should know
/// before it starts.
LOSSACT_API void check_writable(const std::vector<std::filesystem::path>& paths);
struct Output {
  std::filesystem::path path;
  std::string_view content;
};

/// Writes beside each place and renames, so that at every moment there is the old file, or the new one whole; and the
/// new ones of all, or of none where anything fails, for which format_error is thrown. A process killed on the way
/// leaves a hidden file, .NAME.PID.part, which the next to write that file removes. A device or a pipe is written as it
/// is.
LOSSACT_API void write_files(const std::vector<Output>& outputs);
LOSSACT_API void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace lossact::files
#endif

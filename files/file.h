// Files, read whole or from their beginning, and written whole.
#ifndef LOSSACT_FILES_FILE_H_
#define LOSSACT_FILES_FILE_H_
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/api.h"
#include "lossact/nn/file_error.h"

namespace lossact::files {

/// A file that is read from its beginning on, so that what its header says is known before the rest is read. Throws
/// file_error where the system refuses.
class LOSSACT_API Input {
 public:
  explicit Input(std::filesystem::path path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// A device or a pipe has none, nor has a file whose content is made as it is read, which says 0.
  std::optional<std::uintmax_t> size() const { return size_; }
  /// The next so many bytes; fewer only where the file ends. Memory is taken for what is there, not for what is asked.
  std::string read(std::uintmax_t most);
  /// The same into memory that is there; returns how many.
  std::size_t read(char* to, std::size_t most);

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::optional<std::uintmax_t> size_;
};

/// The content of a file. Throws file_error where it cannot be read, format_error, naming the file, where it has more
/// than `most` bytes.
LOSSACT_API std::string read_file(const std::filesystem::path& path,
                                  std::uintmax_t most = std::numeric_limits<std::uintmax_t>::max());

/// Throws file_error unless a file can be written at each place, format_error where two would be written at one, or one
/// at that of an input, whatever name or link leads there: what takes long should know before it starts.
LOSSACT_API void check_writable(const std::vector<std::filesystem::path>& paths,
                                const std::vector<std::filesystem::path>& inputs = {});
struct Output {
  std::filesystem::path path;
  std::string_view content;
};

/// Writes beside each place and renames, so that at every moment there is the old file, or the new one whole; and the
/// new ones of all, or of none where anything fails, for which it throws what check_writable does. What replaces a file
/// has its mode. A process killed on the way leaves a hidden file, .NAME.RANDOM.part, which the next to write that file
/// removes. A device or a pipe is written as it is, and what is open already, as /dev/stdout, where it stands.
LOSSACT_API void write_files(const std::vector<Output>& outputs, const std::vector<std::filesystem::path>& inputs = {});
LOSSACT_API void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace lossact::files
#endif

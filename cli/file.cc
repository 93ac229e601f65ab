#include "cli/file.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <vector>
#include <fmt/format.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view why) {
  throw format_error(fmt::format("{}: {}", path.string(), why));
}
[[noreturn]] void fail(const fs::path& path, int error) { fail(path, std::strerror(error)); }

/// Where the bytes shall lie in the end: a link stays a link.
fs::path destination(const fs::path& path) {
  std::error_code ignored;
  const fs::path resolved = fs::weakly_canonical(path, ignored);
  return resolved.empty() ? path : resolved;
}
bool is_device(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}
fs::path beside(const fs::path& place) {
  return place.parent_path() / fmt::format(".{}.{}.part", place.filename().string(), ::getpid());
}

/// Writes and closes; returns 0 or the error.
int write_all(int file, std::string_view content, bool durable) {
  int error = 0;
  while (!content.empty() && error == 0) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count >= 0) content.remove_prefix(static_cast<std::size_t>(count));
    else if (errno != EINTR) error = errno;
  }
  if (error == 0 && durable && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

std::string read_file(const fs::path& path, std::uintmax_t most) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) fail(path, "this is a folder, not a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, errno ? errno : EIO);
  // A device or a pipe does not tell its size, so the bytes that come are counted as well.
  std::error_code no_size;
  const std::uintmax_t size = fs::file_size(path, no_size);
  std::string content;
  if (!no_size && size <= most) content.reserve(size);
  std::vector<char> piece(std::size_t{1} << 16);
  while (file && content.size() <= most) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    content.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (content.size() > most)
    fail(path, fmt::format("the file has more than {} MiB, the most that is read", most >> 20));
  if (file.bad()) fail(path, EIO);
  return content;
}

void check_writable(const fs::path& path) {
  if (is_device(path)) return;
  const fs::path place = destination(path);
  std::error_code ignored;
  if (path.empty()) fail("''", "this is not the name of a file");
  if (fs::is_directory(place, ignored)) fail(path, "this is a folder, not a file");
  const fs::path folder = place.has_parent_path() ? place.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored)) fail(path, "its folder does not exist");
  if (::access(folder.c_str(), W_OK) != 0) fail(path, errno);
}

void write_file(const fs::path& path, std::string_view content) {
  check_writable(path);
  if (is_device(path)) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const int error = file < 0 ? errno : write_all(file, content, false);
    if (error) fail(path, error);
    return;
  }
  const fs::path place = destination(path), part = beside(place);
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int error = file < 0 ? errno : write_all(file, content, true);
  if (error == 0 && ::rename(part.c_str(), place.c_str()) != 0) error = errno;
  if (error) {
    ::unlink(part.c_str());
    fail(path, error);
  }
}

}  // namespace lossact::cli

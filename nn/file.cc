#include "nn/file.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include "lossact/error.h"

namespace lossact::files {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view why) {
  throw format_error(path.string().append(": ").append(why));
}
[[noreturn]] void fail(const fs::path& path, int error) { fail(path, std::strerror(error)); }

/// Where the bytes shall lie in the end, from the root: a link stays a link.
fs::path destination(const fs::path& path) {
  std::error_code ignored;
  const fs::path resolved = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  return resolved.empty() ? path : resolved;
}
bool is_device(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// A file grows beside its place, as .NAME.PID.part, and whoever writes it holds a lock on it. The kernel drops the lock
// of a process that was killed, so what nobody holds is a leftover.
std::string prefix_of(const fs::path& place) { return std::string(".").append(place.filename().string()).append("."); }
fs::path part_of(const fs::path& place) {
  return place.parent_path() / prefix_of(place).append(std::to_string(::getpid())).append(".part");
}
bool is_part_of(const fs::path& place, std::string_view name) {
  const std::string before = prefix_of(place);
  constexpr std::string_view after = ".part";
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) return false;
  const std::string_view pid = name.substr(before.size(), name.size() - before.size() - after.size());
  return pid.find_first_not_of("0123456789") == pid.npos;
}

bool is_at(int file, const fs::path& path) {
  struct stat opened{}, there{};
  return ::fstat(file, &opened) == 0 && ::lstat(path.c_str(), &there) == 0 && opened.st_ino == there.st_ino &&
         opened.st_dev == there.st_dev;
}

void remove_leftovers(const fs::path& place) {
  std::error_code ignored;
  for (fs::directory_iterator entry(place.parent_path(), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (!is_part_of(place, entry->path().filename().string())) continue;
    const int file = ::open(entry->path().c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) continue;
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
    ::close(file);
  }
}

/// Returns 0 or the error.
int write_all(int file, std::string_view content) {
  int error = 0;
  while (!content.empty() && error == 0) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count >= 0) content.remove_prefix(static_cast<std::size_t>(count));
    else if (errno != EINTR) error = errno;
  }
  return error;
}

/// A file that is written, but not yet at its place. Gone again unless it gets there.
class Part {
 public:
  Part(const fs::path& path, std::string_view content)
      : path_(path), place_(destination(path)), part_(part_of(place_)) {
    remove_leftovers(place_);
    open();
    int error = ::ftruncate(file_, 0) != 0 ? errno : write_all(file_, content);
    if (error == 0 && ::fsync(file_) != 0) error = errno;
    if (error != 0) {
      discard();
      fail(path_, error);
    }
  }
  Part(Part&& other) noexcept
      : path_(std::move(other.path_)),
        place_(std::move(other.place_)),
        part_(std::move(other.part_)),
        file_(std::exchange(other.file_, -1)) {}
  Part& operator=(Part&&) = delete;
  ~Part() {
    if (file_ >= 0) discard();
  }
  void put_in_place() {
    if (::rename(part_.c_str(), place_.c_str()) != 0) fail(path_, errno);
    // Only now, so that the part was locked as long as it was there. fsync has said what can fail.
    ::close(std::exchange(file_, -1));
  }

 private:
  /// And locks it.
  void open() {
    for (;;) {
      file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
      if (file_ < 0) fail(path_, errno);
      (void)::flock(file_, LOCK_EX);  // on a file system without locks, leftovers stay
      if (is_at(file_, part_)) return;
      ::close(file_);  // while it waited, another process has taken it for a leftover
    }
  }
  void discard() {
    ::unlink(part_.c_str());
    ::close(file_);
  }

  fs::path path_, place_, part_;
  int file_ = -1;
};

/// Throws unless a file can be written there.
void check_one(const fs::path& path) {
  if (is_device(path)) return;
  const fs::path place = destination(path);
  std::error_code ignored;
  if (path.empty()) fail("''", "this is not the name of a file");
  if (fs::is_directory(place, ignored)) fail(path, "this is a folder, not a file");
  const fs::path folder = place.parent_path();
  if (!fs::is_directory(folder, ignored)) fail(path, "its folder does not exist");
  if (::access(folder.c_str(), W_OK) != 0) fail(path, errno);
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
    fail(path, "the file has more than " + std::to_string(most >> 20) + " MiB, the most that is read");
  if (file.bad()) fail(path, EIO);
  return content;
}

void check_writable(const std::vector<fs::path>& paths) {
  std::set<fs::path> places;
  for (const fs::path& path : paths) {
    check_one(path);
    if (!is_device(path) && !places.insert(destination(path)).second) fail(path, "two results would be written there");
  }
}

void write_files(const std::vector<Output>& outputs) {
  std::vector<fs::path> paths;
  for (const Output& output : outputs) paths.push_back(output.path);
  check_writable(paths);
  std::vector<Part> parts;
  for (const Output& output : outputs)
    if (!is_device(output.path)) parts.emplace_back(output.path, output.content);
  for (const Output& output : outputs) {
    if (!is_device(output.path)) continue;
    const int file = ::open(output.path.c_str(), O_WRONLY | O_CLOEXEC);
    int error = file < 0 ? errno : write_all(file, output.content);
    if (file >= 0 && ::close(file) != 0 && error == 0) error = errno;
    if (error != 0) fail(output.path, error);
  }
  for (Part& part : parts) part.put_in_place();
}

void write_file(const fs::path& path, std::string_view content) { write_files({{path, content}}); }

}  // namespace lossact::files

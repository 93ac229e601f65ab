#include "files/file.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lossact::files {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& why) {
  throw format_error(path.string().append(": ").append(why));
}
[[noreturn]] void fail(const fs::path& path, int error, const std::string& why) {
  throw file_error(error, path.string(), why);
}
[[noreturn]] void fail(const fs::path& path, int error) { fail(path, error, std::strerror(error)); }
[[noreturn]] void refuse_folder(const fs::path& path) { fail(path, EISDIR, "this is a folder, not a file"); }

/// The absolute path that is written in the end: links are followed, even one that leads to nothing yet, and stay
/// links.
fs::path destination(const fs::path& path) {
  constexpr int most_links = 40;  // the kernel's own limit
  fs::path place = path;
  for (int links = 0; links < most_links; ++links) {
    std::error_code error;
    place = fs::weakly_canonical(fs::absolute(place, error), error);
    if (error) fail(path, error.value());
    if (!fs::is_symlink(fs::symlink_status(place, error))) return place;
    const fs::path target = fs::read_symlink(place, error);
    if (error) fail(path, error.value());
    place = place.parent_path() / target;
  }
  fail(path, ELOOP);
}

/// The number of an open file, where the path is a name for it, as /dev/stdout is; -1 for all others.
int descriptor(const fs::path& path) {
  const std::string& name = path.native();
  if (name == "/dev/stdout") return STDOUT_FILENO;
  if (name == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    int number = -1;
    if (!name.starts_with(folder)) continue;
    const char* const last = name.data() + name.size();
    const auto [end, failure] = std::from_chars(name.data() + folder.size(), last, number);
    if (failure == std::errc() && end == last) return number;
  }
  return -1;
}
bool is_device(const fs::path& path) {
  if (descriptor(path) >= 0) return true;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

bool is_same(const struct stat& a, const struct stat& b) { return a.st_ino == b.st_ino && a.st_dev == b.st_dev; }
bool is_same_file(const fs::path& a, const fs::path& b) {
  struct stat of_a{}, of_b{};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 && is_same(of_a, of_b);
}
bool may(int how, const fs::path& path) { return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0; }

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

// A file is written beside its place, as .NAME.RANDOM.part, by a process that holds a lock on it. The kernel drops the
// lock of a process that was killed, so a part without a lock is a leftover. Its name cannot be guessed, and a file
// that is there already is never opened, so nobody can prepare a file or a link of that name.
constexpr std::string_view ending = ".part";
constexpr std::size_t random_letters = 16;

/// What the names of all parts of a place begin with. A long name is cut, so that theirs are not too long.
std::string prefix_of(const fs::path& place) {
  const long limit = ::pathconf(place.parent_path().c_str(), _PC_NAME_MAX);
  const std::size_t most = limit > 0 ? static_cast<std::size_t>(limit) : NAME_MAX;
  const std::size_t others = 2 + random_letters + ending.size();
  std::string name = place.filename().string();
  if (name.size() + others > most) {
    name.resize(most - others);
    while (!name.empty() && (name.back() & 0xC0) == 0x80) name.pop_back();  // the rest of a letter in UTF-8
    if (!name.empty() && (name.back() & 0x80) != 0) name.pop_back();
  }
  return std::string(".").append(name).append(".");
}
std::string new_name(const fs::path& place) {
  unsigned char bytes[random_letters / 2];
  if (::getentropy(bytes, sizeof bytes) != 0) fail(place, errno);
  std::string name = prefix_of(place);
  for (const unsigned char byte : bytes)
    for (const int digit : {byte >> 4, byte & 15}) name.push_back("0123456789abcdef"[digit]);
  return name.append(ending);
}
bool is_part_of(const std::string& prefix, std::string_view name) {
  if (name.size() != prefix.size() + random_letters + ending.size()) return false;
  return name.starts_with(prefix) && name.ends_with(ending) &&
         name.substr(prefix.size(), random_letters).find_first_not_of("0123456789abcdef") == name.npos;
}

/// Removes the user's own; another's may be in a folder that is shared.
void remove_leftovers(const fs::path& place) {
  std::error_code ignored;
  const std::string prefix = prefix_of(place);
  for (fs::directory_iterator entry(place.parent_path(), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (!is_part_of(prefix, entry->path().filename().string())) continue;
    const int file = ::open(entry->path().c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) continue;
    struct stat status{};
    if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
        ::flock(file, LOCK_EX | LOCK_NB) == 0)
      ::unlink(entry->path().c_str());
    ::close(file);
  }
}

/// A file that is written, but not yet at its place. Gone again unless it gets there.
class Part {
 public:
  Part(const fs::path& path, std::string_view content) : path_(path), place_(destination(path)) {
    remove_leftovers(place_);
    folder_ = ::open(place_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_ < 0) fail(path_, errno);
    struct stat old{};
    const bool replaces = ::fstatat(folder_, place_.filename().c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
    int error = open(replaces ? 0600 : 0666);
    if (error == 0) error = write_all(file_, content);
    if (error == 0 && replaces) error = take_over(old);
    if (error == 0 && ::fsync(file_) != 0) error = errno;
    if (error != 0) {
      discard();
      fail(path_, error);
    }
  }
  Part(Part&& other) noexcept
      : path_(std::move(other.path_)),
        place_(std::move(other.place_)),
        name_(std::move(other.name_)),
        folder_(std::exchange(other.folder_, -1)),
        file_(std::exchange(other.file_, -1)) {}
  Part& operator=(Part&&) = delete;
  ~Part() { discard(); }
  void put_in_place() {
    if (::renameat(folder_, name_.c_str(), folder_, place_.filename().c_str()) != 0) fail(path_, errno);
    // Only now, so that the part was locked as long as it was there. fsync has said what can fail.
    ::close(std::exchange(file_, -1));
  }

 private:
  /// And locks it. Returns 0 or the error.
  int open(mode_t mode) {
    for (;;) {
      name_ = new_name(place_);
      file_ = ::openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
      if (file_ < 0 && errno == EEXIST) continue;
      if (file_ < 0) return errno;
      (void)::flock(file_, LOCK_EX);  // on a file system without locks, leftovers stay
      struct stat opened{}, there{};
      if (::fstat(file_, &opened) == 0 && ::fstatat(folder_, name_.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
          is_same(opened, there))
        return 0;
      ::close(std::exchange(file_, -1));  // before it was locked, another process has taken it for a leftover
    }
  }
  /// The owner, where the system allows it, and the mode of what is replaced. Returns 0 or the error.
  int take_over(const struct stat& old) const {
    const bool owned = ::fchown(file_, old.st_uid, old.st_gid) == 0;
    const bool in_group = owned || ::fchown(file_, static_cast<uid_t>(-1), old.st_gid) == 0;
    mode_t mode = old.st_mode & 07777;
    if (!owned) mode &= ~static_cast<mode_t>(S_ISUID);
    if (!in_group) mode &= ~static_cast<mode_t>(S_ISGID | S_IRWXG);  // another group shall not read it
    return ::fchmod(file_, mode) == 0 ? 0 : errno;
  }
  void discard() {
    if (file_ >= 0) {
      ::unlinkat(folder_, name_.c_str(), 0);
      ::close(std::exchange(file_, -1));
    }
    if (folder_ >= 0) ::close(std::exchange(folder_, -1));
  }

  fs::path path_, place_;
  std::string name_;  // in the folder of the place
  int folder_ = -1, file_ = -1;
};

/// Throws unless a file can be written there.
void check_one(const fs::path& path) {
  if (path.empty()) fail("''", ENOENT, "this is not the name of a file");
  if (const int file = descriptor(path); file >= 0) {
    if (const int mode = ::fcntl(file, F_GETFL); mode < 0) fail(path, errno);
    else if ((mode & O_ACCMODE) == O_RDONLY) fail(path, EBADF);
    return;
  }
  if (is_device(path)) {
    if (!may(W_OK, path)) fail(path, errno);
    return;
  }
  const fs::path place = destination(path), folder = place.parent_path();
  std::error_code ignored;
  if (fs::is_directory(place, ignored)) refuse_folder(path);
  if (!fs::exists(folder, ignored)) fail(path, ENOENT, "its folder does not exist");
  if (!fs::is_directory(folder, ignored)) fail(path, ENOTDIR);
  if (!may(W_OK | X_OK, folder)) fail(path, errno);
  struct stat old{}, around{};
  if (::lstat(place.c_str(), &old) != 0) return;
  // Renaming would replace what is not to be written, too.
  if (!may(W_OK, place)) fail(path, errno);
  const uid_t user = ::geteuid();
  if (::stat(folder.c_str(), &around) == 0 && (around.st_mode & S_ISVTX) != 0 && user != 0 && old.st_uid != user &&
      around.st_uid != user)
    fail(path, EPERM);  // in a shared folder, only who owns a file may replace it
}

/// To what is no file: a device, a pipe, or what is open already.
void write_through(const Output& output) {
  const int open_already = descriptor(output.path);
  std::fflush(stdout);  // what was printed before stands before
  const int file =
      open_already >= 0 ? ::fcntl(open_already, F_DUPFD_CLOEXEC, 0) : ::open(output.path.c_str(), O_WRONLY | O_CLOEXEC);
  int error = file < 0 ? errno : write_all(file, output.content);
  if (file >= 0 && ::close(file) != 0 && error == 0) error = errno;
  if (error != 0) fail(output.path, error);
}

}  // namespace

Input::Input(fs::path path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) fail(path_, errno);
  struct stat status{};
  if (::fstat(file_, &status) != 0 || S_ISDIR(status.st_mode)) {
    const int error = S_ISDIR(status.st_mode) ? EISDIR : errno;
    ::close(file_);
    error == EISDIR ? refuse_folder(path_) : fail(path_, error);
  }
  if (S_ISREG(status.st_mode) && status.st_size > 0) size_ = static_cast<std::uintmax_t>(status.st_size);
}
Input::~Input() { ::close(file_); }

std::size_t Input::read(char* to, std::size_t most) {
  std::size_t size = 0;
  while (size < most) {
    const ssize_t count = ::read(file_, to + size, std::min<std::size_t>(most - size, INT_MAX));
    if (count > 0) size += static_cast<std::size_t>(count);
    else if (count == 0) break;
    else if (errno != EINTR) fail(path_, errno);
  }
  return size;
}

std::string Input::read(std::uintmax_t most) {
  // What a file says that it has is a hint: files of /proc say 0, and one may grow.
  constexpr std::uintmax_t least = std::uintmax_t{1} << 16;
  std::string content;
  for (std::uintmax_t wanted = std::min(most, std::max(least, size_.value_or(0) + 1));;) {
    const std::size_t before = content.size();
    content.resize(wanted);
    const std::size_t got = read(content.data() + before, wanted - before);
    content.resize(before + got);
    if (content.size() < wanted || wanted == most) return content;
    wanted = most / 2 < wanted ? most : std::max(least, 2 * wanted);
  }
}

std::string read_file(const fs::path& path, std::uintmax_t most) {
  Input file(path);
  const std::uintmax_t one_more = most == std::numeric_limits<std::uintmax_t>::max() ? most : most + 1;
  std::string content;
  if (file.size().value_or(0) <= most) content = file.read(one_more);
  if (content.size() > most || file.size().value_or(0) > most)
    fail(path, "the file has more than " + std::to_string(most >> 20) + " MiB, the most that is read");
  return content;
}

void check_writable(const std::vector<fs::path>& paths, const std::vector<fs::path>& inputs) {
  std::set<fs::path> places;
  for (const fs::path& path : paths) {
    check_one(path);
    if (is_device(path)) continue;
    if (!places.insert(destination(path)).second) fail(path, "two results would be written there");
    for (const fs::path& input : inputs)
      if (is_same_file(path, input))
        fail(path, path == input ? "this is an input; no result is written over it"
                                 : "this is the input " + input.string() + "; no result is written over it");
  }
}

void write_files(const std::vector<Output>& outputs, const std::vector<fs::path>& inputs) {
  std::vector<fs::path> paths;
  for (const Output& output : outputs) paths.push_back(output.path);
  check_writable(paths, inputs);
  std::vector<Part> parts;
  for (const Output& output : outputs)
    if (!is_device(output.path)) parts.emplace_back(output.path, output.content);
  for (const Output& output : outputs)
    if (is_device(output.path)) write_through(output);
  for (Part& part : parts) part.put_in_place();
}

void write_file(const fs::path& path, std::string_view content) { write_files({{path, content}}); }

}  // namespace lossact::files

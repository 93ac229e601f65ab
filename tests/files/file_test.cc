#include "files/file.h"
#include <gtest/gtest.h>
#include <algorithm>
#include <regex>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include "lossact/error.h"
#include "tests/folder.h"

namespace {
/// So many of the next random bytes are zeros.
std::size_t zeros = 0;
}  // namespace
/// In the place of the C library's, so that a test can know the next name.
extern "C" int getentropy(void* to, std::size_t size) {
  if (zeros == 0) return ::getrandom(to, size, 0) == static_cast<ssize_t>(size) ? 0 : -1;
  zeros -= std::min(zeros, size);
  std::fill_n(static_cast<char*>(to), size, '\0');
  return 0;
}

namespace lossact::cli {
namespace {

template <class F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}
/// The number of the system's error.
template <class F>
int system_error(F&& f) {
  try {
    f();
  } catch (const file_error& e) {
    EXPECT_EQ(e.what(), e.file + ": " + e.why);
    return e.code;
  }
  return 0;
}
mode_t mode_of(const std::string& path) {
  struct stat status{};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777;
}
/// In a process of its own, as a user who may do little; the exit status.
int as_nobody(const std::function<int()>& f) {
  const pid_t process = ::fork();
  if (process == 0) ::_exit(::seteuid(65534) == 0 || ::geteuid() != 0 ? f() : 99);
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(WriteFile, NewAndOld) {
  const Folder folder;
  const std::string path = folder.file("a.json");
  files::write_file(path, "one");
  EXPECT_EQ(content(path), "one");
  files::write_file(path, std::string(100000, 'x'));
  EXPECT_EQ(content(path), std::string(100000, 'x'));
  files::write_file(path, "");
  EXPECT_EQ(content(path), "");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.json"});
}

TEST(WriteFile, ReplacesAsAWhole) {
  // Who has the old file open still reads the old file.
  const Folder folder;
  const std::string path = folder.write("a.json", "old");
  std::ifstream reader(path);
  files::write_file(path, "new");
  std::string word;
  reader >> word;
  EXPECT_EQ(word, "old");
  EXPECT_EQ(content(path), "new");
}

TEST(WriteFile, FollowsALink) {
  const Folder folder;
  const std::string path = folder.write("a.json", "old"), link = folder.file("link");
  fs::create_symlink("a.json", link);
  files::write_file(link, "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(path), "new");
  // One that leads to nothing yet, by way of another.
  fs::create_symlink("later.json", folder.file("there"));
  fs::create_symlink("there", folder.file("to"));
  files::write_file(folder.file("to"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.file("there")));
  EXPECT_EQ(content(folder.file("later.json")), "new");
  fs::create_symlink("circle", folder.file("circle"));
  EXPECT_EQ(system_error([&] { files::check_writable({folder.file("circle")}); }), ELOOP);
}

TEST(WriteFile, KeepsTheModeOfWhatItReplaces) {
  const Folder folder;
  const mode_t mask = ::umask(027);
  files::write_file(folder.file("new"), "x");
  EXPECT_EQ(mode_of(folder.file("new")), 0640u);
  for (const mode_t mode : {0600u, 0644u, 0666u, 0755u, 0400u}) {
    const std::string path = folder.write("a.json", "old");
    ::chmod(path.c_str(), mode);
    files::write_file(path, "new");
    EXPECT_EQ(content(path), "new");
    EXPECT_EQ(mode_of(path), mode);
    ::chmod(path.c_str(), 0600);
  }
  ::umask(mask);
}

// Whoever shares the folder could lay a file or a link where the next part will be.
TEST(WriteFile, NeverOpensWhatIsThereAlready) {
  const Folder folder;
  const std::string path = folder.file("a.json"), planted = ".a.json." + std::string(16, '0') + ".part";
  const std::string target = folder.write("target", "of another");
  fs::create_symlink("target", folder.file(planted));
  zeros = 24;
  files::write_file(path, "new");
  EXPECT_EQ(zeros, 0u);
  EXPECT_EQ(content(path), "new");
  EXPECT_EQ(content(target), "of another");
  EXPECT_TRUE(fs::is_symlink(folder.file(planted)));
  fs::remove(folder.file(planted));
  const int held = ::open(folder.write(planted, "of another").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  zeros = 24;
  files::write_file(path, "newer");
  EXPECT_EQ(content(folder.file(planted)), "of another");
  EXPECT_EQ(content(path), "newer");
  ::close(held);
}

TEST(WriteFile, ALongNameIsWrittenATooLongOneRefusedBefore) {
  const Folder folder;
  for (const std::size_t size : {232ul, 233ul, 250ul, 255ul}) {
    const std::string path = folder.file(std::string(size, 'x'));
    files::check_writable({path});
    files::write_file(path, "new");
    EXPECT_EQ(content(path), "new");
  }
  // A name is not cut within a letter: its leftovers are these, and go.
  for (const auto& [first, letters] : {std::pair(std::string(), 77), {"xx", 76}}) {
    std::string name = first, cut;
    for (int i = 0; i < 84; ++i, name += "\u6f22")
      if (i == letters) cut = name;
    const std::string leftover = folder.write("." + cut + "." + std::string(16, '0') + ".part", "half");
    files::write_file(folder.file(name), "new");
    EXPECT_EQ(content(folder.file(name)), "new");
    EXPECT_FALSE(fs::exists(leftover));
  }
  EXPECT_EQ(folder.names().size(), 6u);
  const std::string path = folder.file(std::string(256, 'x'));
  EXPECT_EQ(refusal([&] { files::check_writable({path}); }), path + ": File name too long");
  EXPECT_EQ(
      system_error([&] { files::check_writable({folder.file(std::string(5000, '/') + std::string(5000, 'x'))}); }),
      ENAMETOOLONG);
}

TEST(WriteFile, WhatCannotBeWrittenIsRefusedBefore) {
  const Folder folder;
  EXPECT_EQ(system_error([&] { files::check_writable({folder.file("none/a")}); }), ENOENT);
  EXPECT_EQ(system_error([&] { files::check_writable({folder.path()}); }), EISDIR);
  EXPECT_EQ(system_error([&] { files::check_writable({""}); }), ENOENT);
  const std::string file = folder.write("file", "old");
  EXPECT_EQ(system_error([&] { files::check_writable({file + "/a"}); }), ENOTDIR);
  ::chmod(folder.path().c_str(), 0755);
  const auto refused = [](const std::string& path) {
    return as_nobody([&] { return system_error([&] { files::check_writable({path}); }); });
  };
  EXPECT_EQ(refused(folder.file("new")), EACCES);
  ::chmod(folder.path().c_str(), 0777);
  EXPECT_EQ(refused(folder.file("new")), 0);
  ::chmod(file.c_str(), 0444);
  EXPECT_EQ(refused(file), EACCES);  // although the folder allows to replace it
  ::chmod(file.c_str(), 0666);
  EXPECT_EQ(refused(file), 0);
  if (::geteuid() == 0) {
    ::chmod(folder.path().c_str(), 01777);  // as /tmp is
    EXPECT_EQ(refused(file), EPERM);
  }
}

TEST(WriteFile, NoInputIsOverwrittenByWhateverNameItHas) {
  const Folder folder;
  const std::string input = folder.write("in.csv", "data");
  fs::create_directory(folder.file("sub"));
  fs::create_symlink("in.csv", folder.file("link"));
  fs::create_hard_link(input, folder.file("hard"));
  fs::create_symlink(".", folder.file("here"));
  EXPECT_EQ(refusal([&] { files::check_writable({input}, {input}); }),
            input + ": this is an input; no result is written over it");
  for (const std::string name : {"link", "hard", "here/in.csv", "sub/../in.csv", "./in.csv"}) {
    const std::string path = folder.file(name), expected = path + ": this is the input " + input;
    EXPECT_EQ(refusal([&] { files::check_writable({path}, {input}); }).substr(0, expected.size()), expected);
    EXPECT_NE(refusal([&] { files::write_files({{path, "x"}}, {input}); }), "");
    EXPECT_NE(refusal([&] { files::check_writable({input}, {folder.file("other"), path}); }), "");
  }
  files::check_writable({folder.file("new"), "/dev/null"}, {input, "/dev/null", "none"});
  EXPECT_EQ(content(input), "data");
}

TEST(WriteFile, LeavesTheFilesOfOthersInASharedFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a file of another's";
  const Folder folder;
  const std::string others = folder.write(".a.json." + std::string(16, 'a') + ".part", "half");
  ASSERT_EQ(::chown(others.c_str(), 65534, 65534), 0);
  files::write_file(folder.file("a.json"), "new");
  EXPECT_TRUE(fs::exists(others));
}

TEST(WriteFile, LeavesNothingWhereItFails) {
  const Folder folder;
  EXPECT_EQ(refusal([&] { files::write_file(folder.file("none/a.json"), "x"); }),
            folder.file("none/a.json") + ": its folder does not exist");
  EXPECT_EQ(refusal([&] { files::write_file(folder.path(), "x"); }),
            folder.path().string() + ": this is a folder, not a file");
  EXPECT_NE(refusal([&] { files::write_file("/dev/full", "x"); }), "");
  EXPECT_TRUE(folder.names().empty());
}

TEST(WriteFile, SeveralAllOrNone) {
  const Folder folder;
  const std::string a = folder.write("a.json", "old"), b = folder.file("b.json");
  EXPECT_EQ(refusal([&] { files::write_files({{a, "x"}, {folder.file("none/b.json"), "x"}}); }),
            folder.file("none/b.json") + ": its folder does not exist");
  EXPECT_NE(refusal([&] { files::write_files({{a, "x"}, {b, "x"}, {"/dev/full", "x"}}); }), "");
  fs::create_symlink("a.json", folder.file("link"));
  EXPECT_EQ(refusal([&] { files::write_files({{a, "x"}, {folder.file("link"), "x"}}); }),
            folder.file("link") + ": two results would be written there");
  fs::remove(folder.file("link"));
  EXPECT_EQ(content(a), "old");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.json"});
  files::write_files({{a, "new"}, {b, "more"}});
  EXPECT_EQ(content(a), "new");
  EXPECT_EQ(content(b), "more");
  EXPECT_EQ(folder.names().size(), 2u);
}

TEST(WriteFile, RemovesWhatAKilledProcessLeft) {
  const Folder folder;
  const std::string path = folder.write("a.json", "old");
  const auto leftovers = [&] {
    const std::vector<std::string> names = folder.names();
    return std::ranges::count_if(names, [](const std::string& name) { return name.starts_with('.'); });
  };
  // Killed on the way, as soon as it has begun.
  const std::string large(std::size_t{1} << 26, 'x');
  for (int attempt = 0; attempt < 20 && leftovers() == 0; ++attempt) {
    const pid_t process = ::fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
      files::write_file(path, large);
      ::_exit(0);
    }
    int status = 0;
    while (leftovers() == 0 && ::waitpid(process, &status, WNOHANG) == 0) ::usleep(50);
    ::kill(process, SIGKILL);
    ::waitpid(process, &status, 0);
    const std::string now = content(path);
    EXPECT_TRUE(now == "old" || now == large);
  }
  EXPECT_EQ(leftovers(), 1);
  std::string name;
  for (const std::string& one : folder.names())
    if (one.starts_with('.')) name = one;
  EXPECT_TRUE(std::regex_match(name, std::regex(R"(\.a\.json\.[0-9a-f]{16}\.part)"))) << name;
  files::write_file(path, "new");
  EXPECT_EQ(content(path), "new");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.json"});
}

TEST(WriteFile, LeavesWhatIsAnothersOrInUse) {
  const Folder folder;
  const std::string path = folder.file("a.json");
  const std::string random = "0123456789abcdef", part = ".a.json." + random + ".part";
  const std::vector<std::string> others = {".a.json.part",
                                           ".a.json.1.part",
                                           ".a.json.x" + random.substr(1) + ".part",
                                           ".b.json." + random + ".part",
                                           part + ".txt",
                                           part.substr(1),
                                           ".xa.json." + random + ".part"};
  for (const std::string& name : others) folder.write(name, "");
  const int held = ::open(folder.write(part, "half").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  files::write_file(path, "new");
  EXPECT_EQ(content(folder.file(part)), "half");
  ::close(held);
  files::write_file(path, "new");
  EXPECT_FALSE(fs::exists(folder.file(part)));
  for (const std::string& name : others) EXPECT_TRUE(fs::exists(folder.file(name))) << name;
}

TEST(WriteFile, ADeviceStaysADevice) {
  files::write_file("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(ReadFile, PieceByPiece) {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 100000; ++i) text.append(std::to_string(i));
  files::Input input(folder.write("a", text));
  EXPECT_EQ(input.size(), text.size());
  std::string read = input.read(std::uintmax_t{8}), piece(100, 'x');
  EXPECT_EQ(read, text.substr(0, 8));
  EXPECT_EQ(input.read(piece.data(), piece.size()), piece.size());
  read += piece + input.read(std::numeric_limits<std::uintmax_t>::max());
  EXPECT_EQ(read, text);
  EXPECT_EQ(input.read(std::uintmax_t{8}), "");
  EXPECT_EQ(files::Input("/dev/zero").size(), std::nullopt);
}

TEST(ReadFile, Refusals) {
  const Folder folder;
  EXPECT_EQ(refusal([&] { files::read_file(folder.file("none.csv")); }),
            folder.file("none.csv") + ": No such file or directory");
  EXPECT_EQ(refusal([&] { files::read_file(folder.path()); }),
            folder.path().string() + ": this is a folder, not a file");
  EXPECT_EQ(files::read_file(folder.write("a", "text\n")), "text\n");
  EXPECT_EQ(files::read_file(folder.write("b", "")), "");
  const std::string large = folder.write("c", std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(refusal([&] { files::read_file(large, 1 << 20); }),
            large + ": the file has more than 1 MiB, the most that is read");
  EXPECT_EQ(refusal([&] { files::read_file("/dev/zero", 1 << 20); }),
            "/dev/zero: the file has more than 1 MiB, the most that is read");
  EXPECT_EQ(files::read_file(large).size(), (1u << 20) + 1);
  EXPECT_EQ(files::read_file(large, (1 << 20) + 1).size(), (1u << 20) + 1);
  EXPECT_NE(files::read_file("/proc/self/status"), "");  // whose size is 0
  EXPECT_EQ(system_error([&] { files::read_file(folder.file("none.csv")); }), ENOENT);
  EXPECT_EQ(system_error([&] { files::read_file(folder.path()); }), EISDIR);
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(large.c_str(), 0);
  EXPECT_EQ(as_nobody([&] { return system_error([&] { files::read_file(large); }); }), EACCES);
}

}  // namespace
}  // namespace lossact::cli

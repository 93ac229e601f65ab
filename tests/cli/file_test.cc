#include "nn/file.h"
#include <gtest/gtest.h>
#include <algorithm>
#include <sys/file.h>
#include <sys/stat.h>
#include "lossact/error.h"
#include "program.h"

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
  files::write_file(path, "new");
  EXPECT_EQ(content(path), "new");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.json"});
}

TEST(WriteFile, LeavesWhatIsAnothersOrInUse) {
  const Folder folder;
  const std::string path = folder.file("a.json");
  const std::vector<std::string> others = {".a.json.part",       ".a.json.1x.part", ".b.json.1.part",
                                           ".a.json.1.part.txt", "a.json.1.part",   ".xa.json.1.part"};
  for (const std::string& name : others) folder.write(name, "");
  const int held = ::open(folder.write(".a.json.1.part", "half").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  files::write_file(path, "new");
  EXPECT_EQ(content(folder.file(".a.json.1.part")), "half");
  ::close(held);
  files::write_file(path, "new");
  EXPECT_FALSE(fs::exists(folder.file(".a.json.1.part")));
  for (const std::string& name : others) EXPECT_TRUE(fs::exists(folder.file(name))) << name;
}

TEST(WriteFile, ADeviceStaysADevice) {
  files::write_file("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
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
}

}  // namespace
}  // namespace lossact::cli

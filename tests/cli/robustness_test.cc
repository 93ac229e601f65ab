// lossact compare, killed or interrupted at any moment: what it writes is there whole or not at all.
#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <thread>
#include <fmt/format.h>
#include "lossact/lossact.h"
#include "program.h"

namespace lossact::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Two activations, the first and the last.
std::string two_activations() {
  std::vector<std::string_view> names;
  for (const Function& function : functions())
    if (function.family == "activation") names.push_back(function.name);
  return fmt::format("{},{}", names.front(), names.back());
}

/// What a run writes, and how one sees that it is whole.
const std::vector<std::string> outputs = {"out.json"};
bool is_whole(const std::string& name, const std::string& text) {
  (void)name;
  return Json::accept(text) && Json::parse(text).contains("results");
}
std::vector<std::string> comparison(const std::string& data, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"compare",         data,     "--hidden", "4", "--activations",
                                        two_activations(), "--json", "out.json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A run that overwrites what an older one has written, and that gets a signal at a moment.
class Overwriting {
 public:
  Overwriting() {
    const Clock::time_point start = Clock::now();
    EXPECT_EQ(run(arguments_, folder_.path().string()).status, 0);
    duration_ = Clock::now() - start;
  }
  Clock::duration duration() const { return duration_; }

  Result signalled(int signal, Clock::duration after) {
    return signalled(signal, [after](pid_t) { std::this_thread::sleep_for(after); });
  }
  /// As soon as it has begun to write one of its outputs.
  Result signalled_in_writing(int signal, const std::string& output) {
    return signalled(signal, [&](pid_t process) {
      const fs::path part = folder_.path() / fmt::format(".{}.{}.part", output, process);
      siginfo_t ended{};
      while (!fs::exists(part) && ended.si_pid == 0)
        ::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOHANG | WNOWAIT);
    });
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names = folder_.names();
    std::ranges::sort(names);
    return names;
  }
  void run_to_the_end() { EXPECT_EQ(run(arguments_, folder_.path().string()).status, 0); }
  static std::string old(const std::string& name) { return "the old " + name; }
  std::string now(const std::string& name) const { return content(folder_.file(name)); }

 private:
  Result signalled(int signal, const std::function<void(pid_t)>& wait) {
    for (const std::string& name : outputs) folder_.write(name, old(name));
    return run(arguments_, folder_.path().string(), [&](pid_t process) {
      wait(process);
      ::kill(process, signal);
    });
  }

  Folder folder_;
  std::vector<std::string> arguments_ = comparison("diabetes", {"--epochs", "20", "--seeds", "3"});
  Clock::duration duration_{};
};

TEST(Robustness, KilledAtAnyMomentItLeavesTheOldFileOrTheNew) {
  Overwriting run;
  const auto expect_old_or_new = [&] {
    for (const std::string& name : outputs) {
      const std::string now = run.now(name);
      EXPECT_TRUE(now == Overwriting::old(name) || is_whole(name, now)) << now.substr(0, 200);
    }
  };
  constexpr int kills = 12;
  for (int i = 0; i < kills; ++i) {
    run.signalled(SIGKILL, run.duration() * i / (kills - 1));
    expect_old_or_new();
  }
  for (const std::string& name : outputs) {
    run.signalled_in_writing(SIGKILL, name);
    expect_old_or_new();
  }
  run.run_to_the_end();
  EXPECT_EQ(run.names(), outputs);  // and nothing that was left
}

TEST(Robustness, InterruptedInWritingItWritesToTheEnd) {
  Overwriting run;
  for (const std::string& name : outputs) {
    const Result result = run.signalled_in_writing(SIGINT, name);
    EXPECT_EQ(result.status, 0) << result.err;  // all that was asked for is done
    for (const std::string& output : outputs) EXPECT_TRUE(is_whole(output, run.now(output)));
    EXPECT_EQ(run.names(), outputs);
  }
}

TEST(Robustness, InterruptedInReadingItLeavesTheOldFile) {
  const Folder folder;
  std::string table = "a,b,c,d,y\n";
  for (int i = 0; i < 100000; ++i)
    table += fmt::format("{},{},{},{},{}\n", i % 97, i % 89, i % 83, i * 0.5, i % 2 ? "odd" : "even");
  folder.write("table.csv", table);
  for (const int milliseconds : {5, 20, 50, 100, 200, 400}) {
    for (const std::string& name : outputs) folder.write(name, Overwriting::old(name));
    const Result result =
        run(comparison("table.csv", {"--epochs", "1000"}), folder.path().string(), [&](pid_t process) {
          std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
          ::kill(process, SIGINT);
        });
    EXPECT_EQ(result.status, 128 + SIGINT) << result.err;
    // Nothing was finished, so nothing is overwritten.
    for (const std::string& name : outputs) EXPECT_EQ(content(folder.file(name)), Overwriting::old(name));
    EXPECT_EQ(folder.names().size(), 1 + outputs.size());
  }
}

}  // namespace
}  // namespace lossact::cli

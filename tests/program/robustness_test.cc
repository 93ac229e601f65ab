// lossact compare on tables that were made at random, and killed or interrupted at any moment: it answers or refuses,
// and what it writes is there whole or not at all.
#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>
#include <fmt/format.h>
#include "lossact/nn/by_name.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Two activations, the first and the last.
std::string two_activations() {
  const std::span<const std::string_view> names = nn::activation_names();
  return fmt::format("{},{}", names.front(), names.back());
}

/// A table of 20 to 60 rows, from a seed alone. `clean` is whether nothing in it is a reason to refuse it.
class RandomTable {
 public:
  explicit RandomTable(unsigned seed) : random_(seed) {
    const std::size_t rows = 20 + below(40), columns = 2 + below(4);
    constexpr std::array<char, 3> delimiters = {',', ';', '\t'};
    delimiter_ = delimiters[seed % 3];
    end_ = chance(2) ? "\r\n" : "\n";
    if (chance(3)) text_ += "\xEF\xBB\xBF";
    std::vector<Kind> kinds;
    std::vector<std::string> header;
    for (std::size_t column = 0; column < columns; ++column) {
      kinds.push_back(static_cast<Kind>(chance(6) ? below(kind_count) : below(clean_kind_count)));
      header.push_back(quoted(fmt::format("column {}{}", column, chance(3) ? "\u00e4\u6f22\U0001F33B" : "")));
    }
    kinds.push_back(Kind::number);  // so that there is something to learn from
    header.push_back("last");
    const auto target = static_cast<Target>(below(3));
    header.push_back(target == Target::text ? "sort" : "y");
    if (fault(8)) header[0] = header[1];
    end_row(header);
    const std::size_t ragged = fault(6) ? below(rows) : rows, missing = fault(5) ? below(rows) : rows;
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<std::string> cells;
      for (const Kind kind : kinds) cells.push_back(cell(kind, row));
      cells.push_back(label(target, row));
      if (row == missing) cells[below(cells.size())] = chance(2) ? "" : "NA";
      if (row == ragged) cells.pop_back();
      end_row(cells);
      if (chance(20)) text_ += end_;  // an empty line
    }
    if (chance(3)) text_.resize(text_.size() - end_.size());
  }
  const std::string& text() const { return text_; }
  bool clean() const { return clean_; }

 private:
  enum class Kind { number, integer, text, constant, huge, date, spoken };
  static constexpr std::size_t clean_kind_count = 4, kind_count = 7;
  enum class Target { text, integer, number };

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  bool fault(std::size_t one_in) {
    const bool is = chance(one_in);
    clean_ &= !is;
    return is;
  }
  std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) result.append(c == '"' ? 2 : 1, c);
    return result + "\"";
  }
  std::string cell(Kind kind, std::size_t row) {
    switch (kind) {
      case Kind::number:
        return fmt::format("{:.3f}", static_cast<double>(below(2000)) / 100 - 10);
      case Kind::integer:
        return std::to_string(below(1000));
      case Kind::huge:
        clean_ = false;  // it may be refused
        return chance(2) ? "1e308" : "-1e300";
      case Kind::text:
        return chance(2) ? quoted(fmt::format("red{} \"or\" {}", delimiter_, end_)) : "blue";
      case Kind::constant:
        return "7";
      case Kind::date:
        clean_ = false;
        return fmt::format("2024-{:02}-{:02}", 1 + row % 12, 1 + row % 28);
      default:
        clean_ = false;  // hardly two rows alike
        return quoted(fmt::format("\u6f22 {} said \"{}\"", row, below(100000)));
    }
  }
  std::string label(Target target, std::size_t row) {
    if (target == Target::text) return row % 3 == 0 ? "rose" : quoted("tulip" + std::string(1, delimiter_));
    if (target == Target::integer) return row % 2 == 0 ? "1" : "2";
    return fmt::format("{}", static_cast<double>(below(100000)) / 7);
  }
  void end_row(const std::vector<std::string>& cells) {
    text_ += fmt::format("{}{}", fmt::join(cells, std::string(1, delimiter_)), end_);
  }

  std::mt19937 random_;
  std::string text_, end_;
  char delimiter_ = ',';
  bool clean_ = true;
};

/// What a run writes, and how one sees that it is whole.
const std::vector<std::string> outputs = {"out.html", "out.json"};
bool is_whole(const std::string& name, const std::string& text) {
  if (name.ends_with(".html")) return text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n");
  return Json::accept(text) && Json::parse(text).contains("results");
}
std::vector<std::string> comparison(const std::string& data, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"compare",         data,     "--hidden", "4",        "--activations",
                                        two_activations(), "--json", "out.json", "--report", "out.html"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Robustness, TablesMadeAtRandom) {
  std::size_t answered = 0, refused = 0, settled = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    const RandomTable table(seed);
    SCOPED_TRACE(fmt::format("seed {}:\n{}", seed, table.text()));
    const Folder folder;
    folder.write("table.csv", table.text());
    const Result result = run(comparison("table.csv", {"--epochs", "1", "--seeds", "1"}), folder.path().string());
    std::vector<std::string> expected = {"table.csv"};
    if (result.status == 0) {
      ++answered;
      EXPECT_EQ(result.err, "");
      for (const std::string& name : outputs) {
        EXPECT_TRUE(is_whole(name, content(folder.file(name)))) << name;
        expected.push_back(name);
      }
    } else {
      ++refused;
      EXPECT_EQ(result.status, 1) << result.err;
      EXPECT_TRUE(result.err.starts_with("lossact: table.csv:")) << result.err;
      const std::string mark = "\nThis takes it: ";
      const std::size_t place = result.err.find(mark);
      EXPECT_EQ(result.err.ends_with('\n'), true) << result.err;
      if (place != std::string::npos) {
        const std::string command = result.err.substr(place + mark.size());
        const std::string path = fs::path(LOSSACT_PROGRAM).parent_path().string();
        const Result taken =
            run_program("/bin/sh", {"-c", fmt::format("PATH={} {}", path, command)}, folder.path().string());
        EXPECT_EQ(taken.status, 0) << command << taken.err;
        ++settled;
        for (const std::string& name : outputs) fs::remove(folder.file(name));
      }
      EXPECT_EQ(result.out, "");
      EXPECT_FALSE(table.clean()) << result.err;
    }
    std::vector<std::string> names = folder.names();
    std::ranges::sort(names), std::ranges::sort(expected);
    EXPECT_EQ(names, expected);
    EXPECT_EQ(content(folder.file("table.csv")), table.text());
  }
  EXPECT_GE(answered, 10u);
  EXPECT_GE(refused, 5u);
  EXPECT_GE(settled, 3u);
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
      const auto has_begun = [&] {
        const std::vector<std::string> names = folder_.names();
        return std::ranges::any_of(names, [&](const std::string& name) {
          return name.starts_with("." + output + ".") && !left_.contains(name);
        });
      };
      for (const std::string& name : folder_.names()) left_.insert(name);
      siginfo_t ended{};
      while (!has_begun() && ended.si_pid == 0)
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
  std::set<std::string> left_;  // by runs before
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

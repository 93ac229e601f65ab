// lossact compare, as a user runs it.
#include <gtest/gtest.h>
#include <chrono>
#include <map>
#include <numeric>
#include <pty.h>
#include <regex>
#include <set>
#include <thread>
#include <fmt/format.h>
#include "experiment/experiment.h"
#include "program/terminal/terminal.h"
#include "tests/program/comparing.h"
#include "lossact/nn/by_name.h"
#include "lossact/registry.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

void expect_interval(const Json& interval, const Json& mean) {
  ASSERT_EQ(interval.size(), 2u);
  EXPECT_LE(interval[0].get<double>(), mean.get<double>());
  EXPECT_GE(interval[1].get<double>(), mean.get<double>());
}

TEST(Compare, JsonIsOfSchema1) {
  const Folder folder;
  const std::string data = folder.write("flowers.csv", flowers()), path = folder.file("out.json");
  const Result result = run(compare(data, quick + std::vector<std::string>{"--json", path}));
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const Json json = Json::parse(content(path));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["interrupted"], false);
  EXPECT_EQ(json["best"], json["best_rows"][0]);
  EXPECT_EQ(json["data"]["rows"], 60);
  EXPECT_EQ(json["data"]["classes"], (std::vector<std::string>{"rose", "tulip"}));
  EXPECT_EQ(json["settings"]["hidden"], std::vector<int>{8});
  EXPECT_EQ(json["settings"]["baseline"], "relu");
  EXPECT_EQ(json["results"].size(), 2 * default_activations().size());
  double last = 1;
  for (const Json& row : json["results"]) {
    EXPECT_TRUE(find(row["activation"].get<std::string>()) && find(row["loss"].get<std::string>()));
    const double mean = row["test_accuracy_mean"];
    EXPECT_LE(mean, last);  // best first
    last = mean;
    expect_interval(row["test_accuracy_interval"], row["test_accuracy_mean"]);
    expect_interval(row["difference_interval"], row["difference_to_baseline"]);
    if (row["activation"] == "relu") {
      EXPECT_EQ(row["difference_to_baseline"], 0);
    }
    ASSERT_EQ(row["seeds"].size(), 2u);
    double sum = 0;
    for (std::size_t s = 0; s < 2; ++s) {
      const Json& seed = row["seeds"][s];
      EXPECT_EQ(seed["seed"], s);
      EXPECT_EQ(seed["diverged"], false);
      ASSERT_EQ(seed["epochs"].size(), 3u);
      EXPECT_EQ(seed["epochs"][2]["test_accuracy"], seed["test_accuracy"]);
      for (const char* figure : {"epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"})
        EXPECT_TRUE(seed["epochs"][0][figure].is_number()) << figure;
      sum += seed["test_accuracy"].get<double>();
    }
    EXPECT_NEAR(sum / 2, mean, 1e-12);
  }
}

/// The keys that a table of docs/compare-json.md describes, by its heading; the table that has none comes first.
std::map<std::string, std::set<std::string>> documented() {
  std::map<std::string, std::set<std::string>> keys;
  std::istringstream page(content(LOSSACT_SOURCE_DIR "/docs/compare-json.md"));
  std::string heading, line;
  while (std::getline(page, line)) {
    if (line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with("| `")) continue;
    const std::string names = line.substr(0, line.find(" |", 2));
    static const std::regex name("`(\\w+)`");
    for (std::sregex_iterator i(names.begin(), names.end(), name), end; i != end; ++i) keys[heading].insert((*i)[1]);
  }
  return keys;
}

TEST(Compare, JsonIsAsDocumented) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  const auto keys_of = [](const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
  };
  const auto documents = documented();
  for (const char* data : {"digits", "diabetes"}) {
    const bool classes = std::string_view(data) == "digits";
    ASSERT_EQ(
        run(compare(data, quick + std::vector<std::string>{"--activations", "identity,mish", "--json", path})).status,
        0);
    const Json json = Json::parse(content(path));
    const auto keys_below = [&](const std::string& heading) {
      std::set<std::string> keys;
      for (const std::string& key : documents.at(heading))
        keys.insert(std::regex_replace(key, std::regex("SCORE"), classes ? "accuracy" : "rmse"));
      return keys;
    };
    EXPECT_EQ(keys_of(json), keys_below(""));
    for (const char* key : {"data", "settings", "path", "guessing", "run"})
      EXPECT_EQ(keys_of(json[key]), keys_below(fmt::format("The key `{}`", key)));
    for (const char* list : {"activations", "losses"})
      EXPECT_EQ(keys_of(json[list][0]), keys_below(fmt::format("An element of `{}`", list)));
    for (const Json& result : json["results"]) {
      EXPECT_EQ(keys_of(result), keys_below("A row of `results`"));
      EXPECT_EQ(result["confusion"].is_null(), !classes);
      EXPECT_EQ(result["probabilities"].is_null(), !classes);
      EXPECT_EQ(result["linear_difference"].is_null(), result["activation"] != "identity");
      EXPECT_EQ(result["path"].size(), json["path"]["at"].size());
      EXPECT_EQ(result["path_bend"] < 1e-3, result["activation"] == "identity");
      EXPECT_EQ(result["gradient_start"].size(), 2u);  // a hidden layer and the output
      ASSERT_EQ(result["layers"].size(), 1u);
      const std::vector<std::uint64_t> counts = result["layers"][0]["preactivations"]["counts"];
      EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) +
                    result["layers"][0]["preactivations"]["below"].get<std::uint64_t>() +
                    result["layers"][0]["preactivations"]["above"].get<std::uint64_t>(),
                2 * 8 * json["data"]["test_rows"].get<std::uint64_t>());
      if (!classes) continue;
      std::uint64_t rows = 0, right = 0;
      for (std::size_t t = 0; t < 10; ++t)
        for (std::size_t p = 0; p < 10; ++p) {
          const auto count = result["confusion"][t][p].get<std::uint64_t>();
          rows += count, right += t == p ? count : 0;
        }
      EXPECT_EQ(rows, 2 * json["data"]["test_rows"].get<std::uint64_t>());
      EXPECT_NEAR(static_cast<double>(right) / static_cast<double>(rows), result["test_accuracy_mean"], 1e-9);
    }
    EXPECT_FALSE(json["verdict"].empty());
    for (const Json& activation : json["activations"])
      EXPECT_EQ(activation["linear"], activation["name"] == "identity");
  }
}

TEST(Compare, RegressionHasAnErrorInTheTargetsUnits) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  const Result result =
      run(compare("diabetes", quick + std::vector<std::string>{"--activations", "mish", "--json", path}));
  ASSERT_EQ(result.status, 0) << result.err;
  const Json json = Json::parse(content(path));
  EXPECT_EQ(json["data"]["task"], "regression");
  EXPECT_TRUE(json["data"]["classes"].is_null());
  ASSERT_EQ(json["results"].size(), 2u);  // the baseline is added
  for (const Json& row : json["results"]) {
    EXPECT_GT(row["test_rmse_mean"], 20);
    EXPECT_LT(row["test_rmse_mean"], 200);
    expect_interval(row["test_rmse_interval"], row["test_rmse_mean"]);
    EXPECT_TRUE(row["seeds"][0]["epochs"][0]["train_rmse"].is_number());
    EXPECT_FALSE(row.contains("test_accuracy_mean"));
  }
}

TEST(Compare, TheTableHasOneRowForEachPairAndFits) {
  const Folder folder;
  const Result result =
      run(compare(folder.write("flowers.csv", flowers()), quick + std::vector<std::string>{"--lr", "0.05"}));
  ASSERT_EQ(result.status, 0) << result.err;
  for (const std::string& line : result.lines()) EXPECT_LE(text_width(line), 80u) << line;
  // The first decimal number of a row is the mean accuracy.
  for (const std::string& activation : default_activations())
    for (const Function* loss : functions()) {
      if (!loss->is_loss() || !loss->about.compared) continue;
      const std::regex row(fmt::format("{} +{} +[01]\\.[0-9]{{3,4}} +\\[.*", activation, loss->name));
      EXPECT_EQ(
          std::ranges::count_if(result.lines(), [&](const std::string& line) { return std::regex_match(line, row); }),
          1)
          << activation;
    }
  EXPECT_NE(result.out.find(" comparisons with relu, each with the same loss"), std::string::npos) << result.out;
}

TEST(Compare, OneSeedHasNoInterval) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  const Result result = run(
      compare("diabetes", {"--hidden", "8", "--epochs", "1", "--seeds", "1", "--activations", "relu", "--json", path}));
  ASSERT_EQ(result.status, 0) << result.err;
  const Json row = Json::parse(content(path))["results"][0];
  EXPECT_TRUE(row["test_rmse_interval"].is_null());
  EXPECT_TRUE(row["difference_interval"].is_null());
  EXPECT_TRUE(Json::parse(content(path))["verdict"].back().get<std::string>().starts_with("One seed cannot"));
}

TEST(Compare, ThreadsDoNotChangeTheResult) {
  const Folder folder;
  std::vector<Json> results;
  for (const char* threads : {"1", "2", "5"}) {
    const std::string path = folder.file(threads);
    const Result result = run(compare(
        "digits", {"--epochs", "1", "--seeds", "2", "--hidden", "16,16", "--threads", threads, "--json", path}));
    ASSERT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    results.push_back(Json::parse(content(path)));
    results.back().erase("run");
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(Compare, DivergenceIsShown) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  const Result result =
      run(compare("diabetes", quick + std::vector<std::string>{"--activations", "identity", "--optimizer", "sgd",
                                                               "--lr", "1e9", "--json", path}));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("diverged in 2 of 2 seeds"), std::string::npos);
  for (const std::string& line : result.lines()) EXPECT_LE(text_width(line), 80u) << line;
  const Json json = Json::parse(content(path));
  for (const Json& row : json["results"]) {
    EXPECT_EQ(row["seeds_diverged"], 2);
    EXPECT_TRUE(row["test_rmse_mean"].is_null());
    EXPECT_EQ(row["seeds"][0]["diverged"], true);
    EXPECT_TRUE(row["seeds"][0]["test_rmse"].is_null());
  }
}

TEST(Compare, AnInterruptStopsCleanly) {
  const Folder folder;
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string path = folder.file("out.json");
    // The first runs end at once; the whole would take for ever.
    const Result result = run(compare("diabetes", {"--hidden", "2", "--epochs", "2", "--seeds", "1000000",
                                                   "--activations", "relu", "--json", path}),
                              {}, [&](pid_t process) {
                                std::this_thread::sleep_for(std::chrono::milliseconds(1500));
                                ::kill(process, signal);
                              });
    EXPECT_EQ(result.status, 128 + signal) << result.err;
    EXPECT_NE(result.err.find("lossact: stopped after "), std::string::npos);
    const Json json = Json::parse(content(path));
    EXPECT_EQ(json["interrupted"], true);
    EXPECT_FALSE(json["results"][0]["seeds"].empty());
    EXPECT_EQ(folder.names(), std::vector<std::string>{"out.json"});
    fs::remove(path);
  }
}

TEST(Compare, ProgressIsOnlyForATerminal) {
  int terminal = 0;
  winsize size{.ws_row = 40, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  const pid_t process = ::forkpty(&terminal, nullptr, nullptr, &size);
  ASSERT_GE(process, 0);
  if (process == 0) {
    ::execl(LOSSACT_PROGRAM, "lossact", "compare", "digits", "--epochs", "3", "--seeds", "2", "--losses",
            "cross_entropy", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(terminal, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  ::close(terminal);
  int status = 0;
  ::waitpid(process, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0) << text;
  EXPECT_NE(text.find("left"), std::string::npos) << text;
  EXPECT_NE(text.find("█"), std::string::npos);
}

// The figures of `make run`, on fewer seeds.
TEST(Compare, DigitsAreLearnt) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  ASSERT_EQ(run(compare("digits", {"--activations", "relu,mish,identity", "--losses", "cross_entropy", "--seeds", "2",
                                   "--json", path}))
                .status,
            0);
  double accuracy_of_identity = 1, least = 1;
  const Json json = Json::parse(content(path));
  ASSERT_EQ(json["results"].size(), 3u);
  for (const Json& row : json["results"])
    if (row["activation"] == "identity") accuracy_of_identity = row["test_accuracy_mean"];
    else least = std::min(least, row["test_accuracy_mean"].get<double>());
  EXPECT_GE(least, 0.95);
  EXPECT_LT(accuracy_of_identity, least);
}

}  // namespace
}  // namespace lossact::cli

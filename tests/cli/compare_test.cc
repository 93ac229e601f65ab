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
#include "cli/terminal.h"
#include "lossact/lossact.h"
#include "program.h"

namespace lossact::cli {
namespace {

/// Two classes that a line parts, with text labels and a column that says nothing.
std::string flowers(int rows = 60) {
  std::string text = "length,width,always,kind\n";
  for (int i = 0; i < rows; ++i) {
    const double length = (i * 37 % 100) / 10.0, width = (i * 61 % 100) / 10.0;
    text +=
        std::to_string(length) + "," + std::to_string(width) + ",1," + (length + width > 10 ? "rose" : "tulip") + "\n";
  }
  return text;
}
const std::vector<std::string> quick = {"--hidden", "8", "--epochs", "3", "--seeds", "2"};

std::vector<std::string> compare(const std::string& data, std::vector<std::string> options) {
  options.insert(options.begin(), {"compare", data});
  return options;
}
std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

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
  std::size_t activations = 0;
  for (const Function& function : functions()) activations += function.family == "activation";
  EXPECT_EQ(json["results"].size(), 2 * activations);
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
    EXPECT_EQ(keys_of(json), documents.at(""));
    std::set<std::string> row;
    for (std::string key : documents.at("A row of `results`"))
      row.insert(std::regex_replace(key, std::regex("SCORE"), classes ? "accuracy" : "rmse"));
    for (const Json& result : json["results"]) {
      EXPECT_EQ(keys_of(result), row);
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
  for (const Function& activation : functions())
    for (const Function& loss : functions()) {
      if (activation.family != "activation" || !loss.compared) continue;
      const std::regex row(fmt::format("{} +{} +[01]\\.[0-9]{{3,4}} +\\[.*", activation.name, loss.name));
      EXPECT_EQ(
          std::ranges::count_if(result.lines(), [&](const std::string& line) { return std::regex_match(line, row); }),
          1)
          << activation.name;
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

TEST(Compare, BadDataIsNamed) {
  const Folder folder;
  const auto expect = [&](const std::string& text, const std::string& message,
                          const std::vector<std::string>& options = {}) {
    const std::string data = folder.write("file.csv", text);
    const Result result =
        run(compare("file.csv", options + std::vector<std::string>{"--json", "out.json"}), folder.path().string());
    EXPECT_EQ(result.status, 1) << message;
    EXPECT_EQ(result.err.substr(0, result.err.find("\nThis takes it: ")),
              "lossact: " + message + (result.err.find("\nThis") == std::string::npos ? "\n" : ""));
    EXPECT_EQ(result.out, "");
    EXPECT_FALSE(fs::exists(folder.file("out.json")));
  };
  expect(
      "age,kind\n1,a\n2,b\n1,a\n2,b\nabc,b\n",
      "file.csv:6: column 'age': 'abc' is not a number (--na-values abc takes it for missing, --categories age takes "
      "all for text or --drop age leaves the column out)");
  expect("age,kind\n1,a\n2,b\n1,a\n2,b\n,b\n",
         "file.csv:6: column 'age': the value is missing (--missing drop or --missing mean goes on without it)");
  expect("day,y\n1/2/2020,1.5\n2/2/2020,2\n1/2/2020,3\n2/2/2020,4\n1/2/2020,5\n",
         "file.csv:2: column 'day': '1/2/2020' is a date, not a number (--drop day leaves the column out)");
  expect(
      "\xFF\xD8\xFF\xE0" + std::string(8, '\0'),
      "file.csv: this is a picture (JPEG); expected a CSV file with a header, a .npy or .npz file, packed by gzip or "
      "not, or a folder of IDX files");
  expect("1999,2000\n3,4\n4,4\n3,4\n3,5\n3,5\n",
         "file.csv:1: does this line name the columns? '1999' is a number above numbers (--header yes or --header no "
         "tells)",
         {"--task", "regression", "--target", "2000"});
  expect("x,y\n1,a\n2,b\n", "file.csv: 2 rows; at least 5 are needed");
  expect("", "file.csv: the file is empty");
  expect("a,b\n", "file.csv: there is a header, but no rows");
  expect("a,b\n1\n", "file.csv:2: 1 value, but the header names 2 columns");
  EXPECT_EQ(run({"compare", "none.csv"}).err, "lossact: none.csv: No such file or directory\n");
  EXPECT_EQ(run({"compare", "none.csv"}).status, 1);
  // Before anything is trained, so that no work is lost.
  const Result unwritable = run({"compare", "digits", "--json", folder.file("no/out.json")});
  EXPECT_EQ(unwritable.status, 1);
  EXPECT_EQ(unwritable.out, "");
  const Result twice = run({"compare", "digits", "--json", folder.file("out"), "--report", folder.file("out")});
  EXPECT_EQ(twice.err, "lossact: " + folder.file("out") + ": two results would be written there\n");
  EXPECT_EQ(twice.out, "");
}

// What a table's cells are taken for is said before the training, in the JSON and on the page; what is doubtful is
// refused with the whole command that takes it, and that does.
TEST(Compare, ATableIsReadByItsColumns) {
  const Folder folder;
  std::string text = ";price;the day;kind\n";
  for (int i = 0; i < 40; ++i)
    text += fmt::format("{};{},5;2020-01-{:02};{}\n", i, i % 7, 1 + i % 9, i % 3 ? "NA" : "EU");
  folder.write("it's.csv", text);
  const std::vector<std::string> options =
      quick + std::vector<std::string>{"--activations", "relu", "--json", "out.json", "--report", "out.html"};
  const Result refused = run(compare("it's.csv", options), folder.path().string());
  EXPECT_EQ(refused.status, 1);
  const std::string mark = "\nThis takes it: ";
  const std::size_t place = refused.err.find(mark);
  ASSERT_NE(place, std::string::npos) << refused.err;
  const std::string command = refused.err.substr(place + mark.size());
  EXPECT_EQ(command,
            "lossact compare 'it'\\''s.csv' --drop 'the day' --na-values '' --activations relu --hidden 8 --epochs 3 "
            "--seeds 2 --report out.html --json out.json\n");
  const std::string path = fs::path(LOSSACT_PROGRAM).parent_path().string();
  const Result taken = run_program("/bin/sh", {"-c", fmt::format("PATH={} {}", path, command)}, folder.path().string());
  ASSERT_EQ(taken.status, 0) << taken.err;
  const Json json = Json::parse(content(folder.file("out.json")));
  const std::vector<std::string> reading = json["data"]["reading"];
  ASSERT_EQ(reading.size(), 3u) << json["data"]["reading"];
  EXPECT_TRUE(reading[0].starts_with("line 1 names the columns: 'price' stands above numbers"));
  EXPECT_TRUE(reading[1].starts_with("column 1 has no name"));
  EXPECT_EQ(reading[2], "numbers with a decimal comma: price ('0,5')");
  EXPECT_NE(taken.out.find("\n" + reading[2] + "\n"), std::string::npos) << taken.out;
  EXPECT_NE(content(folder.file("out.html")).find(reading[2]), std::string::npos);
  EXPECT_EQ(json["data"]["classes"], (std::vector<std::string>{"EU", "NA"}));
  EXPECT_EQ(json["settings"]["na_values"], Json::array());
  EXPECT_EQ(json["settings"]["header"], nullptr);
  EXPECT_EQ(json["run"]["command"], command.substr(0, command.find(" --report")));
}

TEST(Compare, MissingValuesMayBeLeftOut) {
  const Folder folder;
  const std::string data = folder.write("file.csv", flowers() + ",1,1,rose\n");
  EXPECT_NE(run(compare(data, quick + std::vector<std::string>{"--missing", "drop"}))
                .out.find("1 row with a missing value left out"),
            std::string::npos);
  EXPECT_EQ(run(compare(data, quick + std::vector<std::string>{"--missing", "mean"})).status, 0);
  EXPECT_EQ(run(compare(data, quick + std::vector<std::string>{"--drop", "length"})).status, 0);
}

TEST(Compare, WhatNeverChangesIsSaid) {
  const Folder folder;
  const std::string one = run(compare(folder.write("one.csv", flowers()), quick)).out;
  EXPECT_NE(one.find("2 features"), std::string::npos) << one;
  EXPECT_NE(one.find("\n1 column never changes and is not used: always\n"), std::string::npos) << one;
  std::string text = "a,b,c,d,e,f,g,x,y\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("0,0,0,0,0,0,0,{},{}\n", i, i % 2);
  const std::string many = run(compare(folder.write("many.csv", text), quick)).out;
  EXPECT_NE(many.find("\n7 columns never change and are not used: a, b, c, d, e and 2 others\n"), std::string::npos)
      << many;
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

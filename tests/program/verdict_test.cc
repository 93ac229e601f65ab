// What lossact compare says of data where there is little to say, or whose numbers are very large or small.
#include <gtest/gtest.h>
#include <algorithm>
#include <regex>
#include <fmt/format.h>
#include "experiment/experiment.h"
#include "program/terminal/terminal.h"
#include "tests/program/comparing.h"
#include "lossact/nn/by_name.h"
#include "tests/files/packing.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

/// An archive with its own test part; x says nothing of y.
std::string archive(const std::vector<std::int64_t>& train, const std::vector<std::int64_t>& test) {
  std::vector<Entry> arrays;
  for (const auto& [part, y] : {std::pair("train", train), {"test", test}}) {
    std::vector<double> x;
    for (std::size_t i = 0; i < y.size(); ++i) x.push_back(static_cast<double>(i * 37 % 11));
    arrays.push_back({fmt::format("x_{}.npy", part), npy_bytes("<f8", fmt::format("({}, 1)", y.size()), bytes_of(x))});
    arrays.push_back({fmt::format("y_{}.npy", part), npy_bytes("<i8", fmt::format("({},)", y.size()), bytes_of(y))});
  }
  return zip_bytes(arrays, true);
}

// Nine of ten rows of the training part are of class 0, and one of ten in the test part.
TEST(CompareVerdict, GuessingIsScoredOnTheTestPart) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  std::vector<std::int64_t> train, test;
  for (int i = 0; i < 200; ++i) train.push_back(i % 10 == 0), test.push_back(i % 20 < 2 ? 0 : i % 20 == 2 ? 2 : 1);
  const std::string data = folder.write("shift.npz", archive(train, test));
  const Result result =
      run(compare(data, quick + std::vector<std::string>{"--activations", "relu", "--lr", "0.05", "--json", path}));
  ASSERT_EQ(result.status, 0) << result.err;
  const Json json = Json::parse(content(path));
  EXPECT_EQ(json["guessing"]["strategy"], "most_frequent");
  EXPECT_EQ(json["guessing"]["test_accuracy_mean"], 0.1);
  EXPECT_EQ(json["results"][0]["seeds"][1]["guessing"], 0.1);
  // It learns to guess, and that is what is said of it.
  EXPECT_EQ(json["results"][0]["test_accuracy_mean"], 0.1);
  EXPECT_EQ(json["nothing_learnt"], true);
  EXPECT_TRUE(json["verdict"][0].get<std::string>().starts_with("Nothing was learnt: always guessing the training"));
  EXPECT_TRUE(json["results"][0]["epochs_to"]["90"]["mean"].is_null());
  // A class that the training part does not have is named.
  EXPECT_EQ(json["data"]["unseen_classes"], std::vector<std::string>{"2"});
  const std::vector<std::string> warnings = json["warnings"];
  EXPECT_EQ(std::ranges::count(warnings,
                               "One class is in the test part alone, so nothing was learnt of it: '2', 10 of "
                               "the 200 test rows."),
            1);
}

TEST(CompareVerdict, IntervalsOfAccuraciesAreShares) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  ASSERT_EQ(run(compare("digits", {"--hidden", "8", "--epochs", "1", "--seeds", "2", "--json", path})).status, 0);
  std::size_t cut = 0;
  const Json json = Json::parse(content(path));
  for (const Json& row : json["results"]) {
    const Json &interval = row["test_accuracy_interval"], &difference = row["difference_interval"];
    EXPECT_TRUE(interval[0] >= 0 && interval[1] <= 1) << interval;
    EXPECT_TRUE(difference[0] >= -1 && difference[1] <= 1) << difference;
    cut += interval[0] == 0 || interval[1] == 1;
  }
  EXPECT_GT(cut, 0u);
}

// "Learns best" is nothing without what chance explains, also where the baseline itself is ahead.
TEST(CompareVerdict, ABaselineThatIsBestIsComparedToo) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  for (const std::string other : {"sigmoid", "leaky_relu"}) {
    ASSERT_EQ(run(compare("digits", {"--hidden", "8", "--epochs", "5", "--seeds", "3", "--losses", "cross_entropy",
                                     "--activations", other, "--baseline", "relu", "--json", path}))
                  .status,
              0);
    const Json json = Json::parse(content(path));
    const Json& best = json["results"][0];
    ASSERT_EQ(json["verdict"].size(), 2u) << json["verdict"];
    EXPECT_EQ(json["verdict"][1], json["results"][best["outcome"] == "baseline" ? 1 : 0]["sentence"]);
  }
}

/// A target that follows x, in some unit, and an x in another.
std::string line(double unit_of_x, double unit_of_y) {
  std::string text = "x,y\n";
  for (int i = 0; i < 100; ++i)
    text += fmt::format("{},{}\n", i * 37 % 100 / 100.0 * unit_of_x, (i * 37 % 100 / 100.0 + i % 3) * unit_of_y);
  return text;
}

// Whatever the unit is that the numbers are in, the same is learnt, and the table keeps its shape.
TEST(CompareVerdict, UnitsDoNotMatter) {
  const Folder folder;
  const std::string path = folder.file("out.json");
  const auto result_of = [&](double unit_of_x, double unit_of_y) {
    const Result result = run(compare(folder.write("line.csv", line(unit_of_x, unit_of_y)),
                                      quick + std::vector<std::string>{"--json", path}));
    EXPECT_EQ(result.status, 0) << result.err;
    for (const std::string& text : result.lines()) EXPECT_LE(text_width(text), 80u) << text;
    // Each mean has its four digits at least.
    static const std::regex row("\\w+ +mse_loss +\\d+\\.\\d{3,4} .*");
    EXPECT_EQ(
        std::ranges::count_if(result.lines(), [](const std::string& text) { return std::regex_match(text, row); }),
        std::ssize(default_activations()))
        << result.out;
    EXPECT_EQ(result.out.find("\nin units of 1e") != std::string::npos, unit_of_y != 1) << result.out;
    return Json::parse(content(path));
  };
  const Json one = result_of(1, 1);
  for (const auto& [unit_of_x, unit_of_y] : {std::pair(6e-170, 1.0),
                                             {1.5e300, 1.0},
                                             {1e-310, 1.0},
                                             {1.0, 1e16},
                                             {1.0, 6e-170},
                                             {1.0, 1e300},
                                             {1e200, 1e-200}}) {
    const Json other = result_of(unit_of_x, unit_of_y);
    ASSERT_EQ(other["results"].size(), one["results"].size());
    for (std::size_t i = 0; i < one["results"].size(); ++i) {
      EXPECT_EQ(other["results"][i]["activation"], one["results"][i]["activation"]);
      EXPECT_EQ(other["results"][i]["seeds_diverged"], 0);
      const double expected = one["results"][i]["test_rmse_mean"].get<double>() * unit_of_y;
      EXPECT_NEAR(other["results"][i]["test_rmse_mean"].get<double>(), expected, 1e-4 * expected);
      EXPECT_NEAR(other["results"][i]["p_value"].is_null() ? 0 : other["results"][i]["p_value"].get<double>(),
                  one["results"][i]["p_value"].is_null() ? 0 : one["results"][i]["p_value"].get<double>(), 1e-2);
    }
  }
}

}  // namespace
}  // namespace lossact::cli

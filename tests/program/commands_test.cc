// list, show, eval and info, and what is said of wrong usage.
#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include "text/number.h"
#include "files/npy.h"
#include "program/arguments.h"
#include "program/terminal/terminal.h"
#include "lossact/lossact.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

void expect_usage(const std::vector<std::string>& arguments, const std::string& message) {
  const Result result = run(arguments);
  EXPECT_EQ(result.status, 2) << message;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "lossact: " + message + "\n");
}
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Usage, WhatIsUnknownIsNamedWithTheNearest) {
  expect_usage({"comprae", "digits"}, "unknown command 'comprae'; did you mean 'compare'?");
  expect_usage({"--versoin"}, "unknown option '--versoin'; did you mean '--version'?");
  expect_usage({"list", "--jsno"}, "unknown option '--jsno'; did you mean '--json'?");
  expect_usage({"compare", "digits", "--epoch=3"}, "unknown option '--epoch'; did you mean '--epochs'?");
  expect_usage({"eval", "mish", "1", "--grad"}, "unknown option '--grad'; did you mean '--gradient'?");
  expect_usage({"show", "mihs"}, "unknown function 'mihs'; did you mean 'mish'?");
  expect_usage({"eval", "information.entrpy", "1"},
               "unknown function 'information.entrpy'; did you mean 'information.entropy'?");
  expect_usage({"compare", "digits", "--activations", "relu,mihs"},
               "--activations: unknown function 'mihs'; did you mean 'mish'?");
  expect_usage({"compare", "digits", "--losses", "mse"}, "--losses: unknown function 'mse'; did you mean 'mse_loss'?");
  expect_usage({"compare", "digits", "--baseline", "rleu"},
               "--baseline: unknown function 'rleu'; did you mean 'relu'?");
  expect_usage({"compare", "digist"}, "'digist' is no file, and not the name of a data set; did you mean 'digits'?");
  expect_usage({"compare", "digits", "--target", "digt"}, "digits: unknown column 'digt'; did you mean 'digit'?");
}

TEST(Usage, CompareWithFunctionsIsAnswered) {
  expect_usage({"compare", "relu", "mish"},
               "'relu' is a function, not data; did you mean: lossact compare digits --activations relu,mish");
  expect_usage({"compare", "diabetes", "mish"},
               "'mish' is a function, not data; did you mean: lossact compare diabetes --activations mish");
  expect_usage({"compare", "mse_loss"},
               "'mse_loss' is a function, not data; did you mean: lossact compare digits --losses mse_loss");
}

TEST(Usage, WrongValuesAreNamed) {
  expect_usage({"compare"}, "DATA is required");
  expect_usage({"show"}, "NAME is required");
  expect_usage({"compare", "digits", "diabetes"}, "one data set at a time: 'diabetes' is one too many");
  expect_usage({"compare", "digits", "--epochs"}, "--epochs needs a value");
  expect_usage({"compare", "digits", "--seeds", "1", "--seeds", "2"}, "--seeds is given 2 times, expected once");
  expect_usage({"show", "relu", "--svg", "a", "--svg", "b", "--svg", "c"}, "--svg is given 3 times, expected once");
  expect_usage({"compare", "digits", "--epochs", "0"}, "--epochs is '0', expected a whole number of 1 or more");
  expect_usage({"compare", "digits", "--seeds", "-1"}, "--seeds is '-1', expected a whole number of 1 or more");
  expect_usage({"compare", "digits", "--batch-size", "x"}, "--batch-size is 'x', expected a whole number of 1 or more");
  expect_usage({"compare", "digits", "--threads", "1.5"}, "--threads is '1.5', expected a whole number of 0 or more");
  expect_usage({"compare", "digits", "--lr", "nan"}, "--lr is 'nan', expected a number above 0");
  expect_usage({"compare", "digits", "--hidden", "64,,64"},
               "--hidden takes the widths of layers, as 64,64, not '64,,64'");
  expect_usage({"compare", "digits", "--optimizer", "lbfgs"}, "--optimizer is 'lbfgs', expected adam or sgd");
  expect_usage({"compare", "digits", "--task", "ranking"},
               "--task is 'ranking', expected classification or regression");
  expect_usage({"compare", "digits", "--missing", "guess"}, "--missing is 'guess', expected refuse, drop or mean");
  expect_usage({"compare", "digits", "--activations", "softmax"},
               "--activations takes activations of elements; 'softmax' is an activation of rows, row to row");
  expect_usage({"compare", "diabetes", "--losses", "cross_entropy"},
               "--losses: 'cross_entropy' compares with classes, and the target is numbers");
  expect_usage({"eval", "mish"},
               "a value is missing: lossact eval NAME VALUE..., or --input FILE.npy --output FILE.npy");
  expect_usage({"eval", "mish", "1", "x"}, "'x' is not a number");
  expect_usage({"eval", "leaky_relu", "1", "--set", "slope=2"},
               "[leaky_relu] has no parameter 'slope'; it has negative_slope");
  expect_usage({"eval", "leaky_relu", "1", "--set", "slope"}, "--set takes name=value, not 'slope'");
  expect_usage({"list", "all"}, "'all' is one word too many");
}

TEST(Usage, NothingAtAllShowsTheHelp) {
  const Result result = run({});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("compare"), std::string::npos);
  EXPECT_EQ(run({"--help"}).status, 0);
  EXPECT_EQ(run({"--version"}).out, std::string(version()) + "\n");
}

TEST(List, JsonHasEveryFunctionAndEveryFact) {
  const Json list = run({"list", "--json"}).json();
  ASSERT_EQ(list.size(), functions().size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Function& function = *functions()[i];
    const Facts facts = function.facts_of_defaults();
    const Json& json = list[i];
    EXPECT_EQ(json["name"], function.name);
    EXPECT_EQ(json["topic"], function.topic);
    EXPECT_EQ(json["formula"], function.about.formula);
    EXPECT_EQ(json["summary"], function.summary);
    EXPECT_EQ(json["input"].is_null(), !function.is_loss());
    EXPECT_EQ(json["output"].is_null(), !function.meaning.has_value());
    EXPECT_EQ(json["source"], function.about.source);
    EXPECT_EQ(json["saturates"], facts.saturates());
    ASSERT_EQ(json["arguments"].size(), function.arguments.size());
    for (std::size_t a = 0; a < function.arguments.size(); ++a) {
      EXPECT_EQ(json["arguments"][a]["name"], function.arguments[a].name);
      EXPECT_EQ(json["arguments"][a]["start"].is_null(), !function.arguments[a].learned());
      EXPECT_EQ(json["arguments"][a]["extent"] == "random", !function.arguments[a].given());
    }
    EXPECT_EQ(json["parameters"].size(), function.parameters.size());
    EXPECT_EQ(json["kinks"].size(), facts.kinks.count);
    ASSERT_EQ(json["range"].size(), 2u);
    EXPECT_EQ(json["range"][0].is_null(), std::isinf(facts.range.low));
    for (std::size_t p = 0; p < function.parameters.size(); ++p) {
      EXPECT_EQ(json["parameters"][p]["name"], function.parameters[p].name);
      EXPECT_EQ(json["parameters"][p]["legal"], legal(function.parameters[p]));
      EXPECT_TRUE(json["parameters"][p].contains("default"));
    }
  }
}

TEST(List, SummariesAreTheFirstLinesOfTheFiles) {
  for (const Function* const each : functions()) {
    const Function& function = *each;
    const std::string name(function.name.substr(function.name.find('.') + 1));
    EXPECT_TRUE(function.summary.starts_with(name + "(")) << function.summary;
    EXPECT_TRUE(function.summary.ends_with(".")) << function.summary;
    EXPECT_EQ(function.summary.find("//"), function.summary.npos) << function.summary;
  }
  EXPECT_EQ(find("relu")->summary, "relu(x) = max(x, 0): the positive part.");
}

TEST(List, TextHasEveryFunctionWithinTheWidth) {
  const Result result = run({"list"});
  EXPECT_EQ(result.status, 0);
  for (const std::string& line : result.lines()) EXPECT_LE(text_width(line), 80u) << line;
  for (const Function* function : functions())
    EXPECT_NE(result.out.find("\n  " + std::string(function->name) + "\n"), std::string::npos) << function->name;
}

TEST(Show, EveryFunction) {
  for (const Function* const each : functions()) {
    const Function& function = *each;
    const Result result = run({"show", std::string(function.name)});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_TRUE(result.out.starts_with(function.name));
    EXPECT_NE(result.out.find(words(std::string(function.summary)).back()), std::string::npos);
    EXPECT_EQ(
        result.out.find("\nsaturates    " + std::string(function.facts_of_defaults().saturates())) != std::string::npos,
        has_curve(function));
    EXPECT_NE(result.out.find("its slope"), std::string::npos);
    for (const ParameterInfo& p : function.parameters)
      EXPECT_NE(result.out.find("\n  " + std::string(p.name) + " "), std::string::npos) << p.name;
    for (const ArgumentInfo& a : function.arguments) {
      EXPECT_EQ(result.out.find("\n  " + std::string(a.name) + " ") != std::string::npos,
                a.given() && (a.optional || a.learned()))
          << a.name;
    }
    for (const std::string& line : result.lines()) EXPECT_LE(text_width(line), 80u) << line;
  }
}

TEST(Show, FactsFollowTheParameters) {
  EXPECT_NE(run({"show", "elu", "--set", "alpha=2"}).out.find("range        [-2, inf]"), std::string::npos);
  EXPECT_NE(run({"show", "elu"}).out.find("non-saturating"), std::string::npos);
}

TEST(Show, WritesSvg) {
  const Folder folder;
  const std::string path = folder.file("curve.svg");
  for (const Function* function : functions()) {
    EXPECT_EQ(run({"show", std::string(function->name), "--svg", path}).status, 0);
    EXPECT_TRUE(content(path).starts_with("<svg "));
  }
  EXPECT_EQ(run({"show", "mish", "--svg", folder.file("no/curve.svg")}).status, 1);
}

/// The columns that eval prints.
std::vector<std::vector<double>> columns(const Result& result) {
  std::vector<std::vector<double>> rows;
  for (const std::string& line : result.lines()) {
    auto& row = rows.emplace_back();
    for (const std::string& word : words(line)) row.push_back(read_number(word).value());
  }
  return rows;
}

TEST(Eval, TakesNumbersAsTheyAreTyped) {
  const Result result = run({"eval", "mish", "-1.5", "-inf", "nan", "2"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto rows = columns(result);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0][0], -1.5);
  EXPECT_NEAR(rows[0][1], -1.5 * std::tanh(std::log1p(std::exp(-1.5))), 1e-15);
  EXPECT_EQ(rows[1][0], -inf);
  EXPECT_EQ(rows[1][1], 0);
  EXPECT_TRUE(std::isnan(rows[2][1]));
  EXPECT_NEAR(rows[3][1], 2 * std::tanh(std::log1p(std::exp(2))), 1e-14);
  EXPECT_EQ(columns(run({"eval", "relu", "-.5", "-1e-3", "+3", "-nan"}))[2][1], 3);
}

TEST(Eval, EveryActivation) {
  for (const Function* function : functions()) {
    if (!function->is_activation()) continue;
    const Result result = run({"eval", std::string(function->name), "-2", "0", "0.5", "3", "--gradient"});
    EXPECT_EQ(result.status, 0) << result.err;
    const auto rows = columns(result);
    ASSERT_EQ(rows.size(), 4u);
    for (const auto& row : rows) ASSERT_EQ(row.size(), 3u);
  }
}

TEST(Eval, Parameters) {
  EXPECT_EQ(columns(run({"eval", "leaky_relu", "-2", "--set", "negative_slope=-0.5"}))[0][1], 1);
  EXPECT_EQ(columns(run({"eval", "prelu", "-2"}))[0][1], -0.5);
  EXPECT_EQ(columns(run({"eval", "prelu", "-2", "--set", "weight=0.5", "--gradient"}))[0],
            (std::vector<double>{-2, -1, 0.5}));
}

TEST(Eval, RowsLossesAndDistributions) {
  const auto row = columns(run({"eval", "softmax", "1", "2", "3"}));
  EXPECT_NEAR(row[0][1] + row[1][1] + row[2][1], 1, 1e-15);
  EXPECT_EQ(run({"eval", "mse_loss", "1", "2", "/", "0", "0"}).out, "2.5\n");
  EXPECT_NEAR(columns(run({"eval", "cross_entropy", "0", "0", "/", "1"}))[0][0], std::log(2), 1e-15);
  EXPECT_EQ(columns(run({"eval", "information.content", "1", "0.5", "--set", "base=2"}))[1][1], 1);
  EXPECT_NEAR(columns(run({"eval", "information.entropy", "0.5", "0.5"}))[0][0], std::log(2), 1e-15);
  EXPECT_NEAR(columns(run({"eval", "information.kl_divergence", "1", "0", "0", "/", ".7", ".2", ".1"}))[0][0], 0.3567,
              1e-4);
  const Result wrong = run({"eval", "information.entropy", "0.5", "0.6"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(wrong.out, "");
  expect_usage({"eval", "kl_div", "1", "2"}, "kl_div takes input and target: lossact eval kl_div VALUE... / VALUE...");
}

TEST(Eval, Arrays) {
  const Folder folder;
  const std::string in = folder.file("in.npy"), out = folder.file("out.npy");
  for (const bool single : {false, true}) {
    Npy array{.shape = {2, 3}, .fortran_order = false, .values = {}};
    if (single) array.values = std::vector<float>{-2, -1, 0, 1, 2, 3};
    else array.values = std::vector<double>{-2, -1, 0, 1, 2, 3};
    folder.write("in.npy", write_npy(array));
    const auto value = [&](std::size_t i) {
      const Npy result = read_npy(content(out), out);
      EXPECT_EQ(result.shape, array.shape);
      return single ? std::get<0>(result.values).at(i) : std::get<1>(result.values).at(i);
    };
    EXPECT_EQ(run({"eval", "relu", "--input", in, "--output", out}).status, 0);
    EXPECT_EQ(value(0), 0);
    EXPECT_EQ(value(5), 3);
    EXPECT_EQ(run({"eval", "relu", "--input", in, "--output", out, "--gradient"}).status, 0);
    EXPECT_EQ(value(5), 1);
    EXPECT_EQ(run({"eval", "softmax", "--input", in, "--output", out}).status, 0);
    EXPECT_NEAR(value(3) + value(4) + value(5), 1, 1e-6);
  }
  folder.write("bad.npy", "something else");
  fs::remove(out);
  const Result bad = run({"eval", "relu", "--input", folder.file("bad.npy"), "--output", out});
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.err, "lossact: " + folder.file("bad.npy") + ": this is not a .npy file\n");
  EXPECT_FALSE(fs::exists(out));
  EXPECT_EQ(run({"eval", "relu", "1", "--input", in, "--output", out}).status, 2);
  EXPECT_EQ(run({"eval", "relu", "--input", in}).status, 2);
  EXPECT_EQ(run({"eval", "mse_loss", "--input", in, "--output", out}).status, 2);
}

TEST(Eval, TypedValuesMayGoToAFile) {
  const Folder folder;
  const std::string out = folder.file("out.npy");
  const auto values = [&] { return std::get<std::vector<double>>(read_npy(content(out), out).values); };
  const Result result = run({"eval", "relu", "-2", "3", "--output", out});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(values(), (std::vector<double>{0, 3}));
  EXPECT_EQ(run({"eval", "relu", "-2", "3", "--output", out, "--gradient"}).status, 0);
  EXPECT_EQ(values(), (std::vector<double>{0, 1}));
  EXPECT_EQ(run({"eval", "softmax", "5", "5", "--output", out}).status, 0);
  EXPECT_EQ(values(), (std::vector<double>{0.5, 0.5}));
  expect_usage({"eval", "mse_loss", "1", "/", "2", "--output", out},
               "--output takes activations; 'mse_loss' is a loss of pairs, input and target");
  expect_usage({"eval", "relu", "--output", out},
               "a value is missing: lossact eval NAME VALUE..., or --input FILE.npy --output FILE.npy");
}

TEST(Info, SaysWhatThereIs) {
  const Json info = run({"info", "--json"}).json();
  EXPECT_EQ(info["version"], version());
  EXPECT_EQ(info["functions"], functions().size());
  EXPECT_EQ(info["processor_targets"].size(), targets::available().size());
  EXPECT_GE(info["threads"], 1);
  for (const char* library : {"oneTBB", "OpenBLAS", "fmt", "CLI11", "nlohmann-json", "libcsv"})
    EXPECT_TRUE(info["libraries"].contains(library)) << library;
  const Result text = run({"info"});
  for (const std::string_view target : targets::available()) EXPECT_NE(text.out.find(target), std::string::npos);
}

TEST(Output, AFullDiskIsAnError) {
  std::string command = std::string(LOSSACT_PROGRAM) + " list >/dev/full 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace lossact::cli

// lossact bench: every function is measured, in every direction, and what it says is sensible. How long anything takes
// is no test's business.
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <fmt/format.h>
#include "program/bench/workbench.h"
#include "program/terminal/terminal.h"
#include "lossact/lossact.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

/// The passes of each function in the JSON.
std::map<std::string, std::set<std::string>> passes(const Json& json) {
  std::map<std::string, std::set<std::string>> found;
  for (const Json& m : json["measurements"]) found[m["function"]].insert(m["pass"]);
  return found;
}

TEST(Bench, JsonHasEveryFunctionInEveryDirection) {
  const Json json = run({"bench", "--json", "--size", "100", "--threads", "1", "--seconds", "0"}).json();
  const auto found = passes(json);
  EXPECT_EQ(found.size(), functions().size());
  for (const Function* const each : functions()) {
    const Function& function = *each;
    SCOPED_TRACE(function.name);
    ASSERT_TRUE(found.contains(std::string(function.name)));
    const std::set<std::string>& its = found.at(std::string(function.name));
    EXPECT_EQ(its.contains("gradient"), function.is_loss());
    EXPECT_EQ(its.contains("forward"), !function.is_loss());
    EXPECT_EQ(its.contains("backward"), !function.is_loss());
    const bool fixed = function.is_activation() && !function.along_axis() && !function.learns();
    if (fixed && !function.is_random() && function.facts_of_defaults().increasing) {
      EXPECT_TRUE(its.contains("from output"));
    }
  }
  for (const char* name : {"version", "processor", "processor_target", "threads"}) EXPECT_FALSE(json[name].is_null());
}

TEST(Bench, FiguresArePositive) {
  const Json json = run({"bench", "--json", "--size", "5000", "--threads", "2", "--seconds", "0"}).json();
  for (const Json& m : json["measurements"]) {
    SCOPED_TRACE(m.dump());
    EXPECT_GT(m["copy_nanoseconds"], 0);
    EXPECT_GT(m["faithful"]["nanoseconds"], 0);
    EXPECT_GT(m["faithful"]["copies"], 0);
    EXPECT_GT(m["fast"]["nanoseconds"], 0);
    EXPECT_GE(m["repetitions"], 3);
    EXPECT_EQ(m["elements"], 5000);
    if (!m["rows"].is_null()) {
      EXPECT_EQ(m["rows"].get<int>() * m["classes"].get<int>(), 5000);
    }
  }
}

TEST(Bench, FunctionsAreChosenByName) {
  const Json json =
      run({"bench", "--json", "--function", "mish", "--function", "softmax", "--size", "64", "--seconds", "0"}).json();
  const std::map<std::string, std::set<std::string>> expected = {{"mish", {"forward", "backward"}},
                                                                 {"softmax", {"forward", "backward", "from output"}}};
  auto found = passes(json);
  found["mish"].erase("from output");
  EXPECT_EQ(found, expected);
}

TEST(Bench, TableFitsTheTerminal) {
  const Result result = run({"bench", "--size", "100", "--seconds", "0"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  for (const std::string& line : result.lines()) EXPECT_LE(text_width(line), 80u) << line;
  for (const Function* function : functions())
    EXPECT_TRUE(result.out.find(fmt::format("\n{} ", function->name)) != std::string::npos ||
                result.out.find(fmt::format("\n{}\n ", function->name)) != std::string::npos)
        << function->name;
}

TEST(Bench, WrongUsageIsSaid) {
  const auto expect_usage = [](std::vector<std::string> arguments, const std::string& message) {
    arguments.insert(arguments.begin(), "bench");
    const Result result = run(arguments);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "lossact: " + message + "\n");
  };
  expect_usage({"--function", "mihs"}, "unknown function 'mihs'; did you mean 'mish'?");
  expect_usage({"--size", "0"}, "--size is '0', expected a whole number of 1 or more");
  expect_usage({"--threads", "x"}, "--threads is 'x', expected a whole number of 1 or more");
  expect_usage({"--seconds", "nan"}, "--seconds is 'nan', expected a number of 0 to 3600");
}

TEST(Bench, MemoryThatIsNotThereIsSaid) { EXPECT_THROW(Workbench(std::size_t{1} << 50, 1), std::runtime_error); }

// What is measured is what a user calls: the results, not only the times, are those of the function.
TEST(Bench, WorksComputeTheirFunction) {
  const Shape shape{.rows = 3, .classes = 50};
  Workbench workbench(shape.elements() * sizeof(float), shape.rows);
  for (const Work& work : works()) {
    SCOPED_TRACE(work.function->name);
    const Arrays arrays = workbench.prepare(work, shape);
    const auto result = static_cast<unsigned char*>(arrays.result);
    const std::size_t bytes = shape.elements() * sizeof(float);
    std::fill_n(result, bytes, static_cast<unsigned char>(0xA5));
    const std::vector<unsigned char> before(result, result + bytes);
    work.run(arrays, faithful);
    EXPECT_EQ(work.written == 1, !std::equal(before.begin(), before.end(), result));
  }
  for (const Work& work : works()) {
    if (work.function->name != "mish" || work.pass != Pass::backward) continue;
    const Arrays arrays = workbench.prepare(work, shape);
    work.run(arrays, faithful);
    const auto input = static_cast<const float*>(arrays.inputs[0]),
               second = static_cast<const float*>(arrays.inputs[1]);
    for (std::size_t i = 0; i < shape.elements(); ++i) {
      float expected;
      mish.backward({second + i, 1}, {input + i, 1}, std::span(&expected, 1));
      EXPECT_EQ(static_cast<const float*>(arrays.result)[i], expected);
    }
  }
}

}  // namespace
}  // namespace lossact::cli

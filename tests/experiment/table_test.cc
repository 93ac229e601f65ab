#include "experiment/table/table.h"
#include <gtest/gtest.h>
#include <cmath>
#include <fmt/format.h>
#include "experiment/table/data_source.h"
#include "experiment/table/usage_error.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

Table read(const std::string& text, const TableOptions& options = {}) { return read_table(text, "file.csv", options); }
/// Why a text is refused. Options that are said to take it do.
std::string refusal(const std::string& text, const TableOptions& options = {}) {
  try {
    read(text, options);
  } catch (const TableError& e) {
    if (e.taken_with) {
      EXPECT_NO_THROW(read(text, *e.taken_with)) << e.what() << option_text(*e.taken_with);
    }
    return e.what();
  } catch (const format_error& e) {
    return e.what();
  } catch (const UsageError& e) {
    return std::string("usage: ") + e.what();
  }
  return "";
}
const std::string flowers = "length,width,kind\n1,2,rose\n2.5,-1e1,tulip\n+3,4,rose\n4,5,tulip\n5,6,rose\n";

TEST(Table, TextIsClasses) {
  const Table table = read(flowers);
  EXPECT_EQ(table.target, "kind");
  EXPECT_EQ(table.features, (std::vector<std::string>{"length", "width"}));
  EXPECT_EQ(table.task, Task::classification);
  EXPECT_EQ(table.classes, (std::vector<std::string>{"rose", "tulip"}));
  EXPECT_EQ(table.labels, (std::vector<std::int64_t>{0, 1, 0, 1, 0}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 2, 2.5, -10, 3, 4, 4, 5, 5, 6}));
}

TEST(Table, FewIntegersAreClassesInTheirOrder) {
  const Table table = read("x,y\n1,10\n2,9\n3,10\n4,-1\n5,9\n6,10\n");
  EXPECT_EQ(table.task, Task::classification);
  EXPECT_EQ(table.classes, (std::vector<std::string>{"-1", "9", "10"}));
  EXPECT_EQ(table.labels, (std::vector<std::int64_t>{2, 1, 2, 0, 1, 2}));
}

TEST(Table, OtherNumbersAreNumbers) {
  EXPECT_EQ(read("x,y\n1,1\n2,2.5\n3,1\n4,2\n5,1\n").task, Task::regression);
  std::string many = "x,y\n", twenty = many;
  for (int i = 0; i < 63; ++i) many += std::to_string(i) + "," + std::to_string(i % 21) + "\n";
  for (int i = 0; i < 60; ++i) twenty += std::to_string(i) + "," + std::to_string(i % 20) + "\n";
  EXPECT_EQ(read(many).task, Task::regression);
  EXPECT_EQ(read(many).numbers[3], 3);
  EXPECT_EQ(read(twenty).task, Task::classification);
}

TEST(Table, TheTaskMayBeGiven) {
  EXPECT_EQ(read("x,y\n1,1\n2,2\n3,1\n4,2\n5,1\n", {.task = Task::regression}).numbers[1], 2);
  EXPECT_EQ(read("x,y\n1,1.5\n2,2\n3,1.5\n4,2\n5,2\n", {.task = Task::classification}).classes[0], "1.5");
  EXPECT_EQ(refusal(flowers, {.task = Task::regression}), "file.csv:2: column 'kind': 'rose' is not a number");
}

TEST(Table, TargetAndDroppedColumns) {
  const std::string text = "id,y,a,b\nn1,0,1,2\nn2,1,1,4\nn3,0,2,6\nn4,1,2,8\nn5,0,2,9\n";
  const Table table = read(text, {.target = "y", .drop = {"id"}});
  EXPECT_EQ(table.target, "y");
  EXPECT_EQ(table.features, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read(text, {.target = "y", .drop = {"id,b"}}).features, (std::vector<std::string>{"a"}));
  EXPECT_EQ(read(text, {.drop = {"id", "b"}}).target, "a");
  EXPECT_EQ(refusal(text, {.target = "z", .drop = {"id"}}), "usage: file.csv: unknown column 'z'; did you mean 'y'?");
  EXPECT_EQ(refusal(text, {.drop = {"ib"}}), "usage: file.csv: unknown column 'ib'; did you mean 'id'?");
  EXPECT_EQ(refusal(text, {.target = "y", .drop = {"y"}}), "usage: the target 'y' is dropped");
  EXPECT_EQ(refusal(text, {.drop = {"id,y,a,b"}}), "usage: every column is dropped");
  EXPECT_EQ(refusal(text, {.drop = {"id,y,a"}}), "file.csv: beside the target 'b' there is no column to learn from");
}

TEST(Table, WhatIsNoNumberIsNamed) {
  const auto ways = [](const std::string& word) {
    return " (--na-values " + word +
           " takes it for missing, --categories age takes all for text or --drop age leaves the column out)";
  };
  EXPECT_EQ(refusal("age,y\n1,a\n2,b\nabc,a\n4,b\n5,a\n"),
            "file.csv:4: column 'age': 'abc' is not a number" + ways("abc"));
  EXPECT_EQ(refusal("age,y\n1,a\n2,b\n3,a\n0x10,b\n5,a\n"),
            "file.csv:5: column 'age': '0x10' is not a number" + ways("0x10"));
  EXPECT_EQ(refusal("age,y\n1,a\n-inf,b\n3,a\n4,b\n5,a\n"),
            "file.csv:3: column 'age': '-inf' is not a finite number (--na-values=-inf takes it for missing or --drop "
            "age leaves the column out)");
  for (const std::string number : {"1e999", "1e400", "-1e400", "1e309"})
    EXPECT_TRUE(refusal("age,y\n1,a\n" + number + ",b\n3,a\n4,b\n5,a\n")
                    .starts_with("file.csv:3: column 'age': '" + number +
                                 "' is too large a number; at most 1.7976931348623157e+308 is taken (--na-values"));
  EXPECT_EQ(
      refusal("age,y\n1,a\nx,b\n3,a\nz,b\n5,a\n"),
      "file.csv:3: column 'age': 'x' is not a number, nor is 1 more of 5 (--na-values x,z takes them for missing, "
      "--categories age takes all for text or --drop age leaves the column out)");
  EXPECT_EQ(
      refusal("age,y\n1,1.5\n2,2\n3,x\n4,4\n5,5\n"),
      "file.csv:4: column 'y': 'x' is not a number (--na-values x takes it for missing or --categories y takes all "
      "for text)");
}

TEST(Table, TextBecomesOneFeatureForEachValue) {
  const Table table = read("size,colour,y\n1,red,a\n2,green,b\n3,red,a\n4,\"blue, dark\",b\n5,green,a\n");
  EXPECT_EQ(table.features, (std::vector<std::string>{"size", "colour=blue, dark", "colour=green", "colour=red"}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 0, 0, 1, 2, 0, 1, 0, 3, 0, 0, 1, 4, 1, 0, 0, 5, 0, 1, 0}));
  EXPECT_TRUE(table.constant.empty());
  // Two texts in the place of a number that was dropped: the rows stay as long as they were.
  EXPECT_EQ(read("n,colour,y\n1,r,a\n2,g,b\n3,r,a\n4,g,b\n5,g,a\n", {.drop = {"n"}}).values,
            (std::vector<double>{0, 1, 1, 0, 0, 1, 1, 0, 1, 0}));
  // Numbers among texts are as doubtful as a text among numbers.
  const std::string mixed = "s,y\n1,1.5\ntrue,2\nfalse,3\ntrue,4\nfalse,5\n";
  EXPECT_EQ(refusal(mixed),
            "file.csv:3: column 's': 'true' is not a number, nor are 3 more of 5 (--categories s takes all for text or "
            "--drop s leaves the column out)");
  EXPECT_EQ(read(mixed, {.categories = {"s"}}).features, (std::vector<std::string>{"s=1", "s=false", "s=true"}));
}

TEST(Table, ATextThatIsMissing) {
  const std::string text = "colour,y\nred,a\n,b\nred,a\ngreen,b\nNA,a\ngreen,b\nred,a\n";
  EXPECT_EQ(refusal(text),
            "file.csv:3: column 'colour': the value is missing, and 1 more (--missing drop or --missing mean goes on "
            "without it)");
  EXPECT_EQ(read(text, {.missing = Missing::drop}).values, (std::vector<double>{0, 1, 0, 1, 1, 0, 1, 0, 0, 1}));
  const Table mean = read(text, {.missing = Missing::mean});
  EXPECT_EQ(mean.features, (std::vector<std::string>{"colour=green", "colour=red"}));
  EXPECT_EQ(mean.values[0], 0);
  EXPECT_TRUE(std::isnan(mean.values[2]) && std::isnan(mean.values[3]));
  EXPECT_TRUE(std::isnan(mean.values[8]) && std::isnan(mean.values[9]));
}

TEST(Table, WhatNeverChangesIsLeftOut) {
  const Table table =
      read("a,b,c,d,e,y\n1,x,1,7,,a\n2,x,1,7,,b\n3,x,1,,,a\n4,x,1,7,,b\n5,x,2,7,,a\n", {.missing = Missing::mean});
  EXPECT_EQ(table.constant, (std::vector<std::string>{"b", "d", "e"}));
  EXPECT_EQ(table.features, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 1, 2, 1, 3, 1, 4, 1, 5, 2}));
  EXPECT_EQ(refusal("x,y\n1,a\n1,b\n1,a\n1,b\n1,a\n"),
            "file.csv: beside the target 'y' no column ever changes; there is nothing to learn from");
}

TEST(Table, TextsThatSayNothing) {
  std::string names = "first name,y\n", cities = "city,y\n", most = "city,y\n";
  for (int i = 0; i < 1000; ++i) {
    names += fmt::format("n{},{}\n", i, i % 2);
    cities += fmt::format("c{},{}\n", i % 257, i % 2);
    most += fmt::format("c{},{}\n", i % 256, i % 2);
  }
  EXPECT_EQ(refusal(names),
            "file.csv: column 'first name' has 1000 distinct texts in 1000 rows, as names have: nothing can be learnt "
            "from them (--drop 'first name' leaves it out)");
  EXPECT_EQ(refusal(cities),
            "file.csv: column 'city' has 257 distinct texts; at most 256 can become features (--drop city leaves it "
            "out)");
  EXPECT_EQ(read(most).features.size(), 256u);
}

TEST(Table, DatesAreNotLearntFrom) {
  EXPECT_EQ(refusal("a,day,y\n1,2020-01-31,a\n2,2020-02-01,b\n3,2020-02-02,a\n4,2020-02-01,b\n5,2020-01-31,a\n"),
            "file.csv:2: column 'day': '2020-01-31' is a date, not a number (--drop day leaves the column out)");
  EXPECT_EQ(refusal("a,the day\n1,\n2,31.1.2020\n3,1.2.2020\n4,31.1.2020\n5,1.2.2020\n6,1.2.2020\n",
                    {.missing = Missing::drop}),
            "file.csv:3: column 'the day': '31.1.2020' is a date, not a number");
}

TEST(Table, MessagesShowAPartOfALongCell) {
  std::string cell;
  for (int i = 0; i < 1000; ++i) cell += "\xC3\xBC";
  std::string shown;
  for (int i = 0; i < 30; ++i) shown += "\xC3\xBC";
  EXPECT_TRUE(refusal("age,y\n1,a\n2,b\n" + cell + ",a\n4,b\n5,a\n")
                  .starts_with("file.csv:4: column 'age': '" + shown + "...' is not a number"));
  EXPECT_TRUE(refusal("age,y\n1,a\n2,b\n\"x\ny\",a\n4,b\n5,a\n")
                  .starts_with("file.csv:4: column 'age': 'x y' is not a number"));
}

TEST(Table, ManyRows) {
  std::string text = "a,colour,y\n";
  for (int i = 0; i < 100000; ++i)
    text += std::to_string(i * 0.25) + "," + (i % 3 ? "red" : "green") + "," + std::to_string(i % 7) + "\n";
  const Table table = read(text);
  EXPECT_EQ(table.rows(), 100000u);
  EXPECT_EQ(table.values[3 * 99999], 99999 * 0.25);
  EXPECT_EQ(table.values[3 * 99999 + 1], 1);
}

TEST(Table, MissingValues) {
  const std::string text = "age,size,y\n1,1,a\n2,,b\n3,NA,a\n4,4,\n5,5,a\n6,6,b\n7,7,a\n8,8,b\n";
  const std::string known = "age,size,y\n1,1,a\n2,,b\n3,NA,a\n4,4,b\n5,5,a\n";
  EXPECT_EQ(refusal(text),
            "file.csv: 2 problems\n"
            "  file.csv:5: column 'y': the value is missing (--missing drop leaves such rows out)\n"
            "  file.csv:3: column 'size': the value is missing, and 1 more (--missing drop or --missing mean goes on "
            "without it)");
  EXPECT_EQ(refusal(known),
            "file.csv:3: column 'size': the value is missing, and 1 more (--missing drop or --missing mean goes on "
            "without it)");
  EXPECT_EQ(refusal("age,y\n1,a\nnan,b\n3,a\n4,b\n5,a\n"),
            "file.csv:3: column 'age': the value is missing ('nan') (--missing drop or --missing mean goes on without "
            "it)");
  const Table dropped = read(text, {.missing = Missing::drop});
  EXPECT_EQ(dropped.rows(), 5u);
  EXPECT_EQ(dropped.dropped_rows, 3u);
  EXPECT_EQ(dropped.values[2], 5);
  const Table mean = read(known, {.missing = Missing::mean});
  EXPECT_EQ(mean.rows(), 5u);
  EXPECT_TRUE(std::isnan(mean.values[3]) && std::isnan(mean.values[5]));
  EXPECT_EQ(refusal(text, {.missing = Missing::mean}),
            "file.csv:5: column 'y': the value is missing (--missing drop leaves such rows out)");
  EXPECT_EQ(refusal("x,y\n1,a\n2,b\n,a\n,b\n5,a\n", {.missing = Missing::drop}),
            "file.csv: 3 rows without a missing value; at least 5 are needed");
}

TEST(Table, TooLittleToLearn) {
  EXPECT_EQ(refusal("x,y\n1,a\n2,b\n"), "file.csv: 2 rows; at least 5 are needed");
  EXPECT_EQ(refusal("x,y\n1,a\n2,a\n3,a\n4,a\n5,a\n"),
            "file.csv: column 'y' has one class, 'a'; there is nothing to tell apart");
  EXPECT_EQ(refusal("x,y\n1,2.5\n2,2.5\n3,2.5\n4,2.5\n5,2.5\n"),
            "file.csv: column 'y' is 2.5 in every row; there is nothing to learn");
  EXPECT_EQ(refusal("x,y\n1,a\n2,b\n3,c\n4,d\n5,e\n"),
            "file.csv: column 'y' has 5 classes in 5 rows; is it the target? (--target names another)");
  EXPECT_EQ(refusal("y\na\nb\na\nb\na\n"), "file.csv: beside the target 'y' there is no column to learn from");
}

TEST(Table, TheEmbeddedDataSets) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files()) {
    names.emplace_back(file.name);
    const Table table = read_table(file.content, std::string(file.name), {});
    if (file.name == "digits") {
      EXPECT_EQ(table.rows(), 1797u);
      EXPECT_EQ(table.features.size(), 61u);
      EXPECT_EQ(table.constant, (std::vector<std::string>{"pixel_0_0", "pixel_4_0", "pixel_4_7"}));
      EXPECT_EQ(table.classes.size(), 10u);
    } else {
      EXPECT_EQ(table.rows(), 442u);
      EXPECT_EQ(table.features.size(), 10u);
      EXPECT_EQ(table.task, Task::regression);
      EXPECT_EQ(table.numbers.front(), 151);
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"diabetes", "digits"}));
}

}  // namespace
}  // namespace lossact::cli

// What lossact compare says of the data that it is given.
#include <gtest/gtest.h>
#include <fmt/format.h>
#include "tests/program/comparing.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

TEST(CompareData, BadDataIsNamed) {
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
  expect("\xFF\xD8\xFF\xE0" + std::string(8, '\0'),
         "file.csv: this is a picture (JPEG); expected a CSV, .npy or .npz file, packed by gzip or not, or a folder of "
         "IDX files");
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
TEST(CompareData, ATableIsReadByItsColumns) {
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

TEST(CompareData, MissingValuesMayBeLeftOut) {
  const Folder folder;
  const std::string data = folder.write("file.csv", flowers() + ",1,1,rose\n");
  EXPECT_NE(run(compare(data, quick + std::vector<std::string>{"--missing", "drop"}))
                .out.find("1 row with a missing value left out"),
            std::string::npos);
  EXPECT_EQ(run(compare(data, quick + std::vector<std::string>{"--missing", "mean"})).status, 0);
  EXPECT_EQ(run(compare(data, quick + std::vector<std::string>{"--drop", "length"})).status, 0);
}

TEST(CompareData, WhatNeverChangesIsSaid) {
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

}  // namespace
}  // namespace lossact::cli

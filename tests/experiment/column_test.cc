// What a column is, all of its cells decide; where they leave it open the table is refused, with the options that tell.
#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include "experiment/table/usage_error.h"
#include "experiment/table/table.h"

namespace lossact::cli {
namespace {

using Names = std::vector<std::string>;

/// A table of one column and a target of two classes that says nothing of it.
std::string column(const Names& cells, const std::string& name = "a") {
  std::string text = name + ";y\n";
  for (std::size_t i = 0; i < cells.size(); ++i) text += fmt::format("{};{}\n", cells[i], i % 2 ? "u" : "v");
  return text;
}
/// The same column as the target.
std::string target(const Names& cells) {
  std::string text = "x;y\n";
  for (std::size_t i = 0; i < cells.size(); ++i) text += fmt::format("{};{}\n", i % 3, cells[i]);
  return text;
}
Table read(const std::string& text, const TableOptions& options = {}) { return read_table(text, "file.csv", options); }
std::vector<double> values(const Names& cells, const TableOptions& options = {}) {
  return read(column(cells), options).values;
}
/// Why it is refused, with the options that are said to take it behind; they do.
std::string refusal(const std::string& text, const TableOptions& options = {}) {
  try {
    read(text, options);
  } catch (const TableError& e) {
    if (!e.taken_with) return e.what();
    EXPECT_NO_THROW(read(text, *e.taken_with)) << e.what() << option_text(*e.taken_with);
    return fmt::format("{}:{}", e.what(), option_text(*e.taken_with));
  } catch (const UsageError& e) {
    return fmt::format("usage: {}", e.what());
  }
  return "";
}
bool says(const Table& table, const std::string& note) {
  return std::ranges::any_of(table.notes, [&](const std::string& n) { return n.find(note) != n.npos; });
}

TEST(Column, NumbersAsPeopleWriteThem) {
  struct Case {
    Names cells;
    std::vector<double> values;
    const char* note;
  };
  for (const Case& c :
       {Case{{"1,5", "2,25", "3", "1,5", "2,25"}, {1.5, 2.25, 3, 1.5, 2.25}, "numbers with a decimal comma: a ('1,5')"},
        Case{{"1,200.50", "950", "3", "1,200.50", "2"},
             {1200.5, 950, 3, 1200.5, 2},
             "between thousands: a ('1,200.50')"},
        Case{{"1.200,50", "950", "3", "1.200", "2"}, {1200.5, 950, 3, 1200, 2}, "decimal comma: a ('1.200,50')"},
        Case{{"1 200", "2 300", "1 200", "950", "2 300"}, {1200, 2300, 1200, 950, 2300}, "thousands: a ('1 200')"},
        Case{{"10%", "20%", "10%", "20%", "30%"}, {10, 20, 10, 20, 30}, "a unit, which is left out: a ('10%')"},
        Case{{"$950", "$1100", "$20", "$20", "$30"}, {950, 1100, 20, 20, 30}, "a unit, which is left out: a ('$950')"},
        Case{{"(1.50)", "2.50", "3", "(1.50)", "2.50"}, {-1.5, 2.5, 3, -1.5, 2.5}, "are negative: a ('(1.50)')"}}) {
    const Table table = read(column(c.cells));
    EXPECT_EQ(table.values, c.values) << c.note;
    EXPECT_EQ(table.features, Names{"a"});
    EXPECT_TRUE(says(table, c.note)) << fmt::format("{}", fmt::join(table.notes, "\n"));
    // And as what is to be found.
    const Table found = read(target(c.cells));
    EXPECT_EQ(found.task, Task::regression) << c.note;
    EXPECT_EQ(found.numbers, c.values);
  }
}

TEST(Column, WhichDecimalMark) {
  const Names either = {"1,200", "3,400", "950", "1,200", "950"};
  EXPECT_EQ(refusal(column(either)),
            "file.csv:2: column 'a': '1,200' may be 1200 or 1.2 (--decimal point or --decimal comma tells): --decimal "
            "point");
  EXPECT_EQ(values(either, {.decimal = Decimal::point})[0], 1200);
  EXPECT_EQ(values(either, {.decimal = Decimal::comma})[0], 1.2);
  // The mark that is told is no column's of these.
  for (const char* last : {"2.25", "3"})
    EXPECT_EQ(refusal(column({"1.5", "2.25", "1.5", "2.25", last}), {.decimal = Decimal::comma}),
              "file.csv:2: column 'a': '1.5' is a number with a decimal point (--decimal point takes it for one or "
              "--categories a takes all for text): --decimal point");
  for (const char* last : {"2,25", "3"})
    EXPECT_EQ(refusal(column({"1,5", "2,25", "1,5", "2,25", last}), {.decimal = Decimal::point}),
              "file.csv:2: column 'a': '1,5' is a number with a decimal comma (--decimal comma takes it for one or "
              "--categories a takes all for text): --decimal comma");
  // Whole numbers are the same with either, and stay classes where they are to be found.
  const Names whole = {"3", "1", "3", "1", "3"};
  for (const Decimal decimal : {Decimal::point, Decimal::comma}) {
    const Table table = read(column(whole), {.decimal = decimal});
    EXPECT_EQ(table.values, (std::vector<double>{3, 1, 3, 1, 3}));
    EXPECT_FALSE(says(table, "decimal comma")) << fmt::format("{}", fmt::join(table.notes, "\n"));
    EXPECT_EQ(read(target(whole), {.decimal = decimal}).task, Task::classification);
  }
  // What programs write is a decimal point, unless another column of the file has decimal commas.
  EXPECT_EQ(values({"1.200", "3.400", "1.250", "1.200", "1.200"})[0], 1.2);
  const Table german = read("a;b;y\n1,5;1.200;u\n2,25;2.300;v\n1,5;3.400;u\n2,5;1.200;v\n3,5;2.300;u\n");
  EXPECT_EQ(german.values[1], 1200);
  EXPECT_TRUE(says(german, "'1.200' of 'b' is 1200: the decimals of 'a' stand behind a comma"));
  const Table english = read("a;b;y\n1.5;1,200;u\n2.25;2,300;v\n1.5;3,400;u\n2.5;1,200;v\n3.5;2,300;u\n");
  EXPECT_EQ(english.values[1], 1200);
  EXPECT_TRUE(refusal(column({"1,5", "2.5", "1,5", "2,5", "2,5"}))
                  .starts_with("file.csv:3: column 'a': '2.5' and '1,5' have not the same decimal mark ("));
}

TEST(Column, DoubtfulNumbers) {
  const auto ways = [](const char* numbers) {
    return fmt::format(" (--numbers a {}, --categories a the texts or --drop a leaves the column out):", numbers);
  };
  EXPECT_EQ(
      refusal(column({"$9", "€8", "$9", "€8", "$7"})),
      "file.csv:2: column 'a': '$9' and '€8' have not the same unit" + ways("takes the numbers") + " --numbers a");
  EXPECT_EQ(refusal(column({"$9", "8", "$9", "8", "7"})),
            "file.csv:2: column 'a': '$9' has a unit, 3 of 5 have none" + ways("takes the numbers") + " --numbers a");
  EXPECT_EQ(refusal(column({"12 kg", "13 kg", "12 kg", "13 kg", "14 kg"})),
            "file.csv:2: column 'a': '12 kg' may be a number or a name" + ways("takes the numbers") + " --numbers a");
  EXPECT_EQ(
      refusal(column({"02139", "10001", "02139", "10001", "02139"})),
      "file.csv:2: column 'a': '02139' may be a number or a code" + ways("takes the numbers") + " --categories a");
  EXPECT_EQ(values({"02139", "10001", "02139", "10001", "02139"}, {.numbers = {"a"}})[0], 2139);
  EXPECT_EQ(read(column({"02139", "10001", "02139", "10001", "02139"}), {.categories = {"a"}}).features,
            (Names{"a=02139", "a=10001"}));
  EXPECT_EQ(refusal(column({"9007199254740993", "9007199254740995", "1", "2", "3"})),
            "file.csv:2: column 'a': '9007199254740993' has more digits than a number keeps; it may be a code" +
                ways("rounds it") + " --categories a");
  EXPECT_EQ(values({"9007199254740992", "1e20", "1", "2", "3"})[1], 1e20);  // exactly, or not written out
  EXPECT_EQ(refusal(column({"1", "2", "1", "2", "1"}), {.numbers = {"a"}, .categories = {"a"}}),
            "usage: column 'a' cannot be both --numbers and --categories");
  EXPECT_EQ(refusal(column({"1", "2", "1", "2", "1"}), {.numbers = {"b"}}),
            "usage: file.csv: unknown column 'b'; did you mean 'a'?");
}

TEST(Column, LabelsAreTakenAsTheyAreWritten) {
  // Beyond 2^53 they are the same double.
  const Names large = {"9007199254740992", "9007199254740993", "9007199254740992", "9007199254740993",
                       "9007199254740993"};
  EXPECT_EQ(read(target(large)).classes, (Names{"9007199254740992", "9007199254740993"}));
  EXPECT_EQ(read(target(large), {.task = Task::classification}).labels, (std::vector<std::int64_t>{0, 1, 0, 1, 1}));
  EXPECT_EQ(read(target(large), {.numbers = {"y"}}).classes.size(), 2u);
  EXPECT_EQ(read(target({"007", "12", "007", "12", "007"})).classes, (Names{"007", "12"}));
  for (const auto& [a, b] : {std::pair("1E2", "100"), {"007", "7"}, {"3", "3.0"}}) {
    const std::string text = target({a, b, "5", a, b, "5"});
    EXPECT_EQ(refusal(text), fmt::format("file.csv:3: column 'y': '{}' and '{}' are the same number: one class or two? "
                                         "(--numbers y makes them one, --categories y two): --numbers y",
                                         b, a));
    EXPECT_EQ(read(text, {.numbers = {"y"}}).classes.size(), 2u);
    EXPECT_EQ(read(text, {.categories = {"y"}}).classes.size(), 3u);
  }
  EXPECT_EQ(read(target({"007", "7", "5", "007", "7", "5"}), {.numbers = {"y"}}).classes, (Names{"5", "7"}));
  // Nothing is left to tell apart where the two are one.
  EXPECT_TRUE(refusal(target({"7", "007", "7", "007", "7"})).ends_with(": --categories y"));
  EXPECT_EQ(read(target({"$9", "$8", "$9", "$8", "$9"}), {.task = Task::classification}).classes, (Names{"$8", "$9"}));
}

TEST(Column, WordsForMissing) {
  for (const char* word : {"#N/A", "<NA>", "None", "NULL", "n/a", "-1.#IND", "NaN", "?"}) {
    const Table table = read(column({"1", word, "3", "4", "7", "6"}), {.missing = Missing::drop});
    EXPECT_EQ(table.dropped_rows, 1u) << word;
    EXPECT_TRUE(says(table, fmt::format("taken for missing: '{}' (1)", word)));
  }
  const std::string regions = target({"NA", "EU", "NA", "EU", "NA"});
  EXPECT_EQ(refusal(regions),
            "file.csv:2: column 'y': the value is missing ('NA'), and 2 more (--missing drop leaves such rows out, "
            "--na-values '' keeps the word): --na-values ''");
  EXPECT_EQ(read(regions, {.na_values = Names{}}).classes, (Names{"EU", "NA"}));
  const TableOptions options{.missing = Missing::mean, .na_values = Names{"-999", "abc"}};
  const Table table = read(column({"1", "-999", "3", "abc", "", "6"}), options);
  EXPECT_TRUE(std::isnan(table.values[1]) && std::isnan(table.values[3]) && std::isnan(table.values[4]));
  EXPECT_TRUE(says(table, "3 missing values taken as the mean of the column"));
  // What was missing before stays so beside a word that is new.
  EXPECT_TRUE(
      refusal(column({"1", "NA", "3", "abc", "7", "6", "8", "9"})).ends_with(": --missing drop --na-values NA,abc"));
}

TEST(Column, AnIndexIsLeftOut) {
  const std::string pandas = ",a,y\n0,1,u\n1,2,v\n2,3,u\n3,2,v\n4,5,u\n";
  const Table table = read(pandas);
  EXPECT_EQ(table.features, Names{"a"});
  EXPECT_TRUE(says(table,
                   "column 1 has no name and another value in each row, as an index has: left out (--numbers "
                   "column_0 takes it)"));
  EXPECT_EQ(read(pandas, {.numbers = {"column_0"}}).features, (Names{"column_0", "a"}));
  EXPECT_EQ(read("Unnamed: 0,a,y\n4,1,u\n2,2,v\n0,3,u\n1,2,v\n3,5,u\n").features, Names{"a"});
  EXPECT_EQ(read("\"\",a,y\nm,1,u\nn,2,v\no,3,u\np,2,v\nq,5,u\n").features, Names{"a"});
  EXPECT_TRUE(says(read("a,y,\n1,u,\n2,v,\n4,u,\n3,v,\n5,u,\n"), "column 3 has no name and no values: left out"));
  EXPECT_EQ(
      refusal("a,,y\n1,3,u\n2,1,v\n3,1,u\n4,8,v\n5,1,u\n"),
      "file.csv: column 2 has no name (--drop column_1 leaves it out, --numbers column_1 or --categories column_1 "
      "takes it): --drop column_1");
  EXPECT_TRUE(says(read("id,a,y\n1,1,u\n2,2,v\n3,3,u\n4,2,v\n5,5,u\n"),
                   "'id' counts the rows from 1 on; if that is all it says, --drop id leaves it out"));
}

TEST(Column, TheTargetIsSaidToBeWhatItIs) {
  EXPECT_TRUE(says(read(target({"1", "2", "1", "2", "3", "3"})),
                   "'y' has 3 distinct whole numbers, which are taken as classes "
                   "(--task regression takes them as numbers)"));
  Names many;
  for (int i = 0; i < 63; ++i) many.push_back(std::to_string(i % 21));
  EXPECT_TRUE(says(read(target(many)), "'y' has more than 20 distinct whole numbers, which are taken as numbers"));
  EXPECT_TRUE(
      says(read("c,y\nu,1.5\nv,2.5\nu,2.5\nv,3.5\nu,3.5\n"), "text, which becomes a feature for each value: c (2)"));
}

TEST(Column, AllProblemsAtOnce) {
  const std::string text =
      "id,day,age,size,y\nq,2020-01-01,1,2,u\nw,2020-01-02,abc,3,v\ne,2020-01-03,3,,u\nr,2020-01-03,4,5,v\n"
      "t,2020-01-05,5,1,u\nz,2020-01-06,6,2,v\np,2020-01-06,6,2,v\n";
  EXPECT_EQ(refusal(text),
            "file.csv: 4 problems\n"
            "  file.csv:3: column 'age': 'abc' is not a number (--na-values abc takes it for missing, --categories age "
            "takes all for text or --drop age leaves the column out)\n"
            "  file.csv:2: column 'day': '2020-01-01' is a date, not a number (--drop day leaves the column out)\n"
            "  file.csv:4: column 'size': the value is missing (--missing drop or --missing mean goes on without it)\n"
            "  file.csv: column 'id' has 7 distinct texts in 7 rows, as names have: nothing can be learnt from them "
            "(--drop id leaves it out): --drop day --drop id --missing drop --na-values abc");
  // Rows of another length are told beside the rest, but no option takes them.
  EXPECT_EQ(
      refusal("a,b\n1,2\n3\n4,1\n6\nx,1\n4,2,3\n4,2\n1,2\n"),
      "file.csv: 2 problems\n"
      "  file.csv:3: 1 value, but the header names 2 columns; 5 and 7 have not as many either\n"
      "  file.csv:6: column 'a': 'x' is not a number (--na-values x takes it for missing, --categories a takes all "
      "for text or --drop a leaves the column out)");
}

TEST(Column, OptionsAreWrittenAsAShellReadsThem) {
  EXPECT_EQ(option_text({}), "");
  EXPECT_EQ(option_text({.target = "the price",
                         .drop = {"it's", "-x"},
                         .task = Task::regression,
                         .missing = Missing::mean,
                         .numbers = {"a"},
                         .categories = {"b"},
                         .header = Header::no,
                         .decimal = Decimal::comma,
                         .na_values = Names{"NA", "?"}}),
            " --target 'the price' --drop 'it'\\''s' --drop=-x --numbers a --categories b --task regression --missing "
            "mean --na-values 'NA,?' --header no --decimal comma");
  EXPECT_EQ(option_text({.na_values = Names{}}), " --na-values ''");
}

}  // namespace
}  // namespace lossact::cli

#include "cli/csv.h"
#include <gtest/gtest.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

using Row = std::vector<std::string>;

std::string refusal(std::string_view text) {
  try {
    read_csv(text, "file.csv");
  } catch (const format_error& e) {
    return e.what();
  }
  return "";
}

TEST(Csv, Plain) {
  const Csv csv = read_csv("a,b,c\n1,2,3\n4,5,6\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"a", "b", "c"}));
  EXPECT_EQ(csv.cells, (Row{"1", "2", "3", "4", "5", "6"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(csv.cell(1, 2), "6");
}

TEST(Csv, EveryLineEnd) {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4"}) {
    const Csv csv = read_csv(text, "file.csv");
    EXPECT_EQ(csv.cells, (Row{"1", "2", "3", "4"})) << text;
    EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3})) << text;
  }
}

TEST(Csv, SpaceAndEmptyLinesDoNotCount) {
  const Csv csv = read_csv("\n a , b\n\n 1,\t2 \n  \n3,4\n\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"a", "b"}));
  EXPECT_EQ(csv.cells, (Row{"1", "2", "3", "4"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{4, 6}));
}

TEST(Csv, Quotes) {
  const Csv csv = read_csv("name,\"the, value\"\n\"a \"\"b\"\"\",\" 1 \"\n\"two\nlines\",2\nc,3\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"name", "the, value"}));
  EXPECT_EQ(csv.cells, (Row{"a \"b\"", " 1 ", "two\nlines", "2", "c", "3"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3, 5}));
}

TEST(Csv, ByteOrderMark) {
  EXPECT_EQ(read_csv("\xEF\xBB\xBF"
                     "a,b\n1,2\n",
                     "file.csv")
                .header[0],
            "a");
}

TEST(Csv, EmptyCellsAreKept) { EXPECT_EQ(read_csv("a,b\n,\n", "file.csv").cells, (Row{"", ""})); }

TEST(Csv, Refusals) {
  EXPECT_EQ(refusal(""), "file.csv: the file is empty");
  EXPECT_EQ(refusal("\n \n"), "file.csv: the file is empty");
  EXPECT_EQ(refusal("a,b\n"), "file.csv: there is a header, but no rows");
  EXPECT_EQ(refusal("a,b\n1,2\n3\n"), "file.csv:3: 1 value, but the header names 2 columns");
  EXPECT_EQ(refusal("a,b\n1,2\n\n3,4,5\n6,7\n"), "file.csv:4: 3 values, but the header names 2 columns");
  EXPECT_EQ(refusal("a,,c\n1,2,3\n"), "file.csv:1: column 2 has no name");
  EXPECT_EQ(refusal("a,b,a\n1,2,3\n"), "file.csv:1: two columns are named 'a'");
  EXPECT_EQ(refusal("1,2\n3,4\n"), "file.csv:1: the first line holds only numbers; it must name the columns");
  EXPECT_EQ(refusal("a;b\n1;2\n"), "file.csv:1: one column, 'a;b': columns must have commas between them");
  EXPECT_EQ(refusal("a,b\n1,2\"3\n"), "file.csv:2: a quotation mark stands where none may be");
  EXPECT_EQ(refusal("a,b\n1,2\n3,\"4\n5,6\n"), "file.csv:3: a quotation mark is opened and never closed");
  EXPECT_EQ(refusal(std::string_view("a,b\n1,\0\n", 8)), "file.csv: this is not a text: it has a byte 0");
  EXPECT_EQ(refusal("\xFF\xFE"
                    "a"),
            "file.csv: the text is UTF-16; save it as UTF-8");
}

TEST(Csv, LongFilesKeepTheirLines) {
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += "1,2\n";
  EXPECT_EQ(read_csv(text, "file.csv").lines.back(), 5001u);
  EXPECT_EQ(refusal(text + "1\n"), "file.csv:5002: 1 value, but the header names 2 columns");
}

}  // namespace
}  // namespace lossact::cli

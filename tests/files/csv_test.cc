#include "files/csv.h"
#include <gtest/gtest.h>
#include <algorithm>
#include <fmt/format.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

using Row = std::vector<std::string>;

Row cells(const Csv& csv) {
  Row cells;
  for (std::size_t row = 0; row < csv.rows(); ++row)
    for (std::size_t column = 0; column < csv.columns(); ++column) cells.emplace_back(csv.cell(row, column));
  return cells;
}
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
  EXPECT_EQ(cells(csv), (Row{"1", "2", "3", "4", "5", "6"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(csv.cell(1, 2), "6");
}

TEST(Csv, EveryLineEnd) {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4"}) {
    const Csv csv = read_csv(text, "file.csv");
    EXPECT_EQ(cells(csv), (Row{"1", "2", "3", "4"})) << text;
    EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3})) << text;
  }
}

TEST(Csv, SpaceAndEmptyLinesDoNotCount) {
  const Csv csv = read_csv("\n a , b\n\n 1,\t2 \n  \n3,4\n\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"a", "b"}));
  EXPECT_EQ(cells(csv), (Row{"1", "2", "3", "4"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{4, 6}));
}

TEST(Csv, Quotes) {
  const Csv csv = read_csv("name,\"the, value\"\n\"a \"\"b\"\"\",\" 1 \"\n\"two\nlines\",2\nc,3\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"name", "the, value"}));
  EXPECT_EQ(cells(csv), (Row{"a \"b\"", " 1 ", "two\nlines", "2", "c", "3"}));
  EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3, 5}));
}

TEST(Csv, ByteOrderMark) {
  EXPECT_EQ(read_csv("\xEF\xBB\xBF"
                     "a,b\n1,2\n",
                     "file.csv")
                .header[0],
            "a");
}

TEST(Csv, EmptyCellsAreKept) { EXPECT_EQ(cells(read_csv("a,b\n,\n", "file.csv")), (Row{"", ""})); }

TEST(Csv, Refusals) {
  EXPECT_EQ(refusal(""), "file.csv: the file is empty");
  EXPECT_EQ(refusal("\n \n"), "file.csv: the file is empty");
  EXPECT_EQ(refusal("a,b\n"), "file.csv: there is a header, but no rows");
  EXPECT_EQ(refusal("a,b\n1,2\n3\n"), "file.csv:3: 1 value, but the header names 2 columns");
  EXPECT_EQ(refusal("a,b\n1,2\n\n3,4,5\n6,7\n"), "file.csv:4: 3 values, but the header names 2 columns");
  EXPECT_EQ(refusal("a,b\n1\n2,3\n4\n5\n6\n7\n8\n"),
            "file.csv:2: 1 value, but the header names 2 columns; 4, 5, 6, 7 and 1 line more have not as many either");
  EXPECT_EQ(refusal("a,b,a\n1,2,3\n"), "file.csv:1: two columns are named 'a'");
  EXPECT_EQ(refusal("a|b\n1|2\n"),
            "file.csv:1: one column, 'a|b': columns must have commas, semicolons or tabs between them");
  EXPECT_EQ(refusal("a,b\n1,2\"3\n"), "file.csv:2: a quotation mark stands where none may be");
  EXPECT_EQ(refusal("a,b\n1,2\n3,\"4\n5,6\n"), "file.csv:3: a quotation mark is opened and never closed");
  EXPECT_EQ(refusal(std::string_view("a,b\n1,\0\n", 8)), "file.csv: this is not a text: it has a byte 0");
  EXPECT_EQ(refusal("a,b\n1,\x1B[31m\n"), "file.csv: this is not a text: it has a byte 27");
  EXPECT_EQ(refusal("a,b\n1,M\xFCnchen\n"), "file.csv:2: byte 0xFC is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(refusal("\xFF\xFE"
                    "a"),
            "file.csv: the text is UTF-16; save it as UTF-8");
}

TEST(Csv, ColumnsWithoutAName) {
  const Csv csv = read_csv(",column_0,a,\n1,2,3,4\n", "file.csv");
  EXPECT_EQ(csv.header, (Row{"column_0_", "column_0", "a", "column_3"}));
  EXPECT_EQ(csv.unnamed, (std::vector<bool>{true, false, false, true}));
}

// The first line names the columns, or is a row like the others, by what stands beneath it.
TEST(Csv, TheHeaderIsFound) {
  const auto has_header = [](std::string_view text) {
    const Csv csv = read_csv(text, "file.csv");
    EXPECT_FALSE(csv.why.empty());
    return csv.has_header();
  };
  // A value is not lost where one cell of the first row is a text.
  EXPECT_FALSE(has_header("5.1,3.5,rose\n4.9,3.0,tulip\n4.7,3.2,lily\n"));
  EXPECT_FALSE(has_header("5.1,3.5,rose\n4.9,3.0,tulip\n4.7,3.2,rose\n"));
  EXPECT_FALSE(has_header("red,yes\nblue,no\nblue,yes\nred,no\n"));
  EXPECT_FALSE(has_header("1,1\n3,4\n"));
  EXPECT_FALSE(has_header("1,2\n3,4\n"));
  EXPECT_FALSE(has_header("5;2\n3;4\n"));
  EXPECT_FALSE(has_header("1,5;rose;2\n2,5;tulip;3\n2,5;lily;4\n"));
  // Names.
  EXPECT_TRUE(has_header("a,b\n1,2\n"));
  EXPECT_TRUE(has_header("red,colour\n1,red\n2,blue\n"));
  EXPECT_TRUE(has_header("colour,size\nred,L\nred,L\nblue,S\nblue,S\n"));
  EXPECT_TRUE(has_header("country,2019,2020\na,1,2\nb,3,4\n"));
  EXPECT_TRUE(has_header("y,0,1,2\n3,1,2,3\n4,5,6,7\n"));
  EXPECT_TRUE(has_header(",a\n0,1\n1,2\n"));
  EXPECT_TRUE(has_header(",0,1,2\n0,7,8,9\n1,7,5,6\n"));
}

TEST(Csv, ADoubtfulHeaderIsRefused) {
  for (const char* text :
       {"1999,2000\n3,4\n", "0,1,2\n5,6,7\n", "a,1,7\n1,2,3\n4,5,6\n", "abc,3,4\n1,2,3\n4,5,6\n", "1,2,abc\n3,4,def\n",
        ",5,3\n1,2,4\n2,3,4\n", "kind,colour\nkind,red\nsort,red\nsort,blue\nsort,blue\n"}) {
    const std::string why = refusal(text);
    EXPECT_TRUE(why.starts_with("file.csv:1: does this line name the columns? ")) << text << why;
    EXPECT_TRUE(why.ends_with(" (--header yes or --header no tells)")) << why;
    for (const Header header : {Header::yes, Header::no}) {
      const Csv csv = read_csv(text, "file.csv", header);
      EXPECT_EQ(csv.has_header(), header == Header::yes);
      EXPECT_EQ(csv.rows(),
                static_cast<std::size_t>(std::ranges::count(std::string_view(text), '\n')) - csv.has_header());
      EXPECT_EQ(csv.lines.front(), header == Header::yes ? 2u : 1u);
      EXPECT_EQ(csv.header[1] == "column_1", header == Header::no);
    }
  }
}

TEST(Csv, Utf8) {
  for (const char* good : {"\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x8C\xB9", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"})
    EXPECT_EQ(refusal(std::string("a,b\n1,") + good + "\n"), "") << good;
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3x", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE"})
    EXPECT_NE(refusal(std::string("a,b\n1,") + bad + "\n").find("is not UTF-8"), std::string::npos) << bad;
}

TEST(Csv, TheDelimiterIsFound) {
  const auto header = [](std::string_view text) { return read_csv(text, "file.csv").header; };
  EXPECT_EQ(header("a;b\n1;2\n"), (Row{"a", "b"}));
  EXPECT_EQ(header("a\tb\n1\t2\n"), (Row{"a", "b"}));
  EXPECT_EQ(header("a\n1\n"), (Row{"a"}));
  // Decimal commas, commas in names and in texts.
  EXPECT_EQ(header("a;b;c\n1,5;2,5;3\n2,5;3,5;4\n"), (Row{"a", "b", "c"}));
  EXPECT_EQ(header("a, in m;b, in s;c\n1;2;3\n4;5;6\n"), (Row{"a, in m", "b, in s", "c"}));
  EXPECT_EQ(header("a,b\nx;y,1\nz;w;v,2\n"), (Row{"a", "b"}));
  EXPECT_EQ(header("\"a;b;c\",d\n1,2\n"), (Row{"a;b;c", "d"}));
  EXPECT_EQ(header("a\tb c, d\n1\tx, y\n2\tz\n"), (Row{"a", "b c, d"}));
  // A row that is too short is an error in its line, not a reason for another delimiter.
  EXPECT_EQ(refusal("a;b\n1;2\n3\n"), "file.csv:3: 1 value, but the header names 2 columns");
  EXPECT_EQ(cells(read_csv("a\tb\n\t\n \t2\n", "file.csv")), (Row{"", "", "", "2"}));
}

// A table of awkward texts, written with each delimiter, line end and way to quote, reads as it was.
TEST(Csv, ReadsWhatIsWritten) {
  const std::vector<Row> table = {{"name", "the, value", "c"},
                                  {"a;b", "1,5", "say \"x\""},
                                  {"", "tab\there", "\xC3\xBC"},
                                  {" space ", "'", "two\nlines"},
                                  {"x", "y", "z"}};
  for (const char delimiter : {',', ';', '\t'})
    for (const std::string line_end : {"\n", "\r\n", "\r"})
      for (const bool quote_all : {false, true})
        for (const bool mark : {false, true})
          for (const bool last : {false, true}) {
            std::string text = mark ? "\xEF\xBB\xBF" : "";
            for (const Row& row : table) {
              for (std::size_t i = 0; i < row.size(); ++i) {
                std::string cell;
                for (const char c : row[i]) cell.append(c == '"' ? 2 : 1, c);
                const bool quoted = quote_all || cell.find_first_of(" ,;\t\n\"") != cell.npos;
                if (i > 0) text += delimiter;
                text += quoted ? fmt::format("\"{}\"", cell) : cell;
              }
              text += &row == &table.back() && !last ? "" : line_end;
            }
            const Csv csv = read_csv(text, "file.csv");
            Row read = csv.header, written;
            for (const std::string& cell : cells(csv)) read.push_back(cell);
            for (const Row& row : table) written.insert(written.end(), row.begin(), row.end());
            EXPECT_EQ(read, written) << text;
            EXPECT_EQ(csv.lines, (std::vector<std::size_t>{2, 3, 4, 6})) << text;
          }
}

TEST(Csv, LongFilesKeepTheirLines) {
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += "1,2\n";
  EXPECT_EQ(read_csv(text, "file.csv").lines.back(), 5001u);
  EXPECT_EQ(refusal(text + "1\n"), "file.csv:5002: 1 value, but the header names 2 columns");
}

}  // namespace
}  // namespace lossact::cli

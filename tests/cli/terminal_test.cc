#include "cli/terminal.h"
#include <gtest/gtest.h>
#include <cmath>
#include <limits>
#include "cli/number.h"
#include "cli/progress.h"

namespace lossact::cli {
namespace {

TEST(Text, IsAsWideAsItsCharacters) {
  EXPECT_EQ(text_width("├──●──┤"), 7u);
  EXPECT_EQ(padded("●", 3), "●  ");
  EXPECT_EQ(padded("●", -3), "  ●");
  EXPECT_EQ(padded("long", 2), "long");
}

TEST(Text, IsWrappedAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 9, 2), "  one two\n  three\n");
  EXPECT_EQ(wrapped("incomprehensible a", 5, 0), "incomprehensible\na\n");
  EXPECT_EQ(wrapped("", 9, 2), "  \n");
}

TEST(Text, TablesAreAligned) {
  TextTable table("lr");
  table.add({"a", "1"});
  table.add({"long", "10"});
  EXPECT_EQ(table.text(), "a      1\nlong  10\n");
}

TEST(Number, IsReadWhole) {
  EXPECT_EQ(read_number("-1.5"), -1.5);
  EXPECT_EQ(read_number("+2e3"), 2000);
  EXPECT_EQ(read_number("-inf"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(*read_number("nan")));
  for (const char* text : {"", "+", "+-1", "1 ", " 1", "1,5", "0x1", "1e999", "--1", "1.2.3"})
    EXPECT_FALSE(read_number(text)) << text;
}

TEST(Number, IsWrittenShort) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(2), "2");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Lists, AreSplitAndJoined) {
  EXPECT_EQ(split_list("a, b ,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(split_list(""), std::vector<std::string>{""});
  EXPECT_EQ(join({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(join({"a"}), "a");
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(0, "row"), "0 rows");
}

TEST(Progress, Line) {
  EXPECT_EQ(progress_line(0.5, 10, 50), "  50 % ██████████           10 s left");
  EXPECT_EQ(progress_line(0, 0, 50), "   0 %                      ");
  EXPECT_EQ(duration(59.2), "1 min 0 s");
  EXPECT_EQ(duration(3661), "1 h 1 min");
}

}  // namespace
}  // namespace lossact::cli

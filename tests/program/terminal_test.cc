#include "program/terminal/terminal.h"
#include <gtest/gtest.h>
#include <cmath>
#include <limits>
#include "text/number.h"
#include "program/terminal/progress.h"

namespace lossact::cli {
namespace {

TEST(Text, IsAsWideAsItsCharacters) {
  EXPECT_EQ(text_width("├──●──┤"), 7u);
  EXPECT_EQ(padded("●", 3), "●  ");
  EXPECT_EQ(padded("●", -3), "  ●");
  EXPECT_EQ(padded("long", 2), "long");
}

TEST(Text, WhatATerminalWouldObeyIsEscaped) {
  EXPECT_EQ(visible("plain, \u00e4\u6f22\U0001F33B\u05d0\u200f\n\tend"),
            "plain, \u00e4\u6f22\U0001F33B\u05d0\u200f\n\tend");
  EXPECT_EQ(visible_in_line("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(visible(std::string_view("\0\x1b[31m\r\x7f", 8)), "\\u0000\\u001B[31m\\u000D\\u007F");
  EXPECT_EQ(visible("\u0080\u009b\u009f\u00a0"), "\\u0080\\u009B\\u009F\u00a0");
  EXPECT_EQ(visible("\u202a\u202e\u2066\u2069\u2028\u2029"), "\\u202A\\u202E\\u2066\\u2069\\u2028\\u2029");
  // Bytes that are no UTF-8: alone, cut off, longer than need be, surrogates, beyond the last character.
  EXPECT_EQ(visible("\x9b\xc2"), "\\x9B\\xC2");
  EXPECT_EQ(visible("\xe6\xbc|\xc0\x9b"), "\\xE6\\xBC|\\xC0\\x9B");
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xED\\xA0\\x80");
  EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");
  TextTable table("ll");
  table.add({"a\nb", "\u009b"});
  EXPECT_EQ(table.text(), "a\\nb  \\u009B\n");
  EXPECT_EQ(wrapped("a\nb c", 80, 0), "a\\nb c\n");
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

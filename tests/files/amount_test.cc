#include "text/amount.h"
#include <gtest/gtest.h>
#include <cmath>
#include <optional>

namespace lossact::cli {
namespace {

constexpr Decimal point = Decimal::point, comma = Decimal::comma;
const std::optional<double> none;

std::optional<double> value(std::string_view text, Decimal decimal) {
  const std::optional<Amount> amount = read_amount(text, decimal);
  return amount ? std::optional(amount->value) : std::nullopt;
}

TEST(Amount, TheDecimalMarkDecides) {
  struct Case {
    const char* text;
    std::optional<double> with_point, with_comma;
  };
  for (const Case& c : {Case{"12", 12, 12}, Case{"1,5", none, 1.5}, Case{"2.5", 2.5, none}, Case{"1,200", 1200, 1.2},
                        Case{"1.200", 1.2, 1200}, Case{"1,200.50", 1200.5, none}, Case{"1.200,50", none, 1200.5},
                        Case{"1,234,567", 1234567, none}, Case{"1.234.567", none, 1234567}, Case{"0,123", none, 0.123},
                        Case{"0.123", 0.123, none}, Case{"12,34,567.5", 1234567.5, none},
                        Case{"1234,567", none, 1234.567}, Case{"1,5e-3", none, 0.0015}, Case{"1.5E3", 1500, none},
                        Case{"-1,5", none, -1.5}, Case{",5", none, 0.5}, Case{".5", 0.5, none}}) {
    EXPECT_EQ(value(c.text, point), c.with_point) << c.text;
    EXPECT_EQ(value(c.text, comma), c.with_comma) << c.text;
  }
}

TEST(Amount, BetweenThousandsSpacesAndApostrophes) {
  for (const char* text :
       {"1 200 300", "1\u00A0200\u00A0300", "1\u202F200\u202F300", "1'200'300", "1\u2019200\u2019300", "1_200_300"})
    for (const Decimal decimal : {point, comma}) {
      const std::optional<Amount> amount = read_amount(text, decimal);
      ASSERT_TRUE(amount) << text;
      EXPECT_EQ(amount->value, 1200300) << text;
      EXPECT_TRUE(amount->grouped) << text;
    }
}

TEST(Amount, SignsAndParentheses) {
  for (const char* text : {"(1.50)", "-1.50", "\u22121.50", "1.50-", "- 1.50", "( 1.50 )"})
    EXPECT_EQ(value(text, point), -1.5) << text;
  for (const char* text : {"+1.50", " 1.50 "}) EXPECT_EQ(value(text, point), 1.5) << text;
  for (const char* text : {"--1", "+-1", "(-1)", "(1", "1)", "-1-"}) EXPECT_EQ(value(text, point), none) << text;
}

TEST(Amount, Units) {
  struct Case {
    const char *text, *unit;
    double value;
    bool certain;
  };
  for (const Case& c :
       {Case{"10%", "%", 10, true}, Case{"10 %", "%", 10, true}, Case{"$950", "$", 950, true},
        Case{"-$1,200.50", "$", -1200.5, true}, Case{"$-3", "$", -3, true}, Case{"($3)", "$", -3, true},
        Case{"3.50 \u20AC", "\u20AC", 3.5, true}, Case{"\u00A37", "\u00A3", 7, true}, Case{"USD 950", "USD", 950, true},
        Case{"950 EUR", "EUR", 950, true}, Case{"12 kg", "kg", 12, false}, Case{"1 200 km/h", "km/h", 1200, false},
        Case{"21.5\u00B0C", "\u00B0C", 21.5, false}, Case{"3e", "e", 3, false}}) {
    const std::optional<Amount> amount = read_amount(c.text, point);
    ASSERT_TRUE(amount) << c.text;
    EXPECT_EQ(amount->value, c.value) << c.text;
    EXPECT_EQ(amount->unit, c.unit);
    EXPECT_EQ(is_certain_unit(amount->unit), c.certain) << c.text;
  }
}

TEST(Amount, OtherTextsAreNone) {
  for (const char* text :
       {"",           " ",          "abc",  "$",         "%",          "()",        "1.2.3",   "192.168.1.1",
        "31.1.2020",  "2020-01-31", "1/2",  "12:30",     "10-20",      "<5",        "18+",     "A1",
        "4x4",        "1;2",        "1,,2", "1,2,3",     "12 34",      "0 123 456", "1,20,30", "$5 kg",
        "1,2345,678", "e5",         ".",    "12,345,67", "030 123 456"})
    for (const Decimal decimal : {point, comma}) EXPECT_EQ(value(text, decimal), none) << text;
  EXPECT_EQ(value(std::string(100, '1'), point), none);
}

TEST(Amount, ExactNumbers) {
  for (const char* text : {"100", "1E2", "0100.0", "+1e+2", "1000e-1", "100.", "0.1e3"})
    EXPECT_EQ(exact_number(text), "1e2") << text;
  EXPECT_EQ(exact_number("9007199254740993"), "9007199254740993e0");
  EXPECT_EQ(exact_number("9007199254740992"), "9007199254740992e0");
  EXPECT_EQ(exact_number("-0.50"), "-5e-1");
  for (const char* zero : {"0", "-0", "0.00", "0e5"}) EXPECT_EQ(exact_number(zero), "0e0") << zero;
  for (const char* text : {"", "abc", "inf", "nan", "1e999", "1,5"})
    EXPECT_EQ(exact_number(text), std::nullopt) << text;
  EXPECT_TRUE(exact_number("1e-99999999999999999999"));
}

}  // namespace
}  // namespace lossact::cli

#include "text/date.h"
#include <gtest/gtest.h>
#include <string>

namespace lossact::cli {
namespace {

TEST(Date, Dates) {
  for (const char* text : {"2020-01-31",
                           "2020/1/31",
                           "2020.01.31",
                           "31.01.2020",
                           "1.2.2020",
                           "31/1/2020",
                           "1/31/2020",
                           "1/31/20",
                           "31.01.20",
                           "2020-01",
                           "31 Jan 2020",
                           "31-Jan-20",
                           "31-jan-2020",
                           "Jan 31, 2020",
                           "January 31, 2020",
                           "3. September 2020",
                           "Sep. 3 2020",
                           "2020-01-31 23:59",
                           "2020-01-31T23:59:59Z",
                           "2020-01-31T23:59:59.123+01:00",
                           "1/31/2020 11:59 PM",
                           "12:30",
                           "12:30:59",
                           "9:05 am"})
    EXPECT_TRUE(is_date(text)) << text;
}
TEST(Date, OtherTexts) {
  for (const char* text :
       {"",           "2020",       "20200131", "1.5",   "1.2.3",     "1.2.10",         "10.0.0.1",     "555-12-34",
        "2020-13-01", "2020-01-32", "red",      "May",   "Jan",       "2020-01-31 red", "a 2020-01-31", "2020-01-",
        "12:60",      "1:1",        "3-4",      "10-20", "31/31/2020"})
    EXPECT_FALSE(is_date(text)) << text;
  EXPECT_FALSE(is_date(std::string(100000, '1')));
}

}  // namespace
}  // namespace lossact::cli

#include "text/date.h"
#include <regex>
#include <string>

namespace lossact::cli {

bool is_date(std::string_view text) {
  constexpr std::size_t longest = 48;
  if (text.size() < 5 || text.size() > longest) return false;
  static const std::regex pattern = [] {
    const std::string month = "(0?[1-9]|1[0-2])", day = "(0?[1-9]|[12][0-9]|3[01])", year = "([12][0-9]{3})";
    const std::string name = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
    const std::string time =
        "[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?( ?[ap]m)?( ?(z|utc|[+-][0-9]{2}:?[0-9]{2}))?";
    std::string date;
    for (const char* separator : {"-", "/", "\\."}) {
      // Two digits for a year could be a version, as 1.2.10, unless day and month have two as well.
      date += year + separator + month + separator + day + "|";
      date += day + separator + month + separator + year + "|" + month + separator + day + separator + year + "|";
      date += std::string("[0-3][0-9]") + separator + "[0-3][0-9]" + separator + "[0-9]{2}|";
    }
    date += month + "/" + day + "/[0-9]{2}|";
    date += year + "-(0[1-9]|1[0-2])|";
    date += day + "[-. ]{1,2}" + name + "[-. ,]{1,2}(" + year + "|[0-9]{2})|";
    date += name + " " + day + ",? " + year;
    return std::regex("((" + date + ")(([t ]|, )" + time + ")?)|" + time,
                      std::regex::icase | std::regex::optimize | std::regex::nosubs);
  }();
  return std::regex_match(text.begin(), text.end(), pattern);
}

}  // namespace lossact::cli

#include "text/suggest.h"
#include <gtest/gtest.h>
#include <vector>
#include "program/functions.h"

namespace lossact::cli {
namespace {

TEST(EditDistance, CountsSlips) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("compare", "compare"), 0u);
  EXPECT_EQ(edit_distance("comprae", "compare"), 1u);  // neighbours exchanged
  EXPECT_EQ(edit_distance("compar", "compare"), 1u);
  EXPECT_EQ(edit_distance("comapare", "compare"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"list", "show", "eval", "compare", "info"};
  EXPECT_EQ(nearest("comprae", names), "compare");
  EXPECT_EQ(nearest("lsit", names), "list");
  EXPECT_EQ(nearest("com", names), "compare");  // the beginning of a name
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, EveryFunctionIsFoundAgainWithOneSlip) {
  std::vector<std::string> names;
  for (const Function* function : functions()) names.emplace_back(function->name);
  for (const std::string& name : names) EXPECT_EQ(nearest(name + "x", names), name);
}

TEST(Unknown, NamesBoth) {
  const std::vector<std::string> names = {"list", "show"};
  EXPECT_EQ(unknown("command", "lits", names), "unknown command 'lits'; did you mean 'list'?");
  EXPECT_EQ(unknown("command", "lits", {}), "unknown command 'lits'");
}

}  // namespace
}  // namespace lossact::cli

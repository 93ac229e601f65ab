// The list of all functions, and functions of other units, which detail::Listed keeps in it as long as it lives.
#include "lossact/registry.h"
#include <gtest/gtest.h>
#include <algorithm>
#include <utility>
#include <vector>
#include "lossact/error.h"

namespace lossact {
namespace {

Function named(std::string_view topic, std::string_view name, std::string_view formula) {
  Function f = *functions().front();
  f.topic = topic, f.name = f.about.name = name, f.about.formula = formula;
  return f;
}
std::vector<const Function*> list() { return {functions().begin(), functions().end()}; }

TEST(Registry, IsInOrderAndHasEachNameOnce) {
  const auto all = list();
  for (const Function* f : all) EXPECT_EQ(find(f->name), f) << f->name;
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](auto* f) { return std::pair(f->topic, f->about.name); }));
}

TEST(Registry, ListsAFunctionAsLongAsItIsThere) {
  const auto before = functions();
  const auto names = list();
  for (const std::string_view topic :
       {std::string_view(), std::string_view("own"), names.front()->topic, names.back()->topic}) {
    const Function own = named(topic, "own_function", "x");
    {
      const detail::Listed listed(own);
      EXPECT_EQ(find("own_function"), &own);
      auto others = list();
      EXPECT_TRUE(std::ranges::is_sorted(others, {}, [](auto* f) { return std::pair(f->topic, f->about.name); }));
      EXPECT_EQ(std::erase(others, &own), 1u);
      EXPECT_EQ(others, names);
    }
    EXPECT_EQ(find("own_function"), nullptr);
    EXPECT_EQ(list(), names);
  }
  EXPECT_TRUE(std::ranges::equal(before, names)) << "a list that was handed out has changed";
}

TEST(Registry, ListsTheSameFunctionOnceAndRefusesAnotherOfItsName) {
  const Function own = named("own", "own_function", "x"), copy = named("others", "own_function", "x"),
                 other = named("own", "own_function", "x + 1");
  const detail::Listed listed(own);
  const auto names = list();
  {
    const detail::Listed again(copy);
  }
  EXPECT_EQ(list(), names);
  try {
    const detail::Listed refused(other);
    FAIL() << "two functions of one name are listed";
  } catch (const domain_error& error) {
    EXPECT_STREQ(error.what(), "[own_function] two functions have this name: x, and x + 1");
  }
  EXPECT_EQ(list(), names);
}

}  // namespace
}  // namespace lossact

#include <gtest/gtest.h>
#include <algorithm>
#include <set>
#include "program/gallery/groups.h"
#include "lossact/lossact.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

std::set<std::string> wanted() {
  std::set<std::string> names = {"index.html", "style.css"};
  for (const Function* function : functions()) names.insert(std::string(function->name) + ".html");
  return names;
}
std::set<std::string> there(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}
std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size()) ++found;
  return found;
}

TEST(Gallery, HasAPageForEachFunctionAndALinkToIt) {
  const Folder folder;
  const Result result = run({"gallery", folder.file("new/pages")});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(there(folder.file("new/pages")), wanted());
  const std::string index = content(folder.file("new/pages/index.html"));
  for (const Function* const each : functions()) {
    const Function& function = *each;
    const std::string name(function.name), page = content(folder.file("new/pages/" + name + ".html"));
    EXPECT_EQ(count(index, "href=\"" + name + ".html\""), 1u) << name;
    EXPECT_EQ(count(page, "<title>" + name + " – Lossact</title>"), 1u) << name;
    for (const char* part : {"<svg ", "<math", "Facts</h2>", "In C++</h2>", "Source</h2>"})
      EXPECT_NE(page.find(part), page.npos) << name << ": " << part;
    EXPECT_EQ(page.find("Parameters</h2>") != page.npos,
              !function.parameters.empty() || function.learns() ||
                  std::ranges::any_of(function.arguments, &ArgumentInfo::weighs))
        << name;
    EXPECT_EQ(page.find("What its paper claims</h2>") != page.npos, !function.about.claim.text.empty()) << name;
    EXPECT_LT(page.size(), 40u * 1024) << name;
  }
}

TEST(Gallery, ParametersAreShownAtAFewValues) {
  const Folder folder;
  EXPECT_EQ(run({"gallery", folder.file("")}).status, 0);
  for (const Function* const each : functions()) {
    const Function& function = *each;
    const std::string page = content(folder.file(std::string(function.name) + ".html"));
    const std::size_t shown = count(page, "<h3>"), curves = count(page, "</svg>") - 1;
    EXPECT_EQ(count(page, ", the default</figcaption>"), shown) << function.name;
    EXPECT_GE(curves, 2 * shown) << function.name;
    EXPECT_LE(curves, 4 * shown) << function.name;
  }
  const std::string page = content(folder.file("elu.html"));
  for (const char* caption : {">alpha = 0.5<", ">alpha = 1, the default<", ">alpha = 2<", ">alpha = 5<"})
    EXPECT_EQ(count(page, caption), 1u) << caption;
  EXPECT_EQ(count(content(folder.file("prelu.html")), "weight = 0.25, the default"), 1u);
  EXPECT_EQ(count(content(folder.file("cross_entropy.html")), "<h3>"), 1u);  // only label_smoothing changes the curve
}

TEST(Gallery, WritesOnlyWhatChanged) {
  const Folder folder;
  EXPECT_EQ(run({"gallery", folder.file("")}).status, 0);
  const std::string page = std::string(functions().front()->name) + ".html";
  const std::string before = content(folder.file(page));
  std::string changed = before;
  folder.write(page, changed.replace(changed.find("<body>"), 6, "<body><p>old</p>"));
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const std::string& name : folder.names()) fs::last_write_time(folder.file(name), old);
  const Result again = run({"gallery", folder.file("")});
  EXPECT_NE(again.out.find("1 written"), std::string::npos) << again.out;
  for (const std::string& name : folder.names())
    EXPECT_EQ(fs::last_write_time(folder.file(name)) != old, name == page) << name;
  EXPECT_EQ(content(folder.file(page)), before);
}

TEST(Gallery, WritesAllOrNothing) {
  const Folder folder;
  const std::string last = std::string(functions().back()->name) + ".html";
  fs::create_directory(folder.file(last));  // where a page should be
  const Result result = run({"gallery", folder.file("")});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find(last), std::string::npos) << result.err;
  EXPECT_EQ(there(folder.path()), std::set<std::string>{last});
}

TEST(Gallery, SaysWhichPagesAreOfNoFunctionAndLeavesThem) {
  const Folder folder;
  folder.write("gone.html", "a page of old");
  folder.write("notes.txt", "something else");
  const Result result = run({"gallery", folder.file("")});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.out.find("no function has it: gone.html\n"), std::string::npos) << result.out;
  EXPECT_EQ(content(folder.file("gone.html")), "a page of old");
  EXPECT_EQ(there(folder.path()).size(), wanted().size() + 2);
}

TEST(Gallery, RefusesWhatIsNoFolder) {
  const Folder folder;
  const std::string file = folder.write("pages", "mine");
  const Result result = run({"gallery", file});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "lossact: " + file + ": this is a file, not a folder\n");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(content(file), "mine");
  EXPECT_EQ(run({"gallery", file + "/below"}).status, 1);
  EXPECT_EQ(run({"gallery"}).status, 2);
  EXPECT_EQ(run({"gallery", "a", "b"}).status, 2);
}

TEST(Gallery, EveryFunctionIsInOneGroupThatFitsIt) {
  std::multiset<std::string_view> names;
  for (const Group& group : groups()) {
    EXPECT_FALSE(group.functions.empty()) << group.title;
    for (const Function* function : group.functions) {
      names.insert(function->name);
      EXPECT_EQ(function->is_activation(), group.title.starts_with("Activations")) << function->name;
      EXPECT_EQ(function->is_loss(), group.title.starts_with("Losses")) << function->name;
      EXPECT_EQ(group.title == "Activations that squash to a bounded range",
                function->is_activation() && !function->along_axis() && !function->learns() && !function->is_random() &&
                    function->facts_of_defaults().saturates() == "both")
          << function->name;
    }
  }
  EXPECT_EQ(names.size(), functions().size());
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), functions().size());
}

}  // namespace
}  // namespace lossact::cli

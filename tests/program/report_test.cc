// The report of a comparison as a file: whole, self-contained, and safe from what the data say. How it looks is for
// tests/looks.
#include "program/report/report.h"
#include <gtest/gtest.h>
#include <regex>
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

/// The JSON inside a page.
Json json_in(const std::string& page) {
  const std::string start = "<script type=\"application/json\" id=\"comparison\">";
  const std::size_t from = page.find(start) + start.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}
std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
  return found;
}

/// The JSON of a small comparison.
std::string comparison(const std::vector<std::string>& options) {
  const Folder folder;
  std::vector<std::string> arguments = {"compare"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const std::string path = folder.file("out.json");
  arguments.insert(arguments.end(), {"--json", path});
  const Result result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  return content(path);
}

TEST(Report, HoldsTheJsonItWasMadeOf) {
  const std::string json =
      comparison({"digits", "--epochs", "1", "--seeds", "2", "--hidden", "8,8", "--activations", "relu,mish"});
  EXPECT_EQ(json_in(report(json)), Json::parse(json));
}

TEST(Report, NeedsNothingBesideItself) {
  const std::string page = report("{}");
  for (const char* reference : {" src=", " href=\"http", "@import", "url(", "<link", "<iframe", "fetch(", "import("})
    EXPECT_EQ(count(page, reference), 0u) << reference;
  EXPECT_EQ(count(page, "{{"), 0u);
  EXPECT_NE(page.find("default-src 'none'"), page.npos);  // the browser sees to it as well
  EXPECT_NE(page.find("Chart.js v3"), page.npos);
  EXPECT_NE(page.find("Released under the MIT License"), page.npos);
}

TEST(Report, NothingInTheDataBreaksOut) {
  const Json json = {{"classes", {"</script><script>alert(1)</script>", "<!--", "{{json}}", "a & b", "\u2028"}}};
  const std::string page = report(json.dump());
  EXPECT_EQ(json_in(page), json);
  EXPECT_EQ(count(page, "</script"), count(report("{}"), "</script"));
  EXPECT_EQ(count(page, "<!--"), 0u);
}

TEST(Report, EveryFileOfItsFolderIsInIt) {
  // A part that report.html does not name would be missed by nobody.
  const std::string page = report("{}");
  for (const auto& entry : fs::directory_iterator(LOSSACT_SOURCE_DIR "/program/report/page"))
    if (entry.path().extension() != ".html") {
      EXPECT_EQ(count(page, content(entry.path())), 1u) << entry.path();
    }
}

TEST(Report, AComparisonOfTheDefaultSizeStaysBelow2MB) {
  // All seeds and epochs of the default; the figures are as long on a small network.
  const std::string json = comparison({"digits", "--hidden", "4,4,4,4"});
  EXPECT_LT(report(json).size(), 2'000'000u);
}

}  // namespace
}  // namespace lossact::cli

#include "program/report/report.h"
#include <stdexcept>
#include <nlohmann/json.hpp>

namespace lossact::cli {
namespace {

std::string_view file_named(std::string_view name) {
  for (const EmbeddedFile& file : report_files())
    if (file.name == name) return file.content;
  throw std::logic_error("report.html asks for a file that is not there: " + std::string(name));
}

/// The JSON without blanks, and so that nothing in it can end the element it stands in.
std::string for_page(std::string_view json) {
  const std::string text = nlohmann::ordered_json::parse(json).dump();
  std::string page;
  page.reserve(text.size());
  for (const char c : text)
    if (c == '<') page += "\\u003c";
    else page += c;
  return page;
}

}  // namespace

std::string report(std::string_view json) {
  std::string page;
  // {{name}} stands for the file of that name, {{json}} for the comparison.
  for (std::string_view rest = file_named("report.html"); !rest.empty();) {
    const std::size_t open = rest.find("{{");
    page += rest.substr(0, open);
    if (open == rest.npos) break;
    const std::size_t close = rest.find("}}", open);
    const std::string_view name = rest.substr(open + 2, close - open - 2);
    if (name == "json") page += for_page(json);
    else page += file_named(name);
    rest.remove_prefix(close + 2);
  }
  return page;
}

}  // namespace lossact::cli

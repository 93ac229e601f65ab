// lossact list: every function.
#include <memory>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/description.h"
#include "program/functions.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

/// The topic, and what kind of function all of its functions are, where that is one kind.
std::string heading(std::string_view topic) {
  std::string kind;
  for (const Function* const function : functions()) {
    if (function->topic != topic) continue;
    const std::string its = kind_in_words(*function);
    if (!kind.empty() && kind != its) return std::string(topic);
    kind = its;
  }
  return fmt::format("{}: {}", topic, kind);
}

void list(bool json) {
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Function* function : functions()) all.push_back(description(*function));
    print_text("{}\n", all.dump(1));
    return;
  }
  const std::size_t width = std::min<std::size_t>(terminal_width(), 120);
  std::string_view topic;
  for (const Function* const function : functions()) {
    if (topic != function->topic) print_text("{}{}\n", topic.empty() ? "" : "\n", heading(function->topic));
    topic = function->topic;
    print_text("\n  {}\n", function->name);
    print_text("{}", wrapped(function->about.formula, width, 6));
    if (const std::string settings = settings_in_words(*function); !settings.empty())
      print_text("{}", wrapped(settings, width, 6));
    print_text("{}", wrapped(short_facts(*function), width, 6));
  }
  print_text("\n{}; lossact show NAME tells the rest of each.\n", counted(functions().size(), "function"));
}

}  // namespace

Command list_command() {
  auto json = std::make_shared<bool>(false);
  return {.name = "list",
          .summary = "Every function: formula, parameters, range, kinks",
          .arguments = {{"--json", "", "everything that is known of each, for other programs", json.get()}},
          .footer = "Example:\n  lossact list --json",
          .run = [json](auto&) { list(*json); }};
}

}  // namespace lossact::cli

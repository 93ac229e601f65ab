// lossact list: every function.
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/description.h"
#include "program/functions.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

void list(bool json) {
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Function& function : functions()) all.push_back(description(function));
    print_text("{}\n", all.dump(1));
    return;
  }
  const std::size_t width = std::min<std::size_t>(terminal_width(), 120);
  std::string_view family;
  for (const Function& function : functions()) {
    if (family != function.family)
      print_text("{}{}: {}\n", family.empty() ? "" : "\n", function.family, family_in_words(function.family));
    family = function.family;
    print_text("\n  {}\n", function.name);
    print_text("{}", wrapped(function.formula, width, 6));
    if (!function.parameters.empty()) print_text("{}", wrapped(parameters_in_words(function), width, 6));
    print_text("{}", wrapped(short_facts(function), width, 6));
  }
  print_text("\n{}; lossact show NAME tells the rest of each.\n", counted(functions().size(), "function"));
}

}  // namespace

void add_list(CLI::App& program) {
  CLI::App* command = program.add_subcommand("list", "Every function: formula, parameters, range, kinks");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "everything that is known of each, for other programs");
  command->footer("Example:\n  lossact list --json");
  command->callback([json] { list(*json); });
}

}  // namespace lossact::cli

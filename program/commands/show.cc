// lossact show NAME: the facts of a function, and the function and its slope drawn.
#include <memory>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/drawing/curve_svg.h"
#include "program/description.h"
#include "files/file.h"
#include "program/drawing/function_curve.h"
#include "program/functions.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

/// Everything with words before it, and the words in a column.
void print_facts(const Function& function, const Facts& facts, std::size_t width) {
  constexpr std::size_t indent = 13;
  const auto line = [&](std::string_view what, const std::string& text) {
    if (text.empty()) return;
    const std::string lines = wrapped(text, width, indent);
    print_text("{:<{}}{}", what, indent, lines.substr(indent));
  };
  print_text("{}: {}\n{}\n", function.name, kind_in_words(function), wrapped(function.summary, width, 0));
  line("formula", std::string(function.about.formula));
  line("source", std::string(function.about.source));
  line("note", std::string(function.about.note));
  line("claim", std::string(function.about.claim.text));
  for (const auto& [what, words] : facts_in_words(function, facts)) line(what, words);
  line("call", signature(function));
  if (const std::vector<Setting> settings = settings_of(function); !settings.empty()) {
    print_text("\nparameters\n");
    TextTable table("lll");
    for (const Setting& setting : settings)
      table.add({"  " + std::string(setting.name), setting.default_value, setting.legal});
    print_text("{}", table.text());
  }
}

struct Typed {
  std::string name, svg;
  std::vector<std::string> set;
};

void show(const Typed& typed) {
  const Function& function = function_named(typed.name);
  const auto [curve, facts] = function_curve(function, typed.set);
  if (!typed.svg.empty()) files::check_writable({typed.svg});
  const std::size_t width = terminal_width();
  print_facts(function, facts, std::min<std::size_t>(width, 120));
  print_text("\n{}", plot_both(curve, width));
  if (!typed.svg.empty()) files::write_file(typed.svg, svg(curve));
}

/// One with an option to set.
std::string example() {
  for (const Function* function : functions())
    if (function->is_activation() && !function->parameters.empty()) {
      const ParameterInfo& p = function->parameters.front();
      return fmt::format("Example:\n  lossact show {} --set {}={}", function->name, p.name, default_of(*function, p));
    }
  return {};
}

}  // namespace

Command show_command() {
  auto typed = std::make_shared<Typed>();
  return {.name = "show",
          .summary = "The facts of a function, and its graph and slope",
          .arguments = {{"NAME", "", "a function of lossact list", &typed->name, true},
                        {"--set", "K=V", "a parameter, NAME=VALUE; may be repeated", &typed->set},
                        {"--svg", "FILE", "draw it into an SVG file too", &typed->svg}},
          .footer = example(),
          .run = [typed](auto&) { show(*typed); }};
}

}  // namespace lossact::cli

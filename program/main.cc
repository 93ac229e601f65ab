// lossact: the command-line program.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <sstream>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/error.h"
#include "text/number.h"
#include "text/suggest.h"
#include "program/terminal/terminal.h"
#include "lossact/version.h"

namespace lossact::cli {
namespace {

constexpr int failure = 1, wrong_usage = 2;

int complain(std::string_view what, int status) {
  std::fflush(stdout);
  print_text(stderr, "lossact: {}\n", what);
  return status;
}

std::vector<std::string> command_names(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back(fmt::format("--{}", name));
  return names;
}

/// An empty name would read as none, and what was asked for would go nowhere: `--json "$unset"`.
std::string no_empty_file_name(const std::string& name) { return name.empty() ? "'' is not the name of a file" : ""; }

CLI::Option& add(CLI::App& to, const Argument& argument) {
  const bool named = argument.name.starts_with("--");
  const auto add_to = [&](auto* where) {
    if constexpr (std::is_same_v<decltype(where), bool*>) return to.add_flag(argument.name, *where, argument.meaning);
    else return to.add_option(argument.name, *where, argument.meaning);
  };
  CLI::Option& option = *std::visit(add_to, argument.to);
  if (std::holds_alternative<bool*>(argument.to)) return option;
  option.type_name(argument.type)->required(argument.required);
  if (named && std::holds_alternative<std::vector<std::string>*>(argument.to)) option.allow_extra_args(false);
  if (argument.type.starts_with("FILE")) option.check(no_empty_file_name);
  return option;
}

void add(CLI::App& program, const Command& command) {
  CLI::App& to = *program.add_subcommand(command.name, command.summary);
  std::vector<std::pair<std::string, CLI::Option*>> options;
  for (const Argument& argument : command.arguments) {
    CLI::Option& option = add(to, argument);
    if (argument.name.starts_with("--")) options.emplace_back(argument.name.substr(2), &option);
  }
  to.group("Commands")->footer(command.footer);
  to.callback([run = command.run, options] {
    std::vector<TypedOption> typed;
    for (const auto& [name, option] : options)
      for (const std::string& value : option->results()) typed.push_back({name, value});
    run(typed);
  });
}

/// What the parser could not place: an option that there is not, or a word too many.
std::string said_extra(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  const CLI::App& command = chosen.empty() ? program : *chosen.front();
  const std::vector<std::string> extra = command.remaining(true);
  const auto option = std::ranges::find_if(extra, [](const std::string& word) { return word.starts_with('-'); });
  if (option == extra.end()) return fmt::format("'{}' is one word too many", extra.empty() ? "" : extra.front());
  return unknown("option", option->substr(0, option->find('=')), option_names(command));
}

/// Why an option and its values do not match: more of these than it takes, or none.
std::string said_mismatch(const CLI::App& program, const CLI::ArgumentMismatch& mismatch) {
  const auto chosen = program.get_subcommands();
  const CLI::App& command = chosen.empty() ? program : *chosen.front();
  for (const CLI::Option* option : command.get_options())
    if (const std::size_t given = option->count(), most = static_cast<std::size_t>(option->get_items_expected_max());
        given > std::max<std::size_t>(most, 1))
      return fmt::format("{} is given {} times, expected once", option->get_name(), given);
  const std::string_view what = mismatch.what();
  return fmt::format("{} needs a value", what.substr(0, what.find(':')));
}

int run(std::vector<std::string> arguments) {
  CLI::App program(
      "Loss and activation functions of deep learning: their facts, their values, and\nhow well each learns.",
      "lossact");
  program.set_version_flag("--version", std::string(version()));
  program.require_subcommand(1);
  program.get_formatter()->column_width(24);
  program.get_formatter()->label("SUBCOMMAND", "COMMAND");
  program.get_formatter()->label("REQUIRED", "");
  program.footer("lossact COMMAND --help tells more of each, with an example.\nExample:\n  lossact compare diabetes");
  for (const auto command : {compare_command, list_command, show_command, eval_command, loss_command, gallery_command,
                             bench_command, info_command})
    add(program, command());

  const std::vector<std::string> commands = command_names(program);
  try {
    if (arguments.empty()) {
      print_text(stderr, "{}", program.help());
      return wrong_usage;
    }
    const auto first = std::ranges::find_if(arguments, [](const std::string& word) { return !word.starts_with('-'); });
    if (first == arguments.end() && !program.get_option_no_throw(arguments[0]))
      throw UsageError(unknown("option", arguments[0], option_names(program)));
    if (first != arguments.end() && std::ranges::find(commands, *first) == commands.end())
      throw UsageError(unknown("command", *first, commands));
    // A number such as -inf is a value, not an option; behind a space the parser leaves it alone.
    if (first != arguments.end() && *first == "eval")
      for (std::string& word : arguments)
        if (word.starts_with('-') && read_number(word)) word = fmt::format(" {}", word);
    std::ranges::reverse(arguments);  // as the parser wants them
    program.parse(arguments);
  } catch (const CLI::Success& asked) {
    std::ostringstream help, nothing;
    program.exit(asked, help, nothing);
    print_text("{}", help.str());
  } catch (const CLI::ExtrasError&) {
    return complain(said_extra(program), wrong_usage);
  } catch (const CLI::ArgumentMismatch& e) {
    return complain(said_mismatch(program, e), wrong_usage);
  } catch (const CLI::ParseError& e) {
    return complain(e.what(), wrong_usage);
  } catch (const UsageError& e) {
    return complain(e.what(), wrong_usage);
  } catch (const Exit& exit) {
    return exit.status;
  } catch (const std::bad_alloc&) {
    return complain("there is not enough memory", failure);
  } catch (const std::exception& e) {
    return complain(e.what(), failure);
  }
  if (const int error = standard_output_error(); error != 0)
    return complain(fmt::format("standard output: {}", std::strerror(error)), failure);
  return 0;
}

}  // namespace
}  // namespace lossact::cli

int main(int argc, char** argv) {
  lossact::cli::occupy_standard_files();
  return lossact::cli::run({argv + 1, argv + argc});
}

// The commands as data: what each is called and takes, and what it does. main.cc alone knows the parser.
#ifndef LOSSACT_PROGRAM_COMMANDS_COMMANDS_H_
#define LOSSACT_PROGRAM_COMMANDS_COMMANDS_H_
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lossact::cli {

/// What a command takes: an option, "--target", or words by their place, "NAME". Where `to` is a list an option may be
/// repeated, and a place takes several words.
struct Argument {
  std::string name, type, meaning;
  std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*> to;
  bool required = false;
};

/// An option and its value as they were typed: "target" and "price".
struct TypedOption {
  std::string name, value;
};

struct Command {
  std::string name, summary;
  std::vector<Argument> arguments;
  std::string footer;
  std::function<void(const std::vector<TypedOption>&)> run;  // what `to` points at is filled in by then
};

Command list_command();
Command show_command();
Command eval_command();
Command loss_command();
Command gallery_command();
Command compare_command();
Command bench_command();
Command info_command();

}  // namespace lossact::cli
#endif

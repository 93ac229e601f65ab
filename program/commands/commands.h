// The commands. Each adds itself, with its options and its help, to the program; its callback does the work.
#ifndef LOSSACT_PROGRAM_COMMANDS_COMMANDS_H_
#define LOSSACT_PROGRAM_COMMANDS_COMMANDS_H_
#include <CLI/CLI.hpp>

namespace lossact::cli {

void add_list(CLI::App& program);
void add_show(CLI::App& program);
void add_eval(CLI::App& program);
void add_loss(CLI::App& program);
void add_gallery(CLI::App& program);
void add_compare(CLI::App& program);
void add_bench(CLI::App& program);
void add_info(CLI::App& program);

}  // namespace lossact::cli
#endif

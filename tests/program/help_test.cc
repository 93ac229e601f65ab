// Every command's help: it fits a screen, and what it shows as an example works as it is typed.
#include <gtest/gtest.h>
#include "program/terminal/terminal.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  return Result{.status = 0, .out = text, .err = ""}.lines();
}

/// The lines below a heading, as far as they are indented, without the indentation.
std::vector<std::string> below(const std::string& heading, const std::string& help) {
  std::vector<std::string> found;
  const std::size_t at = help.find("\n" + heading + ":\n");
  if (at == help.npos) return found;
  for (const std::string& line : lines_of(help.substr(at + heading.size() + 3))) {
    if (!line.starts_with("  ")) break;
    found.push_back(line.substr(2));
  }
  return found;
}

std::vector<std::string> commands() {
  std::vector<std::string> names;
  for (const std::string& line : below("Commands", run({"--help"}).out))
    if (!line.starts_with(" ")) names.push_back(line.substr(0, line.find(' ')));
  return names;
}

void expect_help(const std::vector<std::string>& command) {
  std::vector<std::string> arguments = command;
  arguments.emplace_back("--help");
  const Result help = run(arguments);
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.err, "");
  for (const std::string& line : help.lines()) EXPECT_LE(text_width(line), 80u) << line;

  const std::vector<std::string> example = below("Example", help.out);
  ASSERT_FALSE(example.empty()) << help.out;
  const std::string call = command.empty() ? "lossact " : "lossact " + command[0] + " ";
  EXPECT_TRUE((example.back() + " ").starts_with(call)) << example.back();
  std::string script = "PATH=\"" + fs::path(LOSSACT_PROGRAM).parent_path().string() + ":$PATH\"\nset -e\n";
  for (const std::string& line : example) script += line + "\n";
  const Folder folder;
  const Result result = run_program("/bin/sh", {"-c", script}, folder.path().string());
  EXPECT_EQ(result.status, 0) << script;
  EXPECT_EQ(result.err, "") << script;
  EXPECT_TRUE(result.out != "" || !folder.names().empty()) << script << "shows nothing";
}

TEST(Help, OfTheProgram) { expect_help({}); }

TEST(Help, OfEveryCommand) {
  const std::vector<std::string> names = commands();
  EXPECT_GE(names.size(), 6u);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    expect_help({name});
  }
}

}  // namespace
}  // namespace lossact::cli

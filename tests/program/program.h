// The built program, run as a user runs it.
#ifndef LOSSACT_TESTS_PROGRAM_PROGRAM_H_
#define LOSSACT_TESTS_PROGRAM_PROGRAM_H_
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>
#include <vector>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>
#include "tests/folder.h"

extern char** environ;

namespace lossact::cli {

using Json = nlohmann::json;

struct Result {
  int status = -1;
  std::string out, err;
  Json json() const { return Json::parse(out); }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
};

/// `program arguments...` in a folder of its own, or in the one given; `meanwhile` is called with its process id.
inline Result run_program(std::string program, std::vector<std::string> arguments, const std::string& folder = {},
                          const std::function<void(pid_t)>& meanwhile = {}) {
  const Folder outputs;
  const std::string out = outputs.file("out"), err = outputs.file("err");
  fs::create_directory(outputs.file("here"));
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0644);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0644);
  posix_spawn_file_actions_addchdir_np(&actions, folder.empty() ? outputs.file("here").c_str() : folder.c_str());
  // A shell ignores Ctrl-C for what it runs behind itself, and a child would inherit that.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t interrupts;
  sigemptyset(&interrupts);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&interrupts, signal);
  posix_spawnattr_setsigdefault(&attributes, &interrupts);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  ::setenv("COLUMNS", "80", 1);
  pid_t process = 0;
  Result result;
  if (posix_spawn(&process, program.c_str(), &actions, &attributes, argv.data(), environ) == 0) {
    if (meanwhile) meanwhile(process);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  result.out = content(out);
  result.err = content(err);
  return result;
}

/// `lossact arguments...`
inline Result run(std::vector<std::string> arguments, const std::string& folder = {},
                  const std::function<void(pid_t)>& meanwhile = {}) {
  return run_program(LOSSACT_PROGRAM, std::move(arguments), folder, meanwhile);
}

}  // namespace lossact::cli
#endif

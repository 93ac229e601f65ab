#include "program/terminal/interrupt.h"
#include <atomic>
#include <csignal>

namespace lossact::cli {
namespace {
std::atomic<int> caught = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // so that a signal may write it
}  // namespace

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int signal) { caught = signal; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

int interrupted() { return caught; }

}  // namespace lossact::cli

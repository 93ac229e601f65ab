#include "program/terminal/interrupt.h"
#include <gtest/gtest.h>
#include <csignal>
#include <cstdlib>

namespace lossact::cli {
namespace {

TEST(InterruptDeathTest, TheFirstLeavesANoteAndTheSecondEndsTheProgram) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          catch_interrupts();
          if (interrupted() != 0) std::_Exit(1);
          std::raise(signal);
          std::_Exit(interrupted() == signal ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
    EXPECT_EXIT(
        {
          catch_interrupts();
          std::raise(signal);
          std::raise(signal);
          std::_Exit(0);
        },
        testing::KilledBySignal(signal), "");
  }
}

}  // namespace
}  // namespace lossact::cli

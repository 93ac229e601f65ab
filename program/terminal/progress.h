// A bar with the time that remains, at standard error.
#ifndef LOSSACT_PROGRAM_TERMINAL_PROGRESS_H_
#define LOSSACT_PROGRAM_TERMINAL_PROGRESS_H_
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace lossact::cli {

/// The bar's line for a share of [0, 1] done after some seconds: "  45 % ███████▍          12 s left".
std::string progress_line(double share, double seconds, std::size_t width);
/// 59 s, 3 min 20 s, 2 h 5 min
std::string duration(double seconds);

/// Drawn only where standard error is a terminal, ten times a second at most, and taken away at the end.
class Progress {
 public:
  explicit Progress(std::size_t steps);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// So many steps more are done. May be called from any thread.
  void advance(std::size_t steps = 1);

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  std::size_t steps_, done_ = 0;
  Clock::time_point start_ = Clock::now(), drawn_ = {};
  bool shown_;
};

}  // namespace lossact::cli
#endif

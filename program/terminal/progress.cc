#include "program/terminal/progress.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>
#include <fmt/format.h>
#include "program/terminal/terminal.h"

namespace lossact::cli {

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(0.0, seconds)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string progress_line(double share, double seconds, std::size_t width) {
  const std::string left = share > 0 ? duration(seconds / share - seconds) + " left" : "";
  const std::size_t cells = std::min<std::size_t>(50, width > 40 ? width - 30 : 10);
  const auto eighths = static_cast<std::size_t>(share * static_cast<double>(8 * cells));
  static constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
  bar += parts[eighths % 8];
  return fmt::format("{:4.0f} % {} {}", std::floor(100 * share), padded(bar, static_cast<int>(cells)), left);
}

Progress::Progress(std::size_t steps) : steps_(steps), shown_(steps > 0 && is_terminal(STDERR_FILENO)) {}

Progress::~Progress() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);  // to the line's beginning, and nothing behind it
  std::fflush(stderr);
}

void Progress::advance(std::size_t steps) {
  if (!shown_) return;
  const std::lock_guard lock(mutex_);
  done_ += steps;
  const Clock::time_point now = Clock::now();
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  const double share = static_cast<double>(done_) / static_cast<double>(steps_);
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fputs(fmt::format("\r{}\x1b[K", progress_line(share, seconds, terminal_width())).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace lossact::cli

#include "lossact/threads.h"
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include "lossact/error.h"
#include "src/floating_point.h"
#include "src/parallel.h"
#ifdef LOSSACT_WITH_THREADS
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace lossact {
namespace {

/// LOSSACT_NUM_THREADS, or 0 (all) where it is unset or no number: a library does not fail to load over it.
int from_environment() {
  const char* text = std::getenv("LOSSACT_NUM_THREADS");
  int threads = 0;
  if (text) std::from_chars(text, text + std::string_view(text).size(), threads);
  return threads < 0 ? 0 : threads;
}
std::atomic<int>& limit() {
  static std::atomic<int> threads = from_environment();
  return threads;
}

}  // namespace

void set_num_threads(int threads) {
  if (threads < 0)
    throw domain_error("[set_num_threads] threads is " + std::to_string(threads) + ", expected 0 (all) or more");
  limit() = threads;
}

#ifdef LOSSACT_WITH_THREADS
int num_threads() {
  const int here = tbb::this_task_arena::max_concurrency(), most = limit();
  return most == 0 ? here : std::min(here, most);
}

void detail::parallel_pieces(std::size_t count, std::size_t grain, const void* context,
                             void (*body)(const void*, std::size_t, std::size_t)) {
  const auto piece = [&](std::size_t first, std::size_t last) {
    const DenormalsOn mode;
    body(context, first, last);
  };
  // Small work stays here, and does not even ask how many threads there are.
  if (count <= grain) return count ? piece(0, count) : void();
  const auto threads = static_cast<std::size_t>(num_threads());
  if (threads == 1) return piece(0, count);
  // A few pieces for each thread, so that one that starts late does not hold up the rest.
  const std::size_t size = std::max(grain, count / (4 * threads) + 1), pieces = (count + size - 1) / size;
  // Isolated: while this thread waits it takes up no other work of the caller's, whose state it would find half done.
  const auto all = [&] {
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(std::size_t(0), pieces, [&](std::size_t i) {
        piece(i * size, std::min(count, (i + 1) * size));
      });
    });
  };
  if (limit() == 0) return all();
  // A limit of its own needs an arena of its own.
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute(all);
}
#else
int num_threads() { return 1; }

void detail::parallel_pieces(std::size_t count, std::size_t, const void* context,
                             void (*body)(const void*, std::size_t, std::size_t)) {
  const DenormalsOn mode;
  if (count) body(context, 0, count);
}
#endif

}  // namespace lossact

// The library as versus.py loads it: everything there is to measure, by number, timed in C++ so that no call from
// Python is measured. Strings live as long as the library.
#include <chrono>
#include <cstdint>
#include "program/bench/copying.h"
#include "program/bench/work.h"
#include "program/bench/processor.h"
#include "lossact/error.h"
#include "lossact/options.h"
#include "lossact/targets.h"
#include "lossact/threads.h"
#include "lossact/version.h"

#define LOSSACT_BENCH_API extern "C" __attribute__((visibility("default")))

namespace cli = lossact::cli;

namespace {

template <class Call>
double seconds(std::size_t calls, const Call& call) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  for (std::size_t i = 0; i < calls; ++i) call();
  return std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(calls);
}
const char* kept(std::string text) {
  static std::string last;
  last = std::move(text);
  return last.c_str();
}

}  // namespace

LOSSACT_BENCH_API const char* versus_version() { return kept(std::string(lossact::version())); }
LOSSACT_BENCH_API const char* versus_processor() { return kept(cli::processor_name()); }
LOSSACT_BENCH_API const char* versus_target() { return kept(std::string(lossact::targets::current())); }
LOSSACT_BENCH_API void versus_set_threads(int threads) { lossact::set_num_threads(threads); }

LOSSACT_BENCH_API std::size_t versus_count() { return cli::works().size(); }
LOSSACT_BENCH_API const char* versus_name(std::size_t work) {
  return kept(std::string(cli::works()[work].function->name));
}
LOSSACT_BENCH_API bool versus_by_rows(std::size_t work) { return cli::works()[work].by_rows; }
LOSSACT_BENCH_API const char* versus_pass(std::size_t work) {
  return kept(std::string(in_words(cli::works()[work].pass)));
}
/// The parameter's default as Python writes it; null where there is none of that name.
LOSSACT_BENCH_API const char* versus_default(std::size_t work, const char* parameter) {
  const lossact::Function& function = *cli::works()[work].function;
  const lossact::ParameterInfo* const info = lossact::parameter_of(function, parameter);
  return info ? kept(lossact::default_of(function, *info)) : nullptr;
}
/// Where training starts a learned weight, or NaN.
LOSSACT_BENCH_API double versus_weight(std::size_t work) {
  for (const lossact::ArgumentInfo& argument : cli::works()[work].function->arguments)
    if (argument.learned()) return argument.start;
  return lossact::nan;
}
/// Whether PyTorch has the function.
LOSSACT_BENCH_API bool versus_in_torch(std::size_t work) { return cli::works()[work].function->torch.has_value(); }

/// Seconds of one call, over so many; fast where `accuracy` is 1. Negative where the library refuses.
LOSSACT_BENCH_API double versus_run(std::size_t work, int accuracy, std::size_t rows, std::size_t classes,
                                    const void* input, const void* second, const std::int64_t* labels, void* result,
                                    std::size_t calls) try {
  const cli::Arrays arrays{
      .rows = rows, .classes = classes, .inputs = {input, second}, .labels = labels, .result = result, .numbers = {}};
  return seconds(calls, [&] { cli::works()[work].run(arrays, accuracy ? lossact::fast : lossact::faithful); });
} catch (const lossact::error&) {
  return -1;
}
/// The same of moving as many bytes as the work does.
LOSSACT_BENCH_API double versus_copy(std::size_t work, std::size_t elements, const void* input, const void* second,
                                     void* result, int threads, std::size_t calls) {
  const cli::Work& its = cli::works()[work];
  return seconds(calls, [&] {
    cli::copy(input, its.read > 1 ? second : nullptr, its.written ? result : nullptr, elements * sizeof(float),
              threads);
  });
}

// Every function in every direction as a benchmark of Google Benchmark: `functions --benchmark_filter=NAME/forward`.
// Times are per call; items are elements.
#include <algorithm>
#include <memory>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include "program/bench/copying.h"
#include "program/bench/workbench.h"
#include "lossact/threads.h"

namespace cli = lossact::cli;

namespace {

constexpr cli::Shape lists[] = {{1, 16384}, {1, 33554432}};
constexpr cli::Shape rows[] = {{4096, 10}, {1024, 1000}, {64, 128256}};

/// What is common to a work and to the copy it is compared with; `run` takes the arrays.
template <class Run>
void measure(benchmark::State& state, const cli::Work& work, cli::Shape shape, int threads, const Run& run) {
  cli::Workbench workbench(shape.elements() * sizeof(float), shape.rows);
  const cli::Arrays arrays = workbench.prepare(work, shape);
  lossact::set_num_threads(threads);
  for (auto _ : state) {
    run(arrays);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shape.elements()));
}

void add(const cli::Work& work, cli::Shape shape, int threads) {
  const auto add_one = [&](std::string_view what, const auto& run) {
    const std::string name = fmt::format("{}/{}/{}/{}x{}/threads:{}", work.function->name, in_words(work.pass), what,
                                         shape.rows, shape.classes, threads);
    benchmark::RegisterBenchmark(name.c_str(), [=, &work](benchmark::State& state) {
      measure(state, work, shape, threads, run);
    })->UseRealTime();
  };
  add_one("copy", [=, &work](const cli::Arrays& a) {
    cli::copy(a.inputs[0], work.read > 1 ? a.inputs[1] : nullptr, work.written ? a.result : nullptr,
              shape.elements() * sizeof(float), threads);
  });
  add_one("faithful", [&work](const cli::Arrays& a) { work.run(a, lossact::faithful); });
  add_one("fast", [&work](const cli::Arrays& a) { work.run(a, lossact::fast); });
}

}  // namespace

int main(int argc, char** argv) {
  const int all = lossact::num_threads();
  for (const cli::Work& work : cli::works())
    for (const cli::Shape& shape :
         work.by_rows ? std::span<const cli::Shape>(rows) : std::span<const cli::Shape>(lists))
      for (int threads = 1; threads <= all; threads += std::max(1, all - 1)) add(work, shape, threads);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}

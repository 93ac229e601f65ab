#include "program/bench/workbench.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <new>
#include <random>
#include <stdexcept>
#include <unistd.h>
#include <fmt/format.h>
#include "program/bench/copying.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Repeats a short list of numbers, as fast as memory is written.
template <class T>
void fill(void* memory, std::size_t n, Meaning meaning, unsigned seed, bool distribution) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 2);
  std::vector<T> list(std::min<std::size_t>(n, 65536));
  for (T& value : list) {
    const double x = normal(random), p = 1 / (1 + std::exp(-x));
    if (meaning == Meaning::probabilities) value = static_cast<T>(p);
    else if (meaning == Meaning::log_probabilities) value = static_cast<T>(std::log(p));
    else value = static_cast<T>(x);
  }
  T* const to = static_cast<T*>(memory);
  for (std::size_t i = 0; i < n; i += list.size()) std::copy_n(list.begin(), std::min(list.size(), n - i), to + i);
  if (!distribution) return;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(to[i]);
  for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<double>(to[i]) / sum);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// A call that is timed in groups long enough for the clock.
class Timed {
 public:
  explicit Timed(std::function<void()> call) : call_(std::move(call)) {
    constexpr double shortest = 50e-6;
    run();  // finds caches and pages cold
    if (seconds_.back() < shortest)
      while (run() < shortest && calls_ < std::size_t{1} << 20) calls_ *= 2;
    seconds_.clear();
  }
  /// Seconds of one group.
  double run() {
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < calls_; ++i) call_();
    const double taken = std::chrono::duration<double>(Clock::now() - start).count();
    seconds_.push_back(taken / static_cast<double>(calls_));
    return taken;
  }
  const std::vector<double>& seconds() const { return seconds_; }

 private:
  std::function<void()> call_;
  std::size_t calls_ = 1;
  std::vector<double> seconds_;  // of one call, for each group
};

Timing timing(const Timed& work, const Timed& copying, std::size_t elements) {
  std::vector<double> copies(work.seconds().size());
  std::ranges::transform(work.seconds(), copying.seconds(), copies.begin(), std::divides<>());
  return {.nanoseconds = 1e9 * median(work.seconds()) / static_cast<double>(elements), .copies = median(copies)};
}

}  // namespace

void Workbench::Free::operator()(void* memory) const { std::free(memory); }

Workbench::Memory Workbench::allocate(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  Memory memory(std::aligned_alloc(page, (bytes / page + 1) * page));
  if (!memory) throw std::bad_alloc();
  return memory;
}

Workbench::Workbench(std::size_t bytes, std::size_t rows) : labels_(rows) {
  const double wanted = 3 * static_cast<double>(bytes);
  const double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  // Beyond, the system would begin to swap.
  if (wanted > there / 2)
    throw std::runtime_error(
        fmt::format("three arrays of this size take {:.1f} GB, more than half of this machine's {:.1f} GB",
                    wanted * 1e-9, there * 1e-9));
  input_ = allocate(bytes), second_ = allocate(bytes), result_ = allocate(bytes);
}

Arrays Workbench::prepare(const Work& work, Shape shape) {
  const std::size_t n = shape.elements();
  const auto fill_with = [&](const Memory& memory, Meaning meaning, unsigned seed) {
    if (work.element_size == sizeof(double)) fill<double>(memory.get(), n, meaning, seed, work.distributions);
    else fill<float>(memory.get(), n, meaning, seed, work.distributions);
  };
  fill_with(input_, work.input, 1);
  fill_with(second_, work.second, 2);
  std::mt19937_64 random(3);
  if (work.by_rows)
    for (std::size_t row = 0; row < shape.rows; ++row)
      labels_[row] = static_cast<std::int64_t>(random() % shape.classes);
  const Arrays arrays{.rows = shape.rows,
                      .classes = shape.classes,
                      .input = input_.get(),
                      .second = second_.get(),
                      .labels = labels_.data(),
                      .result = result_.get()};
  if (work.pass == Pass::from_output) {
    const auto forward = std::ranges::find_if(
        works(), [&](const Work& other) { return other.name == work.name && other.pass == Pass::forward; });
    Arrays in_place = arrays;
    in_place.result = input_.get();
    forward->run(in_place, faithful);
  }
  return arrays;
}

Measurement Workbench::measure(const Work& work, Shape shape, int threads, double seconds,
                               const std::function<bool()>& stop) {
  const Arrays arrays = prepare(work, shape);
  const std::size_t n = shape.elements();
  Timed copying([&] {
    copy(arrays.input, work.read > 1 ? arrays.second : nullptr, work.written ? arrays.result : nullptr,
         n * work.element_size, threads);
  });
  Timed at_faithful([&] { work.run(arrays, faithful); });
  std::optional<Timed> at_fast;
  if (work.has_fast) at_fast.emplace([&] { work.run(arrays, fast); });

  constexpr std::size_t fewest = 3;
  const Clock::time_point start = Clock::now();
  std::size_t repetitions = 0;
  do {
    copying.run();
    at_faithful.run();
    if (at_fast) at_fast->run();
    ++repetitions;
  } while (!stop() && (repetitions < fewest || std::chrono::duration<double>(Clock::now() - start).count() < seconds));

  Measurement measured{.work = &work,
                       .shape = shape,
                       .threads = threads,
                       .repetitions = repetitions,
                       .copy_nanoseconds = 1e9 * median(copying.seconds()) / static_cast<double>(n),
                       .faithful = timing(at_faithful, copying, n),
                       .fast = {}};
  if (at_fast) measured.fast = timing(*at_fast, copying, n);
  return measured;
}

}  // namespace lossact::cli

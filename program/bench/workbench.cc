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
#include "program/arguments.h"

namespace lossact::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Repeats a short list of numbers, as fast as memory is written.
void fill(float* to, std::size_t n, Meaning meaning, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 2);
  std::vector<float> list(std::min<std::size_t>(n, 65536));
  for (float& value : list) {
    const double x = normal(random), p = 1 / (1 + std::exp(-x));
    if (meaning == Meaning::probabilities) value = static_cast<float>(p);
    else if (meaning == Meaning::log_probabilities) value = static_cast<float>(std::log(p));
    else value = static_cast<float>(x);
  }
  for (std::size_t i = 0; i < n; i += list.size()) std::copy_n(list.begin(), std::min(list.size(), n - i), to + i);
}
void make_distribution(float* row, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += double{row[i]};
  for (std::size_t i = 0; i < n; ++i) row[i] = static_cast<float>(row[i] / sum);
}

/// What the elements of an argument are.
Meaning meaning_of(const Function& function, std::size_t argument) {
  const bool not_negative = function.arguments[argument].constraint == Constraint::not_negative;
  if (of_probabilities(function) || not_negative) return Meaning::probabilities;
  const Meaning input = function.input.value_or(Meaning::values);
  // Logarithms of probabilities are compared with probabilities.
  return argument > 0 && input == Meaning::log_probabilities ? Meaning::probabilities : input;
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

Workbench::Workbench(std::size_t bytes, std::size_t rows) : labels_(rows), numbers_(rows) {
  unsigned inputs = 0;
  for (const Work& work : works()) inputs = std::max(inputs, work.read);
  const double wanted = (inputs + 1) * static_cast<double>(bytes);
  const double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  // Beyond, the system would begin to swap.
  if (wanted > there / 2)
    throw std::runtime_error(
        fmt::format("{} arrays of this size take {:.1f} GB, more than half of this machine's {:.1f} GB", inputs + 1,
                    wanted * 1e-9, there * 1e-9));
  for (unsigned i = 0; i < inputs; ++i) inputs_.push_back(allocate(bytes));
  result_ = allocate(bytes);
}

Arrays Workbench::prepare(const Work& work, Shape shape) {
  const Function& function = *work.function;
  const std::size_t n = shape.elements();
  Arrays arrays{.rows = shape.rows,
                .classes = shape.classes,
                .inputs = {},
                .labels = labels_.data(),
                .result = result_.get(),
                .numbers = numbers_.data()};
  const auto add = [&](Meaning meaning) {
    const std::size_t place = arrays.inputs.size();
    float* const data = static_cast<float*>(inputs_[place].get());
    fill(data, n, meaning, static_cast<unsigned>(place + 1));
    arrays.inputs.push_back(data);
    return data;
  };
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    const ArgumentInfo& argument = function.arguments[i];
    if (!is_required(argument) || (argument.extent != Extent::element && argument.extent != Extent::halves)) continue;
    float* const data = add(meaning_of(function, i));
    if (argument.constraint == Constraint::distribution)
      for (std::size_t row = 0; row < shape.rows; ++row) make_distribution(data + row * shape.classes, shape.classes);
  }
  if (arrays.inputs.size() < work.read) add(Meaning::values);
  std::mt19937_64 random(3);
  if (work.by_rows)
    for (std::size_t row = 0; row < shape.rows; ++row)
      labels_[row] = static_cast<std::int64_t>(random() % shape.classes);
  if (work.pass == Pass::from_output) {
    const auto forward = std::ranges::find_if(
        works(), [&](const Work& other) { return other.function == &function && other.pass == Pass::forward; });
    Arrays in_place = arrays;
    in_place.result = inputs_[0].get();
    forward->run(in_place, faithful);
  }
  return arrays;
}

Measurement Workbench::measure(const Work& work, Shape shape, int threads, double seconds,
                               const std::function<bool()>& stop) {
  const Arrays arrays = prepare(work, shape);
  const std::size_t n = shape.elements();
  Timed copying([&] {
    copy(inputs_[0].get(), work.read > 1 ? inputs_[1].get() : nullptr, work.written ? result_.get() : nullptr,
         n * sizeof(float), threads);
  });
  Timed at_faithful([&] { work.run(arrays, faithful); }), at_fast([&] { work.run(arrays, fast); });

  constexpr std::size_t fewest = 3;
  const Clock::time_point start = Clock::now();
  std::size_t repetitions = 0;
  do {
    copying.run();
    at_faithful.run();
    at_fast.run();
    ++repetitions;
  } while (!stop() && (repetitions < fewest || std::chrono::duration<double>(Clock::now() - start).count() < seconds));

  return {.work = &work,
          .shape = shape,
          .threads = threads,
          .repetitions = repetitions,
          .copy_nanoseconds = 1e9 * median(copying.seconds()) / static_cast<double>(n),
          .faithful = timing(at_faithful, copying, n),
          .fast = timing(at_fast, copying, n)};
}

}  // namespace lossact::cli

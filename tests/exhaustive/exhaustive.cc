// Holds every activation, at all 2^32 floats, against its definition read in double; and that reading against MPFR's
// reading of the formula. JSON, one object to a line.
#include <fcntl.h>
#include <cstdio>
#include <chrono>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include "tests/exhaustive/reading.h"
#include "tests/library/accuracy/judge.h"

namespace lossact::testing {
namespace {

using nlohmann::ordered_json;
using reference::Plain;

constexpr std::size_t block = 65536;
constexpr std::uint64_t floats = std::uint64_t{1} << 32;

struct Task {
  std::uint64_t stride = 1, points = 1000000;
  std::string torch = {};  // the script
  unsigned threads = 1;
};

/// work(thread) on all threads. Throws what one of them threw.
void on_all(unsigned threads, const auto& work) {
  std::vector<std::exception_ptr> failures(threads);
  {
    std::vector<std::jthread> running;
    for (unsigned i = 0; i < threads; ++i)
      running.emplace_back([&, i] {
        try {
          work(i);
        } catch (...) {
          failures[i] = std::current_exception();
        }
      });
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

/// A process that writes what PyTorch computes.
class Torch {
 public:
  explicit Torch(const std::string& command) : pipe_(popen(command.c_str(), "r")) {
    if (!pipe_) throw error("the process of PyTorch's results does not start");
    fcntl(fileno(pipe_.get()), F_SETPIPE_SZ, 1 << 20);  // quicker where it may be so large
    for (int c; (c = std::getc(pipe_.get())) != '\n' && c != EOF;) version_ += static_cast<char>(c);
  }
  /// Empty where there is no PyTorch, or no such function in it.
  const std::string& version() const { return version_; }
  void read(std::span<float> values) {
    if (std::fread(values.data(), sizeof(float), values.size(), pipe_.get()) != values.size())
      throw error("PyTorch's results end too early");
  }

 private:
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  std::unique_ptr<std::FILE, Close> pipe_;
  std::string version_;
};

/// All inputs in blocks, with what PyTorch makes of them: whoever asks has the next.
class Source {
 public:
  Source(std::uint64_t stride, Torch* torch) : stride_(stride), torch_(torch) {}

  std::uint64_t inputs() const { return (floats + stride_ - 1) / stride_; }
  /// False where there are no more.
  bool next(std::vector<float>& x, std::vector<float>& value, std::vector<float>& slope) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t n = std::min<std::uint64_t>(block, inputs() - done_);
    if (n == 0) return false;
    for (auto* each : {&x, &value, &slope}) each->resize(n);
    for (std::uint64_t i = 0; i < n; ++i)
      x[i] = std::bit_cast<float>(static_cast<std::uint32_t>((done_ + i) * stride_));
    done_ += n;
    if (torch_) torch_->read(value), torch_->read(slope);
    return true;
  }

 private:
  std::uint64_t stride_, done_ = 0;
  Torch* torch_;
  std::mutex mutex_;
};

/// What was seen of one lane.
struct Lane {
  std::string_view name;
  Accuracy accuracy = faithful;
  Judge<float> value{}, slope{}, from_output{};

  Lane(std::string_view n, Accuracy a, const std::vector<long double>& zeros)
      : name(n), accuracy(a), value(a), slope(a, zeros), from_output(a) {}
  void add(const Lane& other) { value.add(other.value), slope.add(other.slope), from_output.add(other.from_output); }
  bool kept() const { return value.kept() && slope.kept() && from_output.kept(); }
};

std::string text(double at) { return std::isnan(at) ? "nan" : fmt::format("{}", static_cast<float>(at)); }
ordered_json json(const Worst& worst) {
  ordered_json result = {{"ulps", nullptr}, {"at", text(worst.at)}};
  if (std::isfinite(worst.ulps)) result["ulps"] = worst.ulps;  // else a number was expected or NaN was, and not found
  return result;
}
ordered_json json(const Judge<float>& judge) {
  ordered_json result = json(judge.finite());
  result["kept"] = judge.kept();
  if (judge.special().ulps > 0) result["special"] = json(judge.special());
  if (judge.near_zero().ulps > 0)
    result["near_zero"] = {{"error", judge.near_zero().ulps}, {"at", text(judge.near_zero().at)}};
  return result;
}

template <class P>
constexpr bool has_output_form = requires(P p) { derivative_from_output(p, Plain(), 1.0); };
template <class P>
float weight_of() {
  if constexpr (lossact::testing::learns<P>) return static_cast<float>(lossact::testing::start_of<P>);
  else return 0;
}

/// Where the slope is zero without a kink.
template <class P>
std::vector<long double> zeros_of_slope() {
  if constexpr (lossact::testing::learns<P> || lossact::testing::draws<P>) return {};
  else {
    const auto slope = [](long double at) { return reference::derivative(P(), Exact(), at); };
    const std::vector<float> x = inputs<float>(P());
    std::vector<long double> slopes;
    for (const float at : x) slopes.push_back(slope(at));
    return roots(x, slopes, P().facts(), slope);
  }
}

template <class P>
void sweep(Source& source, std::vector<Lane>& seen, bool with_torch) {
  const P options;
  const Facts facts = options.facts();
  const float weight = weight_of<P>();
  const std::vector<float> ones(block, 1);
  const std::vector<double> aside = beside(options, block, double{weight});
  std::vector<float> x, torch_value, torch_slope, got(block), outputs;
  std::vector<double> value(block), slope(block);
  while (source.next(x, torch_value, torch_slope)) {
    const std::size_t n = x.size();
    const std::span<const float> one(ones.data(), n);
    const std::span<float> result(got.data(), n);
    const std::span<double> values(value.data(), n), slopes(slope.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const double at = x[i];
      value[i] = value_of<P, Plain, double>(options, {}, at, aside[i]);
      slope[i] = slope_of<P, Plain, double>(options, {}, at, aside[i]);
      if (std::isnan(at)) value[i] = slope[i] = nan;  // the family sees to it, not the definition
    }
    for (Lane& lane : std::span(seen).first(2)) {
      const Caller<P, float> call{.options = options, .accuracy = lane.accuracy, .weight = {weight}};
      call.forward(x, result);
      lane.value.see(x, result, values);
      call.backward(one, x, result);
      lane.slope.see(x, result, slopes);
    }
    if (with_torch) seen[2].value.see(x, torch_value, values), seen[2].slope.see(x, torch_slope, slopes);
    if constexpr (has_output_form<P>) {
      outputs.clear();
      for (const float y : x)
        if (!(y < facts.range.low || y > facts.range.high)) outputs.push_back(y);
      const std::span<float> from_output(got.data(), outputs.size());
      const std::span<double> exact(slope.data(), outputs.size());
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const double y = outputs[i];
        exact[i] = std::isnan(y) ? nan : derivative_from_output(options, Plain(), y);
      }
      for (Lane& lane : std::span(seen).first(2)) {
        Callable<P>().backward_from_output(one.first(outputs.size()), outputs, from_output, options, lane.accuracy);
        lane.from_output.see(outputs, from_output, exact);
      }
    }
  }
}

/// Half of them of every size that exp(x) can be computed for, half of the sizes where functions bend; and the
/// neighbourhoods of all thresholds.
template <class P>
std::vector<float> points(std::uint64_t count) {
  std::mt19937_64 random(1);
  std::vector<float> x;
  for (const double threshold : thresholds(P()))
    for (const double sign : {1.0, -1.0})
      for (int steps = -16; steps <= 16; ++steps) x.push_back(moved(static_cast<float>(sign * threshold), steps));
  while (x.size() < count) {
    const auto bits = random();
    const double part = static_cast<double>(bits >> 11) * 0x1p-53, sign = bits & 1 ? -1 : 1;
    const double size = bits & 2 ? std::exp2(-149 + part * (149 + 61)) : std::exp2(-24 + part * (24 + 7));
    x.push_back(static_cast<float>(sign * size));
  }
  return x;
}

/// The reading in double against the formula's, in units of a float's last place.
template <class P>
ordered_json check_reading(const Task& task, const std::vector<long double>& zeros) {
  // What the figures of a sweep may be wrong by; around a zero of the slope, absolutely.
  constexpr double most = 0x1p-20, most_near_zero = 0x1p-50;
  const P options;
  const float weight = weight_of<P>(), uniform = 0.5F;  // the mean slope; a random one is the tests' business
  std::map<std::string, double> names = {{"weight", weight}, {"u", uniform}};
  std::apply(
      [&](const auto&... parameter) {
        ((names[std::string(parameter.name)] = static_cast<double>(options.*parameter.value)), ...);
      },
      P::parameters);
  const Reading formula(cli::read_formula(P::about.formula), names);
  const std::vector<float> x = points<P>(task.points);
  struct Seen {
    Worst value, slope;
    std::uint64_t left_out = 0;
  };
  std::vector<Seen> seen(task.threads);
  on_all(task.threads, [&](unsigned thread) {
    Seen here;
    for (std::size_t i = thread; i < x.size(); i += task.threads) {
      const double at = x[i], aside = lossact::testing::draws<P> ? uniform : weight;
      const std::optional<Reading::Point> exact = formula.at(at);
      if (!exact) {
        ++here.left_out;
        continue;
      }
      const auto see = [&](Worst& worst, double read, long double right, bool near_zero) {
        const auto far = static_cast<double>(std::abs(read - right)),
                   units = far / static_cast<double>(unit<float>(right));
        if (units <= most || !near_zero || far > most_near_zero) worst.see(units, at);
      };
      see(here.value, value_of<P, Plain, double>(options, {}, at, aside), exact->value, false);
      see(here.slope, slope_of<P, Plain, double>(options, {}, at, aside), exact->slope,
          std::ranges::any_of(zeros, [&](long double zero) { return std::abs(at - zero) <= 0.5; }));
    }
    seen[thread] = here;
  });
  Seen all;
  for (const Seen& each : seen) {
    all.value.see(each.value.ulps, each.value.at), all.slope.see(each.slope.ulps, each.slope.at);
    all.left_out += each.left_out;
  }
  return {{"points", x.size() - all.left_out},
          {"value", json(all.value)},
          {"slope", json(all.slope)},
          {"kept", all.value.ulps <= most && all.slope.ulps <= most}};
}

/// Prints the lines of one function; says whether its promises are kept.
template <class P>
bool run(const Task& task) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<Torch> torch;
  if (!task.torch.empty()) {
    std::string command = fmt::format("python3 '{}' {} {} {}", task.torch, P::about.name, task.stride, block);
    if constexpr (lossact::testing::learns<P>) command += fmt::format(" {}", lossact::testing::start_of<P>);
    torch.emplace(command);
    if (torch->version().empty()) torch.reset();
  }
  Source source(task.stride, torch ? &*torch : nullptr);
  const std::vector<long double> zeros = zeros_of_slope<P>();
  const std::vector<Lane> none = {{"faithful", faithful, zeros}, {"fast", fast, zeros}, {"torch", faithful, zeros}};
  std::vector<std::vector<Lane>> seen(task.threads, none);
  on_all(task.threads, [&](unsigned thread) { sweep<P>(source, seen[thread], torch.has_value()); });
  std::vector<Lane> all = none;
  for (const auto& each : seen)
    for (std::size_t i = 0; i < all.size(); ++i) all[i].add(each[i]);
  if (!torch) all.pop_back();

  bool kept = true;
  for (const Lane& lane : all) {
    const bool ours = lane.name != "torch";
    kept = kept && (!ours || lane.kept());
    ordered_json line = {{"function", P::about.name}, {"lane", lane.name}, {"inputs", source.inputs()}};
    if (!ours) line["version"] = torch->version();
    line["value"] = json(lane.value), line["slope"] = json(lane.slope);
    if (has_output_form<P> && ours) line["slope_from_output"] = json(lane.from_output);
    fmt::print("{}\n", line.dump());
  }
  ordered_json line = {{"function", P::about.name}, {"lane", "reading in double"}};
  if (!zeros.empty()) line["zeros_of_slope"] = std::vector<double>(zeros.begin(), zeros.end());
  line.update(check_reading<P>(task, zeros));
  line["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
  return kept && line["kept"];
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace
}  // namespace lossact::testing

int main(int argc, char** argv) {
  using namespace lossact::testing;
  Task task{.threads = std::max(1U, std::thread::hardware_concurrency())};
  std::vector<std::string> names;
  CLI::App program("Holds every activation, at all 2^32 floats, against its definition read in double");
  program.add_option("functions", names, "these alone");
  program.add_option("--stride", task.stride, "every so many-th float alone")->check(CLI::Range(1U, 1U << 31));
  program.add_option("--points", task.points, "at which MPFR checks the reading in double");
  program.add_option("--torch", task.torch, "torch_results.py, to judge PyTorch's functions beside")
      ->check(CLI::ExistingFile);
  CLI11_PARSE(program, argc, argv);
  try {
    for (const std::string& name : names)
      if (const lossact::Function* f = lossact::find(name); !f || !f->is_activation() || f->along_axis())
        throw lossact::domain_error("there is no activation '" + name + "'");
    lossact::set_num_threads(1);  // the threads are here
    const auto available = lossact::targets::available();
    const nlohmann::ordered_json first = {{"lossact", lossact::version()},
                                          {"processor", processor()},
                                          {"target", lossact::targets::current()},
                                          {"targets", std::vector<std::string>(available.begin(), available.end())},
                                          {"stride", task.stride}};
    fmt::print("{}\n", first.dump());
    bool kept = true;
    const auto one = [&]<class P>(const lossact::Callable<P>&) {
      const auto asked = std::ranges::find(names, P::about.name);
      if (names.empty() || asked != names.end()) kept = run<P>(task) && kept;
    };
    std::apply([&](const auto&... f) { (one(f), ...); }, lossact::testing::activations);
    return kept ? 0 : 1;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "exhaustive: {}\n", failure.what());
    return 2;
  }
}

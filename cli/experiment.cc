#include "cli/experiment.h"
#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include "lossact/nn/nn.h"

namespace lossact::cli {
namespace {

/// What random numbers are drawn for. Each has a stream of its own, so that an activation that draws some changes
/// neither the weights nor the order that the others see.
enum class Stream : std::uint64_t { split, weights, order, noise };
std::uint64_t stream_seed(std::uint64_t seed, Stream stream) { return seed << 8 | static_cast<std::uint64_t>(stream); }

struct Scale {
  double mean = 0, deviation = 1;
  bool constant = false;
  float operator()(double x) const {
    return constant || std::isnan(x) ? 0 : static_cast<float>((x - mean) / deviation);
  }
};
/// Mean and deviation of count numbers, those that are missing aside.
template <class Get>
Scale scale_of(std::size_t count, Get&& get) {
  double low = inf, high = -inf, sum = 0, squares = 0, known = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = get(i);
    if (std::isnan(x)) continue;
    low = std::min(low, x), high = std::max(high, x), sum += x, ++known;
  }
  if (!(low < high)) return {.mean = low, .deviation = 1, .constant = true};
  const double mean = sum / known;
  for (std::size_t i = 0; i < count; ++i)
    if (const double x = get(i); !std::isnan(x)) squares += (x - mean) * (x - mean);
  return {.mean = mean, .deviation = std::sqrt(squares / known), .constant = false};
}

/// One seed's data, standardised by its training part.
struct Part {
  nn::Tensor input, target, one_hot;  // a class or a number for each row; classes once more as rows of 0 and 1
};
struct Data {
  Part train, test;
  double unit = 1;  // what a difference of 1 between targets is in the target's own units
};

nn::Tensor inputs(const Table& table, const std::vector<std::size_t>& rows, const std::vector<Scale>& scales) {
  const std::size_t columns = scales.size();
  nn::Tensor tensor = nn::empty({rows.size(), columns});
  float* to = tensor.data<float>().data();
  for (const std::size_t row : rows)
    for (std::size_t column = 0; column < columns; ++column)
      *to++ = scales[column](table.values[row * columns + column]);
  return tensor;
}

Part part_of(const Table& table, const std::vector<std::size_t>& rows, const std::vector<Scale>& scales,
             const Scale& target_scale) {
  Part part;
  part.input = inputs(table, rows, scales);
  if (table.task == Task::classification) {
    std::vector<std::int64_t> labels;
    for (const std::size_t row : rows) labels.push_back(table.labels[row]);
    part.target = nn::tensor(labels);
    part.one_hot = nn::one_hot(part.target, table.classes.size());
  } else {
    part.target = nn::empty({rows.size(), 1});
    float* to = part.target.data<float>().data();
    for (const std::size_t row : rows) *to++ = target_scale(table.numbers[row]);
  }
  return part;
}

Data make_data(const Table& table, std::uint64_t seed) {
  const Split split = split_rows(table, seed);
  const std::size_t columns = table.features.size();
  std::vector<Scale> scales;
  for (std::size_t column = 0; column < columns; ++column)
    scales.push_back(
        scale_of(split.train.size(), [&](std::size_t i) { return table.values[split.train[i] * columns + column]; }));
  Scale target;
  if (table.task == Task::regression)
    target = scale_of(split.train.size(), [&](std::size_t i) { return table.numbers[split.train[i]]; });
  return {.train = part_of(table, split.train, scales, target),
          .test = part_of(table, split.test, scales, target),
          .unit = target.deviation};
}

/// The data of each seed, made by the first run that asks and given up after the last.
class DataOfSeeds {
 public:
  DataOfSeeds(const Table& table, std::size_t seeds, std::size_t runs_each)
      : table_(table), runs_each_(runs_each), entries_(seeds) {}
  std::shared_ptr<const Data> take(std::size_t seed) {
    Entry& entry = entries_[seed];
    const std::lock_guard lock(entry.mutex);
    if (!entry.data) entry.data = std::make_shared<const Data>(make_data(table_, seed));
    std::shared_ptr<const Data> data = entry.data;
    if (++entry.taken == runs_each_) entry.data.reset();
    return data;
  }

 private:
  struct Entry {
    std::mutex mutex;
    std::shared_ptr<const Data> data;
    std::size_t taken = 0;
  };
  const Table& table_;
  std::size_t runs_each_;
  std::vector<Entry> entries_;
};

/// The sum of rows that were classified rightly, or of squared errors.
double sum_of_scores(const nn::Tensor& output, const nn::Tensor& target) {
  const std::size_t rows = output.size(0), columns = output.size(1);
  const float* y = output.data<float>().data();
  double sum = 0;
  if (target.dtype() == nn::int64) {
    const std::int64_t* label = target.data<std::int64_t>().data();
    for (std::size_t row = 0; row < rows; ++row, y += columns)
      sum += std::max_element(y, y + columns) - y == label[row];
  } else {
    const float* t = target.data<float>().data();
    for (std::size_t row = 0; row < rows; ++row) sum += (double{y[row]} - t[row]) * (double{y[row]} - t[row]);
  }
  return sum;
}

/// Means over rows that come in batches.
struct Means {
  double loss = 0, score = 0, rows = 0;
  void add(double mean_loss, double sum_of_score, std::size_t count) {
    loss += mean_loss * static_cast<double>(count), score += sum_of_score, rows += static_cast<double>(count);
  }
  double mean_loss() const { return loss / rows; }
  double mean_score(Task task, double unit) const {
    return task == Task::classification ? score / rows : std::sqrt(score / rows) * unit;
  }
};

class Trainer {
 public:
  Trainer(const Table& table, const Plan& plan, const Watch& watch, const Data& data, Training& run)
      : plan_(plan), watch_(watch), data_(data), run_(run), task_(table.task), loss_(nn::loss(plan.losses[run.loss])) {
    if (task_ == Task::classification) head_ = nn::output_module(loss_.input());
    const nn::Session session(stream_seed(run.seed, Stream::weights));
    std::size_t width = table.features.size();
    for (const std::size_t next : plan.hidden) {
      network_.add(nn::Linear(width, next)).add(nn::activation_module(plan.activations[run.activation]));
      width = next;
    }
    network_.add(nn::Linear(width, task_ == Task::classification ? table.classes.size() : 1));
    if (plan.optimizer == Optimizer::adam)
      optimizer_ = std::make_unique<nn::Adam>(network_.parameters(), nn::AdamOptions{.lr = plan.lr});
    else optimizer_ = std::make_unique<nn::SGD>(network_.parameters(), nn::SGDOptions{.lr = plan.lr, .momentum = 0.9});
  }

  void go() {
    const nn::Session session(stream_seed(run_.seed, Stream::noise));
    // A batch of indices takes labels and one-hot rows alike.
    const nn::Tensor rows = indices(data_.train.input.size(0));
    nn::DataLoader loader(
        data_.train.input, rows,
        {.batch_size = plan_.batch_size, .shuffle = true, .seed = stream_seed(run_.seed, Stream::order)});
    for (std::size_t epoch = 0; epoch < plan_.epochs; ++epoch) {
      Epoch figures;
      if (!train(loader, figures)) return;
      test(figures);
      run_.epochs.push_back(figures);
      run_.diverged = !std::isfinite(figures.train_loss) || !std::isfinite(figures.test_loss);
      watch_.done(run_.diverged ? plan_.epochs - epoch : 1);
      if (run_.diverged) break;
    }
    run_.finished = true;
    if (!run_.diverged) run_.score = run_.epochs.back().test_score;
  }

 private:
  static nn::Tensor indices(std::size_t count) {
    std::vector<std::int64_t> list(count);
    for (std::size_t i = 0; i < count; ++i) list[i] = static_cast<std::int64_t>(i);
    return nn::tensor(list);
  }
  bool one_hot() const { return task_ == Task::classification && !loss_.takes_classes(); }
  nn::Tensor loss_of(const nn::Tensor& output, const nn::Tensor& target) const {
    return loss_(head_ ? (*head_)(output) : output, target);
  }

  /// One epoch; false if the program shall stop.
  bool train(nn::DataLoader& loader, Epoch& figures) {
    network_.train();
    Means means;
    for (const auto& [input, rows] : loader) {
      if (watch_.stop()) return false;
      optimizer_->zero_grad();
      const nn::Tensor output = network_(input);
      const nn::Tensor target = data_.train.target.index_select(rows);
      const nn::Tensor loss = loss_of(output, one_hot() ? data_.train.one_hot.index_select(rows) : target);
      means.add(loss.item(), sum_of_scores(output, target), input.size(0));
      if (!std::isfinite(means.loss)) break;
      loss.backward();
      optimizer_->step();
    }
    figures.train_loss = means.mean_loss(), figures.train_score = means.mean_score(task_, data_.unit);
    return true;
  }

  void test(Epoch& figures) {
    constexpr std::size_t rows_at_once = 4096;
    const nn::NoGrad guard;
    network_.eval();
    Means means;
    const std::size_t rows = data_.test.input.size(0);
    for (std::size_t from = 0; from < rows; from += rows_at_once) {
      const std::size_t to = std::min(rows, from + rows_at_once);
      const nn::Tensor output = network_(data_.test.input.slice(from, to));
      const nn::Tensor target = data_.test.target.slice(from, to);
      const nn::Tensor loss = loss_of(output, one_hot() ? data_.test.one_hot.slice(from, to) : target);
      means.add(loss.item(), sum_of_scores(output, target), to - from);
    }
    figures.test_loss = means.mean_loss(), figures.test_score = means.mean_score(task_, data_.unit);
  }

  const Plan& plan_;
  const Watch& watch_;
  const Data& data_;
  Training& run_;
  Task task_;
  nn::Loss loss_;
  std::shared_ptr<nn::Module> head_;  // between the network and a loss of something else than logits or values
  nn::Sequential network_;
  std::unique_ptr<nn::Optimizer> optimizer_;
};

}  // namespace

std::vector<std::string> default_losses(Task task) {
  std::vector<std::string> names;
  for (const Function& function : functions())
    if (function.compared && loss_refusal(function.name, task).empty()) names.emplace_back(function.name);
  return names;
}

std::string loss_refusal(std::string_view name, Task task) {
  const nn::Loss loss = nn::loss(name);
  if (task == Task::regression) {
    if (loss.takes_classes()) return fmt::format("'{}' compares with classes, and the target is numbers", name);
    if (loss.input() != Meaning::values) {
      std::string_view meaning;
      for (const auto& choice : choices<Meaning>)
        if (choice.value == loss.input()) meaning = choice.name;
      return fmt::format("'{}' is a loss of {}, and the target is numbers", name, meaning);
    }
  }
  return {};
}

Split split_rows(const Table& table, std::uint64_t seed) {
  const nn::Session session(stream_seed(seed, Stream::split));
  const nn::Tensor order = nn::randperm(table.rows());
  const bool classes = table.task == Task::classification;
  std::vector<std::size_t> members(classes ? table.classes.size() : 1), wanted;
  const auto group = [&](std::size_t row) { return classes ? static_cast<std::size_t>(table.labels[row]) : 0; };
  for (std::size_t row = 0; row < table.rows(); ++row) ++members[group(row)];
  // A fifth, rounded; a class of two has one row on each side.
  for (const std::size_t count : members) wanted.push_back(count < 2 ? 0 : std::max<std::size_t>(1, (count + 2) / 5));
  Split split;
  for (const std::int64_t index : order.data<std::int64_t>()) {
    const auto row = static_cast<std::size_t>(index);
    std::size_t& still = wanted[group(row)];
    (still > 0 ? split.test : split.train).push_back(row);
    if (still > 0) --still;
  }
  return split;
}

std::vector<Training> run_experiment(const Table& table, const Plan& plan, const Watch& watch) {
  std::vector<Training> runs;
  for (std::size_t seed = 0; seed < plan.seeds; ++seed)
    for (std::size_t loss = 0; loss < plan.losses.size(); ++loss)
      for (std::size_t activation = 0; activation < plan.activations.size(); ++activation)
        runs.push_back({.activation = activation, .loss = loss, .seed = seed});

  const nn::SingleThreadedBlas blas;
  DataOfSeeds data(table, plan.seeds, plan.activations.size() * plan.losses.size());
  std::atomic<std::size_t> next = 0;
  // Whoever is free takes the next run. In an arena of its own a run stays on its thread, whatever it calls.
  const auto work = [&] {
    for (std::size_t i; (i = next++) < runs.size() && !watch.stop();) {
      tbb::task_arena alone(1);
      alone.execute([&] { Trainer(table, plan, watch, *data.take(runs[i].seed), runs[i]).go(); });
    }
  };
  // As many threads as were asked for, also where there are fewer cores; a limit that is in force already stays.
  using tbb::global_control;
  const global_control limit(global_control::max_allowed_parallelism, static_cast<std::size_t>(plan.threads));
  const auto threads = static_cast<int>(global_control::active_value(global_control::max_allowed_parallelism));
  tbb::task_arena arena(std::min(plan.threads, threads));
  arena.execute([&] { tbb::parallel_for(0, threads, [&](int) { work(); }, tbb::simple_partitioner()); });
  return runs;
}

std::vector<Comparison> compare_runs(const Plan& plan, Task task, const std::vector<Training>& runs) {
  const std::size_t activations = plan.activations.size(), losses = plan.losses.size();
  const auto baseline =
      static_cast<std::size_t>(std::ranges::find(plan.activations, plan.baseline) - plan.activations.begin());
  const auto run_of = [&](std::size_t seed, std::size_t loss, std::size_t activation) -> const Training& {
    return runs[(seed * losses + loss) * activations + activation];
  };
  std::vector<Comparison> rows;
  for (std::size_t loss = 0; loss < losses; ++loss)
    for (std::size_t activation = 0; activation < activations; ++activation) {
      Comparison row{.activation = activation, .loss = loss, .score = {}, .difference = {}};
      std::vector<double> scores, differences;
      for (std::size_t seed = 0; seed < plan.seeds; ++seed) {
        const Training& run = run_of(seed, loss, activation);
        if (!run.finished) continue;
        ++row.finished, row.diverged += run.diverged, row.runs.push_back(&run);
        if (run.diverged) continue;
        scores.push_back(run.score);
        // The baseline's is NaN where it did not finish, or diverged.
        if (const double difference = run.score - run_of(seed, loss, baseline).score; !std::isnan(difference))
          differences.push_back(difference);
      }
      row.score = estimate(scores), row.difference = estimate(differences);
      rows.push_back(std::move(row));
    }
  const auto rank = [&](const Comparison& row) {
    const double worse = task == Task::classification ? -row.score.mean : row.score.mean;
    const bool none = std::isnan(worse), some = row.finished - row.diverged < plan.seeds;
    return std::tuple(none, some, none ? 0 : worse, row.loss, row.activation);
  };
  std::ranges::sort(rows, {}, rank);
  return rows;
}

}  // namespace lossact::cli

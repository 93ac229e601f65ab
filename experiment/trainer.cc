#include "experiment/trainer.h"
#include <algorithm>
#include <chrono>
#include <cmath>

namespace lossact::cli {
namespace {

constexpr std::size_t rows_at_once = 4096;       // in a pass over the test part
constexpr std::size_t batches_of_gradients = 8;  // in an epoch, whose gradients are measured

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

/// The mean of the gradients' norms, layer by layer.
class MeanNorms {
 public:
  void add(const std::vector<double>& norms) {
    sums_.resize(norms.size());
    for (std::size_t i = 0; i < norms.size(); ++i) sums_[i] += norms[i];
    ++count_;
  }
  std::vector<double> means() const {
    std::vector<double> result = sums_;
    for (double& x : result) x /= count_;
    return result;
  }

 private:
  std::vector<double> sums_;
  double count_ = 0;
};

nn::Tensor counting(std::size_t count) {
  std::vector<std::int64_t> list(count);
  for (std::size_t i = 0; i < count; ++i) list[i] = static_cast<std::int64_t>(i);
  return nn::tensor(list);
}

}  // namespace

Trainer::Trainer(const Table& table, const Plan& plan, const Watch& watch, const TrainingData& data, Training& run)
    : plan_(plan), watch_(watch), data_(data), run_(run), task_(table.task), loss_(nn::loss(plan.losses[run.loss])) {
  if (task_ == Task::classification) head_ = nn::output_module(loss_.input());
  run.guessing = data.guessing;
  const nn::Session session(stream_seed(run.seed, Stream::weights));
  std::size_t width = table.features.size();
  for (const std::size_t next : plan.hidden) {
    network_.linear.emplace_back(width, next);
    network_.activations.push_back(nn::activation_module(plan.activations[run.activation]));
    width = next;
  }
  network_.linear.emplace_back(width, task_ == Task::classification ? table.classes.size() : 1);
  if (plan.optimizer == Optimizer::adam)
    optimizer_ = std::make_unique<nn::Adam>(network_.parameters(), nn::AdamOptions{.lr = plan.lr});
  else optimizer_ = std::make_unique<nn::SGD>(network_.parameters(), nn::SGDOptions{.lr = plan.lr, .momentum = 0.9});
}

void Trainer::go() {
  using Clock = std::chrono::steady_clock;
  run_.gradient_start = gradients_before_training();
  const nn::Session session(stream_seed(run_.seed, Stream::noise));
  // A batch of indices takes labels and one-hot rows alike.
  nn::DataLoader loader(
      data_.train.input, counting(data_.train.input.size(0)),
      {.batch_size = plan_.batch_size, .shuffle = true, .seed = stream_seed(run_.seed, Stream::order)});
  const Clock::time_point start = Clock::now();
  for (std::size_t epoch = 0; epoch < plan_.epochs; ++epoch) {
    Epoch figures;
    if (!train(loader, figures)) return;
    test(figures);
    run_.diverged =
        !std::isfinite(figures.train_loss) || !std::isfinite(figures.test_loss) || !std::isfinite(figures.test_score);
    run_.epochs.push_back(std::move(figures));
    watch_.done(run_.diverged ? plan_.epochs - epoch : 1);
    if (run_.diverged) break;
  }
  run_.seconds_per_epoch =
      std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(run_.epochs.size());
  run_.finished = true;
  if (run_.diverged) return;
  run_.score = run_.epochs.back().test_score;
  run_.measurement = std::make_shared<const Measurement>(
      measure(network_, data_.test, loss_.input(), as_line(plan_.activations[run_.activation])));
  if (run_.seed > 0) return;
  run_.path = path_through(data_.train);
  run_.along_path = along(network_, data_.train, run_.path);
}

/// One epoch; false if the program shall stop.
bool Trainer::train(nn::DataLoader& loader, Epoch& figures) {
  network_.train(true);
  Means means;
  MeanNorms norms;
  const std::size_t every = std::max<std::size_t>(1, loader.size() / batches_of_gradients);
  std::size_t batch = 0;
  for (const auto& [input, rows] : loader) {
    if (watch_.stop()) return false;
    optimizer_->zero_grad();
    const nn::Tensor output = network_(input);
    const nn::Tensor target = data_.train.target.index_select(rows);
    const nn::Tensor loss = loss_of(output, target, one_hot() ? data_.train.one_hot.index_select(rows) : nn::Tensor());
    means.add(loss.item(), sum_of_scores(output, target), input.size(0));
    if (!std::isfinite(means.loss)) break;
    loss.backward();
    if (batch++ % every == 0) norms.add(gradient_norms(network_));
    optimizer_->step();
  }
  figures.train_loss = means.mean_loss(), figures.train_score = means.mean_score(task_, data_.unit);
  figures.gradient = norms.means();
  return true;
}

void Trainer::test(Epoch& figures) {
  const nn::NoGrad guard;
  network_.train(false);
  Means means;
  const std::size_t rows = data_.test.input.size(0);
  for (std::size_t from = 0; from < rows; from += rows_at_once) {
    const std::size_t to = std::min(rows, from + rows_at_once);
    const nn::Tensor output = network_(data_.test.input.slice(from, to));
    const nn::Tensor target = data_.test.target.slice(from, to);
    const nn::Tensor loss = loss_of(output, target, one_hot() ? data_.test.one_hot.slice(from, to) : nn::Tensor());
    means.add(loss.item(), sum_of_scores(output, target), to - from);
  }
  figures.test_loss = means.mean_loss(), figures.test_score = means.mean_score(task_, data_.unit);
}

std::vector<double> Trainer::gradients_before_training() {
  const nn::Session session(stream_seed(run_.seed, Stream::measurement));
  network_.train(true);
  const std::size_t rows = data_.train.input.size(0), size = std::min(plan_.batch_size, rows);
  const std::size_t batches = std::clamp<std::size_t>(rows / size, 1, batches_of_gradients);
  MeanNorms norms;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    std::vector<std::int64_t> chosen;  // from all over the part, however it is sorted
    for (std::size_t i = 0; i < size; ++i)
      chosen.push_back(static_cast<std::int64_t>((i * batches + batch) * rows / (size * batches)));
    const nn::Tensor which = nn::tensor(chosen);
    optimizer_->zero_grad();
    loss_of(network_(data_.train.input.index_select(which)), data_.train.target.index_select(which),
            one_hot() ? data_.train.one_hot.index_select(which) : nn::Tensor())
        .backward();
    norms.add(gradient_norms(network_));
  }
  optimizer_->zero_grad();
  return norms.means();
}

}  // namespace lossact::cli

#include "experiment/training_data.h"
#include <algorithm>
#include <cmath>
#include <numeric>
#include "experiment/statistics.h"

namespace lossact::cli {
namespace {

double squared(double x) { return x * x; }

struct Scale {
  double unit = 1;  // a power of two: numbers are multiplied with it first, so that no square overflows or vanishes
  double mean = 0, deviation = 1;
  bool constant = false;
  double standardised(double x) const { return constant || std::isnan(x) ? 0 : (unit * x - mean) / deviation; }
  float operator()(double x) const { return static_cast<float>(standardised(x)); }
};
/// Mean and deviation of each of `columns` contiguous numbers over some rows, without those that are missing. It goes
/// row by row, in the order of memory.
std::vector<Scale> scales_of(const std::vector<double>& values, std::size_t columns,
                             const std::vector<std::size_t>& rows) {
  struct Sums {
    double low = inf, high = -inf, unit = 1, sum = 0, known = 0, squares = 0;
  };
  std::vector<Sums> sums(columns);
  const auto each = [&](auto&& add) {
    for (const std::size_t row : rows)
      for (std::size_t column = 0; column < columns; ++column)
        if (const double x = values[row * columns + column]; !std::isnan(x)) add(sums[column], x);
  };
  each([](Sums& s, double x) { s.low = std::min(s.low, x), s.high = std::max(s.high, x); });
  for (Sums& s : sums) s.unit = power_of_two_for(std::max(std::abs(s.low), std::abs(s.high)));
  each([](Sums& s, double x) { s.sum += s.unit * x, ++s.known; });
  each([](Sums& s, double x) { s.squares += squared(s.unit * x - s.sum / s.known); });
  std::vector<Scale> scales;
  for (const Sums& s : sums) {
    if (s.low < s.high)
      scales.push_back({.unit = s.unit, .mean = s.sum / s.known, .deviation = std::sqrt(s.squares / s.known)});
    else scales.push_back({.unit = s.unit, .mean = s.unit * s.low, .constant = true});
  }
  return scales;
}

/// How many of the rows are of each class.
std::vector<std::size_t> rows_of_classes(const Table& table, const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> counts(table.classes.size());
  for (const std::size_t row : rows) ++counts[static_cast<std::size_t>(table.labels[row])];
  return counts;
}
double score_of_guessing(const Table& table, const Split& split, const Scale& target) {
  const auto rows = static_cast<double>(split.test.size());
  if (table.task == Task::classification) {
    const std::vector<std::size_t> counts = rows_of_classes(table, split.train);
    const auto guess = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
    return static_cast<double>(rows_of_classes(table, split.test)[guess]) / rows;
  }
  double squares = 0;  // the mean is 0 here
  for (const std::size_t row : split.test) squares += squared(target.standardised(table.numbers[row]));
  return std::sqrt(squares / rows) * (target.deviation / target.unit);
}

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

}  // namespace

TrainingData make_training_data(const Table& table, std::uint64_t seed) {
  const Split split = split_rows(table, seed);
  const std::vector<Scale> scales = scales_of(table.values, table.features.size(), split.train);
  Scale target;
  if (table.task == Task::regression) {
    target = scales_of(table.numbers, 1, split.train)[0];
    target.constant = false;  // the test part's may differ all the same
  }
  return {.train = part_of(table, split.train, scales, target),
          .test = part_of(table, split.test, scales, target),
          .unit = target.deviation / target.unit,
          .guessing = score_of_guessing(table, split, target)};
}

Split split_rows(const Table& table, std::uint64_t seed) {
  if (table.test_rows > 0) {
    const std::size_t train = table.rows() - table.test_rows;
    Split own{.train = std::vector<std::size_t>(train), .test = std::vector<std::size_t>(table.test_rows)};
    std::iota(own.train.begin(), own.train.end(), std::size_t{0});
    std::iota(own.test.begin(), own.test.end(), train);
    return own;
  }
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

UnseenClasses unseen_classes(const Table& table) {
  UnseenClasses unseen;
  if (table.task == Task::regression || table.test_rows == 0) return unseen;
  const Split split = split_rows(table, 0);
  const std::vector<std::size_t> train = rows_of_classes(table, split.train), test = rows_of_classes(table, split.test);
  for (std::size_t c = 0; c < train.size(); ++c)
    if (train[c] == 0 && test[c] > 0) unseen.classes.push_back(c), unseen.rows += test[c];
  return unseen;
}

bool nothing_to_learn(const Table& table) {
  const std::vector<std::size_t> train = split_rows(table, 0).train;
  return std::ranges::all_of(train, [&](std::size_t row) {
    return table.task == Task::classification ? table.labels[row] == table.labels[train[0]]
                                              : table.numbers[row] == table.numbers[train[0]];
  });
}

DataOfSeeds::DataOfSeeds(const Table& table, std::size_t seeds, std::size_t runs_each)
    : table_(table),
      runs_each_(table.test_rows > 0 ? seeds * runs_each : runs_each),
      entries_(table.test_rows > 0 ? 1 : seeds) {}

std::shared_ptr<const TrainingData> DataOfSeeds::take(std::size_t seed) {
  Entry& entry = entries_[entries_.size() == 1 ? 0 : seed];
  const std::lock_guard lock(entry.mutex);
  if (!entry.data) entry.data = std::make_shared<const TrainingData>(make_training_data(table_, seed));
  std::shared_ptr<const TrainingData> data = entry.data;
  if (++entry.taken == runs_each_) entry.data.reset();
  return data;
}

}  // namespace lossact::cli

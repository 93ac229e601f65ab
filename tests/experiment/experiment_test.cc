#include "experiment/experiment.h"
#include <gtest/gtest.h>
#include <atomic>
#include <cmath>
#include <numeric>
#include <set>
#include "experiment/comparison.h"
#include "experiment/table/data_source.h"
#include "lossact/lossact.h"
#include "tests/experiment/names.h"
#include "experiment/training_data.h"

namespace lossact::cli {
namespace {

Table data_set(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == name) return read_table(file.content, std::string(name), {});
  throw std::runtime_error("no such data set");
}
Plan small_plan(Task task) {
  Plan plan;
  plan.activations = names_of(nn::activation_names());
  plan.losses = default_losses(task);
  plan.baseline = "relu";
  plan.hidden = {8};
  plan.epochs = 2, plan.seeds = 2;
  return plan;
}

TEST(Split, IsAFifthOfEachClass) {
  const Table table = data_set("digits");
  const Split split = split_rows(table, 3);
  EXPECT_EQ(split.train.size() + split.test.size(), table.rows());
  std::set<std::size_t> all(split.train.begin(), split.train.end());
  all.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(all.size(), table.rows());
  std::vector<double> of_class(10), tested(10);
  for (std::size_t row = 0; row < table.rows(); ++row) ++of_class[static_cast<std::size_t>(table.labels[row])];
  for (const std::size_t row : split.test) ++tested[static_cast<std::size_t>(table.labels[row])];
  for (std::size_t c = 0; c < 10; ++c) EXPECT_LE(std::abs(tested[c] - of_class[c] / 5), 0.5);
}

TEST(Split, IsAFunctionOfTheSeed) {
  const Table table = data_set("diabetes");
  EXPECT_EQ(split_rows(table, 1).test, split_rows(table, 1).test);
  EXPECT_NE(split_rows(table, 1).test, split_rows(table, 2).test);
  EXPECT_EQ(split_rows(table, 1).test.size(), 88u);
}

TEST(Split, TinyClassesAreOnBothSides) {
  const Table table = read_table("x,y\n1,a\n2,a\n3,b\n4,b\n5,b\n6,c\n", "file.csv", {});
  const Split split = split_rows(table, 0);
  EXPECT_EQ(split.test.size(), 2u);  // one of a, one of b; the only c is learnt from
  for (const std::size_t row : split.test) EXPECT_NE(row, 5u);
}

TEST(Split, TheDatasOwnTestPartIsKept) {
  Table table = data_set("diabetes");
  table.test_rows = 42;
  for (const std::uint64_t seed : {0u, 1u}) {
    const Split split = split_rows(table, seed);
    ASSERT_EQ(split.train.size(), 400u);
    ASSERT_EQ(split.test.size(), 42u);
    for (std::size_t i = 0; i < 400; ++i) EXPECT_EQ(split.train[i], i);
    for (std::size_t i = 0; i < 42; ++i) EXPECT_EQ(split.test[i], 400 + i);
  }
}

// Only the training part is looked at: what is told apart there, the test part is measured by.
TEST(TrainingDataOf, IsStandardisedByItsTrainingPart) {
  Table table = data_set("diabetes");
  table.values[0] = nan;
  const TrainingData data = make_training_data(table, 3);
  const std::size_t columns = table.features.size(), rows = data.train.input.size(0);
  for (std::size_t column = 0; column < columns; ++column) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const double x = data.train.input.data<float>()[row * columns + column];
      sum += x, squares += x * x;
    }
    EXPECT_NEAR(sum / static_cast<double>(rows), 0, 1e-5);
    EXPECT_NEAR(squares / static_cast<double>(rows), 1, 5e-3);  // a missing value is the mean
  }
}

// Two classes or numbers that follow one feature, which is scaled by a power of two.
Table one_feature(Task task, int power) {
  Table table;
  table.task = task, table.features = {"x"}, table.target = "y";
  if (task == Task::classification) table.classes = {"a", "b"};
  for (int i = 0; i < 60; ++i) {
    const double x = i * 37 % 60 / 60.0;
    table.values.push_back(std::ldexp(x + 0.25, power));
    if (task == Task::classification) table.labels.push_back(x > 0.4);
    else table.numbers.push_back(x * x);
  }
  return table;
}

TEST(TrainingDataOf, IsTheSameInEveryUnit) {
  for (const Task task : {Task::classification, Task::regression}) {
    const TrainingData one = make_training_data(one_feature(task, 0), 3);
    for (const int power : {-1060, -600, -520, 520, 1000, 1023}) {
      const TrainingData scaled = make_training_data(one_feature(task, power), 3);
      for (std::size_t i = 0; i < one.train.input.numel(); ++i) {
        // What is denormal has fewer digits.
        const double tolerance = power < -1022 ? 1e-3 : 0;
        EXPECT_NEAR(scaled.train.input.data<float>()[i], one.train.input.data<float>()[i], tolerance) << power;
      }
    }
  }
}

TEST(TrainingDataOf, TargetsAreTheSameInEveryUnit) {
  Table table = one_feature(Task::regression, 0);
  const TrainingData one = make_training_data(table, 3);
  for (const int power : {-1000, -600, 520, 1020}) {
    Table scaled = table;
    for (double& y : scaled.numbers) y = std::ldexp(y, power);
    const TrainingData data = make_training_data(scaled, 3);
    EXPECT_EQ(data.unit, std::ldexp(one.unit, power));
    EXPECT_EQ(data.guessing, std::ldexp(one.guessing, power));
    for (std::size_t i = 0; i < one.test.target.numel(); ++i)
      EXPECT_EQ(data.test.target.data<float>()[i], one.test.target.data<float>()[i]);
  }
}

/// A table whose last rows are its own test part.
Table with_own_test_part(const std::vector<std::int64_t>& train, const std::vector<std::int64_t>& test) {
  Table table;
  table.features = {"x"}, table.target = "y", table.classes = {"a", "b", "c"}, table.test_rows = test.size();
  table.labels = train;
  table.labels.insert(table.labels.end(), test.begin(), test.end());
  for (std::size_t i = 0; i < table.labels.size(); ++i) table.values.push_back(static_cast<double>(i));
  return table;
}

// The training part says what is guessed, the test part of the same split how well.
TEST(Guessing, IsLearntFromTheTrainingPart) {
  EXPECT_EQ(make_training_data(with_own_test_part({0, 0, 0, 1}, {1, 1, 1, 1, 0}), 0).guessing, 0.2);
  EXPECT_EQ(make_training_data(with_own_test_part({0, 0, 0, 1}, {1, 1, 2}), 0).guessing, 0);
  Table numbers = with_own_test_part({0, 0, 0, 0}, {0, 0});
  numbers.task = Task::regression;
  numbers.numbers = {1, 3, 1, 3, 6, -2};  // 2 is off by 4 and by 4
  EXPECT_DOUBLE_EQ(make_training_data(numbers, 0).guessing, 4);
  numbers.numbers = {7, 7, 7, 7, 10, 3};  // off by 3 and by 4, though there is nothing to scale by
  EXPECT_DOUBLE_EQ(make_training_data(numbers, 0).guessing, std::sqrt(12.5));
  EXPECT_TRUE(nothing_to_learn(numbers));
  // What is drawn by seed has a guess for each.
  const Table diabetes = data_set("diabetes");
  for (const std::uint64_t seed : {0u, 1u}) {
    const Split split = split_rows(diabetes, seed);
    double mean = 0, squares = 0;
    for (const std::size_t row : split.train) mean += diabetes.numbers[row] / static_cast<double>(split.train.size());
    for (const std::size_t row : split.test) squares += std::pow(diabetes.numbers[row] - mean, 2);
    EXPECT_NEAR(make_training_data(diabetes, seed).guessing,
                std::sqrt(squares / static_cast<double>(split.test.size())), 1e-9);
  }
  EXPECT_NE(make_training_data(diabetes, 0).guessing, make_training_data(diabetes, 1).guessing);
}

// Whatever the test part holds, what is learnt from and how it is scaled stay.
TEST(TrainingDataOf, IsBlindToItsTestPart) {
  Table table = with_own_test_part({0, 0, 0, 1, 2}, {1, 1, 0});
  const TrainingData one = make_training_data(table, 0);
  for (std::size_t i = 5; i < 8; ++i) table.values[i] = 1e9, table.labels[i] = 2;
  const TrainingData other = make_training_data(table, 0);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(one.train.input.data<float>()[i], other.train.input.data<float>()[i]);
  EXPECT_EQ(other.guessing, 0);
}

TEST(UnseenClasses, AreThoseOfTheTestPartAlone) {
  const UnseenClasses unseen = unseen_classes(with_own_test_part({0, 0, 0, 0}, {1, 2, 1, 0}));
  EXPECT_EQ(unseen.classes, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(unseen.rows, 3u);
  EXPECT_TRUE(unseen_classes(with_own_test_part({0, 1, 2}, {0, 0})).classes.empty());
  EXPECT_TRUE(unseen_classes(data_set("digits")).classes.empty());
  EXPECT_TRUE(nothing_to_learn(with_own_test_part({0, 0, 0, 0}, {1, 2, 1, 0})));
  EXPECT_FALSE(nothing_to_learn(with_own_test_part({0, 0, 0, 1}, {1, 1})));
}

TEST(Losses, FitByWhatTheirInputMeans) {
  EXPECT_EQ(default_losses(Task::regression), std::vector<std::string>{"mse_loss"});
  EXPECT_EQ(default_losses(Task::classification), (std::vector<std::string>{"cross_entropy", "mse_loss"}));
  for (const std::string_view name : nn::loss_names()) {
    EXPECT_EQ(loss_refusal(name, Task::classification), "") << name;
    if (nn::loss(name).takes_classes()) {
      EXPECT_NE(loss_refusal(name, Task::regression), "") << name;
    }
  }
  EXPECT_EQ(loss_refusal("kl_div", Task::regression),
            "'kl_div' is a loss of log_probabilities, and the target is numbers");
}

TEST(Activations, TheBaselineIsWhatPapersCompareWith) { EXPECT_EQ(default_baseline(), "relu"); }

// Whatever the registry has trains: every activation with every loss that fits.
TEST(Experiment, EveryActivationWithEveryLoss) {
  Plan plan = small_plan(Task::classification);
  plan.losses = names_of(nn::loss_names());
  plan.seeds = 1, plan.epochs = 1;
  const Table table = data_set("digits");
  for (const Training& run : run_experiment(table, plan)) {
    EXPECT_TRUE(run.finished && !run.diverged) << plan.activations[run.activation] << ' ' << plan.losses[run.loss];
    ASSERT_EQ(run.epochs.size(), 1u);
    EXPECT_TRUE(run.score >= 0 && run.score <= 1);
    EXPECT_EQ(run.score, run.epochs[0].test_score);
  }
}

TEST(Experiment, DoesNotDependOnThreads) {
  const Table table = data_set("digits");
  Plan plan = small_plan(Task::classification);
  const std::vector<Training> one = run_experiment(table, plan);
  plan.threads = 3;
  const std::vector<Training> three = run_experiment(table, plan);
  ASSERT_EQ(one.size(), three.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    for (std::size_t e = 0; e < plan.epochs; ++e) {
      EXPECT_EQ(one[i].epochs[e].train_loss, three[i].epochs[e].train_loss);
      EXPECT_EQ(one[i].epochs[e].test_loss, three[i].epochs[e].test_loss);
      EXPECT_EQ(one[i].epochs[e].train_score, three[i].epochs[e].train_score);
    }
}

// Differences are paired only if everything but the activation is the same; so what else is compared must not matter.
TEST(Experiment, ARunDoesNotDependOnTheOthers) {
  const Table table = data_set("diabetes");
  Plan all = small_plan(Task::regression), one = all;
  one.activations = {one.baseline};
  const std::vector<Training> many = run_experiment(table, all), few = run_experiment(table, one);
  for (const Training& run : many)
    if (all.activations[run.activation] == one.baseline) {
      EXPECT_EQ(run.score, few[run.seed].score);
    }
}

TEST(Experiment, AStopIsFollowed) {
  const Table table = data_set("diabetes");
  const Plan plan = small_plan(Task::regression);
  std::size_t asked = 0;
  const std::vector<Training> runs =
      run_experiment(table, plan, {.stop = [&] { return ++asked > 60; }, .done = [](std::size_t) {}});
  const auto finished = std::ranges::count(runs, true, &Training::finished);
  EXPECT_GT(finished, 0);
  EXPECT_LT(finished, static_cast<std::ptrdiff_t>(runs.size()));
  const auto rows = compare_runs(plan, Task::regression, runs).rows;
  EXPECT_EQ(rows.size(), plan.activations.size());
}

TEST(Experiment, EveryEpochIsCounted) {
  const Table table = data_set("diabetes");
  Plan plan = small_plan(Task::regression);
  plan.optimizer = Optimizer::sgd;
  for (const double lr : {1e-2, 1e12}) {
    plan.lr = lr;
    std::atomic<std::size_t> epochs = 0;
    const std::vector<Training> runs =
        run_experiment(table, plan, {.done = [&](std::size_t count) { epochs += count; }});
    EXPECT_EQ(epochs, runs.size() * plan.epochs);
    EXPECT_EQ(std::ranges::any_of(runs, &Training::diverged), lr > 1);
  }
}

TEST(Experiment, ScoresAreInTheTargetsUnits) {
  // y = 1000 x: whoever learns nothing is off by the deviation of y, about 29 for x in 0 ... 0.1.
  std::string text = "x,y\n";
  for (int i = 0; i < 100; ++i) text += std::to_string(0.001 * i) + "," + std::to_string(i + 0.5) + "\n";
  const Table table = read_table(text, "line.csv", {});
  Plan plan = small_plan(Task::regression);
  plan.activations = {"relu"};
  plan.epochs = 1, plan.lr = 1e-9;
  EXPECT_NEAR(run_experiment(table, plan)[0].score, 29, 12);
  plan.epochs = 200, plan.lr = 1e-2;
  EXPECT_LT(run_experiment(table, plan)[0].score, 3);
}

TEST(Experiment, ConstantAndMissingColumnsAreHarmless) {
  std::string text = "c,x,y\n";
  for (int i = 0; i < 40; ++i) text += (i % 7 ? "0.1," : ",") + std::to_string(i) + (i < 20 ? ",a\n" : ",b\n");
  const Table table = read_table(text, "file.csv", {.missing = Missing::mean});
  Plan plan = small_plan(Task::classification);
  plan.epochs = 40, plan.lr = 1e-2;
  plan.activations = {"relu"};
  for (const Training& run : run_experiment(table, plan)) EXPECT_GT(run.score, 0.8);
}

}  // namespace
}  // namespace lossact::cli

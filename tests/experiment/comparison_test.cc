#include "experiment/comparison.h"
#include <gtest/gtest.h>
#include <cmath>
#include <fmt/format.h>
#include "experiment/findings.h"

namespace lossact::cli {
namespace {

/// Runs of two activations with one loss over three seeds, made by hand.
std::vector<Training> by_hand(const std::vector<double>& first, const std::vector<double>& second) {
  std::vector<Training> runs;
  for (std::size_t seed = 0; seed < first.size(); ++seed)
    for (const std::size_t activation : {0u, 1u}) {
      const double score = activation == 0 ? first[seed] : second[seed];
      runs.push_back(
          {.activation = activation, .seed = seed, .finished = true, .diverged = std::isnan(score), .score = score});
    }
  return runs;
}

TEST(Comparison, DifferencesArePaired) {
  Plan plan;
  plan.activations = {"first", "base"}, plan.losses = {"loss"}, plan.baseline = "base", plan.seeds = 3;
  const std::vector<Training> runs = by_hand({0.9, 0.7, 0.8}, {0.8, 0.6, 0.7});
  const std::vector<Comparison> rows = compare_runs(plan, Task::classification, runs).rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].activation, 0u);
  EXPECT_NEAR(rows[0].score.mean, 0.8, 1e-12);
  EXPECT_NEAR(rows[0].difference.mean, 0.1, 1e-12);
  EXPECT_NEAR(rows[0].difference.interval->high - rows[0].difference.interval->low, 0, 1e-12);
  EXPECT_EQ(rows[1].difference.mean, 0);
  // An error is better the smaller it is.
  EXPECT_EQ(compare_runs(plan, Task::regression, runs).rows[0].activation, 1u);
}

TEST(Comparison, WhatDivergedComesLast) {
  Plan plan;
  plan.activations = {"first", "base"}, plan.losses = {"loss"}, plan.baseline = "base", plan.seeds = 3;
  const std::vector<Training> some = by_hand({0.99, nan, 0.99}, {0.5, 0.6, 0.7});
  const std::vector<Comparison> rows = compare_runs(plan, Task::classification, some).rows;
  EXPECT_EQ(rows[1].activation, 0u);
  EXPECT_EQ(rows[1].diverged, 1u);
  EXPECT_NEAR(rows[1].score.mean, 0.99, 1e-12);
  EXPECT_NEAR(rows[1].difference.mean, 0.39, 1e-12);
  const std::vector<Training> none = by_hand({nan, nan, nan}, {0.5, 0.6, 0.7});
  EXPECT_TRUE(std::isnan(compare_runs(plan, Task::classification, none).rows[1].score.mean));
}

Plan two_activations(std::size_t seeds) {
  Plan plan;
  plan.activations = {"first", "base"}, plan.losses = {"loss"}, plan.baseline = "base", plan.seeds = seeds;
  return plan;
}
Outcome outcome_of(const std::vector<double>& first, const std::vector<double>& second,
                   Task task = Task::classification) {
  const Findings findings = compare_runs(two_activations(first.size()), task, by_hand(first, second));
  for (const Comparison& row : findings.rows)
    if (row.activation == 0) return row.outcome;
  return Outcome::unknown;
}

TEST(Comparison, MoreThanChanceIsWhatTheSpreadDoesNotExplain) {
  EXPECT_EQ(outcome_of({0.90, 0.91, 0.92}, {0.80, 0.81, 0.83}), Outcome::better);
  EXPECT_EQ(outcome_of({0.80, 0.81, 0.83}, {0.90, 0.91, 0.92}), Outcome::worse);
  EXPECT_EQ(outcome_of({0.90, 0.91, 0.92}, {0.80, 0.81, 0.83}, Task::regression), Outcome::worse);
  EXPECT_EQ(outcome_of({0.90, 0.70, 0.92}, {0.80, 0.81, 0.83}), Outcome::open);
  EXPECT_EQ(outcome_of({0.9, 0.9}, {0.9, 0.9}), Outcome::open);
  EXPECT_EQ(outcome_of({0.9}, {0.5}), Outcome::unknown);
  EXPECT_EQ(outcome_of({0.75, 0.75, 0.75}, {0.5, 0.5, 0.5}), Outcome::unknown);  // how it varies is not known
  EXPECT_EQ(outcome_of({nan, nan}, {0.5, 0.6}), Outcome::unknown);
}

TEST(Comparison, TheCorrectionIsForAllButTheBaseline) {
  Plan plan;
  plan.activations = {"base", "a", "b", "c"}, plan.losses = {"loss"}, plan.baseline = "base", plan.seeds = 3;
  std::vector<Training> runs;
  for (std::size_t seed = 0; seed < 3; ++seed)
    for (std::size_t a = 0; a < 4; ++a)
      runs.push_back({.activation = a,
                      .seed = seed,
                      .finished = true,
                      .score = 0.5 + 0.01 * static_cast<double>(a * a) + 0.003 * static_cast<double>(seed * (a + 1))});
  const Findings findings = compare_runs(plan, Task::classification, runs);
  EXPECT_EQ(findings.comparisons, 3u);
  for (const Comparison& row : findings.rows) {
    if (row.activation == 0) {
      EXPECT_TRUE(std::isnan(row.p_value_holm));
    } else {
      EXPECT_GE(row.p_value_holm, row.difference.p_value);
      EXPECT_LE(row.p_value_holm, std::min(1.0, 3 * row.difference.p_value));
    }
  }
}

TEST(Comparison, ReachedIsTheFirstEpochThatIsGoodEnough) {
  Plan plan = two_activations(2);
  plan.epochs = 4;
  std::vector<Training> runs = by_hand({0.8, 0.8}, {0.6, 0.6});
  const auto curve = [](std::initializer_list<double> scores) {
    std::vector<Epoch> epochs;
    for (const double score : scores) epochs.push_back({.test_score = score});
    return epochs;
  };
  runs[0].epochs = curve({0.1, 0.72, 0.70, 0.80});
  runs[2].epochs = curve({0.1, 0.20, 0.79, 0.80});
  runs[1].epochs = runs[3].epochs = curve({0.1, 0.5, 0.5, 0.6});
  const Findings findings = compare_runs(plan, Task::classification, runs);
  const auto& best = findings.rows[0].reached;
  EXPECT_EQ(best[0].epoch, 2.5);  // 0.72: in the second epoch, and in the third
  EXPECT_EQ(best[0].seeds, 2u);
  EXPECT_EQ(best[1].epoch, 3.5);  // 0.76
  EXPECT_EQ(best[2].epoch, 4);    // 0.792
  EXPECT_EQ(findings.rows[1].reached[0].seeds, 0u);
  EXPECT_TRUE(std::isnan(findings.rows[1].reached[0].epoch));
  // An error is measured by what it leaves of that of guessing: with 1, an error of 0.6 explains 0.4.
  for (Training& run : runs) run.guessing = 1;
  const Findings errors = compare_runs(plan, Task::regression, runs);
  EXPECT_EQ(errors.rows[0].activation, 1u);
  EXPECT_EQ(errors.rows[0].reached[0].epoch, 1);  // 0.1 is better than where it ends
  EXPECT_EQ(errors.rows[1].reached[0].seeds, 2u);
  // Each seed by its own guess: of 1 and 0.5, the mean 0.75 is to be explained to a fifth, 0.18 of it at least.
  runs[2].guessing = runs[3].guessing = 0.5, runs[2].epochs = curve({0.45, 0.20, 0.79, 0.80});
  const Findings own = compare_runs(plan, Task::regression, runs);
  EXPECT_EQ(own.rows[0].guessing, 0.75);
  EXPECT_EQ(own.guessing, 0.75);
  EXPECT_EQ(own.rows[1].reached[0].epoch, 1.5);  // 0.1 of 1 is enough at once; 0.45 of 0.5 is not, but 0.20
  // Where nobody is better than a guess there is no share to come to.
  for (Training& run : runs) run.guessing = 0.5;
  const Findings none = compare_runs(plan, Task::regression, runs);
  EXPECT_TRUE(none.nothing_learnt);
  EXPECT_EQ(none.rows[0].reached[0].seeds, 0u);
}

TEST(Comparison, GradientsAreMedians) {
  std::vector<Training> runs = by_hand({0.8, 0.8, 0.8}, {0.6, 0.6, 0.6});
  const double start[] = {1, 100, 3};
  for (std::size_t seed = 0; seed < 3; ++seed) {
    runs[2 * seed].gradient_start = {start[seed], 1};
    runs[2 * seed].epochs = {{.gradient = {9, 9}}, {.gradient = {start[seed] / 10, 2}}};
  }
  const Findings findings = compare_runs(two_activations(3), Task::classification, runs);
  EXPECT_EQ(findings.rows[0].gradient_start, (std::vector<double>{3, 1}));
  EXPECT_EQ(findings.rows[0].gradient_end, (std::vector<double>{0.3, 2}));
  EXPECT_TRUE(findings.rows[1].gradient_start.empty());
}

Table four_classes() {
  Table table;
  table.features = {"x"}, table.classes = {"a", "b", "c", "d"};
  for (int i = 0; i < 1000; ++i) table.values.push_back(i), table.labels.push_back(i % 4);
  return table;
}
bool any_has(const std::vector<std::string>& sentences, std::string_view words) {
  return std::ranges::any_of(sentences, [&](const std::string& s) { return s.find(words) != s.npos; });
}

TEST(Findings, SayWhatTheNumbersSay) {
  const Table table = four_classes();
  const auto said = [&](const std::vector<double>& first, const std::vector<double>& second) {
    const Plan plan = two_activations(first.size());
    const Findings findings = compare_runs(plan, table.task, by_hand(first, second));
    for (const Comparison& row : findings.rows)
      if (row.activation == 0) return sentence(table.task, plan, findings, row);
    return std::string();
  };
  EXPECT_EQ(said({0.90, 0.91, 0.92}, {0.80, 0.81, 0.83}),
            "first does better than base: the difference +0.0967 [0.0823, 0.1110] is more than chance explains "
            "(p = 0.0012).");
  EXPECT_NE(said({0.80, 0.81, 0.83}, {0.90, 0.91, 0.92}).find("does worse than base"), std::string::npos);
  EXPECT_NE(said({0.9, 0.7, 0.9}, {0.8, 0.8, 0.8}).find("cannot be told apart"), std::string::npos);
  EXPECT_EQ(said({0.9}, {0.8}), "first is ahead of base by 0.1000; one seed cannot tell that from chance.");
  EXPECT_EQ(said({nan, nan}, {0.8, 0.8}), "first has no score: it diverged in 2 of 2 seeds.");
  EXPECT_EQ(said({0.9, 0.8}, {nan, nan}), "There is no score of base to compare with.");
}

TEST(Findings, WarningsAreOfWhatHappened) {
  const Table table = four_classes();
  const Plan plan = two_activations(2);
  const auto warned = [&](std::vector<Training> runs) {
    return warnings(table, plan, compare_runs(plan, table.task, runs));
  };
  EXPECT_TRUE(warned(by_hand({0.9, 0.8}, {0.7, 0.8})).empty());
  EXPECT_TRUE(any_has(warned(by_hand({nan, 0.8}, {0.7, 0.8})), "1 training diverged"));
  std::vector<Training> runs = by_hand({0.9, 0.8}, {0.7, 0.8});
  runs[3].finished = false;
  EXPECT_TRUE(any_has(warned(runs), "1 training not finished"));
  runs = by_hand({0.9, 0.8}, {0.7, 0.8});
  const auto with_layer = [&](std::size_t run, std::size_t dead, std::uint64_t flat) {
    Measurement m;
    m.layers = {{.units = 10, .met = 100}, {.units = 10, .dead = dead, .met = 100, .flat = flat}};
    runs[run].measurement = std::make_shared<const Measurement>(m);
  };
  with_layer(0, 8, 90), with_layer(2, 2, 20);
  EXPECT_TRUE(any_has(warned(runs), "50 % of the units in hidden layer 2 are dead with first"));
  with_layer(0, 0, 90), with_layer(2, 0, 20);
  EXPECT_TRUE(any_has(warned(runs), "Hidden layer 2 is saturated with first: 55 %"));
  for (Training& run : runs) run.gradient_start = {1, 1, 1};
  EXPECT_FALSE(any_has(warned(runs), "fades"));
  runs[1].gradient_start = runs[3].gradient_start = {0.001, 0.5, 2};
  EXPECT_TRUE(any_has(warned(runs), "The gradient fades with base: before training it is 500 times smaller"));
}

std::vector<std::string> said_of(const std::vector<std::string>& activations, const std::vector<double>& first,
                                 const std::vector<double>& second, double guessing, Task task = Task::classification) {
  Plan plan = two_activations(first.size());
  plan.activations = activations, plan.baseline = activations[1];
  Table table = four_classes();
  table.task = task;
  std::vector<Training> runs = by_hand(first, second);
  for (Training& run : runs) run.guessing = guessing;
  return verdict(table, plan, compare_runs(plan, task, runs));
}

TEST(Verdict, NamesTheBestOnlyWhereThereIsOne) {
  const std::vector<std::string> bent = {"mish", "relu"}, straight = {"identity", "relu"};
  EXPECT_EQ(said_of(bent, {0.9, 0.8}, {0.7, 0.6}, 0.25)[0],
            "mish learns best here, with a mean test accuracy of 0.8500.");
  EXPECT_EQ(said_of(bent, {0.9, 0.8}, {0.8, 0.9}, 0.25)[0],
            "mish and relu share the best score, a mean test accuracy of 0.8500: these data do not tell which of them "
            "learns best.");
  // What looks the same is the same.
  EXPECT_NE(said_of(bent, {0.9, 0.8}, {0.80001, 0.9}, 0.25)[0].find("share the best score"), std::string::npos);
  EXPECT_EQ(said_of(bent, {0.9, 0.8}, {0.8002, 0.9}, 0.25)[0].find("share"), std::string::npos);
  // A mean of fewer seeds is not the same mean.
  EXPECT_EQ(said_of(bent, {0.9, 0.8}, {nan, 0.85}, 0.25)[0],
            "mish learns best here, with a mean test accuracy of 0.8500.");
  EXPECT_EQ(said_of(straight, {0.9, 0.8}, {0.7, 0.6}, 0.25)[0],
            "No activation is needed here: identity, with which the network is one linear map, has the best score, a "
            "mean test accuracy of 0.8500.");
  EXPECT_EQ(said_of(straight, {0.9, 0.8}, {0.8, 0.9}, 0.25)[0],
            "No activation is needed here: identity, with which the network is one linear map, has the best score, a "
            "mean test accuracy of 0.8500; relu shares it.");
  EXPECT_EQ(said_of(straight, {0.7, 0.6}, {0.8, 0.9}, 0.25)[0],
            "relu learns best here, with a mean test accuracy of 0.8500.");
}

TEST(Verdict, SaysWhereNothingWasLearnt) {
  const std::vector<std::string> names = {"mish", "relu"};
  const std::string guess = "Nothing was learnt: always guessing the training part's ";
  for (const double score : {0.4, 0.85})  // less, or as much
    EXPECT_EQ(said_of(names, {score, score}, {0.3, 0.2}, 0.85)[0],
              fmt::format("{}most frequent class has a mean test accuracy of 0.8500, and the best of what was trained, "
                          "mish, has {:.4f}.",
                          guess, score));
  EXPECT_EQ(said_of(names, {40, 44}, {50, 60}, 41.5, Task::regression)[0],
            guess + "mean has a mean test error of 41.50, and the best of what was trained, mish, has 42.00.");
  EXPECT_EQ(said_of(names, {40, 42}, {50, 60}, 41.5, Task::regression)[0],
            "mish learns best here, with a mean test error of 41.00.");
}

TEST(Comparison, IntervalsStayWhereScoresAre) {
  const std::vector<Training> runs = by_hand({1, 0.8, 1}, {0, 0.9, 0});
  const Findings shares = compare_runs(two_activations(3), Task::classification, runs);
  EXPECT_EQ(shares.rows[0].score.interval->high, 1);
  EXPECT_EQ(shares.rows[1].score.interval->low, 0);
  EXPECT_EQ(shares.rows[0].difference.interval->high, 1);
  const Findings errors = compare_runs(two_activations(3), Task::regression, runs);
  EXPECT_EQ(errors.rows[0].score.interval->low, 0);
  EXPECT_GT(errors.rows[1].score.interval->high, 1);
  EXPECT_GT(lead(Task::regression, errors.rows[1]).interval->high, -1);
  EXPECT_LT(lead(Task::regression, errors.rows[1]).interval->low, -1);
}

TEST(ScoreText, HasFourDigits) {
  const auto text = [](std::vector<double> scores, double x) { return ScoreText(Task::regression, scores)(x); };
  EXPECT_EQ(ScoreText(Task::classification, {0.5})(0.98765), "0.9877");
  EXPECT_EQ(text({54.21, 60}, 54.214), "54.21");
  EXPECT_EQ(text({0.00123, 0.0012}, 0.00123), "0.001230");
  EXPECT_EQ(text({123456.7}, 123456.78), "123456.8");
  EXPECT_EQ(text({1.23456e16}, 1.23456e16), "1.235e+16");
  EXPECT_EQ(text({6e-170}, 6e-170), "6.000e-170");
  EXPECT_EQ(text({54.21, 60, 61, 1e17}, 54.214), "54.21");  // what went astray changes nothing for the others
  EXPECT_EQ(text({54.21, 60, 61, 1e17}, 1e17), "1.000e+17");
  EXPECT_EQ(text({nan, 0, 54.21}, 54.214), "54.21");
  EXPECT_EQ(text({}, 0.5), "0.5000");
  const ScoreText huge(Task::regression, {1.23456e16}), units = huge.as_multiples();
  EXPECT_EQ(huge.power(), 16);
  EXPECT_EQ(units(1.23456e16), "1.235");
  EXPECT_EQ(units.interval({1e16, 2e16}), "[1.000, 2.000]");
  EXPECT_EQ(units.difference(-1e15), "-0.100");
  EXPECT_EQ(ScoreText(Task::regression, {5e-324}).as_multiples()(5e-324).find("inf"), std::string::npos);
  EXPECT_EQ(ScoreText(Task::classification, {0.5}).difference(-1e-17), "+0.0000");
}

TEST(ScoreText, IsShortenedDownToTwoDecimals) {
  ScoreText text(Task::classification, {0.5});
  std::size_t steps = 0;
  while (text.shorten()) ++steps;
  EXPECT_LE(steps, 3u);
  EXPECT_EQ(text(0.98765), "0.99");
  EXPECT_EQ(text(1.2e17), "1e+17");
}

}  // namespace
}  // namespace lossact::cli

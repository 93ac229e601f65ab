#include "experiment/comparison.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <tuple>

namespace lossact::cli {
namespace {

constexpr double significant = 0.05;

double median(std::vector<double> numbers) {
  if (numbers.empty()) return nan;
  std::ranges::sort(numbers);
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}
/// The median over the runs of each number of a list.
template <class Get>
std::vector<double> medians(const std::vector<const Training*>& runs, Get&& list_of) {
  std::vector<double> result;
  for (std::size_t i = 0;; ++i) {
    std::vector<double> column;
    for (const Training* run : runs)
      if (const std::vector<double>& list = list_of(*run); i < list.size()) column.push_back(list[i]);
    if (column.empty()) return result;
    result.push_back(median(std::move(column)));
  }
}

/// A score that grows as a network gets better: the accuracy, or the share of the error of guessing that the network
/// explains away.
double merit(Task task, double score, double guessing) {
  return task == Task::classification ? score : 1 - score / guessing;
}

void find_when_reached(Comparison& row, Task task, double best) {
  if (!(best > 0)) return;  // of nothing there are no shares
  for (std::size_t i = 0; i < Reached::percents.size(); ++i) {
    // A little less, so that rounding does not keep a score from reaching it.
    const double wanted = (Reached::percents[i] / 100.0 - 1e-12) * best;
    double sum = 0;
    Reached& reached = row.reached[i];
    for (const Training* run : row.runs) {
      const auto there = std::ranges::find_if(
          run->epochs, [&](const Epoch& e) { return merit(task, e.test_score, run->guessing) >= wanted; });
      if (there == run->epochs.end()) continue;
      ++reached.seeds, sum += static_cast<double>(there - run->epochs.begin() + 1);
    }
    if (reached.seeds > 0) reached.epoch = sum / static_cast<double>(reached.seeds);
  }
}

/// Who is ahead, in the digits that a reader sees.
void find_best(Findings& findings, Task task) {
  if (findings.rows.empty() || !has_score(findings.rows.front())) return;
  const Comparison& first = findings.rows.front();
  const ScoreText text = score_text(task, findings);
  const std::string mean = text(first.score.mean);
  const auto as_good = [&](const Comparison& row) {
    return row.finished - row.diverged == first.finished - first.diverged && text(row.score.mean) == mean;
  };
  findings.best = static_cast<std::size_t>(std::ranges::find_if_not(findings.rows, as_good) - findings.rows.begin());
  const bool ahead =
      task == Task::classification ? first.score.mean > first.guessing : first.score.mean < first.guessing;
  findings.nothing_learnt = !std::isnan(first.guessing) && (!ahead || text(first.guessing) == mean);
}

void judge(Findings& findings, const Plan& plan, Task task) {
  std::vector<double> p_values;
  for (const Comparison& row : findings.rows)
    p_values.push_back(plan.activations[row.activation] == plan.baseline ? nan : row.difference.p_value);
  findings.comparisons =
      static_cast<std::size_t>(std::ranges::count_if(p_values, [](double p) { return !std::isnan(p); }));
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < findings.rows.size(); ++i) {
    Comparison& row = findings.rows[i];
    row.p_value_holm = corrected[i];
    if (plan.activations[row.activation] == plan.baseline) row.outcome = Outcome::baseline;
    else if (std::isnan(corrected[i])) row.outcome = Outcome::unknown;
    else if (corrected[i] >= significant) row.outcome = Outcome::open;
    else row.outcome = lead(task, row).mean > 0 ? Outcome::better : Outcome::worse;
  }
}

}  // namespace

Findings compare_runs(const Plan& plan, Task task, const std::vector<Training>& runs) {
  const std::size_t activations = plan.activations.size(), losses = plan.losses.size();
  const auto baseline =
      static_cast<std::size_t>(std::ranges::find(plan.activations, plan.baseline) - plan.activations.begin());
  const auto run_of = [&](std::size_t seed, std::size_t loss, std::size_t activation) -> const Training& {
    return runs[(seed * losses + loss) * activations + activation];
  };
  const Interval possible = possible_scores(task), apart{possible.low - possible.high, possible.high - possible.low};
  Findings findings;
  std::map<std::size_t, double> guesses_of_seeds;
  for (const Training& run : runs)
    if (!std::isnan(run.guessing)) guesses_of_seeds[run.seed] = run.guessing;
  const auto guesses_of_all = std::views::values(guesses_of_seeds);
  findings.guessing = estimate(std::vector(guesses_of_all.begin(), guesses_of_all.end())).mean;
  for (std::size_t loss = 0; loss < losses; ++loss)
    for (std::size_t activation = 0; activation < activations; ++activation) {
      Comparison row{.activation = activation, .loss = loss, .score = {}, .difference = {}};
      std::vector<double> scores, differences, guesses;
      for (std::size_t seed = 0; seed < plan.seeds; ++seed) {
        const Training& run = run_of(seed, loss, activation);
        if (!run.finished) continue;
        ++row.finished, row.diverged += run.diverged, row.runs.push_back(&run);
        if (run.diverged) continue;
        scores.push_back(run.score), guesses.push_back(run.guessing);
        if (run.measurement) row.measurement += *run.measurement;
        // The baseline's is NaN where it did not finish, or diverged.
        if (const double difference = run.score - run_of(seed, loss, baseline).score; !std::isnan(difference))
          differences.push_back(difference);
      }
      row.score = estimate(scores, possible), row.difference = estimate(differences, apart);
      row.guessing = estimate(guesses).mean;
      row.gradient_start = medians(row.runs, [](const Training& run) { return run.gradient_start; });
      row.gradient_end = medians(row.runs, [](const Training& run) {
        return run.diverged || run.epochs.empty() ? std::vector<double>() : run.epochs.back().gradient;
      });
      findings.rows.push_back(std::move(row));
    }
  const auto rank = [&](const Comparison& row) {
    const double worse = task == Task::classification ? -row.score.mean : row.score.mean;
    const bool none = std::isnan(worse), some = row.finished - row.diverged < plan.seeds;
    return std::tuple(none, some, none ? 0 : worse, row.loss, row.activation);
  };
  std::ranges::sort(findings.rows, {}, rank);
  find_best(findings, task);
  const double best = findings.rows.empty() || findings.nothing_learnt
                          ? nan
                          : merit(task, findings.rows.front().score.mean, findings.rows.front().guessing);
  for (Comparison& row : findings.rows) find_when_reached(row, task, best);
  judge(findings, plan, task);
  return findings;
}

ScoreText score_text(Task task, const Findings& findings) {
  std::vector<double> scores;
  for (const Comparison& row : findings.rows) scores.push_back(row.score.mean);
  return {task, std::move(scores)};
}

Estimate lead(Task task, const Comparison& row) {
  Estimate lead = row.difference;
  if (task == Task::classification) return lead;
  lead.mean = -lead.mean;
  if (lead.interval) lead.interval = Interval{-lead.interval->high, -lead.interval->low};
  return lead;
}

}  // namespace lossact::cli

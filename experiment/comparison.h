// What an experiment shows: one row for each activation with each loss, over all seeds.
#ifndef LOSSACT_EXPERIMENT_COMPARISON_H_
#define LOSSACT_EXPERIMENT_COMPARISON_H_
#include <array>
#include <cmath>
#include <vector>
#include "experiment/experiment.h"
#include "experiment/score_text.h"
#include "experiment/statistics.h"
#include "experiment/table/table.h"

namespace lossact::cli {

/// How a difference to the baseline is judged.
enum class Outcome {
  baseline,
  better,
  worse,
  open,    // no more than chance explains
  unknown  // one seed, or none to compare
};

/// How soon a share of the best score was reached: the mean epoch, over the seeds that came there.
struct Reached {
  static constexpr std::array<int, 3> percents = {90, 95, 99};
  double epoch = nan;
  std::size_t seeds = 0;
};

struct Comparison {
  std::size_t activation = 0, loss = 0;  // their places in the plan
  Estimate score;                        // over the seeds that finished without diverging
  double guessing = nan;                 // the mean score of guessing, over the same seeds
  Estimate difference;                   // to the baseline with the same loss, paired by seed
  double p_value_holm = nan;             // of the difference, corrected over the table
  Outcome outcome = Outcome::unknown;
  std::array<Reached, Reached::percents.size()> reached = {};
  std::size_t finished = 0, diverged = 0;
  Measurement measurement = {};                                // summed over the seeds
  std::vector<double> gradient_start = {}, gradient_end = {};  // medians over the seeds
  std::vector<const Training*> runs = {};                      // by seed, those that finished
};

struct Findings {
  std::vector<Comparison> rows;  // best first; what diverged or did not finish comes after what has every seed
  std::size_t comparisons = 0;   // how many differences the correction is for
  double guessing = nan;         // the mean score of guessing, over the seeds of any training
  std::size_t best = 0;          // so many rows, the first ones, have the best mean, in the digits it is written with
  bool nothing_learnt = false;   // guessing scores as much as the best row
};
Findings compare_runs(const Plan& plan, Task task, const std::vector<Training>& runs);

/// What a score can be: an accuracy is a share, an error no less than nothing.
inline Interval possible_scores(Task task) { return {0, task == Task::classification ? 1 : inf}; }
/// How its scores are written.
ScoreText score_text(Task task, const Findings& findings);
/// Whether any training with it has a score.
inline bool has_score(const Comparison& row) { return !std::isnan(row.score.mean); }
/// By how much a row is better than its baseline: an error is better the smaller it is.
Estimate lead(Task task, const Comparison& row);

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Outcome> = {
    Choice{"baseline", cli::Outcome::baseline}, Choice{"better", cli::Outcome::better},
    Choice{"worse", cli::Outcome::worse}, Choice{"open", cli::Outcome::open}, Choice{"unknown", cli::Outcome::unknown}};
}  // namespace lossact
#endif

// The same network trained with each activation and each loss, over several seeds. Nothing is printed here.
#ifndef LOSSACT_CLI_EXPERIMENT_H_
#define LOSSACT_CLI_EXPERIMENT_H_
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include "cli/statistics.h"
#include "cli/table.h"

namespace lossact::cli {

enum class Optimizer { adam, sgd };

struct Plan {
  std::vector<std::string> activations, losses;
  std::string baseline;  // one of the activations
  std::vector<std::size_t> hidden = {64, 64, 64, 64};
  std::size_t epochs = 20, seeds = 5, batch_size = 32;
  Optimizer optimizer = Optimizer::adam;
  double lr = 1e-3;
  int threads = 1;
};

/// The mean loss of an epoch, and its score: the accuracy, or the root mean square error in the target's units. Those
/// of training are of each batch before the step that it led to.
struct Epoch {
  double train_loss = 0, train_score = 0, test_loss = 0, test_score = 0;
};

/// One training: an activation and a loss (their places in the plan) from one seed.
struct Training {
  std::size_t activation = 0, loss = 0, seed = 0;
  bool finished = false;  // false where the program was told to stop before
  bool diverged = false;  // a loss was not a finite number: there is no score
  double score = nan;     // on the test part, after the last epoch
  std::vector<Epoch> epochs = {};
};

/// What an experiment tells and asks while it runs, from several threads at once.
struct Watch {
  std::function<bool()> stop = [] { return false; };
  std::function<void(std::size_t epochs)> done = [](std::size_t) {};
};

/// The losses that are compared unless others are named: those that the registry marks and that fit the task.
std::vector<std::string> default_losses(Task task);
/// Why a loss does not fit a task; empty where it does.
std::string loss_refusal(std::string_view loss, Task task);

/// The rows of one seed's training and test part: a fifth is for the test, of each class where there are classes.
struct Split {
  std::vector<std::size_t> train, test;
};
Split split_rows(const Table& table, std::uint64_t seed);

/// Trains everything in the plan, in parallel over the runs, and returns the runs seed by seed. Within a seed all share
/// split, first weights and the order of batches; the result does not depend on the number of threads.
std::vector<Training> run_experiment(const Table& table, const Plan& plan, const Watch& watch = {});

/// A row of the comparison: an activation with a loss over all seeds.
struct Comparison {
  std::size_t activation = 0, loss = 0;  // their places in the plan
  Estimate score;                        // over the seeds that finished without diverging
  Estimate difference;                   // to the baseline with the same loss, paired by seed
  std::size_t finished = 0, diverged = 0;
  std::vector<const Training*> runs = {};  // by seed, those that finished
};
/// Best first; what diverged or did not finish comes after what has a score from every seed.
std::vector<Comparison> compare_runs(const Plan& plan, Task task, const std::vector<Training>& runs);

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Optimizer> = {Choice{"adam", cli::Optimizer::adam},
                                                       Choice{"sgd", cli::Optimizer::sgd}};
}  // namespace lossact
#endif

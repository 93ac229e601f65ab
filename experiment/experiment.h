// The same network trained with each activation and each loss, over several seeds. Nothing is printed here.
#ifndef LOSSACT_EXPERIMENT_EXPERIMENT_H_
#define LOSSACT_EXPERIMENT_EXPERIMENT_H_
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "experiment/measurement.h"
#include "experiment/table/table.h"

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
  std::vector<double> gradient = {};  // its norm in the weights of each layer, the mean over some batches
};

/// One training: an activation and a loss (their places in the plan) from one seed.
struct Training {
  std::size_t activation = 0, loss = 0, seed = 0;
  bool finished = false;  // false where the program was told to stop before
  bool diverged = false;  // a loss was not a finite number: there is no score
  double score = nan;     // on the test part, after the last epoch
  double guessing = nan;  // the score of guessing there (TrainingData)
  std::vector<Epoch> epochs = {};
  std::vector<double> gradient_start = {};              // as an epoch's, before the first step
  std::shared_ptr<const Measurement> measurement = {};  // after the last epoch, on the test part
  Path path = {};                                       // of seed 0, and the output along it
  std::vector<double> along_path = {};
  double seconds_per_epoch = 0;
};

/// What an experiment tells and asks while it runs, from several threads at once.
struct Watch {
  std::function<bool()> stop = [] { return false; };
  std::function<void(std::size_t epochs)> done = [](std::size_t) {};
};

/// The activations and losses that are compared unless others are named: those that the registry marks, and of losses
/// those that fit the task.
std::vector<std::string> default_activations();
std::vector<std::string> default_losses(Task task);
/// The activation that the others are compared with unless another is named: the one that most papers claim to surpass.
std::string default_baseline();
/// Why a loss does not fit a task; empty where it does.
std::string loss_refusal(std::string_view loss, Task task);

/// Trains everything in the plan, in parallel over the runs, and returns the runs seed by seed. Within a seed all share
/// split, first weights and the order of batches; the result does not depend on the number of threads.
std::vector<Training> run_experiment(const Table& table, const Plan& plan, const Watch& watch = {});

}  // namespace lossact::cli

namespace lossact {
template <>
inline constexpr std::array choices<cli::Optimizer> = {Choice{"adam", cli::Optimizer::adam},
                                                       Choice{"sgd", cli::Optimizer::sgd}};
}  // namespace lossact
#endif

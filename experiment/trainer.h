// One training: a network with one activation, by one loss, from one seed.
#ifndef LOSSACT_EXPERIMENT_TRAINER_H_
#define LOSSACT_EXPERIMENT_TRAINER_H_
#include <memory>
#include "experiment/experiment.h"
#include "experiment/measurement.h"
#include "experiment/training_data.h"
#include "lossact/nn/nn.h"

namespace lossact::cli {

/// The first weights and the order of batches are functions of the run's seed alone.
class Trainer {
 public:
  Trainer(const Table& table, const Plan& plan, const Watch& watch, const TrainingData& data, Training& run);
  /// Trains, measures, and writes the run; leaves it unfinished if the watch says stop.
  void go();

 private:
  bool train(nn::DataLoader& loader, Epoch& figures);
  void test(Epoch& figures);
  std::vector<double> gradients_before_training();
  bool one_hot() const { return task_ == Task::classification && !loss_.takes_classes(); }
  /// The loss of some outputs of the network, against rows of a part's targets.
  nn::Tensor loss_of(const nn::Tensor& output, const nn::Tensor& target, const nn::Tensor& target_rows) const {
    return loss_(head_ ? (*head_)(output) : output, one_hot() ? target_rows : target);
  }

  const Plan& plan_;
  const Watch& watch_;
  const TrainingData& data_;
  Training& run_;
  Task task_;
  nn::Loss loss_;
  std::shared_ptr<nn::Module> head_;  // between the network and a loss of something else than logits or values
  Network network_;
  std::unique_ptr<nn::Optimizer> optimizer_;
};

}  // namespace lossact::cli
#endif

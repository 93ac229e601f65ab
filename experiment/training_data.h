// A table as one seed's training sees it: split, standardised, in tensors.
#ifndef LOSSACT_EXPERIMENT_TRAINING_DATA_H_
#define LOSSACT_EXPERIMENT_TRAINING_DATA_H_
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>
#include "experiment/table/table.h"
#include "lossact/nn/nn.h"

namespace lossact::cli {

/// What random numbers are drawn for. Each has a stream of its own, so that an activation that draws some changes
/// neither the weights nor the order that the others see.
enum class Stream : std::uint64_t { split, weights, order, noise, measurement };
inline std::uint64_t stream_seed(std::uint64_t seed, Stream stream) {
  return seed << 8 | static_cast<std::uint64_t>(stream);
}

/// The rows of one seed's training and test part: the data's own test part, or a fifth of the rows, of each class where
/// there are classes.
struct Split {
  std::vector<std::size_t> train, test;
};
Split split_rows(const Table& table, std::uint64_t seed);

/// Classes that no training row has, and how many test rows have one of them: only the data's own test part can.
struct UnseenClasses {
  std::vector<std::size_t> classes;
  std::size_t rows = 0;
};
UnseenClasses unseen_classes(const Table& table);
/// Whether the training part has one class or one number alone.
bool nothing_to_learn(const Table& table);

/// Rows, standardised by the mean and deviation of the training part.
struct Part {
  nn::Tensor input, target, one_hot;  // a class or a number for each row; classes once more as rows of 0 and 1
};
struct TrainingData {
  Part train, test;
  double unit = 1;  // what a difference of 1 between targets is in the target's own units
  double guessing =
      nan;  // the score on the test part of always guessing the training part's most frequent class, or mean
};
TrainingData make_training_data(const Table& table, std::uint64_t seed);

/// The data of each seed, made by the first run that asks and given up after the last; one for all seeds where the
/// data's own test part leaves nothing to draw. May be asked from any thread.
class DataOfSeeds {
 public:
  DataOfSeeds(const Table& table, std::size_t seeds, std::size_t runs_each);
  std::shared_ptr<const TrainingData> take(std::size_t seed);

 private:
  struct Entry {
    std::mutex mutex;
    std::shared_ptr<const TrainingData> data;
    std::size_t taken = 0;
  };
  const Table& table_;
  std::size_t runs_each_;
  std::vector<Entry> entries_;
};

}  // namespace lossact::cli
#endif

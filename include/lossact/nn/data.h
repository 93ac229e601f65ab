// Examples in batches.
#ifndef LOSSACT_NN_DATA_H_
#define LOSSACT_NN_DATA_H_
#include <cstdint>
#include <optional>
#include <vector>
#include "lossact/nn/tensor.h"

namespace lossact::nn {

struct Batch {
  Tensor input, target;
};

struct DataLoaderOptions {
  std::size_t batch_size = 1;
  bool shuffle = false;
  /// Leaves out a last batch that is not full.
  bool drop_last = false;
  /// The order of epoch e is a function of the seed and e. Unset, the seed is drawn from manual_seed's stream here.
  std::optional<std::uint64_t> seed = {};
};

/// Goes through examples in batches; each begin() is a new epoch, in a new order if shuffled.
///   for (const auto& [input, target] : loader) ...
class LOSSACT_API DataLoader {
 public:
  /// The leading dimension of both tensors is that of the examples: shape_error where they differ, domain_error for a
  /// batch size of 0.
  DataLoader(Tensor input, Tensor target, DataLoaderOptions options = {});

  class LOSSACT_API Iterator {
   public:
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;
    Batch operator*() const;
    Iterator& operator++() {
      ++batch_;
      return *this;
    }
    void operator++(int) { ++batch_; }
    bool operator==(const Iterator& other) const { return batch_ == other.batch_; }

   private:
    friend class DataLoader;
    Iterator(const DataLoader* loader, std::size_t batch) : loader_(loader), batch_(batch) {}
    const DataLoader* loader_;
    std::size_t batch_;
  };
  Iterator begin();
  Iterator end() const { return {this, size()}; }
  /// How many batches an epoch has.
  std::size_t size() const;

 private:
  Batch batch(std::size_t index) const;

  Tensor input_, target_;
  DataLoaderOptions options_;
  std::uint64_t seed_ = 0, epoch_ = 0;
  Tensor order_;
};

}  // namespace lossact::nn
#endif

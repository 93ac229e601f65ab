#include "lossact/nn/data.h"
#include <algorithm>
#include <numeric>
#include <string>
#include "lossact/nn/random.h"
#include "nn/shuffle.h"

namespace lossact::nn {

DataLoader::DataLoader(Tensor input, Tensor target, DataLoaderOptions options)
    : input_(std::move(input)), target_(std::move(target)), options_(options) {
  if (input_.dim() == 0 || target_.dim() == 0)
    throw shape_error("[DataLoader] input has shape " + to_string(input_.shape()) + ", target has shape " +
                      to_string(target_.shape()) + ", expected a leading dimension of examples");
  if (input_.shape()[0] != target_.shape()[0])
    throw shape_error("[DataLoader] input has " + std::to_string(input_.shape()[0]) + " examples, target has " +
                      std::to_string(target_.shape()[0]));
  if (options_.batch_size == 0) throw domain_error("[DataLoader] batch_size is 0, expected 1 or more");
  seed_ = options_.seed ? *options_.seed : options_.shuffle ? fresh_seed() : 0;
  order_ = empty({input_.shape()[0]}, {.dtype = DType::int64});
}

DataLoader::Iterator DataLoader::begin() {
  const std::span<std::int64_t> order = order_.data<std::int64_t>();
  std::iota(order.begin(), order.end(), 0);
  if (options_.shuffle) detail::shuffle(order, seed_, epoch_++);
  return {this, 0};
}

std::size_t DataLoader::size() const {
  const std::size_t examples = order_.numel();
  return (examples + (options_.drop_last ? 0 : options_.batch_size - 1)) / options_.batch_size;
}

Batch DataLoader::batch(std::size_t index) const {
  const std::size_t first = index * options_.batch_size, last = std::min(first + options_.batch_size, order_.numel());
  if (!options_.shuffle) return {input_.slice(first, last), target_.slice(first, last)};
  const Tensor chosen = order_.slice(first, last);
  return {input_.index_select(chosen), target_.index_select(chosen)};
}

Batch DataLoader::Iterator::operator*() const { return loader_->batch(batch_); }

}  // namespace lossact::nn

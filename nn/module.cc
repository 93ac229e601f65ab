#include "lossact/nn/module.h"
#include <string>

namespace lossact::nn {

std::vector<Tensor> Module::parameters() {
  std::vector<Tensor> all = own_parameters();
  for (Module* child : children()) {
    const std::vector<Tensor> more = child->parameters();
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void Module::zero_grad() {
  for (const Tensor& parameter : parameters()) parameter.zero_grad();
}

void Module::train(bool on) {
  training_ = on;
  for (Module* child : children()) child->train(on);
}

Linear::Linear(std::size_t in_features, std::size_t out_features, LinearOptions options)
    : weight(empty({out_features, in_features}, {.dtype = options.dtype, .requires_grad = true})) {
  init_(weight, options.init, options.gain);
  if (!options.bias) return;
  bias = zeros({out_features}, {.dtype = options.dtype, .requires_grad = true});
  // PyTorch's bias has the bound of the weight: the same draw for a column of as many features.
  if (options.init == Init::standard && in_features > 0) {
    const NoGrad guard;
    const double bound = 1 / std::sqrt(static_cast<double>(in_features));
    bias.copy_((rand(bias.shape(), {.dtype = options.dtype}) * 2 - 1) * bound);
  }
}

Tensor Linear::forward(const Tensor& input) { return linear(input, weight, bias); }

std::vector<Tensor> Linear::own_parameters() {
  if (bias.defined()) return {weight, bias};
  return {weight};
}

Dropout::Dropout(double p) : p_(p) {
  if (!(p >= 0 && p <= 1)) throw domain_error("[Dropout] p is " + std::to_string(p) + ", expected a number in [0, 1]");
}

Tensor Dropout::forward(const Tensor& input) { return training() && p_ > 0 ? dropout(input, p_, fresh_seed()) : input; }

Module& Sequential::operator[](std::size_t index) const {
  if (index >= modules_.size())
    throw index_error("[Sequential] module " + std::to_string(index) + " is outside [0, " +
                      std::to_string(modules_.size()) + ")");
  return *modules_[index];
}

Tensor Sequential::forward(const Tensor& input) {
  Tensor now = input;
  for (const auto& module : modules_) now = module->forward(now);
  return now;
}

std::vector<Module*> Sequential::children() {
  std::vector<Module*> all;
  for (const auto& module : modules_) all.push_back(module.get());
  return all;
}

}  // namespace lossact::nn

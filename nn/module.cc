#include "lossact/nn/module.h"
#include <string>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {

std::vector<Named<Tensor>> Module::named_parameters() {
  std::vector<Named<Tensor>> all = own_parameters();
  for (const auto& [name, child] : children())
    for (const Named<Tensor>& parameter : child->named_parameters())
      all.push_back({std::string(name).append(".").append(parameter.name), parameter.value});
  return all;
}

std::vector<Tensor> Module::parameters() {
  std::vector<Tensor> all;
  for (Named<Tensor>& parameter : named_parameters()) all.push_back(std::move(parameter.value));
  return all;
}

StateDict Module::state_dict() {
  StateDict all;
  for (const auto& [name, parameter] : named_parameters()) all.emplace(name, parameter.detach());
  return all;
}

void Module::load_state_dict(const StateDict& tensors) {
  constexpr std::string_view function = "load_state_dict";
  const StateDict own = state_dict();
  const auto quoted = [](const std::string& name) { return std::string("'").append(name).append("'"); };
  for (const auto& [name, tensor] : tensors)
    if (!own.contains(name)) throw domain_error("[load_state_dict] the module has no parameter " + quoted(name));
  for (const auto& [name, parameter] : own) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw domain_error("[load_state_dict] parameter " + quoted(name) + " is missing");
    detail::same_type(function, quoted(name), found->second, parameter);
    detail::same_shape(function, quoted(name), found->second, parameter);
  }
  for (const auto& [name, parameter] : own) parameter.copy_(tensors.at(name));
}

void Module::zero_grad() {
  for (const Tensor& parameter : parameters()) parameter.zero_grad();
}

void Module::train(bool on) {
  training_ = on;
  for (const auto& [name, child] : children()) child->train(on);
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

std::vector<Named<Tensor>> Linear::own_parameters() {
  if (bias.defined()) return {{"weight", weight}, {"bias", bias}};
  return {{"weight", weight}};
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

std::vector<Named<Module*>> Sequential::children() {
  std::vector<Named<Module*>> all;
  for (const auto& module : modules_) all.push_back({std::to_string(all.size()), module.get()});
  return all;
}

ActivationModule::ActivationModule(Options options, ActivationOptions module)
    : options_(std::move(options)), accuracy_(module.accuracy), dim_(module.dim) {
  const Function& f = options_.function();
  if (!f.is_activation())
    throw domain_error("[" + std::string(f.name) + "] is no activation, expected one as a part of a network");
  for (std::size_t i = 1; i < f.arguments.size(); ++i) {
    if (!f.arguments[i].learned()) continue;
    learned_ = i;
    weight = full({module.num_parameters}, f.arguments[i].start, {.dtype = module.dtype, .requires_grad = true});
    if (const auto own = options_.numbers(i); own.size() == 1) {
      const NoGrad guard;
      weight.fill_(own[0]);
    }
  }
}
Tensor ActivationModule::forward(const Tensor& input) {
  if (weight.defined()) {
    const Tensor both[] = {input, weight};
    return apply(options_, both, accuracy_, dim_);
  }
  if (!options_.function().is_random()) return apply(options_, {&input, 1}, accuracy_, dim_);
  Options now = options_;
  const std::uint64_t fixed = options_.function().common(options_.data()).seed;
  now.set_draws(training(), training() && fixed == 0 ? fresh_seed() : fixed);
  return apply(now, {&input, 1}, accuracy_, dim_);
}
std::vector<Named<Tensor>> ActivationModule::own_parameters() {
  if (!weight.defined()) return {};
  return {{std::string(options_.function().arguments[learned_].name), weight}};
}

}  // namespace lossact::nn

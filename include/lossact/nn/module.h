// What networks are built of. There is no list of modules: any activation of the registry is one in a Sequential, and
// any loss a Loss.
//
//   nn::Sequential net{nn::Linear(16, 5), lossact::leaky_relu.with({.negative_slope = 0.2}), lossact::mish};
//   nn::Tensor output = net(input);
#ifndef LOSSACT_NN_MODULE_H_
#define LOSSACT_NN_MODULE_H_
#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>
#include "lossact/nn/apply.h"
#include "lossact/nn/init.h"
#include "lossact/nn/random.h"
#include "lossact/nn/safetensors.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// A part of a network by the name it has there: {"0", &layer}, {"weight", tensor}.
template <class T>
struct Named {
  std::string name;
  T value;
};

/// A part of a network. Copies share parameters, as tensors do. A class of your own overrides forward and, if it has
/// any, own_parameters or children.
class LOSSACT_API Module {
 public:
  Module() = default;
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;
  virtual ~Module() = default;

  virtual Tensor forward(const Tensor& input) = 0;
  Tensor operator()(const Tensor& input) { return forward(input); }

  /// The tensors that an optimiser trains: this module's own, then those of its children.
  std::vector<Tensor> parameters();
  /// The same with their names, as PyTorch has them: "0.weight", "0.bias", ...
  std::vector<Named<Tensor>> named_parameters();
  /// The parameters by name, sharing their data: what nn::save writes.
  StateDict state_dict();
  /// Takes the values of tensors of the same names, shapes and types: nn::load("model.safetensors"). domain_error,
  /// shape_error or type_error where one is missing, unknown, or of another shape or type; then none is taken.
  void load_state_dict(const StateDict& tensors);
  void zero_grad();
  /// Training or evaluation, for this module and its children: dropout and random slopes act in training only.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }
  /// The gain that initialisation of the layer before should have; 1 for what is no activation.
  virtual double gain() const { return 1; }

  virtual std::vector<Named<Tensor>> own_parameters() { return {}; }
  virtual std::vector<Named<Module*>> children() { return {}; }

 private:
  bool training_ = true;
};

struct LinearOptions {
  bool bias = true;
  Init init = Init::standard;
  double gain = 1;
  DType dtype = DType::float32;
};

/// x weight^T + bias: (..., in_features) -> (..., out_features).
class LOSSACT_API Linear : public Module {
 public:
  Linear(std::size_t in_features, std::size_t out_features, LinearOptions options = {});
  Tensor forward(const Tensor& input) override;
  std::vector<Named<Tensor>> own_parameters() override;

  Tensor weight, bias;  // (out, in) and (out); the bias may be undefined
};

/// In training each element is 0 with probability p and otherwise divided by 1 - p; afterwards nothing happens.
class LOSSACT_API Dropout : public Module {
 public:
  explicit Dropout(double p = 0.5);
  Tensor forward(const Tensor& input) override;

 private:
  double p_;
};

struct ActivationOptions {
  std::size_t num_parameters = 1;  // of a learned weight: one, or one for each channel of dimension 1
  DType dtype = DType::float32;    // of a learned weight
  Accuracy accuracy = {};
  std::optional<std::ptrdiff_t> dim = {};  // of a function along a dimension: the last unless told otherwise
};

/// Any activation as a module: ActivationModule(lossact::prelu, {.num_parameters = 3}), ActivationModule(
/// lossact::softmax, {.dim = 1}). A learned weight is a parameter. Random slopes are drawn anew at each call in
/// training, unless the options fix a seed, and are the mean in evaluation.
class LOSSACT_API ActivationModule : public Module {
 public:
  /// domain_error for a function that is no activation.
  explicit ActivationModule(Options options, ActivationOptions module = {});
  template <class F>
    requires(std::convertible_to<const F&, Options> && !std::same_as<F, Options>)
  explicit ActivationModule(const F& function, ActivationOptions module = {})
      : ActivationModule(Options(function), module) {}

  Tensor forward(const Tensor& input) override;
  std::vector<Named<Tensor>> own_parameters() override;
  double gain() const override { return nn::gain(options_); }

  Tensor weight;  // undefined unless the activation has a learned one

 private:
  Options options_;
  std::size_t learned_ = 0;  // the place of that argument
  Accuracy accuracy_;
  std::optional<std::ptrdiff_t> dim_;
};

namespace detail {
template <class F>
class CallableModule : public Module {
 public:
  explicit CallableModule(F f) : f_(std::move(f)) {}
  Tensor forward(const Tensor& input) override { return f_(input); }

 private:
  F f_;
};
}  // namespace detail

/// Makes a shared module of a part of a network: a module (copied), a shared pointer to one, a function object of the
/// library with or without options, or anything that makes a tensor of a tensor.
template <class M>
std::shared_ptr<Module> make_module(M&& part) {
  using Part = std::remove_cvref_t<M>;
  if constexpr (std::convertible_to<M, std::shared_ptr<Module>>) {
    if (!part) throw domain_error("[make_module] the pointer to a module is null");
    return std::forward<M>(part);
  } else if constexpr (std::derived_from<Part, Module>) {
    return std::make_shared<Part>(std::forward<M>(part));
  } else if constexpr (std::convertible_to<const Part&, Options>) {
    return std::make_shared<ActivationModule>(Options(part));
  } else {
    static_assert(std::is_invocable_r_v<Tensor, Part&, const Tensor&>, "a module makes a Tensor of a Tensor");
    return std::make_shared<detail::CallableModule<Part>>(std::forward<M>(part));
  }
}

/// Modules one after the other.
class LOSSACT_API Sequential : public Module {
 public:
  Sequential() = default;
  template <class... Parts>
    requires(sizeof...(Parts) > 0 &&
             !(sizeof...(Parts) == 1 && (std::same_as<std::remove_cvref_t<Parts>, Sequential> && ...)))
  explicit Sequential(Parts&&... parts) {
    modules_.reserve(sizeof...(Parts));
    (add(std::forward<Parts>(parts)), ...);
  }
  /// Appends what make_module takes.
  template <class Part>
  Sequential& add(Part&& part) {
    modules_.push_back(make_module(std::forward<Part>(part)));
    return *this;
  }
  std::size_t size() const { return modules_.size(); }
  /// index_error outside.
  Module& operator[](std::size_t index) const;

  Tensor forward(const Tensor& input) override;
  std::vector<Named<Module*>> children() override;

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

}  // namespace lossact::nn
#endif

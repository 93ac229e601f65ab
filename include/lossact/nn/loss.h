// Any loss as a value.
#ifndef LOSSACT_NN_LOSS_H_
#define LOSSACT_NN_LOSS_H_
#include <concepts>
#include <string_view>
#include <utility>
#include "lossact/nn/apply.h"

namespace lossact::nn {

/// Any loss with its options: nn::Loss loss(lossact::cross_entropy.with({.label_smoothing = 0.1})); loss(logits,
/// classes) is the call of the function itself. It owns the class weights it was given.
class Loss {
 public:
  /// domain_error for a function that is no loss.
  LOSSACT_API Loss(Options options, Accuracy accuracy = {});
  template <class F>
    requires(std::convertible_to<const F&, Options> && !std::same_as<F, Options>)
  Loss(const F& function, Accuracy accuracy = {}) : Loss(Options(function), accuracy) {}

  /// The loss of what a network computed against the target, and where it takes more arrays, those.
  template <std::same_as<Tensor>... More>
  Tensor operator()(const Tensor& input, const Tensor& target, const More&... more) const {
    const Tensor all[] = {input, target, more...};
    return apply(options_, all, accuracy_);
  }
  std::string_view name() const { return options_.function().name; }
  /// What its input must be: values, probabilities, logarithms of probabilities, or logits.
  Meaning input() const { return *options_.function().input; }
  /// Whether its target may be an int64 class for each row; otherwise it has the input's shape.
  bool takes_classes() const { return names_class(options_.function().arguments[1].extent); }

 private:
  Options options_;
  Accuracy accuracy_;
};

}  // namespace lossact::nn
#endif

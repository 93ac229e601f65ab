// A loss as a value, whichever family it is of.
#ifndef LOSSACT_NN_LOSS_H_
#define LOSSACT_NN_LOSS_H_
#include <memory>
#include <string_view>
#include "lossact/nn/functions.h"

namespace lossact::nn {

/// Any loss with its options: nn::Loss loss(lossact::cross_entropy.with({.label_smoothing = 0.1})); loss(logits,
/// classes) is the call of the function itself. It owns the class weights it was given.
class Loss {
 public:
  template <class P>
  Loss(const PairLoss<P>&, const P& options = {}, Accuracy accuracy = {})
      : function_(std::make_shared<Of<PairLoss<P>, P>>(options, accuracy)) {}
  template <class P>
  Loss(const RowLoss<P>&, const P& options = {}, Accuracy accuracy = {})
      : function_(std::make_shared<Of<RowLoss<P>, P>>(options, accuracy)) {}
  template <class P>
  Loss(const With<PairLoss<P>>& f, Accuracy accuracy = {}) : Loss(PairLoss<P>(), f.options, accuracy) {}
  template <class P>
  Loss(const With<RowLoss<P>>& f, Accuracy accuracy = {}) : Loss(RowLoss<P>(), f.options, accuracy) {}

  Tensor operator()(const Tensor& input, const Tensor& target) const { return function_->call(input, target); }
  std::string_view name() const { return function_->about.name; }
  /// What its input must be: values, probabilities, logarithms of probabilities, or logits.
  Meaning input() const { return function_->input; }
  /// Whether its target may be an int64 class for each row; otherwise it has the input's shape.
  bool takes_classes() const { return function_->takes_classes; }

 private:
  struct Function {
    About about;
    Meaning input;
    bool takes_classes;
    virtual ~Function() = default;
    virtual Tensor call(const Tensor& input, const Tensor& target) const = 0;

   protected:
    Function(const About& a, Meaning i, bool t) : about(a), input(i), takes_classes(t) {}
  };
  template <class F, class P>
  struct Of final : Function {
    detail::Owned<P> options;
    Accuracy accuracy;
    Of(const P& p, Accuracy a) : Function(P::about, P::input, std::is_same_v<F, RowLoss<P>>), options(p), accuracy(a) {}
    Tensor call(const Tensor& x, const Tensor& target) const override {
      return lossact_apply(F(), x, target, options.get(), accuracy);
    }
  };
  std::shared_ptr<const Function> function_;
};

}  // namespace lossact::nn
#endif

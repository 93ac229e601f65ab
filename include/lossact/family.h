// The families: what a function of each looks like to its caller. A family differs from another in the shape of its
// data; its functions differ in their mathematics alone.
#ifndef LOSSACT_FAMILY_H_
#define LOSSACT_FAMILY_H_
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <numbers>
#include <span>
#include <tuple>
#include <type_traits>
#include "lossact/facts.h"
#include "lossact/kernel.h"
#include "lossact/modes.h"
#include "lossact/number.h"
#include "lossact/parameter.h"
#include "lossact/view.h"

namespace lossact {

/// A function together with its options, as `leaky_relu.with({.negative_slope = 0.2})` returns it: what a network is
/// made of.
template <class F>
struct With {
  using Function = F;
  typename F::Options options = {};
};

namespace detail {

template <class P>
inline constexpr Operand operand = [] {
  if constexpr (requires { P::operand; }) return P::operand;
  else return Operand::none;
}();

/// The operand of a function that has none of its own: nothing, or the seed of its random numbers.
template <class T, class P>
Beside<T> beside(const P& options) {
  if constexpr (operand<P> == Operand::uniform) return {.seed = options.seed};
  else return {};
}

template <class P, class T>
class ActivationOf {
  static constexpr bool learned = operand<P> == Operand::learned;

 public:
  /// output[i] = f(input[i]); both may be the same span. Throws shape_error where the sizes differ, overlap_error where
  /// they share memory in part, domain_error for an illegal option.
  void operator()(std::span<const T> input, std::span<T> output, const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    const DefaultModes modes;
    check(options);
    run_forward(kernel<ActivationKernel<T>, P>(), &options, input, beside<T>(options), output, accuracy);
  }
  void operator()(std::span<const T> input, std::span<T> output, Accuracy accuracy) const
    requires(!learned)
  {
    (*this)(input, output, P{}, accuracy);
  }
  /// f of one number: the kernel on one element, so it has the same bits.
  T operator()(T x, const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    T y;
    (*this)(std::span<const T>(&x, 1), std::span<T>(&y, 1), options, accuracy);
    return y;
  }
  /// f'(x) of one number.
  T derivative(T x, const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    const T one(1);
    T slope;
    backward(std::span<const T>(&one, 1), std::span<const T>(&x, 1), std::span<T>(&slope, 1), options, accuracy);
    return slope;
  }
  /// grad_input[i] = grad_output[i] f'(input[i]), a slope that keeps the promise and one more rounding at most;
  /// grad_input may be either of the other two. Throws as the call.
  void backward(std::span<const T> grad_output, std::span<const T> input, std::span<T> grad_input,
                const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    const DefaultModes modes;
    check(options);
    run_backward(kernel<ActivationKernel<T>, P>(), &options, grad_output, input, beside<T>(options), grad_input,
                 accuracy);
  }
  void backward(std::span<const T> grad_output, std::span<const T> input, std::span<T> grad_input,
                Accuracy accuracy) const
    requires(!learned)
  {
    backward(grad_output, input, grad_input, P{}, accuracy);
  }
  /// The same from the output, where it suffices: the input need not be kept. Exact as a function of the output given;
  /// where f saturates the output has lost what the slope needs. Throws domain_error where the output does not suffice.
  void backward_from_output(std::span<const T> grad_output, std::span<const T> output, std::span<T> grad_input,
                            const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    const DefaultModes modes;
    check(options);
    run_backward_from_output(kernel<ActivationKernel<T>, P>(), &options, options.facts().increasing, grad_output,
                             output, grad_input, accuracy);
  }

  /// With a learned weight: one, or one per channel, where `inner` neighbours share a channel. Throws shape_error
  /// unless the input holds whole groups of channels.
  void operator()(std::span<const T> input, std::span<const T> weight, std::span<T> output, std::size_t inner = 1,
                  Accuracy accuracy = {}) const
    requires(learned)
  {
    const DefaultModes modes;
    const P options;
    run_forward(kernel<ActivationKernel<T>, P>(), &options, input, {weight.data(), weight.size(), inner}, output,
                accuracy);
  }
  /// Writes the gradient in the input and, summed over each channel, in the weight.
  void backward(std::span<const T> grad_output, std::span<const T> input, std::span<const T> weight,
                std::span<T> grad_input, std::span<double> grad_weight, std::size_t inner = 1,
                Accuracy accuracy = {}) const
    requires(learned)
  {
    const DefaultModes modes;
    const P options;
    run_backward_learned(kernel<ActivationKernel<T>, P>(), &options, grad_output, input,
                         {weight.data(), weight.size(), inner}, grad_input, grad_weight, accuracy);
  }
};

/// What of a loss's options the family itself looks at.
template <class P>
LossOptions loss_options(const P& options) {
  LossOptions common{.reduction = options.reduction, .empty_mean = options.empty_mean};
  if constexpr (requires { options.weight; }) common.weight = options.weight;
  if constexpr (requires { options.rows; }) common.rows = options.rows;
  if constexpr (requires { options.ignore_index; }) common.ignore_index = options.ignore_index;
  return common;
}

template <class P, class T>
class PairLossOf {
  static const PairLossKernel<T>& kernel_of() { return kernel<PairLossKernel<T>, P>(); }

 public:
  /// The reduced loss of all pairs; of each pair it is right to a unit in the last place of a float (of doubles to 4 of
  /// a double), or to 2^-50 of its terms where these cancel, as near its zero. Throws shape_error where the sizes
  /// differ (nothing is broadcast), domain_error for an illegal option and for Reduction::none, which has no one
  /// number: see `each`.
  double operator()(std::span<const T> input, std::span<const T> target, const P& options = {},
                    Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    return run_loss(kernel_of(), &options, loss_options(options), input, target, std::span<T>(), accuracy);
  }
  /// The same, and in the same pass the gradient of the reduced loss in the input. grad_input may be input or target.
  double with_gradient(std::span<const T> input, std::span<const T> target, std::span<T> grad_input,
                       const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    same_size(P::about.name, "grad_input", grad_input.size(), "input", input.size());
    return run_loss(kernel_of(), &options, loss_options(options), input, target, grad_input, accuracy);
  }
  /// The loss of each pair, whatever options.reduction says.
  void each(std::span<const T> input, std::span<const T> target, std::span<double> losses, const P& options = {},
            Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_each(kernel_of(), &options, loss_options(options), input, target, losses, accuracy);
  }
  /// The gradient in the input: grad_output is one number for a reduced loss, and for Reduction::none one for each
  /// pair.
  void backward(double grad_output, std::span<const T> input, std::span<const T> target, std::span<T> grad_input,
                const P& options = {}, Accuracy accuracy = {}) const {
    backward(std::span<const double>(&grad_output, 1), input, target, grad_input, options, accuracy);
  }
  void backward(std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                std::span<T> grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_backward(kernel_of(), &options, loss_options(options), grad_output, input, target, grad_input, false, accuracy);
  }
  /// The gradient in the target. Throws domain_error for a loss that has none.
  void backward_target(double grad_output, std::span<const T> input, std::span<const T> target,
                       std::span<T> grad_target, const P& options = {}, Accuracy accuracy = {}) const {
    backward_target(std::span<const double>(&grad_output, 1), input, target, grad_target, options, accuracy);
  }
  void backward_target(std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                       std::span<T> grad_target, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_backward(kernel_of(), &options, loss_options(options), grad_output, input, target, grad_target, true, accuracy);
  }
};

template <class P, class T>
class RowActivationOf {
  using In = AnyRows<const T>;
  using Out = AnyRows<T>;

 public:
  /// Each row of `output` from the same row of `input`: Rows, or ClassAxis where the class axis is not the last. Both
  /// may be the same memory. Throws shape_error where they differ in shape.
  void operator()(In input, Out output, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_forward(kernel<RowActivationKernel<T>, P>(), &options, input, output, accuracy);
  }
  /// The gradient in the input, from the input.
  void backward(In grad_output, In input, Out grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_backward(kernel<RowActivationKernel<T>, P>(), &options, grad_output, input, grad_input, accuracy);
  }
};

template <class P, class T>
class RowLossOf {
  using In = AnyRows<const T>;
  using Out = AnyRows<T>;
  using Target = AnyTarget<T>;
  static const RowLossKernel<T>& kernel_of() { return kernel<RowLossKernel<T>, P>(); }

 public:
  /// The reduced loss of all rows. `target` is a class for each row (uint8_t, int32_t or int64_t), or rows of
  /// probabilities of the input's shape. Throws index_error, naming the row, for a class outside the row; shape_error
  /// where shapes differ; domain_error for an illegal option and for Reduction::none: see `each`.
  double operator()(In input, Target target, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    return run_loss(kernel_of(), &options, loss_options(options), input, target, Out(), false, accuracy);
  }
  /// The same, and in the same sweep the gradient of the reduced loss in the input. grad_input may be the input.
  double with_gradient(In input, Target target, Out grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    return run_loss(kernel_of(), &options, loss_options(options), input, target, grad_input, true, accuracy);
  }
  /// The loss of each row, whatever options.reduction says; 0 where the target is ignored.
  void each(In input, Target target, std::span<double> losses, const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_each(kernel_of(), &options, loss_options(options), input, target, losses, accuracy);
  }
  /// The gradient in the input: grad_output is one number for a reduced loss, and for Reduction::none one for each row.
  void backward(double grad_output, In input, Target target, Out grad_input, const P& options = {},
                Accuracy accuracy = {}) const {
    backward(std::span<const double>(&grad_output, 1), input, target, grad_input, options, accuracy);
  }
  void backward(std::span<const double> grad_output, In input, Target target, Out grad_input, const P& options = {},
                Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_backward(kernel_of(), &options, loss_options(options), grad_output, input, target, grad_input, false, accuracy);
  }
  /// The gradient in the target's probabilities. Throws domain_error where the target is classes.
  void backward_target(double grad_output, In input, Target target, Out grad_target, const P& options = {},
                       Accuracy accuracy = {}) const {
    backward_target(std::span<const double>(&grad_output, 1), input, target, grad_target, options, accuracy);
  }
  void backward_target(std::span<const double> grad_output, In input, Target target, Out grad_target,
                       const P& options = {}, Accuracy accuracy = {}) const {
    const DefaultModes modes;
    check(options);
    run_backward(kernel_of(), &options, loss_options(options), grad_output, input, target, grad_target, true, accuracy);
  }
};

/// The calls of a function for every element type.
template <class P, class Types = ElementTypes>
struct ActivationCalls;
template <class P, class... T>
struct ActivationCalls<P, std::tuple<T...>> : ActivationOf<P, T>... {
  using ActivationOf<P, T>::operator()...;
  using ActivationOf<P, T>::backward...;
  using ActivationOf<P, T>::backward_from_output...;
  using ActivationOf<P, T>::derivative...;
};
template <class P, class Types = ElementTypes>
struct PairLossCalls;
template <class P, class... T>
struct PairLossCalls<P, std::tuple<T...>> : PairLossOf<P, T>... {
  using PairLossOf<P, T>::operator()...;
  using PairLossOf<P, T>::with_gradient...;
  using PairLossOf<P, T>::each...;
  using PairLossOf<P, T>::backward...;
  using PairLossOf<P, T>::backward_target...;
};
template <class P, class Types = ElementTypes>
struct RowActivationCalls;
template <class P, class... T>
struct RowActivationCalls<P, std::tuple<T...>> : RowActivationOf<P, T>... {
  using RowActivationOf<P, T>::operator()...;
  using RowActivationOf<P, T>::backward...;
};
template <class P, class Types = ElementTypes>
struct RowLossCalls;
template <class P, class... T>
struct RowLossCalls<P, std::tuple<T...>> : RowLossOf<P, T>... {
  using RowLossOf<P, T>::operator()...;
  using RowLossOf<P, T>::with_gradient...;
  using RowLossOf<P, T>::each...;
  using RowLossOf<P, T>::backward...;
  using RowLossOf<P, T>::backward_target...;
};

}  // namespace detail

/// An elementwise activation: output[i] = f(input[i]).
template <class P>
struct Activation : detail::ActivationCalls<P> {
  using Options = P;
  using detail::ActivationCalls<P>::operator();
  using detail::ActivationCalls<P>::derivative;

  /// f and f' of an integer, as of the double it equals.
  template <std::integral I>
  double operator()(I x, const P& options = {}, Accuracy accuracy = {}) const {
    return (*this)(static_cast<double>(x), options, accuracy);
  }
  template <std::integral I>
  double derivative(I x, const P& options = {}, Accuracy accuracy = {}) const {
    return derivative(static_cast<double>(x), options, accuracy);
  }
  /// An argument of another type is offered to its own namespace: `lossact_apply(function, array, options, accuracy)`,
  /// and for a learned weight `lossact_apply(function, array, weight, options, accuracy)`.
  template <class Array>
    requires requires(const Activation& f, const Array& a, const P& p) { lossact_apply(f, a, p, Accuracy()); }
  auto operator()(const Array& input, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(*this, input, options, accuracy);
  }
  template <class Array>
    requires requires(const Activation& f, const Array& a, const P& p) { lossact_apply(f, a, a, p, Accuracy()); }
  auto operator()(const Array& input, const Array& weight, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(*this, input, weight, options, accuracy);
  }
  constexpr With<Activation> with(const P& options) const { return {options}; }
};

/// A loss of (input, target) pairs, reduced as the options say.
template <class P>
struct PairLoss : detail::PairLossCalls<P> {
  using Options = P;
  using detail::PairLossCalls<P>::operator();

  template <class Array>
    requires requires(const PairLoss& f, const Array& a, const P& p) { lossact_apply(f, a, a, p, Accuracy()); }
  auto operator()(const Array& input, const Array& target, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(*this, input, target, options, accuracy);
  }
  constexpr With<PairLoss> with(const P& options) const { return {options}; }
};

/// A function of each class's surprise within its row: row -> row.
template <class P>
struct RowActivation : detail::RowActivationCalls<P> {
  using Options = P;
  using detail::RowActivationCalls<P>::operator();

  template <class Array>
    requires requires(const RowActivation& f, const Array& a, const P& p) { lossact_apply(f, a, p, Accuracy()); }
  auto operator()(const Array& input, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(*this, input, options, accuracy);
  }
  constexpr With<RowActivation> with(const P& options) const { return {options}; }
};

/// A function of the surprise at the target, reduced over the rows.
template <class P>
struct RowLoss : detail::RowLossCalls<P> {
  using Options = P;
  using detail::RowLossCalls<P>::operator();

  template <class Array>
    requires requires(const RowLoss& f, const Array& a, const P& p) { lossact_apply(f, a, a, p, Accuracy()); }
  auto operator()(const Array& input, const Array& target, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(*this, input, target, options, accuracy);
  }
  constexpr With<RowLoss> with(const P& options) const { return {options}; }
};

namespace information {
/// Why a base of the logarithm is refused; empty where it is not.
constexpr std::string_view refused_base(double base) {
  return base > 0 && base < inf && base != 1 ? "" : "base is not a positive, finite number other than 1";
}
}  // namespace information

/// A function of distributions, in nats or, with another base, in bits or whatever one counts in. A distribution is a
/// list of probabilities, a span or whatever becomes one, of any element type; nothing is normalised, and results are
/// doubles. Throws domain_error for a negative entry and for a sum that is further from 1 than rounding to the element
/// type explains (1e-6 for double and float, two units in the last place for halves), shape_error where two
/// distributions differ in size.
template <class P>
struct Information {
  using Options = P;
  using Distribution = detail::Probabilities;
  using Braces = std::initializer_list<double>;

  /// Of probabilities one by one: values[i] = f(probabilities[i]).
  void operator()(Distribution probabilities, std::span<double> values, const P& options = {}) const
    requires(P::distributions == 0)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    detail::run_map(kernel(), options.base, probabilities, values, false);
  }
  double operator()(double probability, const P& options = {}) const
    requires(P::distributions == 0)
  {
    double value;
    (*this)(std::span<const double>(&probability, 1), std::span<double>(&value, 1), options);
    return value;
  }
  /// slopes[i] = f'(probabilities[i])
  void gradient(Distribution probabilities, std::span<double> slopes, const P& options = {}) const
    requires(P::distributions == 0)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    detail::run_map(kernel(), options.base, probabilities, slopes, true);
  }

  /// Of one distribution.
  double operator()(Distribution p, const P& options = {}) const
    requires(P::distributions == 1)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    return detail::run_sum(kernel(), options.base, p, p);
  }
  double operator()(Braces p, const P& options = {}) const
    requires(P::distributions == 1)
  {
    return (*this)(std::span<const double>(p.begin(), p.size()), options);
  }
  void gradient(Distribution p, std::span<double> grad_p, const P& options = {}) const
    requires(P::distributions == 1)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    detail::run_gradient(kernel(), options.base, p, p, grad_p);
  }

  /// Of two: p is what is the case, q what was expected. The gradient is in q.
  double operator()(Distribution p, Distribution q, const P& options = {}) const
    requires(P::distributions == 2)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    return detail::run_sum(kernel(), options.base, p, q);
  }
  double operator()(Braces p, Braces q, const P& options = {}) const
    requires(P::distributions == 2)
  {
    return (*this)(std::span<const double>(p.begin(), p.size()), std::span<const double>(q.begin(), q.size()), options);
  }
  void gradient(Distribution p, Distribution q, std::span<double> grad_q, const P& options = {}) const
    requires(P::distributions == 2)
  {
    const detail::DefaultModes modes;
    detail::check(options);
    detail::run_gradient(kernel(), options.base, p, q, grad_q);
  }

 private:
  static const detail::InformationKernel& kernel() { return detail::kernel<detail::InformationKernel, P>(); }
};

}  // namespace lossact
#endif

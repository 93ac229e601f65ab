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
#include "lossact/function.h"
#include "lossact/number.h"
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

/// Whether P asks for an array of weights that are trained with a network.
template <class P>
inline constexpr bool learns = [] {
  for (const auto& a : P::arguments)
    if (a.start == a.start) return true;
  return false;
}();

template <class T>
constexpr Array line(std::span<T> values) {
  return Array::line(values.data(), values.size());
}
template <class T>
constexpr Array array(const AnyRows<T>& rows) {
  return Array::of(rows.data, rows.inner == 1 ? 2 : 3, rows.outer, rows.classes, rows.inner, rows.step);
}
template <class T>
Array array(const AnyTarget<T>& target) {
  if (!target.by_class) return array(target.probabilities);
  Array classes = Array::line(static_cast<const std::uint8_t*>(target.classes), target.count);
  classes.type = target.width == 1 ? Type::uint8 : target.width == 4 ? Type::int32 : Type::int64;
  return classes;
}

/// The arrays of a call of P: those given, in the order of the arguments, and the optional ones among the options.
template <class P>
class Arrays {
 public:
  template <class... A>
  explicit Arrays(const P& options, const A&... given) : all_{&given...} {
    for (std::size_t i = sizeof...(given); i < std::size(P::arguments); ++i)
      if (const auto option = P::arguments[i].option; option && !(options.*option).empty())
        weight_ = line(options.*option), all_[i] = &weight_;
  }
  operator std::span<const Array* const>() const { return all_; }

 private:
  const Array* all_[std::size(P::arguments)];
  Array weight_;
};
/// The gradient in argument `of`, and no other.
template <class P>
struct GradientIn {
  const Array* all[std::size(P::arguments)] = {};
  GradientIn(const Array& gradient, std::size_t of = 0) { all[of] = &gradient; }
};

template <class P, class T>
class ActivationOf {
  static constexpr bool learned = learns<P>;

 public:
  /// output[i] = f(input[i]); both may be the same span. Throws shape_error where the sizes differ, overlap_error where
  /// they share memory in part, domain_error for an illegal option.
  void operator()(std::span<const T> input, std::span<T> output, const P& options = {}, Accuracy accuracy = {}) const
    requires(!learned)
  {
    const Array in = line(input), out = line(output);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, in), .options = &options, .accuracy = accuracy, .output = &out});
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
    slopes(grad_output, input, grad_input, options, accuracy, false);
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
    slopes(grad_output, output, grad_input, options, accuracy, true);
  }

  /// With a learned weight: one, or one per channel, where `inner` neighbours share a channel. Throws shape_error
  /// unless the input holds whole groups of channels.
  void operator()(std::span<const T> input, std::span<const T> weight, std::span<T> output, std::size_t inner = 1,
                  Accuracy accuracy = {}) const
    requires(learned)
  {
    const P options;
    const Channels channels(input.size(), weight.size(), inner);
    same_size(P::about.name, "output", output.size(), "input", input.size());
    const Array in = channels.of(input), out = channels.of(output), w = line(weight);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, in, w), .options = &options, .accuracy = accuracy, .output = &out});
  }
  /// Writes the gradient in the input and, summed over each channel, in the weight.
  void backward(std::span<const T> grad_output, std::span<const T> input, std::span<const T> weight,
                std::span<T> grad_input, std::span<double> grad_weight, std::size_t inner = 1,
                Accuracy accuracy = {}) const
    requires(learned)
  {
    const P options;
    const Channels channels(input.size(), weight.size(), inner);
    same_size(P::about.name, "grad_output", grad_output.size(), "input", input.size());
    same_size(P::about.name, "grad_input", grad_input.size(), "input", input.size());
    const Array in = channels.of(input), dy = channels.of(grad_output), dx = channels.of(grad_input), w = line(weight),
                dw = line(grad_weight);
    const Array* const gradients[] = {&dx, &dw};
    run(function_of<P>(), {.arrays = Arrays<P>(options, in, w),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = gradients});
  }

 private:
  static void slopes(std::span<const T> grad_output, std::span<const T> from, std::span<T> grad_input, const P& options,
                     Accuracy accuracy, bool from_output) {
    const Array in = line(from), dy = line(grad_output), dx = line(grad_input);
    run(function_of<P>(), {.arrays = Arrays<P>(options, in),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = GradientIn<P>(dx).all,
                           .from_output = from_output});
  }
  /// Elements as (outer, channels, inner).
  struct Channels {
    std::size_t outer = 1, count = 1, inner = 1;
    Channels(std::size_t elements, std::size_t channels, std::size_t neighbours) {
      check_channels(P::about.name, elements, channels, neighbours);
      if (channels == 1) inner = elements;
      else count = channels, inner = neighbours, outer = elements / channels / neighbours;
    }
    template <class U>
    Array of(std::span<U> values) const {
      return count == 1 ? line(values) : Array::of(values.data(), 3, outer, count, inner, count * inner);
    }
  };
};

template <class P, class T>
class PairLossOf {
 public:
  /// The reduced loss of all pairs; of each pair it is right to a unit in the last place of a float (of doubles to 4 of
  /// a double), or to 2^-50 of its terms where these cancel, as near its zero. Throws shape_error where the sizes
  /// differ (nothing is broadcast), domain_error for an illegal option and for Reduction::none, which has no one
  /// number: see `each`.
  double operator()(std::span<const T> input, std::span<const T> target, const P& options = {},
                    Accuracy accuracy = {}) const {
    const Array x = line(input), y = line(target);
    return run(function_of<P>(), {.arrays = Arrays<P>(options, x, y), .options = &options, .accuracy = accuracy});
  }
  /// The same, and in the same pass the gradient of the reduced loss in the input. grad_input may be input or target.
  double with_gradient(std::span<const T> input, std::span<const T> target, std::span<T> grad_input,
                       const P& options = {}, Accuracy accuracy = {}) const {
    const Array x = line(input), y = line(target), dx = line(grad_input);
    return run(function_of<P>(), {.arrays = Arrays<P>(options, x, y),
                                  .options = &options,
                                  .accuracy = accuracy,
                                  .gradients = GradientIn<P>(dx).all});
  }
  /// The loss of each pair, whatever options.reduction says.
  void each(std::span<const T> input, std::span<const T> target, std::span<double> losses, const P& options = {},
            Accuracy accuracy = {}) const {
    const Array x = line(input), y = line(target), out = line(losses);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, x, y), .options = &options, .accuracy = accuracy, .output = &out});
  }
  /// The gradient in the input: grad_output is one number for a reduced loss, and for Reduction::none one for each
  /// pair.
  void backward(double grad_output, std::span<const T> input, std::span<const T> target, std::span<T> grad_input,
                const P& options = {}, Accuracy accuracy = {}) const {
    backward(std::span<const double>(&grad_output, 1), input, target, grad_input, options, accuracy);
  }
  void backward(std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                std::span<T> grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    slopes(grad_output, input, target, grad_input, 0, options, accuracy);
  }
  /// The gradient in the target. Throws domain_error for a loss that has none.
  void backward_target(double grad_output, std::span<const T> input, std::span<const T> target,
                       std::span<T> grad_target, const P& options = {}, Accuracy accuracy = {}) const {
    backward_target(std::span<const double>(&grad_output, 1), input, target, grad_target, options, accuracy);
  }
  void backward_target(std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                       std::span<T> grad_target, const P& options = {}, Accuracy accuracy = {}) const {
    slopes(grad_output, input, target, grad_target, 1, options, accuracy);
  }

 private:
  static void slopes(std::span<const double> grad_output, std::span<const T> input, std::span<const T> target,
                     std::span<T> gradient, std::size_t in, const P& options, Accuracy accuracy) {
    const Array x = line(input), y = line(target), dy = line(grad_output), g = line(gradient);
    run(function_of<P>(), {.arrays = Arrays<P>(options, x, y),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = GradientIn<P>(g, in).all});
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
    const Array in = array(input), out = array(output);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, in), .options = &options, .accuracy = accuracy, .output = &out});
  }
  /// The gradient in the input, from the input.
  void backward(In grad_output, In input, Out grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    const Array in = array(input), dy = array(grad_output), dx = array(grad_input);
    run(function_of<P>(), {.arrays = Arrays<P>(options, in),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = GradientIn<P>(dx).all});
  }
};

template <class P, class T>
class RowLossOf {
  using In = AnyRows<const T>;
  using Out = AnyRows<T>;
  using Target = AnyTarget<T>;

 public:
  /// The reduced loss of all rows. `target` is a class for each row (uint8_t, int32_t or int64_t), or rows of
  /// probabilities of the input's shape. Throws index_error, naming the row, for a class outside the row; shape_error
  /// where shapes differ; domain_error for an illegal option and for Reduction::none: see `each`.
  double operator()(In input, Target target, const P& options = {}, Accuracy accuracy = {}) const {
    const Array x = array(input), y = array(target);
    return run(function_of<P>(), {.arrays = Arrays<P>(options, x, y), .options = &options, .accuracy = accuracy});
  }
  /// The same, and in the same sweep the gradient of the reduced loss in the input. grad_input may be the input.
  double with_gradient(In input, Target target, Out grad_input, const P& options = {}, Accuracy accuracy = {}) const {
    const Array x = array(input), y = array(target), dx = array(grad_input);
    return run(function_of<P>(), {.arrays = Arrays<P>(options, x, y),
                                  .options = &options,
                                  .accuracy = accuracy,
                                  .gradients = GradientIn<P>(dx).all});
  }
  /// The loss of each row, whatever options.reduction says; 0 where the target is ignored.
  void each(In input, Target target, std::span<double> losses, const P& options = {}, Accuracy accuracy = {}) const {
    const Array x = array(input), y = array(target), out = line(losses);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, x, y), .options = &options, .accuracy = accuracy, .output = &out});
  }
  /// The gradient in the input: grad_output is one number for a reduced loss, and for Reduction::none one for each row.
  void backward(double grad_output, In input, Target target, Out grad_input, const P& options = {},
                Accuracy accuracy = {}) const {
    backward(std::span<const double>(&grad_output, 1), input, target, grad_input, options, accuracy);
  }
  void backward(std::span<const double> grad_output, In input, Target target, Out grad_input, const P& options = {},
                Accuracy accuracy = {}) const {
    slopes(grad_output, input, target, grad_input, 0, options, accuracy);
  }
  /// The gradient in the target's probabilities. Throws domain_error where the target is classes.
  void backward_target(double grad_output, In input, Target target, Out grad_target, const P& options = {},
                       Accuracy accuracy = {}) const {
    backward_target(std::span<const double>(&grad_output, 1), input, target, grad_target, options, accuracy);
  }
  void backward_target(std::span<const double> grad_output, In input, Target target, Out grad_target,
                       const P& options = {}, Accuracy accuracy = {}) const {
    slopes(grad_output, input, target, grad_target, 1, options, accuracy);
  }

 private:
  static void slopes(std::span<const double> grad_output, In input, Target target, Out gradient, std::size_t in,
                     const P& options, Accuracy accuracy) {
    const Array x = array(input), y = array(target), dy = line(grad_output), g = array(gradient);
    run(function_of<P>(), {.arrays = Arrays<P>(options, x, y),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = GradientIn<P>(g, in).all});
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
  static constexpr bool one_by_one = P::output == Output::elements, of_two = std::size(P::arguments) == 2;

  /// Of probabilities one by one: values[i] = f(probabilities[i]).
  void operator()(Distribution probabilities, std::span<double> values, const P& options = {}) const
    requires one_by_one
  {
    const Array out = detail::line(values);
    run(detail::function_of<P>(),
        {.arrays = detail::Arrays<P>(options, probabilities), .options = &options, .output = &out});
  }
  double operator()(double probability, const P& options = {}) const
    requires one_by_one
  {
    double value;
    (*this)(std::span<const double>(&probability, 1), std::span<double>(&value, 1), options);
    return value;
  }
  /// slopes[i] = f'(probabilities[i])
  void gradient(Distribution probabilities, std::span<double> slopes, const P& options = {}) const
    requires one_by_one
  {
    slopes_in(0, slopes, options, probabilities);
  }

  /// Of one distribution.
  double operator()(Distribution p, const P& options = {}) const
    requires(!one_by_one && !of_two)
  {
    return run(detail::function_of<P>(), {.arrays = detail::Arrays<P>(options, p), .options = &options});
  }
  double operator()(Braces p, const P& options = {}) const
    requires(!one_by_one && !of_two)
  {
    return (*this)(std::span<const double>(p.begin(), p.size()), options);
  }
  void gradient(Distribution p, std::span<double> grad_p, const P& options = {}) const
    requires(!one_by_one && !of_two)
  {
    slopes_in(0, grad_p, options, p);
  }

  /// Of two: p is what is the case, q what was expected. The gradient is in q.
  double operator()(Distribution p, Distribution q, const P& options = {}) const
    requires of_two
  {
    return run(detail::function_of<P>(), {.arrays = detail::Arrays<P>(options, p, q), .options = &options});
  }
  double operator()(Braces p, Braces q, const P& options = {}) const
    requires of_two
  {
    return (*this)(std::span<const double>(p.begin(), p.size()), std::span<const double>(q.begin(), q.size()), options);
  }
  void gradient(Distribution p, Distribution q, std::span<double> grad_q, const P& options = {}) const
    requires of_two
  {
    slopes_in(1, grad_q, options, p, q);
  }

 private:
  template <class... D>
  static void slopes_in(std::size_t argument, std::span<double> slopes, const P& options, const D&... of) {
    const Array out = detail::line(slopes);
    const double one = 1;
    Array unit = Array::line(&one, one_by_one ? slopes.size() : 1);
    unit.stride[0] = unit.stride[1] = unit.stride[2] = 0;
    run(detail::function_of<P>(), {.arrays = detail::Arrays<P>(options, of...),
                                   .options = &options,
                                   .grad_output = &unit,
                                   .gradients = detail::GradientIn<P>(out, argument).all});
  }
};

}  // namespace lossact
#endif

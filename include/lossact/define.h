// What a function's file includes: the typed call, made from the file's arguments.
#ifndef LOSSACT_DEFINE_H_
#define LOSSACT_DEFINE_H_
#include "lossact/standard.h"
#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include "lossact/call.h"
#include "lossact/facts.h"
#include "lossact/function.h"
#include "lossact/misuse.h"
#include "lossact/number.h"
#include "lossact/view.h"

namespace lossact {

template <class P>
struct Callable;

/// A function together with its options, as `leaky_relu.with({.negative_slope = 0.2})` returns it: what a network is
/// made of.
template <class F>
struct With {
  using Function = F;
  typename F::Options options = {};
};

namespace detail {

/// The types of a typed call: its elements, which are rows where the axis matters, and its argument I.
template <class P, class T>
using ElementsOf = std::conditional_t<by_elements<P>, std::span<T>, AnyRows<T>>;
template <class P, class T, std::size_t I>
using InputOf = std::conditional_t<
    names_class(P::arguments[I].extent), AnyTarget<T>,
    std::conditional_t<P::arguments[I].extent == Extent::row, std::span<const T>, ElementsOf<P, const T>>>;

/// The calls of P on arrays of T.
template <class P, class T, class Required = std::make_index_sequence<required<P>>>
class CallsOf;
template <class P, class T, std::size_t... I>
class CallsOf<P, T, std::index_sequence<I...>> {
  static constexpr bool number = P::output == Output::number, learned = learns<P>, elements = !number && !learned,
                        of_one = sizeof...(I) == 1 && elements, one = of_one && by_elements<P>;
  using In = ElementsOf<P, const T>;
  using Out = ElementsOf<P, T>;
  using Wants = Gradients<Out, std::make_index_sequence<differentiable<P>>>;
  using Numbers = std::span<const double>;

 public:
  /// Writes the function's values to `output`, which has the shape of the inputs (half of the axis for a function of
  /// halves) and may be an input of its own shape. Rows are Rows, or ClassAxis where the class axis is not the last.
  /// Throws shape_error where shapes differ, overlap_error where arrays share memory in part, domain_error for an
  /// illegal option.
  void operator()(InputOf<P, T, I>... input, Out output, const P& options = {}, Accuracy accuracy = {}) const
    requires elements
  {
    write(output, options, accuracy, array(input)...);
  }
  void operator()(InputOf<P, T, I>... input, Out output, Accuracy accuracy) const
    requires elements
  {
    write(output, P{}, accuracy, array(input)...);
  }
  /// f of one number: the kernel on one element, so it has the same bits.
  T operator()(T x, const P& options = {}, Accuracy accuracy = {}) const
    requires one
  {
    T y;
    (*this)(std::span<const T>(&x, 1), std::span<T>(&y, 1), options, accuracy);
    return y;
  }
  /// f'(x) of one number.
  T derivative(T x, const P& options = {}, Accuracy accuracy = {}) const
    requires one
  {
    const T unit(1);
    T slope;
    backward(std::span<const T>(&unit, 1), std::span<const T>(&x, 1), std::span<T>(&slope, 1), options, accuracy);
    return slope;
  }
  /// Writes the gradients of sum(grad_output * output). Their slopes are as exact as `accuracy` promises, and the
  /// product rounds at most once more. A gradient may be written over an array that is read. Throws what the call
  /// throws.
  void backward(In grad_output, InputOf<P, T, I>... input, Wants gradients, const P& options = {},
                Accuracy accuracy = {}) const
    requires elements
  {
    back(array(grad_output), gradients, options, accuracy, array(input)...);
  }
  void backward(In grad_output, InputOf<P, T, I>... input, Wants gradients, Accuracy accuracy) const
    requires elements
  {
    back(array(grad_output), gradients, P{}, accuracy, array(input)...);
  }
  /// The same from the output, so that the input need not be kept. The slope is exact as a function of the output
  /// given; where f saturates, and for the likeliest class of a row, the output has lost what the slope needs. Throws
  /// domain_error where the slope does not follow from the output, as where f takes a value twice.
  void backward_from_output(In grad_output, In output, Out grad_input, const P& options = {},
                            Accuracy accuracy = {}) const
    requires of_one
  {
    const Array y = array(output), dy = array(grad_output), dx = array(grad_input);
    run(function_of<P>(), {.arrays = Arrays<P>(options, y),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = Wanted<P>(dx),
                           .from_output = true});
  }

  /// The loss, reduced as the options say; of each element it is right to a unit in the last place of a float (of
  /// doubles to 4 of a double), or to 2^-50 of its terms where these cancel, as near its zero. A target of rows is a
  /// class for each (uint8_t, int32_t or int64_t), or rows of probabilities. Throws index_error, naming the row, for a
  /// class outside the row; shape_error where shapes differ (nothing is broadcast); domain_error for an illegal option
  /// and for Reduction::none, which has no one number: see `each`.
  double operator()(InputOf<P, T, I>... input, const P& options = {}, Accuracy accuracy = {}) const
    requires number
  {
    return reduced(options, accuracy, array(input)...);
  }
  /// Returns the same, and in the same pass writes its gradients, which may overwrite arrays that are read.
  double with_gradient(InputOf<P, T, I>... input, Wants gradients, const P& options = {}, Accuracy accuracy = {}) const
    requires number
  {
    return with(gradients, options, accuracy, array(input)...);
  }
  /// Writes the loss of each element or row, whatever options.reduction says; 0 where the target is ignored.
  void each(InputOf<P, T, I>... input, std::span<double> losses, const P& options = {}, Accuracy accuracy = {}) const
    requires number
  {
    write(losses, options, accuracy, array(input)...);
  }
  /// Writes the gradients; grad_output is one number for a reduced loss, and for Reduction::none one for each element
  /// or row.
  void backward(double grad_output, InputOf<P, T, I>... input, Wants gradients, const P& options = {},
                Accuracy accuracy = {}) const
    requires number
  {
    back(Array::line(&grad_output, 1), gradients, options, accuracy, array(input)...);
  }
  void backward(Numbers grad_output, InputOf<P, T, I>... input, Wants gradients, const P& options = {},
                Accuracy accuracy = {}) const
    requires number
  {
    back(array(grad_output), gradients, options, accuracy, array(input)...);
  }

  /// The call with a learned weight: one number, or one per channel, where `inner` contiguous elements share a channel.
  /// Throws shape_error unless the size of the input is a multiple of channels * inner.
  void operator()(In input, In weight, Out output, std::size_t inner = 1, Accuracy accuracy = {}) const
    requires learned
  {
    const Channels channels(input.size(), weight.size(), inner);
    same_size(P::about.name, "output", output.size(), "input", input.size());
    const Array y = channels.of(output);
    const P options;
    const Array x = channels.of(input), w = array(weight);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, x, w), .options = &options, .accuracy = accuracy, .output = &y});
  }
  /// Writes the gradient with respect to the input and, summed over each channel, with respect to the weight.
  void backward(In grad_output, In input, In weight, Out grad_input, std::span<double> grad_weight,
                std::size_t inner = 1, Accuracy accuracy = {}) const
    requires learned
  {
    const P options;
    const Channels channels(input.size(), weight.size(), inner);
    same_size(P::about.name, "grad_output", grad_output.size(), "input", input.size());
    same_size(P::about.name, "grad_input", grad_input.size(), "input", input.size());
    const Array x = channels.of(input), dy = channels.of(grad_output), dx = channels.of(grad_input), w = array(weight),
                dw = array(grad_weight);
    const Array* const gradients[] = {&dx, &dw};
    run(function_of<P>(), {.arrays = Arrays<P>(options, x, w),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &dy,
                           .gradients = gradients});
  }

 private:
  template <std::size_t>
  using Input = Array;
  template <class To>
  static void write(To to, const P& options, Accuracy accuracy, const Input<I>&... input) {
    const Array output = array(to);
    run(function_of<P>(),
        {.arrays = Arrays<P>(options, input...), .options = &options, .accuracy = accuracy, .output = &output});
  }
  static double reduced(const P& options, Accuracy accuracy, const Input<I>&... input) {
    return run(function_of<P>(), {.arrays = Arrays<P>(options, input...), .options = &options, .accuracy = accuracy});
  }
  static double with(const Wants& gradients, const P& options, Accuracy accuracy, const Input<I>&... input) {
    return run(function_of<P>(), {.arrays = Arrays<P>(options, input...),
                                  .options = &options,
                                  .accuracy = accuracy,
                                  .gradients = Wanted<P>(gradients)});
  }
  static void back(const Array& grad_output, const Wants& gradients, const P& options, Accuracy accuracy,
                   const Input<I>&... input) {
    run(function_of<P>(), {.arrays = Arrays<P>(options, input...),
                           .options = &options,
                           .accuracy = accuracy,
                           .grad_output = &grad_output,
                           .gradients = Wanted<P>(gradients)});
  }
  /// Elements as (outer, channels, inner).
  struct Channels {
    std::size_t outer = 1, count = 1, inner = 1;
    Channels(std::size_t size, std::size_t channels, std::size_t neighbours) {
      check_channels(P::about.name, size, channels, neighbours);
      if (channels == 1) inner = size;
      else count = channels, inner = neighbours, outer = size / channels / neighbours;
    }
    template <class U>
    Array of(std::span<U> values) const {
      return count == 1 ? array(values) : Array::of(values.data(), 3, outer, count, inner, count * inner);
    }
  };
};

/// The call on arrays of another library, as many as P requires, which passes them to that library's lossact_apply().
template <class P, class F, class I>
struct CallsOfOthers;
template <class P, class F, std::size_t... I>
struct CallsOfOthers<P, F, std::index_sequence<I...>> {
  template <std::size_t, class A>
  using Same = A;
  template <class A>
    requires requires(const F& f, const A& a, const P& p) { lossact_apply(f, p, Accuracy(), Same<I, const A&>(a)...); }
  auto operator()(const Same<I, A>&... input, const P& options = {}, Accuracy accuracy = {}) const {
    return lossact_apply(static_cast<const F&>(*this), options, accuracy, input...);
  }
};

template <class P>
using Others = CallsOfOthers<P, Callable<P>, std::make_index_sequence<required<P>>>;

/// The calls of P for every element type, and the overloads that diagnose usual mistakes (misuse.h).
template <class P, class Types = ElementTypes, Output = P::output>
struct Calls;
template <class P, class... T>
struct Calls<P, std::tuple<T...>, Output::elements> : CallsOf<P, T>... {
  using CallsOf<P, T>::operator()...;
  using CallsOf<P, T>::derivative...;
  using CallsOf<P, T>::backward...;
  using CallsOf<P, T>::backward_from_output...;
  LOSSACT_REFUSE(P, Others<P>, apply, operator())
  LOSSACT_REFUSE(P, Others<P>, backward, backward)
  LOSSACT_REFUSE(P, Others<P>, backward_from_output, backward_from_output)
};
template <class P, class... T>
struct Calls<P, std::tuple<T...>, Output::number> : CallsOf<P, T>... {
  using CallsOf<P, T>::operator()...;
  using CallsOf<P, T>::derivative...;
  using CallsOf<P, T>::with_gradient...;
  using CallsOf<P, T>::each...;
  using CallsOf<P, T>::backward...;
  LOSSACT_REFUSE(P, Others<P>, apply, operator())
  LOSSACT_REFUSE(P, Others<P>, with_gradient, with_gradient)
  LOSSACT_REFUSE(P, Others<P>, each, each)
  LOSSACT_REFUSE(P, Others<P>, backward, backward)
};

}  // namespace detail

/// A function as it is called: arrays in the order of its file's arguments, all of one element type, then of a function
/// to elements the output, then the options, then the accuracy. Arrays of another type are offered to their own
/// namespace: `lossact_apply(function, options, accuracy, arrays...)`.
template <class P>
struct Callable : detail::Calls<P>, detail::Others<P> {
  using Options = P;
  using detail::Calls<P>::operator(), detail::Others<P>::operator();
  using detail::Calls<P>::derivative;

  /// f and f' of an integer, as of the double it equals.
  template <std::integral I>
    requires requires(const detail::Calls<P>& f) { f(1.0); }
  double operator()(I x, const P& options = {}, Accuracy accuracy = {}) const {
    return (*this)(static_cast<double>(x), options, accuracy);
  }
  template <std::integral I>
    requires requires(const detail::Calls<P>& f) { f(1.0); }
  double derivative(I x, const P& options = {}, Accuracy accuracy = {}) const {
    return derivative(static_cast<double>(x), options, accuracy);
  }
  constexpr With<Callable> with(const P& options) const { return {options}; }
};

}  // namespace lossact
#endif

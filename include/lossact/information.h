// What the file of a function of distributions includes.
#ifndef LOSSACT_INFORMATION_H_
#define LOSSACT_INFORMATION_H_
#include <initializer_list>
#include <numbers>
#include "lossact/define.h"

namespace lossact {

namespace information {
/// Why a base of the logarithm is refused; empty where it is not.
constexpr std::string_view refused_base(double base) {
  return base > 0 && base < inf && base != 1 ? "" : "base is not a positive, finite number other than 1";
}
}  // namespace information

/// A function of distributions, in nats or in the unit of another base, as bits are that of 2. A distribution is a list
/// of probabilities, a span or whatever becomes one, of any element type; nothing is normalised, and results are
/// doubles. Throws domain_error for a negative entry and for a sum that is further from 1 than rounding to the element
/// type explains (1e-6 for double and float, two units in the last place for halves), shape_error where two
/// distributions differ in size.
template <class P>
  requires detail::of_distributions<P>
struct Callable<P> {
  using Options = P;
  using Distribution = detail::Probabilities;
  using Braces = std::initializer_list<double>;
  static constexpr bool one_by_one = P::output == Output::elements, of_two = std::size(P::arguments) == 2;

  /// Of probabilities one by one: values[i] = f(probabilities[i]).
  void operator()(Distribution probabilities, std::span<double> values, const P& options = {}) const
    requires one_by_one
  {
    const Array out = detail::array(values);
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

  /// Of two distributions: p is the true one, q the expected one. The gradient is in q.
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
  LOSSACT_REFUSE(P, P, apply, operator())  // options take nobody's arrays
  LOSSACT_REFUSE(P, P, gradient, gradient)

 private:
  template <class... D>
  static void slopes_in(std::size_t argument, std::span<double> slopes, const P& options, const D&... of) {
    const Array out = detail::array(slopes);
    const double one = 1;
    Array unit = Array::line(&one, one_by_one ? slopes.size() : 1);
    unit.stride[0] = unit.stride[1] = unit.stride[2] = 0;
    run(detail::function_of<P>(), {.arrays = detail::Arrays<P>(options, of...),
                                   .options = &options,
                                   .grad_output = &unit,
                                   .gradients = detail::Wanted<P>(out, argument)});
  }
};

}  // namespace lossact
#endif

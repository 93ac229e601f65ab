// What a function's file says about it: who it is, how it behaves, and which parameters it has.
#ifndef LOSSACT_FACTS_H_
#define LOSSACT_FACTS_H_
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>

namespace lossact {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = -inf, high = inf;
};

/// A point where the derivative jumps, and the slope that is returned there.
struct Kink {
  double at, slope;
};

/// A short list that fits in a constant.
template <class T>
struct Few {
  std::array<T, 4> items{};
  std::size_t count = 0;
  constexpr Few(std::initializer_list<T> list) {
    for (const T& item : list) items[count++] = item;
  }
  constexpr const T* begin() const { return items.data(); }
  constexpr const T* end() const { return items.data() + count; }
};

/// Who the function is.
struct About {
  std::string_view name;
  /// The textbook form, an expression of Python over x, y, p, q, weight, u and the parameters: documentation prints it,
  /// the oracle of the tests evaluates it.
  std::string_view formula;
  std::string_view source;
  /// What a reader should be told beside the facts.
  std::string_view note = {};
  /// What its paper claims of it against another function: a comparison sets what it measured beside this.
  struct Claim {
    std::string_view against, text;
  };
  Claim claim = {};
  /// Whether `lossact compare` trains with it unless told otherwise.
  bool compared = false;
};

/// How the function behaves for given parameters; every claim here has a property test. A row function makes its claims
/// as a function of the surprise, a pair loss as a function of the input at every fixed target.
struct Facts {
  Interval range = {};
  bool increasing = false, odd = false, even = false, convex = false;
  /// A pair loss that depends on input - target alone; odd and even then speak of that difference.
  bool of_difference = false;
  /// The limits at -inf and +inf; NaN where there is no one limit.
  double left = -inf, right = inf;
  double lipschitz = inf;
  Few<Kink> kinks = {};
  /// The inputs for which float arithmetic keeps the promise of Accuracy::fast, and compensated floats that of
  /// faithful.
  Interval float_suffices = {};

  /// On which side the function flattens, derived from its limits: none, left, right or both.
  constexpr std::string_view saturates() const {
    const auto finite = [](double limit) { return limit > -inf && limit < inf; };
    if (finite(left)) return finite(right) ? "both" : "left";
    return finite(right) ? "right" : "none";
  }
};

/// Facts::float_suffices where it takes products with c: nowhere if what a float leaves out of c is no float itself.
constexpr Interval product_suffices(double c, Interval otherwise = {}) {
  const double size = c < 0 ? -c : c;
  return size == 0 || (size > 1e-20 && size < 1e20) ? otherwise : Interval{inf, -inf};
}

/// Some passes of an activation of floats. As `compensated`, those that `faithful` computes in compensated floats where
/// `float_suffices` holds, for it was measured faster; all others, and all other inputs, in double. As `rounds_once`,
/// those that at the default parameters one rounding of a float makes exact, so that both accuracies compute them in
/// floats. `static constexpr Passes compensated = {};` asks for all three.
struct Passes {
  bool forward = true, derivative = true, derivative_from_output = true;
};

/// Which loop computes a function.
enum class Loop {
  map,  // each element by itself
  row,  // each class of a row, by way of a statistic of the whole row
  fold  // a term for each element, in double, and their sum along the axis where the output is a number
};
/// What the formulas of a function of rows take of a row: the logarithm of the sum of exponentials, by way of ClassOf;
/// or the threshold beyond which what is left of the elements makes a sum of 1.
enum class Statistic { log_sum_exp, threshold };
/// What comes out: an array of the input's shape, or a number for each element (map) or row (row), reduced as the
/// options say.
enum class Output { elements, number };

/// What of an array belongs to what of the first argument, whose shape is (outer, axis, inner).
enum class Extent {
  element,      // an element each
  halves,       // of the first array alone: its two halves along the axis are what the formula takes
  channel,      // one for each index of the axis, or one for all; of elements that have no axis, over and over
  target,       // for each row a class, which is an index of the axis, or a probability for each element
  class_index,  // for each row a class
  row,          // a number for each row
  random  // an element each, which nobody gives: a number of [0, 1) drawn while the option `training` is set, by the
          // option `seed` and its index
};

/// Whether it is a class for each row, or may be.
constexpr bool names_class(Extent extent) { return extent == Extent::target || extent == Extent::class_index; }

/// What the elements of an array must be; anything else is refused. A NaN passes, and comes out.
enum class Constraint {
  none,
  not_negative,
  probability,   // in [0, 1], but for what rounding to the element type explains
  distribution,  // a probability each, which sum to 1 along the axis, likewise
  mask,          // 0 or 1; not NaN
  sign           // -1 or 1
};

/// An array that a function takes. One with an `option` may be left out: in C++ it is a member of the options,
/// everywhere else an argument like the others.
template <class P>
struct Argument {
  std::string_view name;
  Extent extent = Extent::element;
  bool gradient = false;  // whether there is a gradient in it
  bool weighs = false;    // multiplies the losses or, of a function to rows, the exponentials
  bool divides = true;    // of weights: a mean divides by what they sum to, and not by the number of losses
  std::span<const double> P::* option = nullptr;
  Constraint constraint = {};
  bool negated = false;        // of a function of rows: what its formula takes is -x
  double start = nan;          // where training starts it: it is learned with a network
  std::string_view says = {};  // for a reader
};

/// A parameter: its PyTorch name, where it lives, and which values are legal. Its type says how it is read and shown
/// (parameter.h).
template <class P, class T>
struct Parameter {
  std::string_view name;
  T P::* value;
  Interval legal = {};
  std::string_view says = {};  // for a reader
};
template <class P, class T>
Parameter(std::string_view, T P::*, Interval = {}, std::string_view = {}) -> Parameter<P, T>;

/// What PyTorch calls a function's arguments and module, in Python. The file of a function that PyTorch has too holds
/// one as its `torch`.
struct Torch {
  /// The names of its arguments after the arrays, in its order, with commas between them; row activations all have the
  /// same. What of the parameters is not named here follows as a keyword.
  std::string_view arguments = {};
  /// The name of the module, where it is not the function's in capitals, as SomeName or SomeNameLoss.
  std::string_view module = {};
};

/// A file may hold one as its `identity_above`: PyTorch's argument `name` makes of an activation the identity where
/// `scale` times the input is above it. That is so for no default, only for a value that was given.
template <class P>
struct IdentityAbove {
  std::string_view name;
  double value;
  double P::* scale;
};

/// One number per class, channel or element; empty means that all are 1.
using Weights = std::span<const double>;

/// The names of an enumeration's values, as PyTorch spells them.
template <class E>
struct Choice {
  std::string_view name;
  E value;
};
template <class E>
inline constexpr std::array<Choice<E>, 0> choices{};
template <class E>
  requires(choices<E>.size() > 0)
constexpr std::string_view name_of(E value) {
  for (const Choice<E>& choice : choices<E>)
    if (choice.value == value) return choice.name;
  return {};
}

template <>
inline constexpr std::array choices<Extent> = {
    Choice{"element", Extent::element}, Choice{"halves", Extent::halves},           Choice{"channel", Extent::channel},
    Choice{"target", Extent::target},   Choice{"class_index", Extent::class_index}, Choice{"row", Extent::row},
    Choice{"random", Extent::random}};
template <>
inline constexpr std::array choices<Constraint> = {Choice{"none", Constraint::none},
                                                   Choice{"not_negative", Constraint::not_negative},
                                                   Choice{"probability", Constraint::probability},
                                                   Choice{"distribution", Constraint::distribution},
                                                   Choice{"mask", Constraint::mask},
                                                   Choice{"sign", Constraint::sign}};

/// What becomes of the losses of all elements or rows: `none` keeps each, `mean` divides their sum by their number (or
/// the sum of their weights), `batchmean` by the number of rows.
enum class Reduction { none, mean, sum, batchmean };
template <>
inline constexpr std::array choices<Reduction> = {Choice{"none", Reduction::none}, Choice{"mean", Reduction::mean},
                                                  Choice{"sum", Reduction::sum},
                                                  Choice{"batchmean", Reduction::batchmean}};

/// What the input of a loss, or the output of a row activation, means.
enum class Meaning { values, probabilities, log_probabilities, logits };
template <>
inline constexpr std::array choices<Meaning> = {
    Choice{"values", Meaning::values}, Choice{"probabilities", Meaning::probabilities},
    Choice{"log_probabilities", Meaning::log_probabilities}, Choice{"logits", Meaning::logits}};

/// A class of a row, as a row function sees it. The family computes all four without cancellation.
template <class V>
struct ClassOf {
  V surprise;     // -log p, in nats
  V probability;  // p
  V rest;         // 1 - p, the probability of all other classes
  V log_total;    // log sum exp(x)
};

/// The class of a row, as the formulas of a loss of vectors see it beside one element.
template <class V>
struct TargetClass {
  V is_here;  // 1 where the element is that class, 0 elsewhere
  V input;    // the first argument at that class
};

}  // namespace lossact
#endif

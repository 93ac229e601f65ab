// The data by which a function's file describes it: name and source, behaviour, arguments and parameters.
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

/// The numbers from `low` to `high`, both included; none if low > high.
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

/// What identifies a function, and what documentation says of it.
struct About {
  /// The name of the function's object and file, without a namespace: "mish", "entropy".
  std::string_view name;
  /// The textbook form, a Python expression over x, y, p, q, weight, u and the parameters: documentation prints it,
  /// the oracle of the tests evaluates it.
  std::string_view formula;
  /// Who published it, when and where.
  std::string_view source;
  /// What a reader should know that the facts do not say.
  std::string_view note = {};
  /// What its paper claims of it in comparison with the function `against`; a comparison shows its measurement beside
  /// it.
  struct Claim {
    std::string_view against, text;
  };
  Claim claim = {};
  /// Whether `lossact compare` trains with it unless told otherwise.
  bool compared = false;
};

/// How the function behaves for given parameters; every claim here has a property test. A row function makes its claims
/// as a function of the surprise -log p, a pair loss as a function of the input at every fixed target.
struct Facts {
  /// The infimum and the supremum of the values.
  Interval range = {};
  bool increasing = false, odd = false, even = false, convex = false;
  /// A pair loss that depends on input - target alone; odd and even then speak of that difference.
  bool of_difference = false;
  /// The limits at -inf and +inf; NaN where there is no one limit.
  double left = -inf, right = inf;
  /// The smallest Lipschitz constant, the supremum of |f'|.
  double lipschitz = inf;
  Few<Kink> kinks = {};
  /// The inputs for which single precision keeps the promise of Accuracy::fast, and compensated single precision that
  /// of Accuracy::faithful.
  Interval float_suffices = {};

  /// On which side the function flattens, derived from its limits: none, left, right or both.
  constexpr std::string_view saturates() const {
    const auto finite = [](double limit) { return limit > -inf && limit < inf; };
    if (finite(left)) return finite(right) ? "both" : "left";
    return finite(right) ? "right" : "none";
  }
};

/// Facts::float_suffices of a formula that multiplies by c: `otherwise` if c and the rounding error of c as a float are
/// both within the range of float, as compensated products need; nowhere otherwise.
constexpr Interval product_suffices(double c, Interval otherwise = {}) {
  const double size = c < 0 ? -c : c;
  return size == 0 || (size > 1e-20 && size < 1e20) ? otherwise : Interval{inf, -inf};
}

/// A choice among the passes of an activation on float arrays. A file's `compensated` names those that
/// Accuracy::faithful computes in compensated single precision on the inputs of Facts::float_suffices, where that
/// measured faster; all other passes and inputs are computed in double. `rounds_once` names those whose only error at
/// the default parameters is one rounding to float, so that both accuracies compute them in single precision.
/// `static constexpr Passes compensated = {};` names all three.
struct Passes {
  bool forward = true, derivative = true, derivative_from_output = true;
};

/// Which loop computes a function.
enum class Loop {
  map,  // each element by itself
  row,  // each class of a row, after a statistic of the whole row
  fold  // a term for each element, in double, and their sum along the axis where the output is a number
};
/// What the formulas of a row function need of the whole row: log sum exp(x), which they take through ClassOf; or the
/// threshold t for which the values f(x - t) sum to 1.
enum class Statistic { log_sum_exp, threshold };
/// What a function returns: an array of the input's shape, or a number for each element (map) or row (row, fold),
/// reduced as the options say.
enum class Output { elements, number };

/// Which elements of an array belong to which of the first argument, whose shape is (outer, axis, inner).
enum class Extent {
  element,      // one element for each element
  halves,       // of the first argument only: the formula takes its two halves along the axis
  channel,      // one for each index of the axis, or one for all; repeated along elements that have no axis
  target,       // for each row a class, which is an index of the axis, or a probability for each element
  class_index,  // for each row a class
  row,          // a number for each row
  random  // one number for each element, uniform on [0, 1), which no caller gives: it is drawn from the option `seed`
          // and the element's index while the option `training` is set
};

/// Whether an array of this extent holds a class for each row, or may hold one.
constexpr bool names_class(Extent extent) { return extent == Extent::target || extent == Extent::class_index; }

/// What the elements of an array must be; a call with others throws domain_error. NaN is accepted, and yields NaN.
enum class Constraint {
  none,
  not_negative,
  probability,   // in [0, 1], up to the rounding of the element type
  distribution,  // probabilities that sum to 1 along the axis, up to the same rounding
  mask,          // 0 or 1; not NaN
  sign           // -1 or 1
};

/// An array that a function takes. One with an `option` may be left out: in C++ it is a member of the options,
/// everywhere else an argument like the others.
template <class P>
struct Argument {
  std::string_view name;
  Extent extent = Extent::element;
  bool gradient = false;  // whether the function has a gradient with respect to it
  bool weighs = false;    // multiplies the losses or, of a function to rows, the exponentials
  bool divides = true;    // of weights: a mean divides by their sum instead of the number of losses
  std::span<const double> P::* option = nullptr;
  Constraint constraint = {};
  bool negated = false;        // of a row function: its formula takes -x
  double start = nan;          // of a learned weight: its value when training begins; NaN if it is not learned
  std::string_view says = {};  // one line of documentation
};

/// A parameter: its PyTorch name, its member of the options, and which values are legal. Its type says how it is read
/// and shown (Kind, in function.h).
template <class P, class T>
struct Parameter {
  std::string_view name;
  T P::* value;
  Interval legal = {};
  std::string_view says = {};  // one line of documentation
};
template <class P, class T>
Parameter(std::string_view, T P::*, Interval = {}, std::string_view = {}) -> Parameter<P, T>;

/// What PyTorch calls a function's arguments and module, in Python. The file of a function that PyTorch has too holds
/// one as its `torch`.
struct Torch {
  /// The names of its arguments after the arrays, in PyTorch's order, with commas between them; row activations all
  /// have the same. Parameters that are not named here follow as keyword arguments.
  std::string_view arguments = {};
  /// The name of the module, unless it follows from the function's: some_name gives SomeName or SomeNameLoss.
  std::string_view module = {};
};

/// PyTorch's argument `name`, which makes an activation the identity where `scale` times the input exceeds it. A file
/// may hold one as its `identity_above`. Here it has that effect only if a caller gives it a value other than PyTorch's
/// default, `value`.
template <class P>
struct IdentityAbove {
  std::string_view name;
  double value;
  double P::* scale;
};

/// One number per class, channel or element; empty means that all are 1.
using Weights = std::span<const double>;

/// A value of an enumeration and its name, as PyTorch spells it.
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

/// How the losses of all elements or rows are reduced: `none` keeps each, `mean` divides their sum by their number (or
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

/// A class of a row, as the formulas of a row function take it. The row passes compute all four without cancellation.
template <class V>
struct ClassOf {
  V surprise;     // -log p, in nats
  V probability;  // p
  V rest;         // 1 - p, the probability of all other classes
  V log_total;    // log sum exp(x)
};

/// The target class of a row, as the formulas of a loss of vectors take it with each element of the row.
template <class V>
struct TargetClass {
  V is_here;  // 1 where the element is that class, 0 elsewhere
  V input;    // the first argument at that class
};

}  // namespace lossact
#endif

// A function without its type: what it takes, what is known of it, and how it is called on arrays. Whoever handles all
// functions alike needs this header, and options.h and registry.h, and no other.
#ifndef LOSSACT_FUNCTION_H_
#define LOSSACT_FUNCTION_H_
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include "lossact/api.h"
#include "lossact/array.h"
#include "lossact/facts.h"

namespace lossact {

namespace cpu {
struct Kernel;
}

/// An array that a function takes; see Argument.
struct ArgumentInfo {
  std::string_view name;
  Extent extent;
  bool gradient, weighs, divides, negated, optional;
  Constraint constraint;
  double start;
  std::string_view says;

  constexpr bool learned() const { return start == start; }
  /// Whether a caller gives it. Random numbers are drawn instead.
  constexpr bool given() const { return extent != Extent::random; }
};

/// How a parameter is read and shown.
enum class Kind : std::uint8_t { real, boolean, integer, natural, choice };
/// A parameter; see Parameter.
struct ParameterInfo {
  std::string_view name;
  Kind kind;
  Interval legal;
  std::span<const Choice<int>> choices;  // those that the function offers
  std::string_view says;
  void* (*at)(void* options);  // double, bool, int64_t, uint64_t or the choice's int
};

/// What the drivers look at in the options of any function.
struct CommonOptions {
  Reduction reduction = Reduction::sum;
  double empty_mean = nan;
  std::size_t rows = 0;  // what batchmean divides by
  std::optional<std::int64_t> ignore_index = {};
  std::uint64_t seed = 0;
  bool draws = false;  // random numbers are asked for
};

/// What there is to know about a function without calling it.
struct Function {
  /// As it is looked up: "mish", "information.entropy".
  std::string_view name;
  /// The folder that its file lies in, under which a reader looks for it: activation, regression, ...
  std::string_view topic;
  /// The function, as its file's first line says it: "relu(x) = max(x, 0): the positive part."
  std::string_view summary;
  About about;
  Loop loop;
  Output output;
  Statistic statistic;
  /// What the first argument means, and what the output of a function to elements means. Nothing where any numbers do.
  std::optional<Meaning> input, meaning;
  std::optional<Torch> torch;
  std::span<const ArgumentInfo> arguments;
  std::span<const ParameterInfo> parameters;
  const void* defaults;  // the options, which are bytes
  std::size_t options_size;
  Facts (*facts)(const void* options);
  bool (*legal)(const void* options);  // whether they are, each and together; check_options() says why not
  /// Why values that are legal one by one are not together; empty where they are.
  std::string_view (*refusal)(const void* options);
  CommonOptions (*common)(const void* options);
  bool (*increasing)(const void* options);
  /// Whether its file says how the gradient follows from the output; see gradient_from_output().
  bool output_form;
  /// The inputs, or outputs, for which float arithmetic keeps the promise.
  Interval (*float_suffices)(const void* options, bool of_output);
  /// See IdentityAbove; an empty name where there is none.
  struct {
    std::string_view name;
    double value;
    double (*scale)(const void* options);
  } identity_above;
  const cpu::Kernel* const* kernels;  // by processor target

  /// With the default parameters.
  Facts facts_of_defaults() const { return facts(defaults); }
  /// Whether the elements along the axis belong together: rows of classes, distributions.
  constexpr bool along_axis() const { return loop != Loop::map || halves(); }
  /// Whether it takes the two halves of its array along the axis, so that the output has half of the input's elements.
  constexpr bool halves() const { return arguments[0].extent == Extent::halves; }
  /// Whether it is a function of the surprise -log p of a class, of which its facts speak.
  constexpr bool of_surprise() const { return loop == Loop::row && statistic == Statistic::log_sum_exp; }
  /// Whether the axis is that of classes, the second of two or more.
  constexpr bool has_classes() const {
    for (const ArgumentInfo& a : arguments)
      if (names_class(a.extent)) return true;
    return false;
  }
  /// Whether its channels are the last axis, as those of an optional array, which is broadcast. Otherwise they are the
  /// second, as classes and the channels of a learned weight are.
  constexpr bool channels_last() const { return loop == Loop::map && !learns() && !halves(); }
  /// Whether the gradient follows from the output, with these options: of a function of elements where no two inputs
  /// have one output.
  bool gradient_from_output(const void* options) const {
    return output_form && (loop == Loop::row || increasing(options));
  }
  /// Whether a network can have it between its layers: it makes elements of any elements of one array.
  constexpr bool is_activation() const {
    return output == Output::elements && arguments[0].constraint == Constraint::none && !is_gate();
  }
  /// Whether it makes elements of those of several arrays, none of which is learned, or of the halves of one.
  constexpr bool is_gate() const {
    return output == Output::elements && (required() > 1 || halves()) && !learns() && !is_random();
  }
  /// Whether a network can be trained by it: it makes a number of what was computed and what was wanted.
  constexpr bool is_loss() const { return output == Output::number && input.has_value(); }
  /// How many arrays must be given: learned ones too, and none that is optional or drawn.
  constexpr std::size_t required() const {
    std::size_t n = 0;
    for (const ArgumentInfo& a : arguments) n += !a.optional;
    return n;
  }
  /// Whether it has a weight that is trained with the network.
  constexpr bool learns() const {
    for (const ArgumentInfo& a : arguments)
      if (a.learned()) return true;
    return false;
  }
  /// Whether it draws random numbers in training.
  constexpr bool is_random() const {
    for (const ArgumentInfo& a : arguments)
      if (!a.given()) return true;
    return false;
  }
};

/// A call. What is computed follows from which arrays it has to write to.
struct Call {
  std::span<const Array* const> arrays;  // one for each argument, in order; null where an optional one is left out
  const void* options = nullptr;         // null for the defaults
  Accuracy accuracy = {};
  const Array* output = nullptr;  // the elements; of a number, each element's or row's before it is reduced
  /// With it `gradients` are of sum(grad_output * output), without it of the number.
  const Array* grad_output = nullptr;
  std::span<const Array* const> gradients = {};  // one for each argument, in order; null where none is wanted
  bool from_output = false;                      // the first array is not the input but the output
};
/// Checks everything, then computes. Returns the number, where there is one; NaN otherwise. Throws shape_error,
/// type_error, overlap_error, domain_error or index_error before anything is written.
LOSSACT_API double run(const Function& function, const Call& call);

namespace detail {

/// The Function of P, which P's own translation unit defines. If the linker does not find it, lossact_add_function
/// (CMake) was not given P's file.
template <class P>
LOSSACT_API const Function& function_of();

/// Throws shape_error unless the elements are whole groups of channels, each of `inner` neighbours, or there is one
/// channel.
LOSSACT_API void check_channels(std::string_view function, std::size_t elements, std::size_t channels,
                                std::size_t inner);

/// Throws shape_error: `[name] what has 5 elements, other has 6`.
LOSSACT_API void same_size(std::string_view function, std::string_view what, std::size_t size, std::string_view other,
                           std::size_t expected);

}  // namespace detail
}  // namespace lossact
#endif

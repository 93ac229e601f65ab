// The options of a function without its type: set by name, as text, and shown.
#ifndef LOSSACT_OPTIONS_H_
#define LOSSACT_OPTIONS_H_
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/function.h"

namespace lossact {

template <class F>
struct With;  // define.h

/// The value of a parameter in some options, as Python spells it: 1.0, 'mean', True.
LOSSACT_API std::string shown(const ParameterInfo& parameter, const void* options);
/// The default value of a parameter, as Python spells it.
LOSSACT_API std::string default_of(const Function& function, const ParameterInfo& parameter);
/// Which values a parameter may take, in words: "a number, 0.0 or more", "mean | sum".
LOSSACT_API std::string legal(const ParameterInfo& parameter);
/// The parameter of a name; null where there is none.
LOSSACT_API const ParameterInfo* parameter_of(const Function& function, std::string_view name);
/// Throws domain_error unless every parameter is legal, and all of them are together.
LOSSACT_API void check_options(const Function& function, const void* options);

/// The options of a function: its parameters, and the arrays that are set with them. These are optional arrays, and
/// learned weights, which start at one number for all.
class LOSSACT_API Options {
 public:
  /// The defaults.
  explicit Options(const Function& function);
  /// Those of a function object: lossact::mish, or lossact::elu.with({.alpha = 2}).
  template <template <class> class F, class P>
    requires std::same_as<P, typename F<P>::Options>
  Options(const F<P>&) : Options(detail::function_of<P>()) {}
  template <class F>
  Options(const With<F>& f) : Options(f.options) {}
  template <class P>
    requires requires { P::arguments, P::parameters; }
  explicit Options(const P& options) : Options(detail::function_of<P>()) {
    std::memcpy(data(), &options, sizeof options);
    constexpr bool has_arrays = [] {
      for (const auto& a : P::arguments)
        if (a.option) return true;
      return false;
    }();
    if constexpr (has_arrays)
      for (std::size_t i = 0; i < std::size(P::arguments); ++i)
        if (const auto option = P::arguments[i].option; option && !(options.*option).empty()) {
          set_numbers(i, {(options.*option).begin(), (options.*option).end()});
          static_cast<P*>(data())->*option = {};
        }
  }

  const Function& function() const { return *function_; }
  const void* data() const { return bytes_.data(); }
  void* data() { return bytes_.data(); }
  Facts facts() const { return function_->facts(data()); }
  /// Sets the parameter `name` to the value that the text spells: 0.2, true, mean. An array takes numbers with commas
  /// between them. Throws domain_error for a value that is not legal, with the legal ones in words, and for an unknown
  /// name. A rule that spans several parameters is checked when the options are used.
  void set(std::string_view name, std::string_view text);
  /// The numbers of an array argument; none where it is left out.
  std::span<const double> numbers(std::size_t argument) const {
    return numbers_[argument] ? std::span<const double>(*numbers_[argument]) : std::span<const double>();
  }
  void set_numbers(std::size_t argument, std::vector<double> numbers) {
    numbers_[argument] = std::make_shared<const std::vector<double>>(std::move(numbers));
  }
  /// Whether a function of random numbers draws them, as in training, and from which seed.
  void set_draws(bool draws, std::uint64_t seed);

 private:
  static constexpr std::size_t kMost = 192, kMostArguments = 8;
  const Function* function_;
  alignas(16) std::array<std::byte, kMost> bytes_{};
  std::array<std::shared_ptr<const std::vector<double>>, kMostArguments> numbers_;  // shared by copies
};

}  // namespace lossact
#endif

// The registry, as the commands look into it.
#ifndef LOSSACT_PROGRAM_FUNCTIONS_H_
#define LOSSACT_PROGRAM_FUNCTIONS_H_
#include <string>
#include <string_view>
#include <tuple>
#include <vector>
#include "program/error.h"
#include "lossact/lossact.h"

namespace lossact::cli {

/// The function of a name. Throws UsageError with the nearest name where there is none.
const Function& function_named(std::string_view name);
/// The names of all functions of some families, in the registry's order.
std::vector<std::string> names_of(std::initializer_list<std::string_view> families);
/// "an elementwise activation", "a loss of pairs" ...
std::string family_in_words(std::string_view family);
/// name=value, as --set takes it. Throws UsageError for anything else.
std::pair<std::string, std::string> split_setting(const std::string& setting);

/// The name under which a function object is looked up.
template <class P>
std::string looked_up(const Information<P>&) {
  return std::string("information.").append(P::about.name);
}
template <template <class> class F, class P>
std::string looked_up(const F<P>&) {
  return std::string(P::about.name);
}

/// Calls visit(f) with the function object of that name, whatever its family. Throws UsageError where there is none.
template <class Visit>
void with_function(std::string_view name, Visit&& visit) {
  function_named(name);
  const auto each = [&](const auto& f) {
    if (looked_up(f) == name) visit(f);
  };
  const auto all = [&](const auto& family) { std::apply([&](const auto&... f) { (each(f), ...); }, family); };
  all(activations), all(row_activations), all(pair_losses), all(row_losses), all(informations);
}

/// What --set says of a function: its options and, for an activation with a learned weight, that weight.
template <class P>
struct Chosen {
  Settings<P> settings = {};
  double weight = nan;
  const P& options() const { return settings.options; }
};

/// Reads --set k=v ... Throws UsageError for an unknown parameter, or a value that is not legal.
template <class P>
Chosen<P> choose(const std::vector<std::string>& set_options) {
  Chosen<P> chosen;
  constexpr bool learned = detail::operand<P> == Operand::learned;
  if constexpr (learned) chosen.weight = P::weight;
  try {
    for (const std::string& setting : set_options) {
      const auto [name, value] = split_setting(setting);
      if constexpr (learned)
        if (name == "weight") {
          bool good = true;
          chosen.weight = detail::number_of<double>(value, good);
          if (!good) detail::refuse<P>(name, "'" + value + "'", "a number");
          continue;
        }
      set(chosen.settings, name, value);
    }
    detail::check(chosen.options());
  } catch (const error& e) {
    throw UsageError(e.what());
  }
  return chosen;
}

}  // namespace lossact::cli
#endif

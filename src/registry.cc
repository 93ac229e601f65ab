#include "lossact/registry.h"
#include <algorithm>
#include "lossact/lossact.h"

namespace lossact {
namespace {

/// name(input, target, *, a=1.0): what of it is an argument goes by the family, what is a keyword by the parameters.
template <class P>
std::string signature_of(std::string_view name, std::string_view arguments) {
  std::string text = std::string(name).append("(").append(arguments);
  std::string_view separator = ", *, ";
  for (const ParameterInfo& parameter : parameters_of<P>()) {
    text.append(separator).append(parameter.name).append("=").append(parameter.default_value);
    separator = ", ";
  }
  return text.append(")");
}
/// What the first comment of a function's file says.
std::string_view summary_of(std::string_view family, std::string_view name) {
  struct Summary {
    std::string_view family, name, text;
  };
  static constexpr Summary summaries[] = {
#include "registry/summaries.inc"
  };
  return std::ranges::find_if(summaries, [&](const Summary& s) { return s.family == family && s.name == name; })->text;
}
template <class P>
double weight_of() {
  if constexpr (detail::operand<P> == Operand::learned) return P::weight;
  else return nan;
}
template <class P>
std::optional<Meaning> input_of() {
  if constexpr (requires { P::input; }) return P::input;
  else return {};
}
template <class P>
std::optional<Meaning> output_of() {
  if constexpr (requires { P::output; }) return P::output;
  else return {};
}
template <class P>
Function describe(std::string_view family, std::string_view name, std::string_view arguments) {
  return {.name = name,
          .family = family,
          .summary = summary_of(family, P::about.name),
          .formula = P::about.formula,
          .source = P::about.source,
          .note = P::about.note,
          .claim = P::about.claim,
          .compared = P::about.compared,
          .operand = detail::operand<P>,
          .weight = weight_of<P>(),
          .input = input_of<P>(),
          .output = output_of<P>(),
          .facts = P{}.facts(),
          .parameters = parameters_of<P>(),
          .signature = signature_of<P>(name, arguments)};
}
template <class P>
Function describe(Activation<P>) {
  return describe<P>("activation", P::about.name, detail::operand<P> == Operand::learned ? "input, weight" : "input");
}
template <class P>
Function describe(RowActivation<P>) {
  return describe<P>("row_activation", P::about.name, "input");
}
template <class P>
Function describe(PairLoss<P>) {
  return describe<P>("pair_loss", P::about.name, "input, target");
}
template <class P>
Function describe(RowLoss<P>) {
  return describe<P>("row_loss", P::about.name, "input, target");
}
template <class P>
Function describe(Information<P>) {
  static const std::string name = "information." + std::string(P::about.name);
  return describe<P>("information", name, P::distributions == 2 ? "p, q" : "p");
}

}  // namespace

std::span<const Function> functions() {
  static const std::vector<Function> all = [] {
    std::vector<Function> result;
    const auto add = [&](const auto&... f) { (result.push_back(describe(f)), ...); };
    std::apply(add, activations);
    std::apply(add, row_activations);
    std::apply(add, pair_losses);
    std::apply(add, row_losses);
    std::apply(add, informations);
    return result;
  }();
  return all;
}

const Function* find(std::string_view name) {
  for (const Function& f : functions())
    if (f.name == name) return &f;
  return nullptr;
}

}  // namespace lossact

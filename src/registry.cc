#include "lossact/registry.h"
#include <algorithm>
#include <array>
#include "lossact/options.h"
#include "registry/functions.inc"  // LOSSACT_EACH_FUNCTION, made of the folders: it needs no more than names of types

namespace lossact {

std::span<const Function* const> functions() {
#define LOSSACT_ONE(P) &detail::function_of<P>(),
  static const std::array all = {LOSSACT_EACH_FUNCTION(LOSSACT_ONE)};
#undef LOSSACT_ONE
  return all;
}

const Function* find(std::string_view name) {
  const auto found = std::ranges::find(functions(), name, &Function::name);
  return found == functions().end() ? nullptr : *found;
}

std::string signature(const Function& function) {
  std::string text = std::string(function.name).append("("), keywords;
  std::string_view separator;
  for (const ArgumentInfo& a : function.arguments) {
    if (!a.given()) continue;
    if (a.optional) keywords.append(", ").append(a.name).append("=None");
    else text.append(separator).append(a.name), separator = ", ";
  }
  for (const ParameterInfo& p : function.parameters)
    keywords.append(", ").append(p.name).append("=").append(default_of(function, p));
  if (!keywords.empty()) text.append(", *").append(keywords);
  return text.append(")");
}

}  // namespace lossact

// Every function of the library: a tuple for each family, and one description for each function.
#ifndef LOSSACT_REGISTRY_H_
#define LOSSACT_REGISTRY_H_
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/api.h"
#include "lossact/parameter.h"
#include "lossact/registry/activation.h"
#include "lossact/registry/information.h"
#include "lossact/registry/pair_loss.h"
#include "lossact/registry/row_activation.h"
#include "lossact/registry/row_loss.h"

namespace lossact {

/// What there is to know about a function without calling it.
struct Function {
  /// As it is looked up: "mish", "information.entropy".
  std::string_view name;
  /// The folder it lies in: activation, row_activation, pair_loss, row_loss, information.
  std::string_view family;
  /// The function, as its file's first line says it: "relu(x) = max(x, 0): the positive part."
  std::string_view summary;
  std::string_view formula, source, note;
  About::Claim claim;
  bool compared;
  /// What an activation asks for beside each element; none for all others.
  Operand operand;
  /// Where training starts a learned operand; NaN where there is none.
  double weight;
  /// What the input of a loss means, and what a row activation gives; nothing for all others.
  std::optional<Meaning> input, output;
  /// With the default parameters.
  Facts facts;
  std::vector<ParameterInfo> parameters;
  /// name(input, *, a=1.0, b='mean'), as Python writes it.
  std::string signature;
};

/// All of them, family by family, in alphabetical order within each.
LOSSACT_API std::span<const Function> functions();
/// The function of a name as `Function::name` has it; null where there is none.
LOSSACT_API const Function* find(std::string_view name);

}  // namespace lossact
#endif

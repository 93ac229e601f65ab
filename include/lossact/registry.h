// Every function of the library.
#ifndef LOSSACT_REGISTRY_H_
#define LOSSACT_REGISTRY_H_
#include <span>
#include <string>
#include <string_view>
#include "lossact/function.h"

namespace lossact {

/// All of them, topic by topic, in alphabetical order within each.
LOSSACT_API std::span<const Function* const> functions();
/// The function of a name as `Function::name` has it; null where there is none.
LOSSACT_API const Function* find(std::string_view name);
/// name(input, *, a=1.0, b='mean'), as Python writes it.
LOSSACT_API std::string signature(const Function& function);

}  // namespace lossact
#endif

// The functions that the experiments of the tests are made of.
#ifndef LOSSACT_TESTS_EXPERIMENT_NAMES_H_
#define LOSSACT_TESTS_EXPERIMENT_NAMES_H_
#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/lossact.h"

namespace lossact::cli {

/// Those of some families, in the registry's order.
inline std::vector<std::string> names_in(std::initializer_list<std::string_view> families) {
  std::vector<std::string> names;
  for (const Function& function : functions())
    if (std::ranges::find(families, function.family) != families.end()) names.emplace_back(function.name);
  return names;
}

}  // namespace lossact::cli
#endif

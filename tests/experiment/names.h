// The functions that the experiments of the tests are made of.
#ifndef LOSSACT_TESTS_EXPERIMENT_NAMES_H_
#define LOSSACT_TESTS_EXPERIMENT_NAMES_H_
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/nn/by_name.h"

namespace lossact::cli {

inline std::vector<std::string> names_of(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

}  // namespace lossact::cli
#endif

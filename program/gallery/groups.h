// The functions by what they do.
#ifndef LOSSACT_PROGRAM_GALLERY_GROUPS_H_
#define LOSSACT_PROGRAM_GALLERY_GROUPS_H_
#include <string_view>
#include <vector>
#include "lossact/registry.h"

namespace lossact::cli {

struct Group {
  std::string_view title, what;  // what its functions have in common
  std::vector<const Function*> functions = {};
};
/// Every function in one group, derived from its arguments and facts; no group is empty.
std::vector<Group> groups();

}  // namespace lossact::cli
#endif

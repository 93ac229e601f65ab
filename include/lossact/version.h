// Which Lossact this is.
#ifndef LOSSACT_VERSION_H_
#define LOSSACT_VERSION_H_
#include <string_view>
#include "lossact/api.h"

namespace lossact {
/// As "0.1.0".
LOSSACT_API std::string_view version();
}  // namespace lossact
#endif

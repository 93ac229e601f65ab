// How a function is called in C++, as a reader may copy it into a function of their own.
#ifndef LOSSACT_PROGRAM_GALLERY_USAGE_H_
#define LOSSACT_PROGRAM_GALLERY_USAGE_H_
#include <string>
#include "lossact/function.h"

namespace lossact::cli {

/// Statements that call the function; it needs lossact/lossact.h and <vector>.
std::string call_in_code(const Function& function);
/// Statements in which a network has it as a module or trains with it; it needs lossact/nn/nn.h. Empty for what is no
/// part of a network.
std::string network_in_code(const Function& function);

}  // namespace lossact::cli
#endif

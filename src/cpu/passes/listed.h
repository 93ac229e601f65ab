// The end of a unit that is not the library's: its function is listed beside those that are. LOSSACT_LISTED is the name
// by which a linker finds the unit.
#include "lossact/registry.h"
extern "C" {
extern const lossact::detail::Listed LOSSACT_LISTED;
// Before the initialisers of a program, which may ask for it.
__attribute__((init_priority(101)))
const lossact::detail::Listed LOSSACT_LISTED(lossact::detail::function_of<LOSSACT_FUNCTION>());
}

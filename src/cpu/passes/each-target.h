// Compiles the function in LOSSACT_FUNCTION_FILE, whose type is LOSSACT_FUNCTION, for each target.
#include "src/describe.h"
#if defined(LOSSACT_TARGET_1) && !defined(LOSSACT_WITHOUT_HIGHWAY)
#undef HWY_TARGET
#define HWY_TARGET LOSSACT_TARGET_1
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"
#endif
#if defined(LOSSACT_TARGET_2) && !defined(LOSSACT_WITHOUT_HIGHWAY)
#undef HWY_TARGET
#define HWY_TARGET LOSSACT_TARGET_2
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"
#endif
#undef HWY_TARGET
#define HWY_TARGET HWY_BASELINE_SCALAR
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"

namespace lossact {
template <>
LOSSACT_API const Function& detail::function_of<LOSSACT_FUNCTION>() {
  // Initialised while compiling, so that it is there for callers at any time, also before main(). A unit compiled
  // without Highway has plain numbers alone, which every processor can run and which compute the same bits: they stand
  // for each target that the library has.
#ifdef LOSSACT_WITHOUT_HIGHWAY
#define LOSSACT_ONE(name, mask, space, registers) &HWY_NAMESPACE::kernel_of<LOSSACT_FUNCTION>,
#else
#define LOSSACT_ONE(name, mask, space, registers) &space::kernel_of<LOSSACT_FUNCTION>,
#endif
  static constexpr const cpu::Kernel* kernels[cpu::kTargets] = {LOSSACT_EACH_TARGET(LOSSACT_ONE)};
#undef LOSSACT_ONE
  static constexpr Function function =
      describe<LOSSACT_FUNCTION>(LOSSACT_NAME, LOSSACT_TOPIC, LOSSACT_SUMMARY, kernels);
  return function;
}
}  // namespace lossact

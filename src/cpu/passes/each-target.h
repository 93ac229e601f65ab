// Compiles the function in LOSSACT_FUNCTION_FILE, whose type is LOSSACT_FUNCTION, for each target.
#include "src/describe.h"
#if HWY_TARGETS & HWY_AVX3
#undef HWY_TARGET
#define HWY_TARGET HWY_AVX3
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"
#define LOSSACT_KERNEL_AVX3 &N_AVX3::kernel_of<LOSSACT_FUNCTION>,
#else
#define LOSSACT_KERNEL_AVX3
#endif
#if HWY_TARGETS & HWY_AVX2
#undef HWY_TARGET
#define HWY_TARGET HWY_AVX2
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"
#define LOSSACT_KERNEL_AVX2 &N_AVX2::kernel_of<LOSSACT_FUNCTION>,
#else
#define LOSSACT_KERNEL_AVX2
#endif
#undef HWY_TARGET
#define HWY_TARGET HWY_STATIC_TARGET
#include "hwy/ops/set_macros-inl.h"
#include "src/cpu/passes/function-inl.h"

namespace lossact {
template <>
LOSSACT_API const Function& detail::function_of<LOSSACT_FUNCTION>() {
  // Initialised while compiling, so that it is there for callers at any time, also before main(). A unit compiled
  // without Highway has the last target alone, which every processor can run and which computes the same bits: it
  // stands for those that the library has.
  static constexpr auto kernels = [] {
    constexpr const cpu::Kernel* compiled[] = {LOSSACT_KERNEL_AVX3 LOSSACT_KERNEL_AVX2 &
                                               HWY_NAMESPACE::kernel_of<LOSSACT_FUNCTION>};
    std::array<const cpu::Kernel*, cpu::kTargets> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = compiled[std::min(i, std::size(compiled) - 1)];
    return all;
  }();
  static constexpr Function function =
      describe<LOSSACT_FUNCTION>(LOSSACT_NAME, LOSSACT_TOPIC, LOSSACT_SUMMARY, kernels.data());
  return function;
}
}  // namespace lossact

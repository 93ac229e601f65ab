// The processor targets that kernels are compiled for: the one list of them, best first.
#ifndef LOSSACT_SRC_CPU_TARGETS_H_
#define LOSSACT_SRC_CPU_TARGETS_H_
#include <cstddef>

// X(name, Highway's mask, the namespace of what is compiled for it, vector registers) of each. Beside the list, as
// LOSSACT_TARGET_1 and so on, the masks of all but `single`: an #include cannot stand in a macro.
#define LOSSACT_SINGLE(X) X(single, HWY_BASELINE_SCALAR, LOSSACT_N_SINGLE, 16)
#if defined(HWY_COMPILE_ONLY_EMU128)
#define LOSSACT_EACH_TARGET(X) LOSSACT_SINGLE(X)
#elif defined(__x86_64__)
#define LOSSACT_EACH_TARGET(X) X(AVX3, HWY_AVX3, N_AVX3, 32) X(AVX2, HWY_AVX2, N_AVX2, 16) LOSSACT_SINGLE(X)
#define LOSSACT_TARGET_1 HWY_AVX3
#define LOSSACT_TARGET_2 HWY_AVX2
#elif defined(__aarch64__)
#define LOSSACT_EACH_TARGET(X) X(NEON, HWY_NEON, N_NEON, 32) LOSSACT_SINGLE(X)
#define LOSSACT_TARGET_1 HWY_NEON
#else
#define LOSSACT_EACH_TARGET(X) LOSSACT_SINGLE(X)
#endif

namespace lossact::cpu {
#define LOSSACT_ONE(name, mask, space, registers) +1
inline constexpr std::size_t kTargets = LOSSACT_EACH_TARGET(LOSSACT_ONE);
#undef LOSSACT_ONE
}  // namespace lossact::cpu
#endif

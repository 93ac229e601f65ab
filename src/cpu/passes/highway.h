// What is read before Highway's loop over the targets.
#ifndef LOSSACT_SRC_CPU_PASSES_HIGHWAY_H_
#define LOSSACT_SRC_CPU_PASSES_HIGHWAY_H_
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
#include "lossact/define.h"
#include "numbers/trace.h"
#include "src/cpu/kernel.h"
#include "src/cpu/targets.h"
#include "src/element.h"
#include "src/parallel.h"
#include "src/reduce.h"
// Highway knows targets beside those listed: without FMA, or with vectors of a length that no compiler knows. It leaves
// out one number at a time where the compiler may take registers for granted, unless all are asked for.
#define LOSSACT_MASK(name, mask, space, registers) | mask
#define HWY_DISABLED_TARGETS (~(0 LOSSACT_EACH_TARGET(LOSSACT_MASK)))
#define HWY_COMPILE_ALL_ATTAINABLE
#include "hwy/detect_targets.h"
#if HWY_BASELINE_SCALAR == HWY_SCALAR
#define LOSSACT_N_SINGLE N_SCALAR
#else
#define LOSSACT_N_SINGLE N_EMU128
#endif

namespace lossact::cpu {
/// How many vector registers a target has.
constexpr int registers_of(std::int64_t target) {
#define LOSSACT_ONE(name, mask, space, registers) \
  if (target == mask) return registers;
  LOSSACT_EACH_TARGET(LOSSACT_ONE)
#undef LOSSACT_ONE
  return 0;
}
}  // namespace lossact::cpu
#endif

// What every function's unit includes: for each target its numbers, lanes and passes. The same for all, so it is
// compiled beforehand. unit-inl.h is then read no more; the function's own text is, by each-target.h.
#ifndef LOSSACT_SRC_CPU_PASSES_UNIT_H_
#define LOSSACT_SRC_CPU_PASSES_UNIT_H_
#include "src/cpu/passes/highway.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/passes/unit-inl.h"
#include "hwy/foreach_target.h"
#include "src/cpu/passes/unit-inl.h"
#endif

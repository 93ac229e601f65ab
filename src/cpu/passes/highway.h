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
#include "src/element.h"
#include "src/parallel.h"
#include "src/reduce.h"
// Three targets on x86: AVX3, AVX2 with FMA, and one number at a time. What lies between has no FMA.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#endif

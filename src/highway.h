// What every kernels_<family>_<type>.cc reads before Highway's loop over the targets.
#ifndef LOSSACT_SRC_HIGHWAY_H_
#define LOSSACT_SRC_HIGHWAY_H_
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <vector>
#include "hwy/aligned_allocator.h"
#include "lossact/family.h"
#include "lossact/kernel.h"
#include "src/element.h"
#include "src/parallel.h"
#include "src/reduce.h"
// Three targets on x86: AVX3, AVX2 with FMA, and one number at a time. What lies between has no FMA and would only
// emulate it.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#endif

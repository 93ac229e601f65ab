// In the place of Highway's header where there is none: the macros that the passes are written with, for plain numbers,
// one at a time. What the passes ask of Highway beyond these is for registers alone.
#ifndef LOSSACT_SRC_WITHOUT_HIGHWAY_HWY_HIGHWAY_H_
#define LOSSACT_SRC_WITHOUT_HIGHWAY_HWY_HIGHWAY_H_
#include <cstddef>
#include <cstdint>
#include "hwy/detect_targets.h"
#define HWY_TARGET HWY_BASELINE_SCALAR
#define HWY_NAMESPACE N_SCALAR
#define HWY_ATTR
#define HWY_BEFORE_NAMESPACE() static_assert(true)
#define HWY_AFTER_NAMESPACE() static_assert(true)
#define HWY_NOINLINE __attribute__((noinline))
#define HWY_LIKELY(expression) __builtin_expect(!!(expression), 1)
#define HWY_UNLIKELY(expression) __builtin_expect(!!(expression), 0)
#define HWY_PRAGMA(tokens) _Pragma(#tokens)
#if defined(__GNUC__) && !defined(__clang__)
#define HWY_COMPILER_GCC_ACTUAL 1
#else
#define HWY_COMPILER_GCC_ACTUAL 0
#endif
namespace hwy::HWY_NAMESPACE {}
using std::size_t, std::uint16_t, std::uint32_t, std::uint64_t;  // as Highway's headers make them known
#endif

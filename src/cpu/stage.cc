// Sums, random numbers and the statistics of a row. The headers that it includes have the rest of what is compiled once
// per target.
#include "src/cpu/stage.h"
#include "numbers/philox.h"
#include "src/cpu/passes/highway.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/stage.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/cpu/passes/lanes-inl.h"
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
#include "numbers/compensated-inl.h"
}
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();
#include "src/cpu/passes/row-inl.h"
#include "src/cpu/rounding-inl.h"
#include "src/cpu/rows/interleaved-inl.h"
#include "src/cpu/rows/float-rows-inl.h"
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
using namespace cpu;

static void add_lanes(const double* from, size_t n, size_t skip, double* lanes) {
  using M = Lane<double, double>::M;
  const M m;
  M::V lane[kGroup / M::kLanes];
  const auto add = [&](const double* group) LOSSACT_LAMBDA {
    for (size_t k = 0; k < kGroup; k += M::kLanes) lane[k / M::kLanes] = lane[k / M::kLanes] + m.load(group + k);
  };
  for (size_t k = 0; k < kGroup; k += M::kLanes) lane[k / M::kLanes] = m.load(lanes + k);
  for (size_t i = 0; i < n; i += kGroup) {
    if (HWY_LIKELY(i + kGroup <= n && skip - i >= kGroup)) {
      add(from + i);
    } else {
      double group[kGroup] = {};
      for (size_t j = 0; j < std::min(kGroup, n - i); ++j) group[j] = i + j == skip ? 0 : from[i + j];
      add(group);
    }
  }
  for (size_t k = 0; k < kGroup; k += M::kLanes) m.store(lane[k / M::kLanes], lanes + k);
}

static void random(std::uint64_t seed, size_t first, size_t n, float* to) {
  uniform(seed, first, to, (n + kGroup - 1) / kGroup * (kGroup / 4));
}

template <class R>
static void write(const R& row, double* s) {
  s[kMax] = row.max, s[kLog1pOthers] = row.log1p_others, s[kShare] = row.share, s[kRestOfTop] = row.rest_of_top;
  s[kTop] = static_cast<double>(row.top), s[kSum] = row.sum_of_others;
}
static void log_sum_exp(Type type, const void* x, size_t n, bool shared, double* kept, double* scalars) {
  RowSpace space(kept, shared);
  if (type == Type::float64) write(Row<double>(static_cast<const double*>(x), n, space), scalars);
  else write(Row<float>(static_cast<const float*>(x), n, space), scalars);
}
static void exponentials(Type type, const double* x, size_t first, size_t n, const double* s, double* to) {
  const auto go = [&](auto m) LOSSACT_LAMBDA {
    for (size_t k = 0; k < n; k += m.kLanes) {
      const auto top = m.eq(m.index(first + k), m(s[kTop]));
      m.store(m.decay(m.select(top, m(0), m(s[kMax]) - m.load(x + k))), to + k);
    }
  };
  type == Type::float64 ? go(Lane<double, double>::M()) : go(Lane<float, double>::M());
}
static std::uint64_t probabilities(Accuracy accuracy, bool logarithms, const float* x, size_t x_stride, size_t rows,
                                   size_t n, bool shared, float* scratch, float* y, size_t y_stride) {
  const auto with = [&](auto a) HWY_ATTR -> std::uint64_t {
    using P = FloatRows<a, a == faithful>;
    if (n <= kClassesTogether) return P::probabilities(logarithms, x, x_stride, rows, n, scratch, y, y_stride);
    return P::probabilities_of_one(logarithms, x, n, shared, scratch, y) ? 0 : 1;
  };
  if (accuracy == fast) return with(std::integral_constant<Accuracy, fast>());
  return with(std::integral_constant<Accuracy, faithful>());
}
static std::uint64_t float_statistics(Accuracy accuracy, const float* x, size_t x_stride, size_t rows, size_t n,
                                      bool shared, float* e, double (*scalars)[kMostScalars], double* unit) {
  const auto with = [&](auto a) HWY_ATTR -> std::uint64_t {
    using F = FloatRows<a, false>;
    if (n <= kClassesTogether) return F::statistics(x, x_stride, rows, n, e, scalars, unit);
    return F::statistics_of_one(x, n, shared, e, scalars, unit) ? 0 : 1;
  };
  if (accuracy == fast) return with(std::integral_constant<Accuracy, fast>());
  return with(std::integral_constant<Accuracy, faithful>());
}
inline constexpr Stage kStage = {.lanes = Wide::kLanes,
                                 .fill = &fill,
                                 .to_float = &to_float,
                                 .to_double = &to_double,
                                 .from_double = &from_double,
                                 .from_float = &from_float,
                                 .uncertain = &uncertain,
                                 .outside = &outside,
                                 .add_lanes = &add_lanes,
                                 .random = &random,
                                 .log_sum_exp = &log_sum_exp,
                                 .exponentials = &exponentials,
                                 .probabilities = &probabilities,
                                 .float_statistics = &float_statistics,
                                 .interleaved_loss = &interleaved_loss,
                                 .interleaved_loss_gradient = &interleaved_loss_gradient,
                                 .interleaved_classes = &interleaved_classes,
                                 .interleaved_gradient = &interleaved_gradient,
                                 .from_rows = &from_rows,
                                 .to_rows = &to_rows,
                                 .scale_floats = &scale_floats};
}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lossact::cpu {
#define LOSSACT_ONE(name, mask, space, registers) &space::kStage,
const Stage* const stages[kTargets] = {LOSSACT_EACH_TARGET(LOSSACT_ONE)};
#undef LOSSACT_ONE
}  // namespace lossact::cpu
#endif

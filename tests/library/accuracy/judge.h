// What is promised of a result, and how far results are from it: shared by the strided sweep of the tests and by the
// exhaustive one (tests/exhaustive).
#ifndef LOSSACT_TESTS_LIBRARY_ACCURACY_JUDGE_H_
#define LOSSACT_TESTS_LIBRARY_ACCURACY_JUDGE_H_
#include <utility>
#include "tests/library/reference.h"

namespace lossact::testing {

/// Units in the last place: float 1, fast 4, double 4.
template <class T>
constexpr double promise(Accuracy accuracy) {
  return sizeof(T) == 4 && accuracy == faithful ? 1 : 4;
}

/// The largest distance seen, and where.
struct Worst {
  double ulps = 0, at = 0;
  void see(double distance, double x) {
    if (!(distance <= ulps)) ulps = distance, at = x;
  }
};

/// A derivative's own zeros: where its sign changes without a kink. `slope` holds it at the sorted `x`, at(x) gives it.
template <class T>
std::vector<long double> roots(const std::vector<T>& x, const std::vector<long double>& slope, const Facts& facts,
                               auto at) {
  std::vector<long double> found;
  for (std::size_t i = 1; i < x.size(); ++i) {
    if (!std::isfinite(x[i - 1]) || !std::isfinite(x[i]) || !(slope[i - 1] * slope[i] < 0)) continue;
    if (std::any_of(facts.kinks.begin(), facts.kinks.end(),
                    [&](const Kink& k) { return k.at >= x[i - 1] && k.at <= x[i]; }))
      continue;
    long double low = x[i - 1], high = x[i];
    for (int step = 0; step < 64; ++step) {
      const long double middle = (low + high) / 2;
      (at(middle) * slope[i - 1] > 0 ? low : high) = middle;
    }
    found.push_back(low);
  }
  return found;
}

/// Compares results with the exact ones. Near a zero of the derivative a relative error has no meaning in the limit:
/// there the promise is the larger of the units and an absolute error.
template <class T>
class Judge {
 public:
  explicit Judge(Accuracy accuracy = faithful, std::vector<long double> zeros = {})
      : promise_(promise<T>(accuracy)),
        radius_(sizeof(T) == 4 && accuracy == faithful ? 1.0 / 64 : 0.5),
        allowed_(sizeof(T) == 8         ? 0x1p-50
                 : accuracy == faithful ? 0x1p-40
                                        : 0x1p-22),
        zeros_(std::move(zeros)) {}

  template <class E>
  void see(T x, T got, E exact) {
    const double distance = ulps(got, exact), at = static_cast<double>(x);
    if (distance > promise_ && excused(x, got, exact)) near_zero_.see(static_cast<double>(std::abs(got - exact)), at);
    else (std::isfinite(x) ? finite_ : special_).see(distance, at);
  }
  /// The same for many floats, faster.
  void see(std::span<const float> x, std::span<const float> got, std::span<const double> exact)
    requires(sizeof(T) == 4)
  {
    constexpr std::size_t few = 64;
    for (std::size_t from = 0; from < x.size(); from += few) {
      const std::size_t to = std::min(from + few, x.size());
      // Distances are compared by their bits, so that the compiler vectorises the loop; NaN is above all others.
      std::uint64_t farthest = 0;
      for (std::size_t i = from; i < to; ++i) farthest = std::max(farthest, distance_bits(got[i], exact[i]));
      if (farthest <= std::bit_cast<std::uint64_t>(finite_.ulps)) continue;
      for (std::size_t i = from; i < to; ++i) see(x[i], got[i], exact[i]);
    }
  }

  /// Adds what another judge of the same promise saw. Of equal distances it keeps the input with the lower bits, so
  /// that the order of judges does not matter.
  void add(const Judge& other) {
    const auto add = [](Worst& mine, const Worst& its) {
      const bool lower = std::bit_cast<std::uint64_t>(its.at) < std::bit_cast<std::uint64_t>(mine.at);
      if (its.ulps == mine.ulps && lower) mine = its;
      else mine.see(its.ulps, its.at);
    };
    add(finite_, other.finite_), add(special_, other.special_), add(near_zero_, other.near_zero_);
  }

  /// At finite inputs, and at infinities and NaN.
  const Worst& finite() const { return finite_; }
  const Worst& special() const { return special_; }
  /// The largest absolute error among the results that only the neighbourhood of a zero excuses; of many floats, some
  /// are not looked at once the promise is broken by more.
  const Worst& near_zero() const { return near_zero_; }
  bool kept() const { return finite_.ulps <= promise_ && special_.ulps <= promise_; }

 private:
  template <class E>
  bool excused(T x, T got, E exact) const {
    return std::abs(got - exact) <= allowed_ &&
           std::any_of(zeros_.begin(), zeros_.end(), [&](long double zero) { return std::abs(x - zero) <= radius_; });
  }
  /// ulps() as the bits of a double, without a branch.
  static std::uint64_t distance_bits(float got, double exact) {
    constexpr std::uint64_t exponent = 0x7ff0000000000000, least = std::bit_cast<std::uint64_t>(0x1p-126);
    const double power = std::bit_cast<double>(std::max(std::bit_cast<std::uint64_t>(exact) & exponent, least));
    return std::bit_cast<std::uint64_t>(std::abs(got - exact) / (power * 0x1p-23));
  }

  double promise_, radius_, allowed_;
  std::vector<long double> zeros_;
  Worst finite_, special_, near_zero_;
};

}  // namespace lossact::testing
#endif

// How the tests compare results with their promises, and record how much of each is used.
#ifndef LOSSACT_TESTS_LIBRARY_ACCURACY_PROMISES_H_
#define LOSSACT_TESTS_LIBRARY_ACCURACY_PROMISES_H_
#include <algorithm>
#include <cstdio>
#include <string>
#include "tests/library/accuracy/judge.h"

namespace lossact::testing {

template <class T>
std::string kind(Accuracy accuracy) {
  return sizeof(T) == 8 ? "double" : accuracy == fast ? "float_fast" : "float";
}

// Kept in gtest's report: --gtest_output=json:FILE tells how much of each promise is used.
template <class T>
void expect(const char* what, const Worst& worst, Accuracy accuracy) {
  EXPECT_LE(worst.ulps, promise<T>(accuracy)) << what << " in " << kind<T>(accuracy) << " at " << worst.at;
}
template <class T>
void expect(const char* what, const Judge<T>& judge, Accuracy accuracy) {
  expect<T>(what, judge.finite(), accuracy);
  expect<T>(what, judge.special(), accuracy);
}
inline void record(const char* what, const std::string& in, double ulps) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", ulps);
  ::testing::Test::RecordProperty(std::string(what) + "_ulps_" + in, text);
}

/// Units in the last place of a result that is a sum: what cancelled in it keeps the last places of its terms, and a
/// row of many classes adds up, lane by lane, as often as it has groups of sixteen.
template <class T>
double ulps_of_sum(T got, long double exact, long double terms, std::size_t n = 1) {
  const long double cancelled = std::max(0.0L, terms - std::abs(exact));
  const auto additions = static_cast<long double>((std::min<std::size_t>(n, 4096) - 1) / 16);
  const long double spare = cancelled * (sizeof(T) == 4 ? 0x1p-34L : 0x1p-51L) + terms * additions * 0x1p-53L;
  const long double far = std::abs(got - exact);
  return far <= spare ? 0 : std::isfinite(far) ? static_cast<double>((far - spare) / unit<T>(exact)) : ulps(got, exact);
}

}  // namespace lossact::testing
#endif

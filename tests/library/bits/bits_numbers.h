// The numbers of bits_test.cc: the same on every machine, which the distributions of the standard library are not.
#ifndef LOSSACT_TESTS_LIBRARY_BITS_BITS_NUMBERS_H_
#define LOSSACT_TESTS_LIBRARY_BITS_BITS_NUMBERS_H_
#include "tests/library/bits/bits_calls.h"

namespace lossact::testing {

/// SplitMix64 (Steele, Lea and Flood 2014).
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  double unit() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  /// In [-size, size).
  double within(double size) { return size * (2 * unit() - 1); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>((*this)() % n); }

 private:
  std::uint64_t state_;
};

template <class T>
T from_bits(std::uint64_t pattern) {
  if constexpr (sizeof(T) == 8) return std::bit_cast<T>(pattern);
  else if constexpr (sizeof(T) == 4) return std::bit_cast<T>(static_cast<std::uint32_t>(pattern));
  else return T::from_bits(static_cast<std::uint16_t>(pattern));
}

/// Numbers at which formulas over- or underflow or change branches, infinities and NaN.
template <class T>
std::vector<T> specials() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> all;
  const double tiny = static_cast<double>(Limits::denorm_min()), least = static_cast<double>(Limits::min());
  for (const double v : {0.0, tiny, 3 * tiny, least / 2, least, 2 * least, 1e-5, 0.5, 1.0, 2.0, 20.0, 87.5, 89.0, 104.0,
                         709.5, 745.5, 1e4, static_cast<double>(Limits::max()), inf})
    all.push_back(T(v)), all.push_back(T(-v));
  all.push_back(T(nan));
  return all;
}
/// `n` numbers of many sizes, most of them near zero, where functions are far from their asymptotes.
template <class T>
std::vector<T> ordinary(std::size_t n, std::uint64_t seed, double scale = 1) {
  constexpr double sizes[] = {1, 4, 20, 3, 0.01, 100, 8, 1e-6};
  Generator random(seed);
  std::vector<T> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = T(random.within(scale * sizes[i % 8]));
  return x;
}
/// Numbers of arbitrary bits: of the 16-bit types every number, in some order.
template <class T>
std::vector<T> any_bits(std::size_t n, std::uint64_t seed) {
  Generator random(seed);
  std::vector<T> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = from_bits<T>(sizeof(T) == 2 ? i * 40503 + seed : random());
  return x;
}
template <class T>
std::vector<T> joined(std::initializer_list<std::vector<T>> parts) {
  std::vector<T> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
inline std::vector<double> positive(std::size_t n, std::uint64_t seed) {
  Generator random(seed);
  std::vector<double> w(n);
  for (double& v : w) v = random.below(5) == 0 ? 0 : 2 * random.unit();
  return w;
}

/// Row r of kind `first_kind + r`: the first eight are numbers that a row loss sees, the others are special ones.
template <class T>
std::vector<T> rows_of(const Layout<T>& layout, std::size_t first_kind, std::uint64_t seed) {
  constexpr double sizes[] = {8, 1, 60, 3, 30, 150, 2, 0}, offsets[] = {0, 0, 0, 100, -200, 0, 0, 1.5};
  Generator random(seed);
  const auto special = specials<T>();
  std::vector<T> x(layout.elements(), T(0.125));
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const std::size_t kind = (first_kind + r) % 16, n = layout.classes, chosen = random.below(n),
                      other = random.below(n);
    for (std::size_t c = 0; c < n; ++c) {
      double v = random.within(sizes[kind % 8]) + offsets[kind % 8];
      if (kind == 6 && c == chosen) v = 40;
      if (kind == 8 && c == chosen) v = inf;
      if (kind == 9 && (c == chosen || c == other)) v = inf;
      if (kind == 10) v = -inf;
      if (kind == 11 && c == chosen) v = nan;
      if (kind == 12) v = nan;
      if (kind == 13 && random.below(3)) v = -inf;
      x[layout.at(r, c)] = kind == 14 ? special[random.below(12)] : kind == 15 ? special[24 + random.below(12)] : T(v);
    }
  }
  return x;
}
}  // namespace lossact::testing
#endif

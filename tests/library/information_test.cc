// Information, entropy, cross entropy and divergence of distributions have the properties that textbooks prove.
#include <numeric>
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// Distributions of n outcomes; some of them leave outcomes out.
std::vector<double> distribution(std::size_t n, unsigned seed, bool zeros) {
  auto p = numbers<double>(n, 1, seed);
  for (double& v : p) v = zeros && v < -0.5 ? 0 : std::abs(v) + 1e-3;
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& v : p) v /= total;
  return p;
}

TEST(Information, WhatIsCertainTellsNothing) {
  EXPECT_EQ(information::content(1), 0);
  EXPECT_EQ(information::entropy({1, 0, 0}), 0);
  EXPECT_EQ(information::content(0), inf);
}
TEST(Information, IsCountedInNatsOrInAnyBase) {
  EXPECT_DOUBLE_EQ(information::content(0.125, {.base = 2}), 3);
  EXPECT_DOUBLE_EQ(information::content(0.001, {.base = 10}), 3);
  EXPECT_DOUBLE_EQ(information::entropy({0.5, 0.5}), std::log(2));
  EXPECT_DOUBLE_EQ(information::entropy({0.25, 0.25, 0.25, 0.25}, {.base = 2}), 2);
  const double p[] = {0.5, 0.25, 0.25}, q[] = {0.25, 0.25, 0.5};
  EXPECT_DOUBLE_EQ(information::kl_divergence(p, q, {.base = 2}), information::kl_divergence(p, q) / std::log(2));
}
TEST(Information, WholeNumbersAreWhole) {
  for (int k = 0; k <= 1074; ++k) {
    const double p = std::ldexp(1.0, -k);
    EXPECT_EQ(information::content(p, {.base = 2}), k);
    EXPECT_EQ(information::content(p, {.base = 4}), k / 2.0);
    EXPECT_EQ(information::content(p, {.base = 0.5}), -k);
    EXPECT_DOUBLE_EQ(information::content(p, {.base = 8}), k / 3.0);
    EXPECT_DOUBLE_EQ(information::content(p, {.base = 1024}), k / 10.0);
  }
  for (int k = 0; k <= 100; ++k) {
    EXPECT_EQ(information::content(std::ldexp(1.0, -3 * k), {.base = 8}), k);
    EXPECT_EQ(information::content(std::ldexp(1.0, -10 * k), {.base = 1024}), k);
  }
  // Powers of ten are no doubles, but what is near enough to one has the whole number as its nearest.
  for (int k = 0; k <= 307; ++k) EXPECT_EQ(information::content(std::stod("1e-" + std::to_string(k)), {.base = 10}), k);
  for (int k = 1; k <= 20; ++k) EXPECT_EQ(information::content(std::pow(3.0, -k), {.base = 3}), k);
  for (int k = 0; k <= 20; ++k) {
    const std::vector<double> p(std::size_t{1} << k, std::ldexp(1.0, -k));
    EXPECT_EQ(information::entropy(p, {.base = 2}), k);
    EXPECT_EQ(information::entropy(p, {.base = 4}), k / 2.0);
    EXPECT_EQ(information::cross_entropy(p, p, {.base = 2}), k);
  }
  EXPECT_EQ(information::entropy(std::vector<double>(10, 0.1), {.base = 10}), 1);
  EXPECT_EQ(information::entropy({0.5, 0.25, 0.125, 0.125}, {.base = 2}), 1.75);
  EXPECT_EQ(information::kl_divergence({1, 0}, {0x1p-9, 1 - 0x1p-9}, {.base = 2}), 9);
}
TEST(Information, IsRightToTheLastPlaceInAnyBase) {
  const auto x = numbers<double>(20000, 1, 7);
  for (const double base : {2.0, 3.0, 10.0, 256.0, 0.1, 1.5, 1 + 0x1p-40}) {
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double p = std::abs(x[i]) * std::ldexp(1.0, i % 2 ? -static_cast<int>(i % 900) : 0);
      const long double exact = -std::log(static_cast<long double>(p)) / std::log(static_cast<long double>(base));
      worst = std::max(worst, ulps(information::content(p, {.base = base}), exact));
    }
    EXPECT_LE(worst, 1) << "base " << base;
  }
}
// A sum that differs from 1 by the rounding of its elements is accepted.
template <class T>
void takes_its_own_softmax() {
  for (const std::size_t n : {2ul, 3ul, 7ul, 10ul, 100ul, 1000ul, 50000ul})
    for (const double scale : {0.0, 1.0, 8.0})
      for (unsigned seed = 1; seed < 20; ++seed) {
        const auto logits = numbers<T>(n, scale, seed);
        std::vector<T> p(n);
        softmax(Rows<const T>{logits.data(), 1, n}, Rows<T>{p.data(), 1, n});
        // The same numbers as doubles, one by one: their sum is no further from 1 than halves explain, but may be too
        // far for doubles.
        std::vector<double> contents(n), slopes(n), terms(n);
        information::content(p, contents);
        for (std::size_t i = 0; i < n; ++i) {
          const auto here = static_cast<double>(p[i]);
          terms[i] = here == 0 ? 0 : here * contents[i];
        }
        const double entropy = information::entropy(p),
                     sum = static_cast<double>(std::accumulate(terms.begin(), terms.end(), 0.0L));
        EXPECT_NEAR(entropy, sum, 1e-13 * (1 + sum)) << n;
        EXPECT_EQ(information::kl_divergence(p, p), 0);
        EXPECT_NEAR(information::cross_entropy(p, p), entropy, 1e-13 * (1 + sum));
        information::entropy.gradient(p, slopes);
        for (std::size_t i = 0; i < n; ++i) EXPECT_DOUBLE_EQ(slopes[i], contents[i] - 1);
        if (n > 1000) break;
      }
  EXPECT_THROW(information::entropy(std::vector<T>{T(0.5), T(0.45)}), domain_error);
  EXPECT_THROW(information::entropy(std::vector<T>{T(1.1), T(-0.1)}), domain_error);
}
TEST(Information, TakesSoftmaxOfEveryElementType) {
  all_types([]<class T>(T) { takes_its_own_softmax<T>(); });
  // A double that sums to no more than a half would is still a mistake.
  EXPECT_THROW(information::entropy(std::vector<double>{0.5, 0.501}), domain_error);
  EXPECT_NO_THROW(information::entropy(std::vector<float16>{float16(0.5), float16(0.501)}));
}

TEST(Information, BasesBelowOneCountBackwards) {
  const auto p = distribution(20, 1, true), q = distribution(20, 2, false);
  for (const double base : {2.0, 8.0, 1024.0}) {
    EXPECT_EQ(information::entropy(p, {.base = 1 / base}), -information::entropy(p, {.base = base}));
    EXPECT_EQ(information::cross_entropy(p, q, {.base = 1 / base}), -information::cross_entropy(p, q, {.base = base}));
    EXPECT_EQ(information::kl_divergence(p, q, {.base = 1 / base}), -information::kl_divergence(p, q, {.base = base}));
  }
}
TEST(Information, DivergenceOfACertainClass) {
  EXPECT_NEAR(information::kl_divergence({1, 0, 0}, {0.7, 0.2, 0.1}), 0.36, 0.005);
  EXPECT_DOUBLE_EQ(information::kl_divergence({1, 0, 0}, {0.7, 0.2, 0.1}), -std::log(0.7));
}
TEST(Information, CrossEntropyIsEntropyAndDivergence) {
  for (const std::size_t n : {2ul, 3ul, 17ul, 5000ul})
    for (const bool zeros : {false, true}) {
      const auto p = distribution(n, 1, zeros), q = distribution(n, 2, false);
      const double h = information::entropy(p), d = information::kl_divergence(p, q);
      EXPECT_NEAR(information::cross_entropy(p, q), h + d, 1e-13 * (h + d));
      EXPECT_GE(d, 0);
      EXPECT_EQ(information::kl_divergence(p, p), 0);
      EXPECT_LE(h, std::log(static_cast<double>(n)) * (1 + 1e-15));
    }
}
TEST(Information, WhatWasHeldImpossibleSurprisesWithoutEnd) {
  EXPECT_EQ(information::kl_divergence({0.5, 0.5}, {1, 0}), inf);
  EXPECT_EQ(information::cross_entropy({0.5, 0.5}, {1, 0}), inf);
  EXPECT_EQ(information::kl_divergence({1, 0}, {1, 0}), 0);
}
TEST(Information, NextToNothing) {
  // p / q would overflow.
  const double tiny = 1e-320;
  EXPECT_NEAR(information::kl_divergence({1, 0}, {tiny, 1}), -std::log(tiny), 1e-10);
  EXPECT_NEAR(information::content(tiny), -std::log(tiny), 1e-10);
}

// The entropy of p does not depend on q, so cross entropy and divergence pull q the same way, and both to p.
TEST(Information, CrossEntropyAndDivergenceHaveOneGradient) {
  const auto p = distribution(20, 1, true), q = distribution(20, 2, false);
  std::vector<double> of_cross_entropy(20), of_divergence(20);
  information::cross_entropy.gradient(p, q, of_cross_entropy);
  information::kl_divergence.gradient(p, q, of_divergence);
  EXPECT_EQ(of_cross_entropy, of_divergence);
}
template <class P>
void descend(const Callable<P>& f) {
  const std::vector<double> p = {0.5, 0.3, 0.15, 0.05};
  std::vector<double> logits(4), q(4), dq(4);
  for (int step = 0; step < 4000; ++step) {
    softmax(Rows<const double>{logits.data(), 1, 4}, Rows<double>{q.data(), 1, 4});
    f.gradient(p, q, dq);
    std::vector<double> d(4);
    softmax.backward(Rows<const double>{dq.data(), 1, 4}, Rows<const double>{logits.data(), 1, 4},
                     Rows<double>{d.data(), 1, 4});
    for (std::size_t c = 0; c < 4; ++c) logits[c] -= 0.5 * d[c];
  }
  for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(q[c], p[c], 1e-9);
}
TEST(Information, DescentOnEitherReachesTheTruth) {
  descend(information::cross_entropy);
  descend(information::kl_divergence);
}

// The losses give the same: kl_div of log_softmax with batchmean, and cross_entropy with probabilities.
TEST(Information, LossesSayTheSame) {
  const auto p = distribution(10, 1, true), logits = numbers<double>(10, 2);
  std::vector<double> q(10), log_q(10);
  softmax(Rows<const double>{logits.data(), 1, 10}, Rows<double>{q.data(), 1, 10});
  log_softmax(Rows<const double>{logits.data(), 1, 10}, Rows<double>{log_q.data(), 1, 10});
  EXPECT_NEAR(kl_div(log_q, p, {.reduction = Reduction::batchmean, .rows = 1}), information::kl_divergence(p, q),
              1e-14);
  EXPECT_NEAR(cross_entropy(Rows<const double>{logits.data(), 1, 10}, Rows<const double>{p.data(), 1, 10}),
              information::cross_entropy(p, q), 1e-14);
}

const bool refusals = for_all("NotADistribution", informations, []<class P>(const Callable<P>& f) {
  const std::vector<double> good = {0.5, 0.5}, negative = {1.5, -0.5}, short_of_one = {0.5, 0.4}, three = {0.5, 0.5, 0};
  std::vector<double> out = {7, 7};
  const auto refused = [&](auto run) { EXPECT_THROW(run(), domain_error); };
  for (const double base : {0.0, 1.0, -2.0, inf, nan})
    if constexpr (distributions_of<P> == 0) refused([&] { f(0.5, {.base = base}); });
    else if constexpr (distributions_of<P> == 1) refused([&] { f(good, {.base = base}); });
    else refused([&] { f(good, good, {.base = base}); });
  if constexpr (distributions_of<P> == 0) {
    refused([&] { f(-0.1); });
    refused([&] { f(1.1); });
    refused([&] { f(negative, out); });
    EXPECT_THROW(f(three, out), shape_error);
  } else if constexpr (distributions_of<P> == 1) {
    refused([&] { f(negative); });
    refused([&] { f(short_of_one); });
    refused([&] { f.gradient(negative, out); });
    EXPECT_THROW(f.gradient(three, out), shape_error);
  } else {
    refused([&] { f(negative, good); });
    refused([&] { f(good, short_of_one); });
    refused([&] { f.gradient(good, negative, out); });
    EXPECT_THROW(f(good, three), shape_error);
    EXPECT_THROW(f.gradient(three, three, out), shape_error);
  }
  EXPECT_EQ(out, std::vector<double>(2, 7)) << "written before all was checked";
});

}  // namespace
}  // namespace lossact::testing

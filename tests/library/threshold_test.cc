// Row activations with a threshold: the properties of their results, and that no layout, target or thread changes a
// bit.
#include <optional>
#include "lossact/threads.h"
#include "tests/library/shifted.h"

namespace lossact::testing {
namespace {

constexpr std::size_t kAxes[] = {1, 2, 3, 10, 16, 17, 40, 600, 4097};

template <class T, class P>
std::vector<T> values(const Callable<P>& f, const std::vector<T>& x, std::size_t n) {
  std::vector<T> y(x.size());
  f(Rows<const T>{x.data(), x.size() / n, n}, Rows<T>{y.data(), x.size() / n, n});
  return y;
}

// Probabilities, in the order of the elements, that do not change where all elements move alike.
const bool probabilities = for_all("ThresholdProbabilities", threshold_activations, []<class P>(const Callable<P>& f) {
  for (const std::size_t n : kAxes)
    for (const double scale : {0.0, 0.01, 1.0, 20.0, 1e6}) {
      const auto x = numbers<double>(5 * n, scale, static_cast<unsigned>(n));
      const auto y = values(f, x, n);
      auto moved = x;
      for (double& v : moved) v += 1024 * scale;
      const auto same = values(f, moved, n);
      for (std::size_t r = 0; r < 5; ++r) {
        double sum = 0;
        for (std::size_t c = 0; c < n; ++c) {
          const std::size_t i = r * n + c;
          sum += y[i];
          EXPECT_GE(y[i], 0);
          EXPECT_LE(y[i], 1);
          EXPECT_NEAR(y[i], same[i], 1e-12 * std::max(1024 * scale, 1.0));
          EXPECT_TRUE(c == 0 || (x[i] > x[i - 1]) == (y[i] > y[i - 1]) || y[i] == y[i - 1]);
        }
        EXPECT_NEAR(sum, 1, 1e-12) << n << " at " << scale;
      }
    }
});

const bool gradients_agree = for_all("ThresholdGradient", threshold_activations, []<class P>(const Callable<P>& f) {
  for (const std::size_t n : {1ul, 2ul, 7ul, 16ul, 20ul, 100ul}) {
    auto x = numbers<double>(n, 1, 3);
    const auto dy = numbers<double>(n, 1, 2);
    std::vector<double> dx(n);
    f.backward(Rows<const double>{dy.data(), 1, n}, Rows<const double>{x.data(), 1, n}, Rows<double>{dx.data(), 1, n});
    for (std::size_t k = 0; k < n; ++k) {
      const double here = x[k], h = 1e-7;
      const auto at = [&](double v) {
        x[k] = v;
        const auto y = values(f, x, n);
        double sum = 0;
        for (std::size_t c = 0; c < n; ++c) sum += dy[c] * y[c];
        return sum;
      };
      EXPECT_NEAR(dx[k], (at(here + h) - at(here - h)) / (2 * h), 1e-7) << k << " of " << n;
      x[k] = here;
    }
  }
});

template <class T, class P>
Bits results(const Callable<P>& f, std::size_t rows, std::size_t n, std::size_t inner) {
  const auto x = numbers<T>(rows * n, 2), dy = numbers<T>(rows * n, 1, 5);
  std::vector<T> in(rows * n), g(rows * n), y(rows * n), dx(rows * n);
  const auto at = [&](std::size_t r, std::size_t c) { return (r / inner * n + c) * inner + r % inner; };
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < n; ++c) in[at(r, c)] = x[r * n + c], g[at(r, c)] = dy[r * n + c];
  const auto view = [&](auto& v) {
    return ClassAxis<std::remove_reference_t<decltype(v[0])>>{v.data(), rows / inner, n, inner};
  };
  f(view(std::as_const(in)), view(y));
  f.backward(view(std::as_const(g)), view(std::as_const(in)), view(dx));
  std::vector<T> over = in, over_dy = g;
  f(view(std::as_const(over)), view(over));
  f.backward(view(std::as_const(over_dy)), view(std::as_const(in)), view(over_dy));
  EXPECT_EQ(bits(over), bits(y)) << "in place";
  EXPECT_EQ(bits(over_dy), bits(dx)) << "in place";
  Bits all;
  for (const auto* part : {&y, &dx})
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < n; ++c) all.push_back(bits((*part)[at(r, c)]));
  return all;
}
// Neither layout, target nor threads change a bit, and a row does not depend on the others.
const bool same = for_all("ThresholdTargets", threshold_activations, [](const auto& f) {
  all_types([&]<class T>(T) {
    for (const std::size_t n : kAxes) {
      const Bits plain = results<T>(f, 6, n, 1);
      EXPECT_EQ(results<T>(f, 6, n, 3), plain) << "the axis in the middle, " << n;
      for (const std::string_view target : targets::available()) {
        targets::use(target);
        EXPECT_EQ(results<T>(f, 6, n, 1), plain) << "on " << target << ", " << n;
      }
      targets::use("");
    }
  });
});
const bool threads = for_all("ThresholdThreads", threshold_activations, [](const auto& f) {
  for (const auto& [rows, n] : {std::pair<std::size_t, std::size_t>{3000, 20}, {1, 200001}}) {
    std::optional<Bits> first;
    for (const int count : {1, 2, 3}) {
      set_num_threads(count);
      const Bits here = results<float>(f, rows, n, 1);
      if (!first) first = here;
      EXPECT_TRUE(here == *first) << count << " threads, rows of " << n;
    }
    set_num_threads(0);
  }
});

const bool special_values = for_all("ThresholdSpecialValues", threshold_activations, [](const auto& f) {
  all_types([&]<class T>(T) {
    const auto row = [&](std::vector<double> x) {
      std::vector<T> in;
      for (const double v : x) in.push_back(T(v));
      std::vector<double> out;
      for (const T v : values(f, in, in.size())) out.push_back(static_cast<double>(v));
      return out;
    };
    EXPECT_EQ(row({1, inf, 3}), (std::vector<double>{0, 1, 0}));
    EXPECT_EQ(row({1, -inf, 1}), (std::vector<double>{0.5, 0, 0.5}));
    EXPECT_EQ(row({5}), (std::vector<double>{1}));
    for (const auto& x : {std::vector<double>{1, nan, 3}, {inf, inf, 0}, {-inf, -inf}})
      for (const double y : row(x)) EXPECT_TRUE(std::isnan(y));
  });
});
TEST(Sparsemax, OfATextbookRow) {
  const std::vector<double> x = {0.5, 0.2, -1, 0.4};
  const auto y = values(sparsemax, x, 4);
  const double threshold = (0.5 + 0.2 + 0.4 - 1) / 3;
  EXPECT_NEAR(y[0], 0.5 - threshold, 1e-15);
  EXPECT_NEAR(y[1], 0.2 - threshold, 1e-15);
  EXPECT_EQ(y[2], 0);
  EXPECT_NEAR(y[3], 0.4 - threshold, 1e-15);
}

}  // namespace
}  // namespace lossact::testing

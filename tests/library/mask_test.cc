// Rows with a mask: what is left out is as if it were not there.
#include "tests/library/accuracy/judge.h"
#include "tests/library/shifted.h"

namespace lossact::testing {
namespace {

template <class T, class P>
void as_if_not_there(const Callable<P>& f) {
  const double impossible = P::meaning == Meaning::log_probabilities ? -inf : 0;
  for (const std::size_t n : {1ul, 2ul, 5ul, 16ul, 17ul, 40ul, 600ul})
    for (const std::size_t inner : {1ul, 3ul}) {
      const std::size_t rows = 6;
      const auto x = numbers<T>(rows * n, 4), dy = numbers<T>(rows * n, 1, 2);
      auto poisoned = x, poisoned_dy = dy;
      std::vector<double> mask(rows * n);
      const auto at = [&](std::size_t r, std::size_t c) { return (r / inner * n + c) * inner + r % inner; };
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < n; ++c) {
          mask[at(r, c)] = r == 2 ? 0 : r == 3 ? 1 : (c * 7 + r) % 3 != 0;
          if (mask[at(r, c)] != 0) continue;
          // Whatever is there does not count.
          poisoned[at(r, c)] = T(static_cast<float>(c % 2 ? nan : inf)),
                         poisoned_dy[at(r, c)] = T(static_cast<float>(nan));
        }
      std::vector<T> y(rows * n), dx(rows * n);
      const P options = {.mask = mask};
      const ClassAxis<const T> in{poisoned.data(), rows / inner, n, inner},
          g{poisoned_dy.data(), rows / inner, n, inner};
      f(in, ClassAxis<T>{y.data(), rows / inner, n, inner}, options);
      f.backward(g, in, ClassAxis<T>{dx.data(), rows / inner, n, inner}, options);
      for (std::size_t r = 0; r < rows; ++r) {
        std::vector<T> some_x, some_dy;
        for (std::size_t c = 0; c < n; ++c)
          if (mask[at(r, c)] != 0) some_x.push_back(x[at(r, c)]), some_dy.push_back(dy[at(r, c)]);
        std::vector<T> some_y(some_x.size()), some_dx(some_x.size());
        const std::size_t m = some_x.size();
        f(Rows<const T>{some_x.data(), 1, m}, Rows<T>{some_y.data(), 1, m});
        f.backward(Rows<const T>{some_dy.data(), 1, m}, Rows<const T>{some_x.data(), 1, m},
                   Rows<T>{some_dx.data(), 1, m});
        for (std::size_t c = 0, k = 0; c < n; ++c) {
          const auto value = static_cast<double>(y[at(r, c)]), slope = static_cast<double>(dx[at(r, c)]);
          if (mask[at(r, c)] == 0) {
            EXPECT_EQ(value, impossible) << r << ", " << c << " of " << n;
            EXPECT_EQ(slope, 0) << r << ", " << c << " of " << n;
          } else {
            const auto expected = static_cast<double>(some_y[k]), expected_slope = static_cast<double>(some_dx[k]);
            const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
            // Each is within its promise, of sums in another order.
            const double promises = 2 * promise<T>(faithful) * epsilon;
            EXPECT_NEAR(value, expected, promises * std::abs(expected)) << r << ", " << c << " of " << n;
            EXPECT_NEAR(slope, expected_slope, 4 * epsilon) << r << ", " << c << " of " << n;
            ++k;
          }
        }
      }
      // A mask of ones is no mask.
      const std::vector<double> ones(rows * n, 1.0);
      std::vector<T> plain(rows * n), masked(rows * n);
      f(Rows<const T>{x.data(), rows, n}, Rows<T>{plain.data(), rows, n});
      f(Rows<const T>{x.data(), rows, n}, Rows<T>{masked.data(), rows, n}, {.mask = ones});
      EXPECT_EQ(bits(masked), bits(plain));
    }
}
const bool masks = for_all("Mask", row_activations, []<class P>(const Callable<P>& f) {
  if constexpr (requires(P p) { p.mask; }) all_types([&]<class T>(T) { as_if_not_there<T>(f); });
});
TEST(Mask, IsRefusedUnlessItIsOneForEachElement) {
  const std::vector<float> x(6, 1.0f);
  std::vector<float> y(6, 9.0f);
  const Rows<const float> in{x.data(), 2, 3};
  const Rows<float> out{y.data(), 2, 3};
  const auto message = [&](std::vector<double> mask) -> std::string {
    try {
      softmax(in, out, {.mask = mask});
    } catch (const error& e) {
      EXPECT_EQ(y, std::vector<float>(6, 9.0f));
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message({1, 0, 1}), "[softmax] mask has shape (3,), input has (2, 3)");
  EXPECT_EQ(message({1, 0, 1, 0.5, 1, 1}), "[softmax] mask is 0.5 at 3, expected 0 or 1");
  EXPECT_EQ(message({1, 0, 1, nan, 1, 1}), "[softmax] mask is nan at 3, expected 0 or 1");
}

}  // namespace
}  // namespace lossact::testing

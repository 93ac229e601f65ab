// The gradient of rows from their outputs is that of the numbers given, wherever these lie.
#include "tests/library/accuracy/promises.h"

namespace lossact::testing {
namespace {

constexpr std::size_t kClasses[] = {1, 2, 10, 16, 17, 33, 100, 5000};

/// dx_k = p_k sum_c(dy_c f'_c) - dy_k f'_k, in units of its terms' last places.
template <class T, class P>
void is_exact(Accuracy accuracy) {
  const Callable<P> f;
  double worst = 0;
  const int sign = P::arguments[0].negated ? -1 : 1;
  for (const P& options : all_variants<P>())
    for (const double scale : {0.1, 3.0, 40.0})
      for (const std::size_t n : kClasses) {
        const auto x = numbers<T>(n, scale), dy = numbers<T>(n, 1, 3);
        std::vector<T> y(n), dx(n);
        f(Rows<const T>{x.data(), 1, n}, Rows<T>{y.data(), 1, n}, options);
        f.backward_from_output(Rows<const T>{dy.data(), 1, n}, Rows<const T>{y.data(), 1, n}, Rows<T>{dx.data(), 1, n},
                               options, accuracy);
        long double total = 0, sizes = 0;
        std::vector<long double> own(n);
        for (std::size_t c = 0; c < n; ++c) {
          own[c] = dy[c] * derivative_from_output(options, Exact(), static_cast<long double>(y[c]));
          total += own[c], sizes += std::abs(own[c]);
        }
        for (std::size_t c = 0; c < n; ++c) {
          const long double p = probability_from_output(options, Exact(), static_cast<long double>(y[c]));
          const long double exact = sign * (p * total - own[c]), terms = p * sizes + std::abs(own[c]);
          if (terms == 0) continue;
          const long double unit =
              std::max<long double>(terms * std::numeric_limits<T>::epsilon(), std::numeric_limits<T>::denorm_min());
          worst = std::max(worst, static_cast<double>(std::abs(dx[c] - exact) / unit));
        }
      }
  EXPECT_LE(worst, sizeof(T) == 8 || accuracy == fast ? 4 : 1);
}
const bool exact = for_all("FromOutput", surprise_activations, []<class P>(const Callable<P>&) {
  is_exact<float, P>(faithful);
  is_exact<float, P>(fast);
  is_exact<double, P>(faithful);
});

/// Of doubles it is the gradient from the input, but for what the output has lost.
const bool same_gradient = for_all("FromOutputAsFromInput", surprise_activations, []<class P>(const Callable<P>& f) {
  for (const std::size_t n : kClasses) {
    const auto x = numbers<double>(3 * n, 3), dy = numbers<double>(3 * n, 1, 3);
    std::vector<double> y(3 * n), from_input(3 * n), from_output(3 * n);
    const Rows<const double> in{x.data(), 3, n}, g{dy.data(), 3, n};
    f(in, Rows<double>{y.data(), 3, n});
    f.backward(g, in, Rows<double>{from_input.data(), 3, n});
    f.backward_from_output(g, Rows<const double>{y.data(), 3, n}, Rows<double>{from_output.data(), 3, n});
    double size = 0;
    for (const double v : dy) size += std::abs(v);
    for (std::size_t i = 0; i < 3 * n; ++i)
      EXPECT_NEAR(from_output[i], from_input[i], 1e-14 * size) << i << " of " << n;
  }
});

template <class T, class P>
void wherever(const Callable<P>& f) {
  const std::size_t outer = 2, inner = 3;
  for (const std::size_t n : {5ul, 40ul, 600ul}) {
    const std::size_t rows = outer * inner, size = rows * n;
    const auto y = [&] {
      auto values = numbers<T>(size, 1);
      for (T& v : values) v = T(-std::abs(static_cast<double>(v)));
      return values;
    }();
    const auto dy = numbers<T>(size, 1, 3);
    std::vector<T> dx(size), other(size);
    f.backward_from_output(ClassAxis<const T>{dy.data(), outer, n, inner},
                           ClassAxis<const T>{y.data(), outer, n, inner}, ClassAxis<T>{dx.data(), outer, n, inner});
    std::vector<T> row_y(size), row_dy(size), row_dx(size);
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t o = i / (n * inner), c = i / inner % n, k = i % inner, to = (o * inner + k) * n + c;
      row_y[to] = y[i], row_dy[to] = dy[i];
    }
    const Rows<const T> out{row_y.data(), rows, n}, g{row_dy.data(), rows, n};
    f.backward_from_output(g, out, Rows<T>{row_dx.data(), rows, n});
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t o = i / (n * inner), c = i / inner % n, k = i % inner;
      ASSERT_EQ(bits(dx[i]), bits(row_dx[(o * inner + k) * n + c]));
    }
    // Over what is read.
    other = row_y;
    f.backward_from_output(g, Rows<const T>{other.data(), rows, n}, Rows<T>{other.data(), rows, n});
    EXPECT_EQ(bits(other), bits(row_dx));
    other = row_dy;
    f.backward_from_output(Rows<const T>{other.data(), rows, n}, out, Rows<T>{other.data(), rows, n});
    EXPECT_EQ(bits(other), bits(row_dx));
    // A mask of ones changes nothing, and what is masked has no gradient.
    std::vector<double> mask(size, 1.0);
    f.backward_from_output(g, out, Rows<T>{other.data(), rows, n}, {.mask = mask});
    EXPECT_EQ(bits(other), bits(row_dx));
    for (std::size_t i = 0; i < size; i += 3) mask[i] = 0;
    f.backward_from_output(g, out, Rows<T>{other.data(), rows, n}, {.mask = mask});
    for (std::size_t i = 0; i < size; i += 3) EXPECT_EQ(static_cast<double>(other[i]), 0);
  }
}
const bool anywhere = for_all("FromOutputWherever", surprise_activations,
                              [](const auto& f) { all_types([&]<class T>(T) { wherever<T>(f); }); });

const bool refused = for_all("FromOutputRefused", threshold_activations, []<class P>(const Callable<P>& f) {
  float y[6] = {1}, dx[6] = {7};
  const Rows<const float> out{y, 2, 3};
  EXPECT_THROW(f.backward_from_output(out, out, Rows<float>{dx, 2, 3}), domain_error);
  EXPECT_EQ(dx[0], 7);
});
const bool shapes = for_all("FromOutputRefused", surprise_activations, []<class P>(const Callable<P>& f) {
  float y[6] = {1}, dx[6] = {7};
  const Rows<const float> out{y, 2, 3}, few{y, 2, 2};
  const Rows<float> to{dx, 2, 3};
  EXPECT_THROW(f.backward_from_output(few, out, to), shape_error);
  EXPECT_THROW(f.backward_from_output(out, few, to), shape_error);
  EXPECT_THROW(f.backward_from_output(out, out, Rows<float>{dx, 2, 2}), shape_error);
  EXPECT_THROW(f.backward_from_output(out, Rows<const float>{y + 1, 1, 3}, Rows<float>{y, 1, 3}), shape_error);
  EXPECT_THROW(
      f.backward_from_output(Rows<const float>{dx, 1, 3}, Rows<const float>{y + 1, 1, 3}, Rows<float>{y, 1, 3}),
      overlap_error);
  EXPECT_EQ(dx[0], 7);
});

}  // namespace
}  // namespace lossact::testing

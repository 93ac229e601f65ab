// NaN and infinities, at every position of every length; and the one-number call.
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

constexpr std::size_t kLongest = 4 * 16 + 3;

template <class T>
bool is_nan(T x) {
  return std::isnan(static_cast<double>(x));
}

template <class T, class P>
void specials_everywhere(const P& options, Accuracy accuracy) {
  const Caller<P, T> call{.options = options, .accuracy = accuracy};
  const T special[] = {static_cast<T>(nan),
                       static_cast<T>(inf),
                       static_cast<T>(-inf),
                       T(0),
                       T(-0.0),
                       std::numeric_limits<T>::denorm_min(),
                       std::numeric_limits<T>::max(),
                       std::numeric_limits<T>::lowest()};
  for (std::size_t n = 1; n <= kLongest; ++n) {
    const std::vector<T> plain = numbers<T>(n, 3), ones(n, T(1));
    std::vector<T> plain_y(n), plain_dx(n), y(n), dx(n);
    call.forward(plain, plain_y);
    call.backward(ones, plain, plain_dx);
    for (const T value : special) {
      T alone_y, alone_dx;
      const T one(1);
      call.forward({&value, 1}, {&alone_y, 1});
      call.backward({&one, 1}, {&value, 1}, {&alone_dx, 1});
      for (std::size_t at = 0; at < n; ++at) {
        std::vector<T> x = plain;
        x[at] = value;
        call.forward(x, y);
        call.backward(ones, x, dx);
        // A random slope belongs to its position, so only a zero slope's effect is the same elsewhere.
        const bool by_position = draws<P>;
        for (std::size_t i = 0; i < n; ++i) {
          if (i == at && by_position) continue;
          ASSERT_EQ(bits(y[i]), bits(i == at ? alone_y : plain_y[i]))
              << static_cast<double>(value) << " at " << at << " of " << n << ": " << i;
          ASSERT_EQ(bits(dx[i]), bits(i == at ? alone_dx : plain_dx[i]))
              << "slope, " << static_cast<double>(value) << " at " << at << " of " << n << ": " << i;
        }
        ASSERT_EQ(is_nan(value), is_nan(y[at])) << at << " of " << n;
        ASSERT_EQ(is_nan(value), is_nan(dx[at])) << at << " of " << n;
      }
    }
  }
}
const bool special_values = for_all("SpecialValues", activations, []<class P>(const Callable<P>&) {
  for (const P& options : variants<P>())
    for (const Accuracy accuracy : {faithful, fast}) {
      SCOPED_TRACE(text_of(options));
      specials_everywhere<float>(options, accuracy);
      specials_everywhere<double>(options, accuracy);
      specials_everywhere<bfloat16>(options, accuracy);
      specials_everywhere<float16>(options, accuracy);
    }
});

// f(-inf) and f(inf) are the limits, and the slope there is that of the asymptote: never NaN.
const bool infinities = for_all("Infinities", activations, []<class P>(const Callable<P>&) {
  for (const P& options : variants<P>())
    for (const Accuracy accuracy : {faithful, fast}) {
      SCOPED_TRACE(text_of(options));
      const auto check = [&]<class T>(T) {
        const Caller<P, T> call{.options = options, .accuracy = accuracy};
        const std::vector<T> x = {static_cast<T>(-inf), static_cast<T>(inf)}, ones(2, T(1));
        std::vector<T> y(2), dx(2);
        call.forward(x, y);
        call.backward(ones, x, dx);
        const Facts facts = options.facts();
        const double slopes[] = {static_cast<double>(dx[0]), static_cast<double>(dx[1])};
        EXPECT_EQ(static_cast<double>(y[0]), static_cast<double>(static_cast<T>(facts.left)));
        EXPECT_EQ(static_cast<double>(y[1]), static_cast<double>(static_cast<T>(facts.right)));
        for (const double slope : slopes) EXPECT_TRUE(std::isfinite(slope));
        EXPECT_TRUE(slopes[0] == 0 || !std::isfinite(facts.left));
        EXPECT_TRUE(slopes[1] == 0 || !std::isfinite(facts.right));
      };
      all_types(check);
    }
});

// -0 in, and what an odd or an increasing function through zero makes of it: the sign stays.
const bool signed_zeros = for_all("SignedZero", activations, []<class P>(const Callable<P>&) {
  for (const P& options : variants<P>()) {
    const Caller<P, float> call{.options = options};
    const float x[] = {-0.0f, 0.0f};
    float y[2];
    call.forward(x, y);
    if (y[1] != 0 || !options.facts().increasing) continue;
    EXPECT_FALSE(std::signbit(y[1])) << text_of(options);
    EXPECT_TRUE(std::signbit(y[0])) << text_of(options);
  }
});

const bool one_number = for_all("OneNumber", activations, []<class P>(const Callable<P>& f) {
  if constexpr (!learns<P>) {
    const P options;
    for (const double x : {-3.5, -0.25, 0.0, 0.75, 20.0}) {
      const double in[] = {x}, one[] = {1};
      double y[1], dx[1];
      f(in, y, options);
      f.backward(one, in, dx, options);
      EXPECT_EQ(f(x), y[0]);
      EXPECT_EQ(f.derivative(x), dx[0]);
      const float in_float[] = {static_cast<float>(x)};
      float y_float[1];
      f(in_float, y_float, options, fast);
      EXPECT_EQ(f(in_float[0], options, fast), y_float[0]);
    }
    EXPECT_EQ(f(2), f(2.0));
    EXPECT_EQ(f.derivative(-1), f.derivative(-1.0));
  }
});

// One NaN makes its row NaN, wherever it stands, and no other row.
template <class T, class P>
void rows_of_nan(const Callable<P>& f) {
  for (const std::size_t n : {1ul, 2ul, 15ul, 16ul, 17ul, 40ul, 5000ul})
    for (std::size_t at = 0; at < n; at += n > 100 ? 617 : 1) {
      std::vector<T> x = numbers<T>(3 * n, 2), y(3 * n), dx(3 * n);
      const std::vector<T> dy = numbers<T>(3 * n, 1, 2);
      x[n + at] = static_cast<T>(nan);
      f(Rows<const T>{x.data(), 3, n}, Rows<T>{y.data(), 3, n});
      f.backward(Rows<const T>{dy.data(), 3, n}, Rows<const T>{x.data(), 3, n}, Rows<T>{dx.data(), 3, n});
      for (std::size_t i = 0; i < 3 * n; ++i) {
        ASSERT_EQ(is_nan(y[i]), i / n == 1) << at << " of " << n << ": " << i;
        ASSERT_EQ(is_nan(dx[i]), i / n == 1) << "slope, " << at << " of " << n << ": " << i;
      }
    }
}
const bool rows_with_nan =
    for_all("SpecialValues", row_activations, [](const auto& f) { all_types([&]<class T>(T) { rows_of_nan<T>(f); }); });

// With a slope of zero the function is 0 to the left, at -inf too.
TEST(Infinities, AZeroSlopeGivesZero) {
  const std::vector<double> x = {-inf, -2, inf}, none = {0};
  for (const bool training : {false, true}) {
    std::vector<double> y(3);
    rrelu(x, y, {.lower = training ? 0.0 : -0.25, .upper = training ? 0.0 : 0.25, .training = training});
    EXPECT_EQ(y, (std::vector<double>{0, 0, inf}));
    prelu(x, none, y);
    EXPECT_EQ(y, (std::vector<double>{0, 0, inf}));
  }
}

// 0 log 0 = 0, whether the target is 0 or its logarithm -inf, and whatever the input.
TEST(Infinities, WhatCannotHappenCostsNothing) {
  all_types([]<class T>(T) {
    for (const double expected : {-1.0, 0.0, -inf})
      for (const bool log_target : {false, true}) {
        const T input[] = {static_cast<T>(expected)}, target[] = {static_cast<T>(log_target ? -inf : 0)};
        T gradient[] = {T(7)};
        EXPECT_EQ(kl_div.with_gradient(input, target, gradient, {.log_target = log_target}), 0) << expected;
        EXPECT_EQ(static_cast<double>(gradient[0]), 0) << expected;
      }
  });
}

// One logit of +inf takes all the probability; one of -inf takes none; two of +inf have no answer.
template <class T, class P>
void rows_of_infinities(const Callable<P>& f) {
  const double sign = P::arguments[0].negated ? -1 : 1;
  const T low(sign * -inf), high(sign * inf);
  const T finite_row[] = {T(0), T(sign * -2000)}, one[] = {T(1), high}, none[] = {low, T(2)}, two[] = {high, high};
  T y[2];
  const auto run = [&](const T* x) { f(Rows<const T>{x, 1, 2}, Rows<T>{y, 1, 2}); };
  run(finite_row);
  const auto certain = static_cast<double>(y[0]);
  run(one);
  EXPECT_EQ(static_cast<double>(y[1]), certain);
  const auto impossible = static_cast<double>(y[0]);
  EXPECT_FALSE(is_nan(y[0]));
  run(none);
  EXPECT_EQ(static_cast<double>(y[0]), impossible);
  EXPECT_EQ(static_cast<double>(y[1]), certain);
  run(two);
  EXPECT_TRUE(is_nan(y[0]) && is_nan(y[1]));
}
const bool rows_with_infinities = for_all(
    "Infinities", row_activations, [](const auto& f) { all_types([&]<class T>(T) { rows_of_infinities<T>(f); }); });

template <class T, class P>
void losses_of_nan(const OfTwo<P>& f) {
  for (const P& options : variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (const std::size_t n : {1ul, 15ul, 16ul, 33ul}) {
      for (std::size_t at = 0; at < n; ++at)
        for (const bool in_target : {false, true}) {
          std::vector<T> x = numbers<T>(n, 2), t(n, T(0.5)), dx(n);
          std::vector<double> losses(n);
          (in_target ? t : x)[at] = T(nan);
          f.each(x, t, losses, options);
          EXPECT_TRUE(std::isnan(f.with_gradient(x, t, dx, options)));
          for (std::size_t i = 0; i < n; ++i) {
            ASSERT_EQ(std::isnan(losses[i]), i == at);
            ASSERT_EQ(is_nan(dx[i]), i == at);
          }
        }
    }
  }
}
const bool losses_with_nan =
    for_all("SpecialValues", losses_of_two, [](const auto& f) { all_types([&]<class T>(T) { losses_of_nan<T>(f); }); });

template <class T, class P>
void row_losses_of_nan(const Callable<P>& f) {
  const std::size_t n = 19, rows = 3;
  std::vector<T> x = numbers<T>(rows * n, 2), dx(rows * n);
  const std::int64_t y[] = {3, 4, 5};
  x[n + 4] = static_cast<T>(nan);
  std::vector<double> losses(rows);
  f.each(Rows<const T>{x.data(), rows, n}, y, losses);
  EXPECT_TRUE(std::isnan(losses[1]) && !std::isnan(losses[0]) && !std::isnan(losses[2]));
  EXPECT_TRUE(std::isnan(f.with_gradient(Rows<const T>{x.data(), rows, n}, y, Rows<T>{dx.data(), rows, n})));
  EXPECT_TRUE(is_nan(dx[n + 4]) && !is_nan(dx[0]) && !is_nan(dx[2 * n]));
}
const bool rows_losses_with_nan = for_all(
    "SpecialValues", row_losses, [](const auto& f) { all_types([&]<class T>(T) { row_losses_of_nan<T>(f); }); });

const bool information_with_nan = for_all("SpecialValues", informations, []<class P>(const Callable<P>& f) {
  const std::vector<double> p = {0.25, nan, 0.25, 0.5}, q = {0.25, 0.25, 0.25, 0.25};
  if constexpr (distributions_of<P> == 0) EXPECT_TRUE(std::isnan(f(nan)));
  else if constexpr (distributions_of<P> == 1) EXPECT_TRUE(std::isnan(f(p)));
  else {
    EXPECT_TRUE(std::isnan(f(p, q)));
    EXPECT_TRUE(std::isnan(f(q, p)));
  }
});

}  // namespace
}  // namespace lossact::testing

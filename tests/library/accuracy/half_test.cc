// bfloat16 and float16: conversions, and every function at each of the 65 536 numbers of either type.
// The expected results do not use the library's conversions: numbers are decoded by the definition of their format, and
// the nearest to an exact result is searched among them.
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// All finite numbers of a type from 0 upwards; a number's place among them is its bits.
template <class T>
const std::vector<long double>& sizes() {
  static const std::vector<long double> all = [] {
    constexpr int fraction = std::numeric_limits<T>::digits - 1, least = std::numeric_limits<T>::min_exponent - 1;
    std::vector<long double> found;
    for (int exponent = 0; exponent < (1 << (15 - fraction)) - 1; ++exponent)
      for (int f = 0; f < 1 << fraction; ++f)
        found.push_back(
            exponent == 0 ? std::ldexp(static_cast<long double>(f), least - fraction)
                          : std::ldexp(static_cast<long double>(f + (1 << fraction)), exponent - 1 + least - fraction));
    return found;
  }();
  return all;
}
/// The size at a place; beyond the largest, what the next would be without overflow, by which rounding to infinity is
/// decided.
template <class T>
long double size_at(std::size_t place) {
  const auto& all = sizes<T>();
  return place < all.size() ? all[place] : 2 * all.back() - all[all.size() - 2];
}
template <class T>
long double exact_value(T x) {
  const std::size_t place = x.bits & 0x7FFF;
  const long double size = place < sizes<T>().size()    ? sizes<T>()[place]
                           : place == sizes<T>().size() ? static_cast<long double>(inf)
                                                        : static_cast<long double>(nan);
  return x.bits & 0x8000 ? -size : size;
}
/// The neighbours of an exact result, and where between them it lies: 0 at the lower, 1 at the upper.
struct Between {
  std::size_t below;
  long double part, unit;
};
template <class T>
Between between(long double exact) {
  const auto& all = sizes<T>();
  const long double size = std::fabs(exact);
  const auto above = std::upper_bound(all.begin(), all.end(), size);
  const auto below = std::min(static_cast<std::size_t>(above - all.begin()) - 1, all.size() - 1);
  const long double unit = size_at<T>(below + 1) - size_at<T>(below);
  return {below, (size - all[below]) / unit, unit};
}
template <class T>
std::uint16_t nearest(long double exact) {
  const unsigned sign = std::signbit(exact) ? 0x8000 : 0;
  if (std::isnan(exact)) return std::numeric_limits<T>::quiet_NaN().bits;
  const Between at = between<T>(exact);
  const bool up = at.part > 0.5L || (at.part == 0.5L && at.below % 2 == 1);
  return static_cast<std::uint16_t>(sign | std::min(at.below + up, sizes<T>().size()));
}

/// Whether `got` keeps the promise: the nearest, or either neighbour where the exact result is within a billionth of
/// the middle between them; fast within 0.6 of their distance.
template <class T>
bool right(T got, long double exact, Accuracy accuracy, long double spare = 0) {
  if (std::isnan(exact)) return std::isnan(exact_value(got));
  if (bits(got) == bits(T::from_bits(nearest<T>(exact)))) return true;
  if (std::isnan(exact_value(got)) || std::isinf(exact)) return false;
  const Between at = between<T>(exact);
  const std::size_t place = got.bits & 0x7FFF;
  const long double far = std::fabs(std::copysign(size_at<T>(place), got.bits & 0x8000 ? -1.0L : 1.0L) - exact);
  if (place > sizes<T>().size()) return false;
  if (accuracy == fast) return far <= 0.6L * at.unit + spare;
  return far <= 0.5L * at.unit + 1e-9L * std::fabs(exact) + spare;
}

template <class T>
std::vector<T> all_numbers() {
  std::vector<T> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = T::from_bits(static_cast<std::uint16_t>(i));
  return all;
}

template <class T>
class Half : public ::testing::Test {};
using Halves = ::testing::Types<bfloat16, float16>;
TYPED_TEST_SUITE(Half, Halves);

TYPED_TEST(Half, EveryNumberIsReadExactly) {
  for (const TypeParam x : all_numbers<TypeParam>()) {
    const auto exact = static_cast<double>(exact_value(x));
    ASSERT_EQ(bits(static_cast<double>(x)), bits(exact)) << x.bits;
    ASSERT_EQ(bits(static_cast<float>(x)), bits(static_cast<float>(exact))) << x.bits;
    ASSERT_EQ(bits(TypeParam(exact)), bits(x)) << "and back";
  }
}
// At every number, every middle, and next to both.
TYPED_TEST(Half, ConversionsRoundToNearestEven) {
  for (std::size_t i = 0; i <= sizes<TypeParam>().size(); ++i) {
    const long double here = size_at<TypeParam>(i), after = size_at<TypeParam>(i + 1);
    for (const long double at : {here, (here + after) / 2, here + (after - here) / 4})
      for (const double sign : {1.0, -1.0}) {
        const double middle = sign * static_cast<double>(at);
        for (const double x : {middle, std::nextafter(middle, -inf), std::nextafter(middle, inf)})
          ASSERT_EQ(TypeParam(x).bits, nearest<TypeParam>(x)) << x;
        const auto single = static_cast<float>(middle);
        for (const float x : {single, std::nextafter(single, -INFINITY), std::nextafter(single, INFINITY)})
          ASSERT_EQ(TypeParam(x).bits, nearest<TypeParam>(x)) << x;
      }
  }
  EXPECT_EQ(TypeParam(inf).bits, std::numeric_limits<TypeParam>::infinity().bits);
  EXPECT_EQ(TypeParam(-1e300).bits, 0x8000 | std::numeric_limits<TypeParam>::infinity().bits);
  EXPECT_EQ(TypeParam(-1e-300).bits, 0x8000);
  EXPECT_EQ(TypeParam(std::numeric_limits<double>::denorm_min()).bits, 0);
  EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(nan))));
  EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(std::bit_cast<double>(0x7FF0000000000001)))));
  EXPECT_EQ(static_cast<int>(TypeParam(3)), 3);
}
TYPED_TEST(Half, LimitsAreThoseOfTheType) {
  using Limits = std::numeric_limits<TypeParam>;
  EXPECT_EQ(exact_value(Limits::max()), sizes<TypeParam>().back());
  EXPECT_EQ(exact_value(Limits::lowest()), -sizes<TypeParam>().back());
  EXPECT_EQ(exact_value(Limits::denorm_min()), sizes<TypeParam>()[1]);
  EXPECT_EQ(exact_value(Limits::min()), std::ldexp(1.0L, Limits::min_exponent - 1));
  EXPECT_EQ(exact_value(Limits::epsilon()), std::ldexp(1.0L, 1 - Limits::digits));
  EXPECT_EQ(static_cast<double>(Limits::infinity()), inf);
}
static_assert(static_cast<float>(bfloat16(1.0f)) == 1 && static_cast<double>(float16(-2.5)) == -2.5);
static_assert(sizeof(bfloat16) == 2 && std::is_trivially_copyable_v<float16> && std::is_trivial_v<bfloat16>);

/// A function at every number, and its derivative there times several values of grad_output.
template <class T, class P>
void everywhere(const P& options, Accuracy accuracy, T weight) {
  const Caller<P, T> call{.options = options, .accuracy = accuracy, .weight = {weight}};
  const std::vector<T> x = all_numbers<T>();
  const std::vector<double> aside = beside(options, x.size(), static_cast<double>(weight));
  // A function that is exact in its own type rounds ties as the number format does.
  const auto kept = [&](T got, long double exact) {
    if constexpr (requires { P::exact; })
      if (accuracy == faithful) return bits(got) == bits(T::from_bits(nearest<T>(exact)));
    return right(got, exact, accuracy);
  };
  std::vector<T> y(x.size());
  call.forward(x, y);
  std::vector<long double> slope(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double in = exact_value(x[i]), second = aside[i];
    slope[i] = std::isnan(in) ? in : slope_of<P, Exact, long double>(options, {}, in, second);
    const long double exact = std::isnan(in) ? in : value_of<P, Exact, long double>(options, {}, in, second);
    ASSERT_TRUE(kept(y[i], exact)) << "the value at " << in << " is " << exact_value(y[i]) << ", not " << exact;
  }
  for (const double above : {1.0, -0.7, 3e-4}) {
    const T g(above);
    call.backward(std::vector<T>(x.size(), g), x, y);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_TRUE(kept(y[i], exact_value(g) * slope[i]))
          << "the slope at " << exact_value(x[i]) << " times " << exact_value(g) << " is " << exact_value(y[i])
          << ", not " << exact_value(g) * slope[i];
  }
  if constexpr (requires { derivative_from_output(options, Exact(), 1.0L); }) {
    const Facts facts = options.facts();
    if (!facts.increasing) return;
    Callable<P>().backward_from_output(std::vector<T>(x.size(), T(1)), x, y, options, accuracy);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double out = exact_value(x[i]);
      if (out < facts.range.low || out > facts.range.high) continue;
      const long double exact = std::isnan(out) ? out : derivative_from_output(options, Exact(), out);
      ASSERT_TRUE(kept(y[i], exact)) << "the slope where the output is " << out << " is " << exact_value(y[i])
                                     << ", not " << exact;
    }
  }
}
template <class T, class P>
void everywhere() {
  for (const P& options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (const Accuracy accuracy : {faithful, fast}) {
      SCOPED_TRACE(accuracy == fast ? "fast" : "faithful");
      for (const double weight : {0.25, -0.7, 1e-30, 0.0}) {
        everywhere<T>(options, accuracy, T(weight));
        if (!learns<P>) break;
      }
    }
  }
}
const bool activations_everywhere = for_all("EveryHalf", activations, []<class P>(const Callable<P>&) {
  everywhere<bfloat16, P>();
  everywhere<float16, P>();
});

template <class T>
std::vector<float> as_floats(const std::vector<T>& x) {
  std::vector<float> all;
  for (const T v : x) all.push_back(static_cast<float>(v));
  return all;
}
/// Gradients of halves are exact ones, rounded. The gradients of floats, from which they are expected, differ from
/// exact ones by rounding too: `spare` allows for that.
template <class T>
void expect_rounded(const std::vector<T>& got, const std::vector<float>& of_floats) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const long double exact = of_floats[i], spare = unit<float>(exact);
    ASSERT_TRUE(right(got[i], exact, faithful, spare)) << i << ": " << exact_value(got[i]) << ", not " << exact;
  }
}

// A loss of halves is that of the same numbers as floats, to the last bit: it is a double and is not rounded to halves.
template <class T, class P>
void pair_loss(const OfTwo<P>& f) {
  const std::size_t n = 10007;
  const auto x = numbers<T>(n, 4);
  auto t = numbers<T>(n, 1, 2);
  for (T& v : t) v = T(std::abs(static_cast<double>(v)));
  const auto x_float = as_floats(x), t_float = as_floats(t);
  for (P options : all_variants<P>())
    for (const Accuracy accuracy : {faithful, fast}) {
      SCOPED_TRACE(text_of(options));
      std::vector<double> losses(n), float_losses(n);
      std::vector<T> gradient(n);
      std::vector<float> float_gradient(n);
      f.each(x, t, losses, options, accuracy);
      f.each(x_float, t_float, float_losses, options, accuracy);
      EXPECT_EQ(losses, float_losses);
      options.reduction = Reduction::sum;
      const double loss = f.with_gradient(x_float, t_float, float_gradient, options, accuracy);
      EXPECT_EQ(f(x, t, options, accuracy), loss);
      EXPECT_EQ(f.with_gradient(x, t, gradient, options, accuracy), loss);
      expect_rounded(gradient, float_gradient);
      f.backward_target(0.3, x, t, gradient, options, accuracy);
      f.backward_target(0.3, x_float, t_float, float_gradient, options, accuracy);
      expect_rounded(gradient, float_gradient);
    }
}
const bool pair_losses_keep_all = for_all("LossOfHalves", losses_of_two, [](const auto& f) {
  pair_loss<bfloat16>(f);
  pair_loss<float16>(f);
});

// Rows of halves are computed in double for both accuracies, as rows of floats are where elements exceed 88. Other rows
// of floats have exponentials in single precision, so that losses agree to a unit in the last place of a float.
template <class T, class P>
void row_loss(const Callable<P>& f) {
  for (const std::size_t n : {1ul, 3ul, 10ul, 17ul, 1000ul, 5000ul}) {
    const std::size_t rows = 3;
    auto x = numbers<T>(rows * n, 6);
    const std::vector<T> low = x;
    for (T& v : x) v = T(static_cast<double>(v) + 100);
    auto share = numbers<T>(rows * n, 1, 4);
    for (T& v : share) v = T(std::abs(static_cast<double>(v)));
    const auto x_float = as_floats(x), share_float = as_floats(share);
    const std::vector<std::int64_t> y = {0, static_cast<std::int64_t>(n / 2), static_cast<std::int64_t>(n - 1)};
    const Rows<const T> in{x.data(), rows, n}, target{share.data(), rows, n};
    const Rows<const float> in_float{x_float.data(), rows, n}, target_float{share_float.data(), rows, n};
    std::vector<T> gradient(rows * n);
    std::vector<float> float_gradient(rows * n);
    const Rows<T> out{gradient.data(), rows, n};
    const Rows<float> out_float{float_gradient.data(), rows, n};
    for (const P& options : all_variants<P>())
      for (const Accuracy accuracy : {faithful, fast}) {
        SCOPED_TRACE(text_of(options));
        EXPECT_EQ(f.with_gradient(in, y, out, options, accuracy), f.with_gradient(in_float, y, out_float, options));
        expect_rounded(gradient, float_gradient);
        const auto low_float = as_floats(low);
        const double loss = f(Rows<const float>{low_float.data(), rows, n}, y, options);
        EXPECT_NEAR(f(Rows<const T>{low.data(), rows, n}, y, options, accuracy), loss, std::abs(loss) * 0x1p-23);
        EXPECT_EQ(f.with_gradient(in, target, out, options, accuracy),
                  f.with_gradient(in_float, target_float, out_float, options));
        expect_rounded(gradient, float_gradient);
        f.backward(0.3, in, target, {{}, out}, options, accuracy);
        f.backward(0.3, in_float, target_float, {{}, out_float}, options);
        expect_rounded(gradient, float_gradient);
      }
  }
}
const bool row_losses_keep_all = for_all("LossOfHalves", row_losses, [](const auto& f) {
  row_loss<bfloat16>(f);
  row_loss<float16>(f);
});

template <class T, class P>
void row_activation(const Callable<P>& f) {
  for (const std::size_t n : {1ul, 3ul, 10ul, 17ul, 1000ul, 5000ul}) {
    const std::size_t rows = 3;
    const auto x = numbers<T>(rows * n, 6), dy = numbers<T>(rows * n, 1, 2);
    const auto x_float = as_floats(x), dy_float = as_floats(dy);
    const Rows<const T> in{x.data(), rows, n}, above{dy.data(), rows, n};
    const Rows<const float> in_float{x_float.data(), rows, n}, above_float{dy_float.data(), rows, n};
    std::vector<T> out(rows * n);
    std::vector<float> float_out(rows * n);
    for (const Accuracy accuracy : {faithful, fast}) {
      f(in, Rows<T>{out.data(), rows, n}, P(), accuracy);
      f(in_float, Rows<float>{float_out.data(), rows, n});
      expect_rounded(out, float_out);
      f.backward(above, in, Rows<T>{out.data(), rows, n}, P(), accuracy);
      f.backward(above_float, in_float, Rows<float>{float_out.data(), rows, n});
      expect_rounded(out, float_out);
    }
  }
}
const bool row_activations_round = for_all("RowsOfHalves", row_activations, [](const auto& f) {
  row_activation<bfloat16>(f);
  row_activation<float16>(f);
});

}  // namespace
}  // namespace lossact::testing

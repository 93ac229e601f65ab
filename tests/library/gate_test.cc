// Gates, which make elements of those of several arrays: their accuracy, and that no length, target or thread changes a
// bit.
#include "lossact/threads.h"
#include "tests/library/accuracy/judge.h"
#include "tests/library/shifted.h"

namespace lossact::testing {
namespace {

/// Numbers of every size for two arrays, in many combinations.
template <class T>
struct Pairs {
  std::vector<T> a, b;
  explicit Pairs(std::size_t n = 4000) {
    for (const double scale : {1e-3, 1.0, 8.0, 60.0, 120.0}) {
      const auto x = numbers<T>(n, scale, static_cast<unsigned>(scale)), y = numbers<T>(n, 3, 9);
      a.insert(a.end(), x.begin(), x.end()), b.insert(b.end(), y.begin(), y.end());
    }
    for (const double x : {0.0, -0.0, -40.0, 40.0, -39.99, -88.0, -104.0, 88.7, 300.0, -300.0, 1e-30, -1e30, 1e30})
      for (const double y : {0.0, 1.0, -2.5, 1e-30, 1e30, -1e30, 1e-3}) a.push_back(T(x)), b.push_back(T(y));
  }
  std::size_t size() const { return a.size(); }
};

template <class T, class P>
void holds(const Callable<P>& f) {
  const P options;
  const Pairs<T> x;
  const std::vector<T> ones(x.size(), T(1));
  std::vector<T> y(x.size()), da(x.size()), db(x.size());
  for (const Accuracy accuracy : {faithful, fast}) {
    f(x.a, x.b, y, options, accuracy);
    f.backward(ones, x.a, x.b, {da, db}, options, accuracy);
    double value = 0, slope_a = 0, slope_b = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double a = static_cast<double>(x.a[i]), b = static_cast<double>(x.b[i]);
      value = std::max(value, ulps(y[i], reference::forward(options, Exact(), a, b)));
      const auto slopes = reference::derivatives(options, Exact(), a, b);
      slope_b = std::max(slope_b, ulps(db[i], slopes[1]));
      // Near a zero of the slope a relative error has no meaning.
      if (std::abs(slopes[0]) > std::abs(b) / 64) slope_a = std::max(slope_a, ulps(da[i], slopes[0]));
    }
    const double most = promise<T>(accuracy);
    EXPECT_LE(value, most) << "of values, accuracy " << (accuracy == fast);
    EXPECT_LE(slope_a, most) << "of slopes in the first, accuracy " << (accuracy == fast);
    EXPECT_LE(slope_b, most) << "of slopes in the second, accuracy " << (accuracy == fast);
  }
}
const bool accurate = for_all("Accuracy", gates, [](const auto& f) {
  holds<float>(f);
  holds<double>(f);
});

const bool derivatives_agree = for_all("Derivative", gates, []<class P>(const Callable<P>&) {
  const P options;
  const Pairs<double> x(500);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto in = [&](double da, double db) {
      return reference::forward(options, Sloped(), Dual{x.a[i], da}, Dual{x.b[i], db}).d;
    };
    const auto slopes = reference::derivatives(options, Sloped(), Dual{x.a[i]}, Dual{x.b[i]});
    EXPECT_NEAR(slopes[0].v, in(1, 0), 1e-11 * std::abs(in(1, 0)) + 1e-13 * std::abs(x.b[i]))
        << x.a[i] << ", " << x.b[i];
    EXPECT_NEAR(slopes[1].v, in(0, 1), 1e-11 * std::abs(in(0, 1)) + 1e-14) << x.a[i] << ", " << x.b[i];
  }
});

template <class T, class P>
Bits results(const Callable<P>& f, std::span<const T> a, std::span<const T> b, Accuracy accuracy) {
  const P options;
  std::vector<T> y(a.size()), da(a.size()), db(a.size());
  const auto dy = numbers<T>(a.size(), 1, 4);
  f(a, b, y, options, accuracy);
  f.backward(dy, a, b, {da, db}, options, accuracy);
  Bits all = bits(y);
  append(all, da), append(all, db);
  f.backward(dy, a, b, da, options, accuracy);
  f.backward(dy, a, b, {{}, db}, options, accuracy);
  append(all, da), append(all, db);
  return all;
}
const bool targets_agree = for_all("Targets", gates, [](const auto& f) {
  all_types([&]<class T>(T) {
    const Pairs<T> x;
    for (const Accuracy accuracy : {faithful, fast}) {
      std::optional<Bits> first;
      for (const std::string_view target : targets::available())
        for (const int threads : {1, 3}) {
          targets::use(target), set_num_threads(threads);
          const Bits here = results<T>(f, x.a, x.b, accuracy);
          if (!first) first = here;
          EXPECT_EQ(here == *first, true) << "on " << target << " with " << threads << " threads";
        }
      targets::use(""), set_num_threads(0);
    }
  });
});

// Any number of elements, and in place over either input.
const bool lengths = for_all("Length", gates, []<class P>(const Callable<P>& f) {
  all_types([&]<class T>(T) {
    const P options;
    const Pairs<T> x;
    std::vector<T> all(x.size());
    f(x.a, x.b, all);
    for (const std::size_t n : {0ul, 1ul, 7ul, 16ul, 17ul, 63ul, 64ul, 65ul, 4095ul, 4097ul}) {
      const auto a = std::span(x.a).last(n), b = std::span(x.b).last(n);
      std::vector<T> y(n), over_a(a.begin(), a.end()), over_b(b.begin(), b.end());
      f(a, b, y);
      f(over_a, b, over_a);
      f(a, over_b, over_b);
      const std::vector<T> expected(all.end() - static_cast<std::ptrdiff_t>(n), all.end());
      EXPECT_EQ(bits(y), bits(expected)) << n;
      EXPECT_EQ(bits(over_a), bits(expected)) << n;
      EXPECT_EQ(bits(over_b), bits(expected)) << n;
      const auto dy = numbers<T>(n, 1, 4);
      std::vector<T> da(n), db(n), in_place_a(a.begin(), a.end()), in_place_b(b.begin(), b.end());
      f.backward(dy, a, b, {da, db}, options);
      f.backward(dy, in_place_a, in_place_b, {in_place_a, in_place_b}, options);
      EXPECT_EQ(bits(in_place_a), bits(da)) << n;
      EXPECT_EQ(bits(in_place_b), bits(db)) << n;
    }
  });
});

const bool halves = for_all("HalfPrecision", gates, []<class P>(const Callable<P>& f) {
  const P options;
  const auto holds = [&]<class T>(T) {
    const Pairs<T> x;
    std::vector<T> y(x.size());
    f(x.a, x.b, y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double exact =
          reference::forward(options, Exact(), static_cast<long double>(static_cast<double>(x.a[i])),
                             static_cast<long double>(static_cast<double>(x.b[i])));
      EXPECT_EQ(bits(y[i]), bits(T(static_cast<double>(exact))))
          << static_cast<double>(x.a[i]) << ", " << static_cast<double>(x.b[i]);
    }
  };
  holds(bfloat16()), holds(float16());
});

const bool special_values = for_all("SpecialValues", gates, []<class P>(const Callable<P>& f) {
  all_types([&]<class T>(T) {
    const T not_a_number(static_cast<float>(nan));
    for (const std::size_t n : {1ul, 17ul, 600ul})
      for (std::size_t which = 0; which < 2; ++which) {
        std::vector<T> x[2] = {numbers<T>(n, 2), numbers<T>(n, 2, 2)}, y(n), da(n), db(n);
        const std::vector<T> ones(n, T(1));
        x[which][n / 2] = not_a_number;
        f(x[0], x[1], y);
        f.backward(ones, x[0], x[1], {da, db}, P());
        for (std::size_t i = 0; i < n; ++i) {
          EXPECT_EQ(std::isnan(static_cast<float>(y[i])), i == n / 2);
          EXPECT_TRUE(i == n / 2 || !(std::isnan(static_cast<float>(da[i])) || std::isnan(static_cast<float>(db[i]))));
        }
        EXPECT_TRUE(std::isnan(static_cast<float>(da[n / 2])));
      }
  });
});

const bool refusals = for_all("Refusal", gates, []<class P>(const Callable<P>& f) {
  std::vector<float> six(6, 1.0f), five(5, 1.0f), out(6, 9.0f), memory(7, 0.5f);
  const std::string second(P::arguments[1].name);
  const auto refused = [&](std::string_view saying, auto call) {
    try {
      call();
      ADD_FAILURE() << "accepted what should be refused with: " << saying;
    } catch (const error& e) {
      EXPECT_NE(std::string_view(e.what()).find(saying), std::string_view::npos) << e.what();
    }
    EXPECT_EQ(out, std::vector<float>(6, 9.0f));
  };
  refused(second + " has 5 elements", [&] { f(six, five, out); });
  refused("output has 6 elements", [&] { f(five, five, out); });
  refused("grad_" + second + " has 5 elements", [&] { f.backward(six, six, six, {out, five}); });
  refused("overlaps", [&] { f(std::span(memory).first(6), six, std::span(memory).last(6)); });
  refused("overlaps", [&] { f.backward(six, six, six, {out, out}); });
});

}  // namespace
}  // namespace lossact::testing

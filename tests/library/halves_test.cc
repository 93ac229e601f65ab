// Functions of the halves of an array: what they compute, along which axis, and what they refuse.
#include <optional>
#include "lossact/threads.h"
#include "tests/library/accuracy/judge.h"
#include "tests/library/shifted.h"

namespace lossact::testing {
namespace {

/// Rows of 2 n elements along the axis of (outer, 2 n, inner).
template <class T>
struct Rows2 {
  std::size_t outer, n, inner;
  std::vector<T> x, dy;
  Rows2(std::size_t o, std::size_t half, std::size_t i, double scale = 3)
      : outer(o), n(half), inner(i), x(numbers<T>(2 * o * half * i, scale)), dy(numbers<T>(o * half * i, 1, 2)) {}
  std::size_t a(std::size_t k) const { return k / (n * inner) * 2 * n * inner + k % (n * inner); }
  std::size_t b(std::size_t k) const { return a(k) + n * inner; }
  template <class U>
  ClassAxis<U> view(U* data, std::size_t axis) const {
    return {data, outer, axis, inner};
  }
};

template <class T, class P>
void holds(const Callable<P>& f, Accuracy accuracy) {
  const P options;
  for (const double scale : {0.01, 3.0, 60.0, 300.0})
    for (const auto& [outer, n, inner] :
         {std::array<std::size_t, 3>{1, 1, 1}, {1, 700, 1}, {5, 3, 1}, {3, 20, 7}, {2, 1, 900}}) {
      const Rows2<T> r(outer, n, inner, scale);
      std::vector<T> y(r.dy.size()), dx(r.x.size());
      f(r.view(r.x.data(), 2 * n), r.view(y.data(), n), options, accuracy);
      f.backward(r.view(r.dy.data(), n), r.view(r.x.data(), 2 * n), r.view(dx.data(), 2 * n), options, accuracy);
      for (std::size_t k = 0; k < y.size(); ++k) {
        const long double a = static_cast<double>(r.x[r.a(k)]), b = static_cast<double>(r.x[r.b(k)]),
                          dy = static_cast<double>(r.dy[k]);
        EXPECT_LE(ulps(y[k], reference::forward(options, Exact(), a, b)), promise<T>(accuracy)) << a << ", " << b;
        const auto slopes = reference::derivatives(options, Exact(), a, b);
        // One more rounding, of the product.
        EXPECT_LE(ulps(dx[r.a(k)], dy * slopes[0]), promise<T>(accuracy) + 1) << a << ", " << b;
        EXPECT_LE(ulps(dx[r.b(k)], dy * slopes[1]), promise<T>(accuracy) + 1) << a << ", " << b;
      }
    }
}
const bool accurate = for_all("Accuracy", halves_functions, [](const auto& f) {
  holds<float>(f, faithful), holds<float>(f, fast), holds<double>(f, faithful);
});

const bool derivatives_agree = for_all("Derivative", halves_functions, []<class P>(const Callable<P>&) {
  const P options;
  for (const double a : {-3.0, -0.1, 0.0, 1.0, 40.0})
    for (double b = -60.03; b < 60; b += 0.37) {
      const auto in = [&](double da, double db) {
        return reference::forward(options, Sloped(), Dual{a, da}, Dual{b, db}).d;
      };
      const auto slopes = reference::derivatives(options, Sloped(), Dual{a}, Dual{b});
      EXPECT_NEAR(slopes[0].v, in(1, 0), 1e-13 * std::abs(in(1, 0))) << a << ", " << b;
      EXPECT_NEAR(slopes[1].v, in(0, 1), 1e-11 * std::abs(in(0, 1)) + 1e-15 * std::abs(a)) << a << ", " << b;
    }
});

template <class T, class P>
Bits results(const Callable<P>& f, const Rows2<T>& r) {
  std::vector<T> y(r.dy.size()), dx(r.x.size()), over = r.x;
  f(r.view(r.x.data(), 2 * r.n), r.view(y.data(), r.n));
  f.backward(r.view(r.dy.data(), r.n), r.view(r.x.data(), 2 * r.n), r.view(dx.data(), 2 * r.n));
  f.backward(r.view(r.dy.data(), r.n), r.view(std::as_const(over).data(), 2 * r.n), r.view(over.data(), 2 * r.n));
  EXPECT_EQ(bits(over), bits(dx)) << "the gradient over the input";
  Bits all = bits(y);
  append(all, dx);
  return all;
}
const bool same = for_all("Targets", halves_functions, [](const auto& f) {
  all_types([&]<class T>(T) {
    for (const auto& [outer, n, inner] :
         {std::array<std::size_t, 3>{1, 5, 1}, {40, 17, 1}, {3, 20, 7}, {2, 9000, 1}, {1, 70000, 1}}) {
      const Rows2<T> r(outer, n, inner);
      std::optional<Bits> first;
      for (const std::string_view target : targets::available())
        for (const int threads : {1, 3}) {
          targets::use(target), set_num_threads(threads);
          const Bits here = results(f, r);
          if (!first) first = here;
          EXPECT_TRUE(here == *first) << "on " << target << " with " << threads << " threads";
        }
      targets::use(""), set_num_threads(0);
    }
  });
});

const bool special_values = for_all("SpecialValues", halves_functions, [](const auto& f) {
  all_types([&]<class T>(T) {
    for (const std::size_t place : {0ul, 3ul, 20ul, 23ul}) {
      Rows2<T> r(1, 20, 1);
      r.x[place] = T(static_cast<float>(nan));
      std::vector<T> y(20), dx(40);
      f(r.view(std::as_const(r.x).data(), 40), r.view(y.data(), 20));
      f.backward(r.view(std::as_const(r.dy).data(), 20), r.view(std::as_const(r.x).data(), 40), r.view(dx.data(), 40));
      for (std::size_t k = 0; k < 20; ++k) EXPECT_EQ(std::isnan(static_cast<float>(y[k])), k == place % 20);
      for (std::size_t k = 0; k < 40; ++k) EXPECT_EQ(std::isnan(static_cast<float>(dx[k])), k % 20 == place % 20);
    }
  });
});

const bool refusals = for_all("Refusal", halves_functions, []<class P>(const Callable<P>& f) {
  const std::vector<float> x(12, 1.0f), dy(6, 1.0f);
  std::vector<float> out(12, 9.0f);
  const auto refused = [&](std::string_view saying, auto call) {
    try {
      call();
      ADD_FAILURE() << "accepted what should be refused with: " << saying;
    } catch (const error& e) {
      EXPECT_TRUE(std::string_view(e.what()).starts_with("[" + std::string(P::about.name) + "] ")) << e.what();
      EXPECT_NE(std::string_view(e.what()).find(saying), std::string_view::npos) << e.what();
    }
    EXPECT_EQ(out, std::vector<float>(12, 9.0f));
  };
  const auto in = [&](std::size_t rows, std::size_t n) { return Rows<const float>{x.data(), rows, n}; };
  const auto to = [&](std::size_t rows, std::size_t n) { return Rows<float>{out.data(), rows, n}; };
  refused("input has 3 elements along the axis, expected an even number", [&] { f(in(4, 3), to(4, 1)); });
  refused("output has shape (2, 6), expected (2, 3), half of the input's", [&] { f(in(2, 6), to(2, 6)); });
  refused("grad_input has shape (2, 3), expected (2, 6)",
          [&] { f.backward(Rows<const float>{dy.data(), 2, 3}, in(2, 6), to(2, 3)); });
  refused("grad_output has shape (2, 6), expected (2, 3)", [&] { f.backward(in(2, 6), in(2, 6), to(2, 6)); });
  refused("overlaps", [&] { f(Rows<const float>{out.data(), 2, 6}, to(2, 3)); });
});

}  // namespace
}  // namespace lossact::testing

// Functions of rows: every view gives the same numbers, and targets, weights, smoothing and ignored rows are what the
// textbook's formula says.
#include <numeric>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// (outer, classes, inner) and the same as rows: element (o, c, i) is element c of row o * inner + i.
template <class T>
std::vector<T> as_rows(const std::vector<T>& x, std::size_t outer, std::size_t classes, std::size_t inner) {
  std::vector<T> rows(x.size());
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t i = 0; i < inner; ++i) rows[(o * inner + i) * classes + c] = x[(o * classes + c) * inner + i];
  return rows;
}
/// The shapes: a few rows, and more than one piece of work for a thread.
struct Shape {
  std::size_t outer, classes, inner;
};
constexpr Shape kShapes[] = {{2, 5, 3}, {1, 17, 4}, {3, 10, 1}, {6, 100, 97}, {2, 20000, 3}};

const bool activation_views = for_all("ClassAxis", row_activations, []<class P>(const Callable<P>& f) {
  for (const auto& [outer, classes, inner] : kShapes) {
    const std::size_t n = outer * classes * inner, rows = outer * inner;
    const auto x = numbers<double>(n, 4), dy = numbers<double>(n, 1, 2);
    const auto packed = as_rows(x, outer, classes, inner), packed_dy = as_rows(dy, outer, classes, inner);
    std::vector<double> y(n), dx(n), row_y(n), row_dx(n);
    f(ClassAxis<const double>{x.data(), outer, classes, inner}, ClassAxis<double>{y.data(), outer, classes, inner});
    f(Rows<const double>{packed.data(), rows, classes}, Rows<double>{row_y.data(), rows, classes});
    EXPECT_EQ(as_rows(y, outer, classes, inner), row_y);
    f.backward(ClassAxis<const double>{dy.data(), outer, classes, inner},
               ClassAxis<const double>{x.data(), outer, classes, inner},
               ClassAxis<double>{dx.data(), outer, classes, inner});
    f.backward(Rows<const double>{packed_dy.data(), rows, classes}, Rows<const double>{packed.data(), rows, classes},
               Rows<double>{row_dx.data(), rows, classes});
    EXPECT_EQ(as_rows(dx, outer, classes, inner), row_dx);
    // The output may be the input.
    y = x;
    f(ClassAxis<const double>{y.data(), outer, classes, inner}, ClassAxis<double>{y.data(), outer, classes, inner});
    EXPECT_EQ(as_rows(y, outer, classes, inner), row_y);
  }
});
const bool loss_views = for_all("ClassAxis", row_losses, []<class P>(const Callable<P>& f) {
  for (const auto& [outer, classes, inner] : kShapes) {
    const std::size_t n = outer * classes * inner, rows = outer * inner;
    const auto x = numbers<float>(n, 4), packed = as_rows(x, outer, classes, inner);
    std::vector<std::int32_t> y(rows);
    for (std::size_t r = 0; r < rows; ++r) y[r] = static_cast<std::int32_t>(r * 3 % classes);
    std::vector<float> dx(n), row_dx(n), share(n), row_share;
    for (std::size_t i = 0; i < n; ++i) share[i] = static_cast<float>(i % 3) / static_cast<float>(classes);
    row_share = as_rows(share, outer, classes, inner);
    const ClassAxis<const float> in{x.data(), outer, classes, inner}, target{share.data(), outer, classes, inner};
    const Rows<const float> row_in{packed.data(), rows, classes}, row_target{row_share.data(), rows, classes};
    const ClassAxis<float> out{dx.data(), outer, classes, inner};
    const Rows<float> row_out{row_dx.data(), rows, classes};
    EXPECT_EQ(f.with_gradient(in, y, out), f.with_gradient(row_in, y, row_out));
    EXPECT_EQ(as_rows(dx, outer, classes, inner), row_dx);
    EXPECT_EQ(f.with_gradient(in, target, out), f.with_gradient(row_in, row_target, row_out));
    EXPECT_EQ(as_rows(dx, outer, classes, inner), row_dx);
    f.backward(1.5, in, target, {{}, out});
    f.backward(1.5, row_in, row_target, {{}, row_out});
    EXPECT_EQ(as_rows(dx, outer, classes, inner), row_dx);
  }
});
const bool strides = for_all("RowStride", row_losses, []<class P>(const Callable<P>& f) {
  const std::size_t rows = 5, classes = 7, stride = 11;
  const auto x = numbers<float>(rows * stride, 4);
  std::vector<float> tight, dx(rows * stride, 99), tight_dx(rows * classes);
  for (std::size_t r = 0; r < rows; ++r) tight.insert(tight.end(), &x[r * stride], &x[r * stride] + classes);
  const std::uint8_t y[] = {0, 1, 2, 3, 6};
  EXPECT_EQ(
      f.with_gradient(Rows<const float>{x.data(), rows, classes, stride}, y,
                      Rows<float>{dx.data(), rows, classes, stride}),
      f.with_gradient(Rows<const float>{tight.data(), rows, classes}, y, Rows<float>{tight_dx.data(), rows, classes}));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < stride; ++c)
      EXPECT_EQ(dx[r * stride + c], c < classes ? tight_dx[r * classes + c] : 99);
});
const bool index_types = for_all("IndexTypes", row_losses, []<class P>(const Callable<P>& f) {
  const auto x = numbers<double>(20, 4);
  const Rows<const double> in{x.data(), 4, 5};
  const std::vector<std::int64_t> wide = {4, 0, 2, 1};
  const std::vector<std::int32_t> narrow(wide.begin(), wide.end());
  const std::vector<std::uint8_t> bytes(wide.begin(), wide.end());
  EXPECT_EQ(f(in, wide), f(in, narrow));
  EXPECT_EQ(f(in, wide), f(in, bytes));
});

/// -log p of each class by the textbook, in long double; for a loss of logarithms the negated input.
template <class P>
std::vector<long double> surprises(const double* x, std::size_t n) {
  std::vector<long double> s(n);
  long double total = 0;
  for (std::size_t c = 0; c < n; ++c) total += std::exp(static_cast<long double>(x[c]));
  for (std::size_t c = 0; c < n; ++c) s[c] = (P::input == Meaning::logits ? std::log(total) : 0) - x[c];
  return s;
}

// For the two losses that are the surprise itself, the formulas of PyTorch's documentation.
template <class P>
void textbook(const Callable<P>& f) {
  const std::size_t rows = 6;
  for (const std::size_t classes : {2ul, 10ul, 16ul, 100ul, 5000ul}) {
    const auto x = numbers<double>(rows * classes, 4);
    const Rows<const double> in{x.data(), rows, classes};
    std::vector<std::int64_t> y = {0, 1, static_cast<std::int64_t>(classes) - 1, -7, 1, 0};
    std::vector<double> w = numbers<double>(classes, 1, 3), share = numbers<double>(rows * classes, 1, 4);
    for (double& v : w) v = std::abs(v);
    // Targets of the size of probabilities, though no row sums to 1; some are 0.
    for (double& v : share) v = std::abs(v) < 0.3 ? 0 : std::abs(v) / static_cast<double>(classes);
    P options;
    options.ignore_index = -7;
    for (const double smoothing : {0.0, 0.1})
      for (const bool weights : {false, true}) {
        options.weight = weights ? Weights(w) : Weights();
        if constexpr (requires { options.label_smoothing; }) options.label_smoothing = smoothing;
        else if (smoothing > 0) continue;
        long double by_class = 0, by_share = 0, divisor = 0;
        for (std::size_t r = 0; r < rows; ++r) {
          const auto s = surprises<P>(in[r], classes);
          long double everywhere = 0, target_loss = 0;
          for (std::size_t c = 0; c < classes; ++c) {
            const long double wc = weights ? w[c] : 1.0;
            everywhere += wc * s[c] / static_cast<long double>(classes);
            target_loss += wc * share[r * classes + c] * s[c];
          }
          by_share += (1 - smoothing) * target_loss + smoothing * everywhere;
          if (y[r] == -7) continue;
          const auto at = static_cast<std::size_t>(y[r]);
          by_class += (1 - smoothing) * (weights ? w[at] : 1) * s[at] + smoothing * everywhere;
          divisor += weights ? w[at] : 1;
        }
        const double loss = f(in, y, options), expected = static_cast<double>(by_class / divisor);
        EXPECT_NEAR(loss, expected, 1e-14 * std::abs(expected) + 1e-15) << classes << text_of(options);
        P soft = options;
        soft.ignore_index = -100;
        const double soft_loss = f(in, Rows<const double>{share.data(), rows, classes}, soft),
                     soft_expected = static_cast<double>(by_share / rows);
        EXPECT_NEAR(soft_loss, soft_expected, 1e-14 * std::abs(soft_expected)) << classes << text_of(soft);

        // The gradients against central differences, in a few places.
        std::vector<double> dx(x.size()), dt(x.size()), moved = x, moved_share = share;
        const double h = 1e-5;
        for (const bool in_target : {false, true}) {
          f.with_gradient(in, y, Rows<double>{dx.data(), rows, classes}, options);
          for (std::size_t i = 0; i < x.size(); i += 1 + x.size() / 40) {
            const auto at = [&](double v) {
              moved[i] = v;
              return f(Rows<const double>{moved.data(), rows, classes}, y, options);
            };
            EXPECT_NEAR(dx[i], (at(x[i] + h) - at(x[i] - h)) / (2 * h), 1e-8) << i;
            moved[i] = x[i];
          }
          const Rows<const double> target{share.data(), rows, classes};
          f.with_gradient(in, target, Rows<double>{dx.data(), rows, classes}, soft);
          f.backward(1, in, target, {{}, Rows<double>{dt.data(), rows, classes}}, soft);
          for (std::size_t i = 0; i < x.size(); i += 1 + x.size() / 40) {
            std::vector<double>& varied = in_target ? moved_share : moved;
            const double here = varied[i];
            const auto at = [&](double v) {
              varied[i] = v;
              return f(Rows<const double>{moved.data(), rows, classes},
                       Rows<const double>{moved_share.data(), rows, classes}, soft);
            };
            EXPECT_NEAR((in_target ? dt : dx)[i], (at(here + h) - at(here - h)) / (2 * h), 1e-8) << i;
            varied[i] = here;
          }
        }
      }
  }
}
TEST(RowLossTextbook, CrossEntropy) { textbook(cross_entropy); }
TEST(RowLossTextbook, NllLoss) { textbook(nll_loss); }
TEST(RowLossTextbook, CrossEntropyIsNllLossOfLogSoftmax) {
  const auto x = numbers<double>(60, 4);
  std::vector<double> logs(60);
  const std::vector<std::int64_t> y = {0, 1, 2, 3, 4, 9};
  log_softmax(Rows<const double>{x.data(), 6, 10}, Rows<double>{logs.data(), 6, 10});
  EXPECT_NEAR(cross_entropy(Rows<const double>{x.data(), 6, 10}, y),
              nll_loss(Rows<const double>{logs.data(), 6, 10}, y), 1e-14);
}
TEST(RowLossTextbook, SoftmaxSumsToOneAndLogSoftmaxIsItsLogarithm) {
  for (const std::size_t n : {1ul, 3ul, 17ul, 5000ul}) {
    const auto x = numbers<double>(n, 30);
    std::vector<double> p(n), logs(n);
    softmax(Rows<const double>{x.data(), 1, n}, Rows<double>{p.data(), 1, n});
    log_softmax(Rows<const double>{x.data(), 1, n}, Rows<double>{logs.data(), 1, n});
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-13);
    for (std::size_t c = 0; c < n; ++c) EXPECT_NEAR(std::log(p[c]), logs[c], 1e-13 * (1 + std::abs(logs[c])));
  }
}

/// The bits of the losses of rows and of their gradients.
template <class T, class P, class Target>
std::vector<std::uint64_t> seen(const Callable<P>& f, Rows<const T> x, const Target& target, P options,
                                Accuracy accuracy) {
  std::vector<double> losses(x.rows), ones(x.rows);
  std::vector<T> dx(x.rows * x.classes);
  for (std::size_t r = 0; r < x.rows; ++r) ones[r] = 1 + 0.25 * static_cast<double>(r % 3);
  f.each(x, target, losses, options, accuracy);
  options.reduction = Reduction::none;
  f.backward(ones, x, target, Rows<T>{dx.data(), x.rows, x.classes}, options, accuracy);
  auto all = bits(losses);
  const auto gradient = bits(dx);
  all.insert(all.end(), gradient.begin(), gradient.end());
  return all;
}
/// One row of those bits.
std::vector<std::uint64_t> of_row(const std::vector<std::uint64_t>& all, std::size_t rows, std::size_t classes,
                                  std::size_t r, std::size_t first_classes) {
  std::vector<std::uint64_t> row = {all[r]};
  const auto* const from = all.data() + rows + r * classes;
  row.insert(row.end(), from, from + first_classes);
  return row;
}
/// body(options, weights for n classes) for every combination of options; ignored rows have class -7.
template <class P, class Body>
void every_option(std::size_t n, const Body& body) {
  std::vector<double> weight = numbers<double>(n, 1, 5);
  for (double& w : weight) w = std::abs(w);
  for (P options : variants<P>())
    for (const bool weighted : {false, true}) {
      SCOPED_TRACE(text_of(options) + (weighted ? " weighted" : ""));
      options.weight = weighted ? Weights(weight) : Weights();
      options.ignore_index = -7;
      body(options);
    }
}

// A row's numbers depend on the row alone: not on the number of rows, its place among them or the rows interleaved with
// it.
template <class T, class P>
void alone(const Callable<P>& f) {
  for (const std::size_t n : {1ul, 2ul, 3ul, 10ul, 15ul, 16ul, 17ul, 40ul})
    every_option<P>(n, [&](P options) {
      const std::size_t most = 100;
      auto x = numbers<T>(most * n, 9);
      x[5 * n] = std::numeric_limits<T>::quiet_NaN(), x[7 * n] = x[8 * n] = -std::numeric_limits<T>::infinity();
      x[9 * n + n / 2] = std::numeric_limits<T>::infinity(), x[11 * n] = x[11 * n + n - 1] = 20;
      auto share = numbers<T>(most * n, 1, 4);
      for (T& v : share) v = std::abs(v) < T(0.3) ? T(0) : std::abs(v);
      std::vector<std::int64_t> y(most);
      for (std::size_t r = 0; r < most; ++r) y[r] = r % 13 == 4 ? -7 : static_cast<std::int64_t>(r * 3 % n);
      for (const Accuracy accuracy : {faithful, fast})
        for (const bool by_class : {true, false}) {
          options.ignore_index = by_class ? -7 : -100;
          const auto see = [&](std::size_t first, std::size_t rows) {
            const Rows<const T> in{x.data() + first * n, rows, n};
            return by_class ? seen(f, in, std::span(y).subspan(first, rows), options, accuracy)
                            : seen(f, in, Rows<const T>{share.data() + first * n, rows, n}, options, accuracy);
          };
          const auto all = see(0, most);
          for (const std::size_t rows : {1ul, 5ul, 16ul, 17ul})
            for (std::size_t first = 0; first + rows <= most; first += 3 * (rows + 1)) {
              const auto some = see(first, rows);  // grad_output has period 3 too
              for (std::size_t r = 0; r < rows; ++r)
                ASSERT_EQ(of_row(some, rows, n, r, n), of_row(all, most, n, first + r, n)) << n << ' ' << first + r;
            }
        }
    });
}
const bool alone_or_not = for_all("RowAlone", row_losses, [](const auto& f) {
  alone<float>(f);
  alone<double>(f);
});

// Classes of probability 0 after all others change no bit of the others. Not compared: rows of floats that they move
// from interleaved to single rows, whose exponentials are in single precision; and label smoothing, by which the loss
// of an impossible class, which is infinite, counts.
template <class T, class P>
void impossible_classes(const Callable<P>& f) {
  const std::size_t rows = 21;
  for (const std::size_t n : {1ul, 2ul, 3ul, 10ul, 16ul, 17ul, 100ul})
    for (const std::size_t more : {n + 5, std::size_t(60), std::size_t(2000)}) {
      if (more <= n || (sizeof(T) == 4 && n <= 16 && more > 16)) continue;
      every_option<P>(more, [&](P options) {
        if constexpr (requires { options.label_smoothing; })
          if (options.label_smoothing != 0) return;
        P few = options;
        if (!options.weight.empty()) few.weight = options.weight.first(n);
        const auto x = numbers<T>(rows * n, 9);
        auto share = numbers<T>(rows * n, 1, 4);
        for (T& v : share) v = std::abs(v) < T(0.3) ? T(0) : std::abs(v);
        std::vector<T> long_x(rows * more, -std::numeric_limits<T>::infinity()), long_share(rows * more);
        for (std::size_t r = 0; r < rows; ++r) {
          std::copy_n(&x[r * n], n, &long_x[r * more]);
          std::copy_n(&share[r * n], n, &long_share[r * more]);
        }
        std::vector<std::int64_t> y(rows);
        for (std::size_t r = 0; r < rows; ++r) y[r] = r % 13 == 4 ? -7 : static_cast<std::int64_t>(r * 3 % n);
        const Rows<const T> in{x.data(), rows, n}, long_in{long_x.data(), rows, more}, target{share.data(), rows, n},
            long_target{long_share.data(), rows, more};
        const auto same = [&](const auto& a, const auto& b) {
          for (std::size_t r = 0; r < rows; ++r)
            ASSERT_EQ(of_row(a, rows, n, r, n), of_row(b, rows, more, r, n)) << n << " of " << more << ", row " << r;
        };
        for (const Accuracy accuracy : {faithful, fast}) {
          few.ignore_index = options.ignore_index;
          same(seen(f, in, y, few, accuracy), seen(f, long_in, y, options, accuracy));
        }
        few.ignore_index = options.ignore_index = -100;
        same(seen(f, in, target, few, faithful), seen(f, long_in, long_target, options, faithful));
      });
    }
}
const bool impossible = for_all("ImpossibleClasses", row_losses, [](const auto& f) {
  impossible_classes<float>(f);
  impossible_classes<double>(f);
});

// A row with p near 1 keeps its loss and its gradient: 2.06e-9, where log sum exp minus the logit gives 0.
TEST(ConfidentRow, KeepsLossAndGradient) {
  const float x[] = {20, 0};
  float g[2];
  const std::int64_t y[] = {0};
  const double loss = cross_entropy.with_gradient(Rows<const float>{x, 1, 2}, y, Rows<float>{g, 1, 2});
  EXPECT_NEAR(loss, std::log1p(std::exp(-20.0)), 0x1p-24 * loss);  // logits of float: an ULP of float
  EXPECT_FLOAT_EQ(g[0], static_cast<float>(-std::exp(-20.0) / (1 + std::exp(-20.0))));
  EXPECT_EQ(g[1], -g[0]);
}
// A class of probability 0 whose target is 0 adds 0 to the loss, though its logarithm is infinite.
TEST(ImpossibleClass, CostsNothingWhereItNeverComes) {
  const double x[] = {0, -INFINITY, 1}, t[] = {0.5, 0, 0.5};
  double g[3];
  const double loss =
      cross_entropy.with_gradient(Rows<const double>{x, 1, 3}, Rows<const double>{t, 1, 3}, Rows<double>{g, 1, 3});
  EXPECT_NEAR(loss, std::log(1 + std::exp(1.0)) - 0.5, 1e-15);
  EXPECT_EQ(g[1], 0);
}

}  // namespace
}  // namespace lossact::testing

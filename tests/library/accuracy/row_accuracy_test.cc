// Values and gradients of rows of classes are within their promise of the exact ones.
#include "tests/library/accuracy/promises.h"

namespace lossact::testing {
namespace {

/// Rows of every shape: even, confident, far apart, of one class.
template <class T>
std::vector<std::vector<T>> rows() {
  std::vector<std::vector<T>> all = {{T(20), T(0)}, {T(0), T(-90)}, {T(-300), T(300), T(0)}, {T(5), T(5), T(5), T(5)}};
  for (const T low : {T(-86), T(-88), T(-100), T(-200), T(-1e30)}) {
    std::vector<T> x(37, low);
    x[3] = 30, x[4] = 19;
    all.push_back(x);
    x[3] = -3, x[4] = -5;
    all.push_back(x);
  }
  unsigned seed = 0;
  for (const std::size_t n : {1ul, 2ul, 3ul, 10ul, 16ul, 17ul, 100ul, 5000ul})
    for (const double scale : {0.01, 1.0, 8.0, 60.0, 200.0}) all.push_back(numbers<T>(n, scale, ++seed));
  return all;
}

/// For each element the sum of all others, and of their sizes, computed without subtraction, which would cancel.
struct WithoutOne {
  std::vector<long double> sum, sizes;
  explicit WithoutOne(const std::vector<long double>& x) : sum(x.size()), sizes(x.size()) {
    long double before = 0, before_sizes = 0, after = 0, after_sizes = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum[i] += before, sizes[i] += before_sizes;
      before += x[i], before_sizes += std::abs(x[i]);
      const std::size_t j = x.size() - 1 - i;
      sum[j] += after, sizes[j] += after_sizes;
      after += x[j], after_sizes += std::abs(x[j]);
    }
  }
};

template <class T, class P>
void row_activation(Accuracy accuracy) {
  const Callable<P> f;
  Worst value, slope;
  for (const P& options : all_variants<P>())
    for (const std::vector<T>& x : rows<T>()) {
      const std::size_t n = x.size();
      const std::vector<T> dy = numbers<T>(n, 1, 99);
      std::vector<T> y(n), dx(n);
      const Rows<const T> in{x.data(), 1, n};
      f(in, Rows<T>{y.data(), 1, n}, options, accuracy);
      f.backward(Rows<const T>{dy.data(), 1, n}, in, Rows<T>{dx.data(), 1, n}, options, accuracy);
      const int sign = P::arguments[0].negated ? -1 : 1;
      std::vector<T> logits(n);
      for (std::size_t c = 0; c < n; ++c) logits[c] = sign * x[c];
      const Textbook row(Meaning::logits, logits.data(), n);
      std::vector<long double> own(n);
      for (std::size_t c = 0; c < n; ++c) own[c] = dy[c] * reference::derivative(options, Exact(), row.classes[c]);
      const WithoutOne all(own);
      for (std::size_t c = 0; c < n; ++c) {
        const auto& k = row.classes[c];
        value.see(ulps_of_sum(y[c], reference::forward(options, Exact(), k),
                              std::abs(reference::forward(options, Exact(), k)), n),
                  static_cast<double>(x[c]));
        slope.see(ulps_of_sum(sign * dx[c], k.probability * all.sum[c] - k.rest * own[c],
                              k.probability * all.sizes[c] + k.rest * std::abs(own[c]), n),
                  static_cast<double>(x[c]));
      }
    }
  expect<T>("the value", value, accuracy);
  expect<T>("the gradient", slope, accuracy);
  record("value", kind<T>(accuracy), value.ulps);
  record("slope", kind<T>(accuracy), slope.ulps);
}
const bool row_activations_hold = for_all("Accuracy", surprise_activations, []<class P>(const Callable<P>&) {
  row_activation<float, P>(faithful);
  row_activation<float, P>(fast);
  row_activation<double, P>(faithful);
});

template <class T, class P>
void row_loss(Accuracy accuracy) {
  const Callable<P> f;
  Worst value, slope;
  for (const P& variant : all_variants<P>())
    for (const bool weighted : {false, true})
      for (const std::vector<T>& x : rows<T>()) {
        const std::size_t n = x.size();
        const auto classes = static_cast<double>(n);
        std::vector<double> weight = numbers<double>(n, 1, 5);
        for (double& w : weight) w = std::abs(w);
        P options = variant;
        options.reduction = Reduction::sum;
        if (weighted) options.weight = weight;
        const Textbook row(P::input, x.data(), n);
        const auto compare = [&](const auto& target, const auto& share) {
          std::vector<T> dx(n);
          const double loss =
              f.with_gradient(Rows<const T>{x.data(), 1, n}, target, Rows<T>{dx.data(), 1, n}, options, accuracy);
          long double exact = 0, terms = 0, by_total = 0;
          std::vector<long double> own(n);
          for (std::size_t c = 0; c < n; ++c) {
            const long double q =
                mass(options, Exact(), static_cast<long double>(share(c)), weighted ? weight[c] : 1.0L, classes);
            if (q == 0) continue;
            const auto& k = row.classes[c];
            const long double term = q * reference::forward(options, Exact(), k);
            exact += term, terms += std::abs(term);
            own[c] = q * reference::derivative(options, Exact(), k);
            if constexpr (requires { derivative_by_total(options, Exact(), k); })
              by_total += q * derivative_by_total(options, Exact(), k);
          }
          const WithoutOne all(own);
          value.see(ulps_of_sum(static_cast<T>(loss), exact, terms, n), loss);
          for (std::size_t c = 0; c < n; ++c) {
            const auto& k = row.classes[c];
            slope.see(ulps_of_sum(dx[c], k.probability * (all.sum[c] + by_total) - k.rest * own[c],
                                  k.probability * (all.sizes[c] + std::abs(by_total)) + k.rest * std::abs(own[c]), n),
                      static_cast<double>(x[c]));
          }
        };
        for (std::size_t y = 0; y < n; y += 1 + n / 20) {
          const std::int64_t target[] = {static_cast<std::int64_t>(y)};
          compare(target, [&](std::size_t c) { return c == y; });
        }
        std::vector<T> share = numbers<T>(n, 1, 6);
        for (T& s : share) s = std::max(s, T(0));
        compare(Rows<const T>{share.data(), 1, n}, [&](std::size_t c) { return share[c]; });
      }
  expect<T>("the value", value, accuracy);
  expect<T>("the gradient", slope, fast);  // both accuracies promise 4 units
  record("value", kind<T>(accuracy), value.ulps);
  record("slope", kind<T>(accuracy), slope.ulps);
}
const bool row_losses_hold = for_all("Accuracy", row_losses, []<class P>(const Callable<P>&) {
  row_loss<float, P>(faithful);
  row_loss<float, P>(fast);
  row_loss<double, P>(faithful);
});

/// Gradients of rows are in proportion to a scale, however large, while they are floats.
const bool scaled_rows_hold = for_all("ScaledRows", row_losses, []<class P>(const Callable<P>& f) {
  if constexpr (P::input == Meaning::logits) {
    const auto row_of = [](std::size_t n, float top, float others) {
      std::vector<float> x(n, others);
      x[0] = top;
      return x;
    };
    for (const std::vector<float>& x : {row_of(17, -82, -82), row_of(17, -86.9F, -86.9F), row_of(4096, 17, -87.0001F),
                                        row_of(17, 17, -87.5F), row_of(40, 20, -1e4F), row_of(40, 20, -190)}) {
      const std::size_t n = x.size();
      const std::int64_t y[] = {0};
      const Textbook row(P::input, x.data(), n);
      for (const double scale : {1.0, 1000.0, 65536.0, 1e30}) {
        std::vector<float> dx(n);
        const Rows<const float> in{x.data(), 1, n};
        for (const Accuracy accuracy : {faithful, fast}) {
          EXPECT_LE(ulps(static_cast<float>(f(in, y, {}, accuracy)), row.classes[0].surprise), 1);
          f.backward(scale, in, y, Rows<float>{dx.data(), 1, n}, {}, accuracy);
          EXPECT_LE(ulps(dx[0], -scale * row.classes[0].rest), 4) << x[0] << ' ' << x[1] << " times " << scale;
          EXPECT_LE(ulps(dx[1], scale * row.classes[1].probability), 4) << x[0] << ' ' << x[1] << " times " << scale;
        }
      }
    }
  }
});

}  // namespace
}  // namespace lossact::testing

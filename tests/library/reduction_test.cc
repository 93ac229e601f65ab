// The sum of a loss is added in the order that ARCHITECTURE.md defines, and the reductions follow from it.
#include <numeric>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// The definition in other words: sixteen lanes to a block of 4096; blocks pair up as the bits of their number do.
double defined_sum(const std::vector<double>& x) {
  std::vector<double> blocks;
  for (std::size_t from = 0; from < x.size(); from += 4096) {
    std::vector<double> lane(16);
    for (std::size_t i = from; i < std::min(x.size(), from + 4096); ++i) lane[(i - from) % 16] += x[i];
    for (std::size_t width = 8; width > 0; width /= 2)
      for (std::size_t j = 0; j < width; ++j) lane[j] = lane[j] + lane[width + j];
    blocks.push_back(lane[0]);
  }
  // Perfect binary trees over the largest powers of two, left to right; then from the right.
  const auto perfect = [&](auto self, std::size_t first, std::size_t count) -> double {
    return count == 1 ? blocks[first] : self(self, first, count / 2) + self(self, first + count / 2, count / 2);
  };
  std::vector<double> trees;
  for (std::size_t first = 0; first < blocks.size();) {
    const std::size_t count = std::bit_floor(blocks.size() - first);
    trees.push_back(perfect(perfect, first, count));
    first += count;
  }
  double sum = trees.empty() ? 0 : trees.back();
  for (std::size_t i = trees.size() - (trees.empty() ? 0 : 1); i-- > 0;) sum = trees[i] + sum;
  return sum;
}

constexpr std::size_t kSizes[] = {1, 2, 15, 16, 17, 4095, 4096, 4097, 3 * 4096, 7 * 4096 + 5, 20001};

const bool pair_reductions = for_all("Reduction", losses_of_two, []<class P>(const OfTwo<P>& f) {
  for (P options : variants<P>()) {
    SCOPED_TRACE(text_of(options));
    for (const std::size_t n : kSizes) {
      const auto x = numbers<float>(n, 3);
      auto t = numbers<float>(n, 1, 2);
      for (float& v : t) v = std::abs(v);
      std::vector<double> each(n);
      std::vector<float> dx(n), dx_sum(n);
      f.each(x, t, each, options);
      options.reduction = Reduction::sum;
      const double sum = f(x, t, options);
      EXPECT_EQ(sum, defined_sum(each)) << n;
      EXPECT_EQ(f.with_gradient(x, t, dx_sum, options), sum);
      options.reduction = Reduction::mean;
      EXPECT_EQ(f(x, t, options), sum / static_cast<double>(n));
      EXPECT_EQ(f.with_gradient(x, t, dx, options), f(x, t, options));
      for (std::size_t i = 0; i < n; ++i)
        EXPECT_NEAR(dx[i], dx_sum[i] / static_cast<double>(n), std::abs(dx[i]) * 2e-7) << i;
      // The backward pass gives the gradient of the same loss, times grad_output.
      std::vector<float> from_above(n), from_one(n);
      f.backward(1.0, x, t, from_one, options);
      EXPECT_EQ(from_one, dx);
      f.backward(2.0, x, t, from_above, options);
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(from_above[i], 2.0 * dx[i], std::abs(dx[i]) * 4e-7);
      options.reduction = Reduction::none;
      f.backward(std::vector<double>(n, 1.0), x, t, from_one, options);
      EXPECT_EQ(from_one, dx_sum);
      EXPECT_THROW(f(x, t, options), domain_error);
    }
  }
});
const bool batch_means = for_all("BatchMean", losses_of_two, []<class P>(const OfTwo<P>& f) {
  if constexpr (requires(P p) { p.rows; }) {
    const auto x = numbers<float>(60, 3), t = std::vector<float>(60, 0.1f);
    EXPECT_EQ(f(x, t, {.reduction = Reduction::batchmean, .rows = 20}), f(x, t, {.reduction = Reduction::sum}) / 20);
    EXPECT_THROW(f(x, t, {.reduction = Reduction::batchmean}), domain_error);
  } else {
    EXPECT_THROW(f(std::vector<float>(3), std::vector<float>(3), {.reduction = Reduction::batchmean}), domain_error);
  }
});
const bool weighted = for_all("ElementWeights", losses_of_two, []<class P>(const OfTwo<P>& f) {
  if constexpr (requires(P p) { p.weight; }) {
    const std::size_t n = 5000;
    const auto x = numbers<double>(n, 3), t = numbers<double>(n, 1, 2);
    std::vector<double> w = numbers<double>(n, 1, 3), plain(n), each(n), dx(n), dx_plain(n);
    for (double& v : w) v = std::abs(v);
    f.each(x, t, plain);
    f.each(x, t, each, {.weight = w});
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(each[i], w[i] * plain[i]);
    P summed;
    summed.reduction = Reduction::sum, summed.weight = w;
    EXPECT_EQ(f(x, t, summed), defined_sum(each));
    const double mean = f.with_gradient(x, t, dx, {.weight = w});
    const double divisor = P::arguments[2].divides ? defined_sum(w) : static_cast<double>(n);
    EXPECT_EQ(mean, defined_sum(each) / divisor) << "the weighted mean";
    f.backward(std::vector<double>(n, 1.0), x, t, dx_plain, {.reduction = Reduction::none});
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(dx[i], w[i] * dx_plain[i] / divisor, 1e-15 * std::abs(dx_plain[i]));
    EXPECT_THROW(f(x, t, {.weight = std::span(w).first(7)}), shape_error);
    w[3] = -1;
    EXPECT_THROW(f(x, t, {.weight = w}), domain_error);
  }
});

const bool row_reductions = for_all("Reduction", row_losses, []<class P>(const Callable<P>& f) {
  const std::size_t classes = 7;
  for (const std::size_t rows : {1ul, 16ul, 300ul, 4097ul, 9000ul}) {
    const auto x = numbers<float>(rows * classes, 3);
    const Rows<const float> in{x.data(), rows, classes};
    std::vector<std::int64_t> y(rows);
    for (std::size_t r = 0; r < rows; ++r) y[r] = static_cast<std::int64_t>(r * 5 % classes);
    std::vector<double> each(rows);
    std::vector<float> dx(x.size()), again(x.size());
    const Rows<float> out{dx.data(), rows, classes}, out_again{again.data(), rows, classes};
    f.each(in, y, each);
    EXPECT_EQ(f(in, y, {.reduction = Reduction::sum}), defined_sum(each));
    EXPECT_EQ(f(in, y), defined_sum(each) / static_cast<double>(rows));
    EXPECT_EQ(f.with_gradient(in, y, out), f(in, y));
    f.backward(1.0, in, y, out_again);
    EXPECT_EQ(again, dx);
    f.with_gradient(in, y, out, {.reduction = Reduction::sum});
    f.backward(std::vector<double>(rows, 1.0), in, y, out_again, {.reduction = Reduction::none});
    EXPECT_EQ(again, dx);
    EXPECT_THROW(f(in, y, {.reduction = Reduction::none}), domain_error);
    EXPECT_THROW(f(in, y, {.reduction = Reduction::batchmean}), domain_error);
  }
});

// The mean of no losses is 0 / 0 = NaN, as in PyTorch, unless the option empty_mean says otherwise.
template <class P>
void empty_set(const OfTwo<P>& f) {
  const std::span<const float> none;
  EXPECT_TRUE(std::isnan(f(none, none)));
  EXPECT_EQ(f(none, none, {.empty_mean = 0}), 0);
  EXPECT_EQ(f(none, none, {.reduction = Reduction::sum}), 0);
}
template <class P>
void empty_set(const Callable<P>& f) {
  const Rows<const float> none{nullptr, 0, 5};
  const std::vector<std::int64_t> no_classes;
  EXPECT_TRUE(std::isnan(f(none, no_classes)));
  EXPECT_EQ(f(none, no_classes, {.empty_mean = 0}), 0);
  const float x[] = {1, 2, 3, 4};
  const std::int64_t ignored[] = {-100, -100};
  const Rows<const float> in{x, 2, 2};
  EXPECT_TRUE(std::isnan(f(in, ignored)));
  EXPECT_EQ(f(in, ignored, {.empty_mean = 0}), 0);
  EXPECT_EQ(f(in, ignored, {.reduction = Reduction::sum}), 0);
  float g[] = {NAN, NAN, NAN, NAN};
  f.with_gradient(in, ignored, Rows<float>{g, 2, 2});
  for (const float v : g) EXPECT_EQ(v, 0);
}
const bool empty_pairs = for_all("EmptyMean", losses_of_two, [](const auto& f) { empty_set(f); });
const bool empty_rows = for_all("EmptyMean", row_losses, [](const auto& f) { empty_set(f); });

const bool no_elements = for_all("NoElements", activations, []<class P>(const Callable<P>&) {
  const Caller<P, float> call;
  call.forward({}, {});
  call.backward({}, {}, {});
});

}  // namespace
}  // namespace lossact::testing

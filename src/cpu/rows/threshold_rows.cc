// Row activations with a threshold t: y = f(x - t), where t makes the sum of y 1.
#include <cmath>
#include <vector>
#include "src/cpu/rows/row_batch.h"

namespace lossact::cpu {
namespace {

class ThresholdRows {
 public:
  ThresholdRows(const Plan& plan, bool shared)
      : p_(plan), k_(kernel_of(plan)), n_(plan.shape[1]), shared_(shared), x_(padded(n_)), slope_(padded(n_)) {
    if (plan.gradient[0]) dy_.resize(padded(n_));
  }

  void run(Row x, Row y, Row dy, Row dx) {
    stage().to_double(x.type, x.data, n_, x_.data());
    if (dx.data) stage().to_double(dy.type, dy.data, n_, dy_.data());
    find_threshold();
    if (y.data) in_parts([&](std::size_t first, std::size_t n) { write_values(first, n, y); });
    if (dx.data) write_gradients(dx);
  }

 private:
  using Sums = double[2];

  /// Subtracts the largest element, so that the sums are of numbers near 1 whatever the size of the elements, and finds
  /// t. It is NaN if an element is NaN, if all are -inf or if several are +inf; a single +inf has all of the
  /// probability.
  void find_threshold() {
    double largest = -inf;
    bool is_number = true;
    std::size_t infinities = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      largest = std::max(largest, x_[i]);
      is_number = is_number && x_[i] == x_[i];
      infinities += x_[i] == inf;
    }
    if (infinities == 1 && is_number) {
      for (std::size_t i = 0; i < n_; ++i) x_[i] = x_[i] == inf ? 0 : -inf;
      largest = 0;
    } else if (!is_number || infinities > 1 || largest == -inf) {
      std::fill(x_.begin(), x_.end(), nan);
      threshold_ = nan;
      return;
    }
    for (std::size_t i = 0; i < n_; ++i) x_[i] -= largest;
    // Newton's method. The sum is convex and falls as t rises, so from a t below the root no step passes the root. The
    // first t is not above the root: there the largest element alone has the value 1.
    threshold_ = 0 - k_.whole;
    constexpr int kMostSteps = 200;
    for (int step = 0; step < kMostSteps; ++step) {
      Sums sums;
      sum(sums);
      const double next = threshold_ + (sums[0] - 1) / sums[1];
      if (!(next > threshold_)) return;
      threshold_ = next;
    }
  }
  /// The sums of the values and of their derivatives at this threshold, in the order that src/reduce.h defines.
  void sum(Sums& sums) const {
    const std::size_t blocks = detail::blocks_of(n_);
    if (!shared_) {
      Sum of[2];
      add(0, n_, of);
      sums[0] = of[0].total(), sums[1] = of[1].total();
      return;
    }
    std::vector<double> of_blocks(2 * blocks);
    in_blocks(n_, [&](std::size_t first, std::size_t last) {
      for (std::size_t next; first < last; first = next) {
        next = std::min(last, first + detail::kBlock);
        Sum of[2];
        add(first, next, of);
        for (std::size_t s = 0; s < 2; ++s) of_blocks[s * blocks + first / detail::kBlock] = of[s].total();
      }
    });
    for (std::size_t s = 0; s < 2; ++s) {
      detail::Tree tree;
      for (std::size_t b = 0; b < blocks; ++b) tree.add(of_blocks[s * blocks + b]);
      sums[s] = tree.total();
    }
  }
  void add(std::size_t first, std::size_t last, Sum* of) const {
    for (std::size_t n; first < last; first += n) {
      n = std::min(detail::kBlock, last - first);
      if (const std::size_t whole_groups = n / detail::kGroup * detail::kGroup) {
        void* to[] = {nullptr, nullptr, of[0].lanes(), of[1].lanes()};
        terms(first, n = whole_groups, to);
        of[0].added(n), of[1].added(n);
      } else {
        alignas(64) double value[kPadding], slope[kPadding];
        void* to[] = {value, slope};
        terms(first, n, to);
        of[0].add(value, n), of[1].add(slope, n);
      }
    }
  }
  void terms(std::size_t first, std::size_t n, void* const* to) const {
    alignas(64) double group[detail::kGroup];
    std::fill_n(group, detail::kGroup, threshold_);
    const void* const in[] = {x_.data() + first, group};
    k_.terms[1](p_.options, first, grouped(n), in, nullptr, to);
  }
  template <class Body>
  void in_parts(const Body& body) {
    const auto all = [&](std::size_t first, std::size_t last) {
      for (std::size_t n; first < last; first += n) body(first, n = std::min(kChunk, last - first));
    };
    if (shared_) in_blocks(n_, all);
    else all(0, n_);
  }
  void write_values(std::size_t first, std::size_t n, Row y) const {
    alignas(64) double value[kChunk], slope[kChunk];
    void* to[] = {value, slope};
    terms(first, n, to);
    stage().from_double(value, 1, {}, n, y.type, y.from(first).data);
  }
  /// dx[i] = f'[i] (dy[i] - sum(f' dy) / sum(f')): as the values sum to 1, t moves by the mean of the elements'
  /// changes, weighted by f'.
  void write_gradients(Row dx) {
    Sum product, total;
    for (std::size_t first = 0, n; first < n_; first += n) {
      n = std::min(kChunk, n_ - first);
      alignas(64) double value[kChunk], weighed[kChunk];
      void* to[] = {value, slope_.data() + first};
      terms(first, n, to);
      for (std::size_t i = 0; i < n; ++i) {
        const double f = slope_[first + i];
        weighed[i] = f == 0 ? 0 : f * dy_[first + i];  // probability 0 has no part, even of an infinite dy
      }
      product.add(weighed, n), total.add(slope_.data() + first, n);
    }
    const double mean = product.total() / total.total();
    const bool is_number = threshold_ == threshold_;
    in_parts([&](std::size_t first, std::size_t n) {
      alignas(64) double slope[kChunk];
      for (std::size_t i = 0; i < n; ++i) {
        const double f = slope_[first + i];
        slope[i] = is_number ? f == 0 ? 0 : f * (dy_[first + i] - mean) : nan;
      }
      stage().from_double(slope, 1, {}, n, dx.type, dx.from(first).data);
    });
  }

  const Plan& p_;
  const Kernel& k_;
  const std::size_t n_;
  const bool shared_;
  std::vector<double> x_, slope_, dy_;
  double threshold_ = 0;
};

}  // namespace

void run_threshold_rows(const Plan& plan) {
  const bool shared = shared_rows(plan), negated = plan.of[0]->negated;
  over_rows(plan, [&](std::size_t begin, std::size_t end) {
    RowBatch x(plan.in[0], negated, masked_input(plan)), y(plan.output, false, masked_output(plan)),
        dy(plan.gradient[0] ? plan.grad_output : nullptr, false, masked_slopes(plan)),
        dx(plan.gradient[0], negated, masked_slopes(plan));
    ThresholdRows rows(plan, shared);
    in_batches(begin, end, plan.shape[1], {&x, &dy}, {&y, &dx}, [&](std::size_t first, std::size_t last) {
      for (std::size_t r = first; r < last; ++r) rows.run(x.row(r), y.row(r), dy.row(r), dx.row(r));
    });
  });
}

}  // namespace lossact::cpu

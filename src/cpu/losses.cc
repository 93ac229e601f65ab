// Losses of elements, reduced or not.
#include "src/cpu/elements.h"
#include "src/scratch.h"

namespace lossact::cpu {
namespace {

class Losses {
 public:
  explicit Losses(const Plan& plan)
      : p_(plan), k_(kernel_of(plan)), by_element_(plan.grad_output && plan.common.reduction == Reduction::none) {
    for (std::size_t i = 0; i < p_.inputs; ++i)
      if (p_.in[i] && p_.in[i]->type == Type::float64) work_ = Type::float64;
    // Gradients are written to their own memory, or as doubles that are rounded from there.
    for (std::size_t g = 0; g < p_.gradients; ++g)
      if (p_.gradient[g] && !direct(*p_.gradient[g], work_)) work_ = Type::float64;
  }
  /// Elements [first, last): their gradients and each of their losses, as wanted, and where `sum` is given their sum.
  void run(std::size_t first, std::size_t last, double* sum) const {
    Space s;
    Sources sources(s, first, last);
    for (std::size_t i = 0; i < p_.inputs; ++i) sources.add(p_.in[i], work_);
    if (k_.weighs) sources.add(p_.weight, Type::float64);
    sources.add(by_element_ ? p_.grad_output : nullptr, Type::float64);
    Sum total;
    bool lie = sources.lie() && (!p_.output || direct(*p_.output, Type::float64));
    for (std::size_t g = 0; g < p_.gradients; ++g) lie = lie && (!p_.gradient[g] || direct(*p_.gradient[g], work_));
    in_chunks(first, last, lie, [&](std::size_t at, std::size_t n) {
      const void* in[kMostArrays + 2];
      sources.read(at, n, in);
      if (p_.output) losses(at, n, in, s);
      if (!sum && !p_.gradients_wanted) return;
      // What a group is padded with does not count.
      const bool whole = n % detail::kGroup == 0;
      alignas(64) double last_lanes[detail::kGroup];
      double* const lanes = whole ? total.lanes() : last_lanes;
      if (!whole) std::fill_n(last_lanes, detail::kGroup, 0.0);
      if (p_.gradients_wanted) {
        gradients(at, n, in, s, sum ? lanes : nullptr);
      } else {
        void* out[2] = {nullptr, lanes};
        k_.value[work_ == Type::float64](p_.options, at, grouped(n), in, nullptr, out);
      }
      for (std::size_t j = 0; !whole && j < n; ++j) total.lanes()[j] += last_lanes[j];
      if (sum) total.added(n);
    });
    if (sum) *sum = total.total();
  }

 private:
  void losses(std::size_t at, std::size_t n, const void* const* in, Space& s) const {
    const bool there = n % detail::kGroup == 0 && direct(*p_.output, Type::float64);
    void* out[2] = {there ? address(*p_.output, at) : s.out[0], nullptr};
    k_.value[work_ == Type::float64](p_.options, at, grouped(n), in, nullptr, out);
    if (!there) write(*p_.output, at, n, s.out[0]);
  }
  void gradients(std::size_t at, std::size_t n, const void* const* in, Space& s, double* lanes) const {
    const bool whole = n % detail::kGroup == 0;
    void* out[kMostArrays + 1];
    out[0] = lanes;
    for (std::size_t g = 0; g < p_.gradients; ++g) {
      const Array* const to = p_.gradient[g];
      out[1 + g] = !to ? nullptr : whole && direct(*to, work_) ? address(*to, at) : s.out[g];
    }
    const Pass pass = work_ == Type::float32 ? k_.float_slopes[0] : k_.slopes[1];
    pass(p_.options, at, grouped(n), in, &p_.scale, out);
    for (std::size_t g = 0; g < p_.gradients; ++g) {
      if (out[1 + g] != s.out[g]) continue;
      if (work_ == Type::float32) detail::copy(address(*p_.gradient[g], at), s.out[g], n * sizeof(float));
      else write(*p_.gradient[g], at, n, s.out[g]);
    }
  }

  const Plan& p_;
  const Kernel& k_;
  const bool by_element_;
  Type work_ = Type::float32;  // what is read, and what gradients are written as
};

}  // namespace

double run_losses(const Plan& plan) {
  const Losses losses(plan);
  const std::size_t n = plan.size();
  if (plan.output || plan.grad_output) {
    in_blocks(n, [&](std::size_t first, std::size_t last) { losses.run(first, last, nullptr); });
    return nan;
  }
  detail::Scratch<double, 64> sums(detail::blocks_of(n));
  double* const sum = sums.data();
  in_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t block = first; block < last; block += detail::kBlock)
      losses.run(block, std::min(last, block + detail::kBlock), sum + block / detail::kBlock);
  });
  detail::Tree tree;
  for (std::size_t b = 0; b < detail::blocks_of(n); ++b) tree.add(sum[b]);
  if (plan.divisor == 0 && plan.common.reduction == Reduction::mean) return plan.common.empty_mean;
  return tree.total() / plan.divisor;
}

}  // namespace lossact::cpu

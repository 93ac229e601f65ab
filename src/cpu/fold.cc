// Functions of distributions: a term for each element, in double, and the sum of a row's terms.
#include "src/cpu/access.h"
#include "src/scratch.h"

namespace lossact::cpu {
namespace {

class Fold {
 public:
  explicit Fold(const Plan& plan) : p_(plan), k_(kernel_of(plan)) {}

  /// Runs a pass on elements [first, first + n) of `arrays`, and writes its results to `out`.
  void chunk(Pass pass, const Array* arrays, std::size_t first, std::size_t n, double* out) {
    const void* in[kMostArrays];
    for (std::size_t i = 0; i < p_.inputs; ++i) in[i] = read(arrays[i], first, n, Type::float64, in_[i]);
    void* const to[] = {out};
    pass(p_.options, first, grouped(n), in, nullptr, to);
  }
  /// The sum of the terms of row r.
  double total(std::size_t r) {
    Array rows[kMostArrays];
    for (std::size_t i = 0; i < p_.inputs; ++i) rows[i] = row_of(*p_.in[i], r);
    Sum sum;
    for (std::size_t first = 0, n; first < p_.shape[1]; first += n) {
      n = std::min(kChunk, p_.shape[1] - first);
      chunk(k_.value[1], rows, first, n, out_);
      sum.add(out_, n);
    }
    return sum.total();
  }
  /// Writes the results of a pass to `to`, times a factor: one number for all, one for each element, or 1 where it is
  /// null.
  void write_all(Pass pass, const Array& to, const Array* factor) {
    Array arrays[kMostArrays];
    for (std::size_t i = 0; i < p_.inputs; ++i) arrays[i] = *p_.in[i];
    const bool one = factor && (factor->size() == 1 || is_constant(*factor));
    const double scale = one ? number_at(*factor, 0, 0, 0) : 1;
    for (std::size_t first = 0, n; first < p_.size(); first += n) {
      n = std::min(kChunk, p_.size() - first);
      chunk(pass, arrays, first, n, out_);
      Factor by;
      if (factor && !one) by.values = read(*factor, first, n, Type::float64, in_[kMostArrays]);
      write(to, first, n, out_, scale, by);
    }
  }

 private:
  const Plan& p_;
  const Kernel& k_;
  alignas(64) double in_[kMostArrays + 1][kChunk], out_[kChunk];
};

}  // namespace

double run_fold(const Plan& plan) {
  const Kernel& k = kernel_of(plan);
  Fold fold(plan);
  const bool number = plan.function->output == Output::number;
  double sum = nan;
  if (plan.output && !number) fold.write_all(k.value[1], *plan.output, nullptr);
  if (number && !plan.grad_output) {
    for (std::size_t r = 0; r < plan.rows(); ++r) {
      const double one[detail::kGroup] = {sum = fold.total(r)};
      if (plan.output) write(*plan.output, r, 1, one);
    }
  }
  for (std::size_t g = 0; g < plan.gradients; ++g)
    if (plan.gradient[g]) fold.write_all(k.slopes[1], *plan.gradient[g], plan.grad_output);
  return sum;
}

}  // namespace lossact::cpu

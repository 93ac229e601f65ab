// What all losses of rows have in common, and the four algorithms that compute them.
#ifndef LOSSACT_SRC_CPU_ROWS_ROW_LOSSES_H_
#define LOSSACT_SRC_CPU_ROWS_ROW_LOSSES_H_
#include "src/cpu/rows/row_statistic.h"

namespace lossact::cpu {

struct RowLoss {
  const Plan& plan;
  const Kernel& kernel;
  const std::size_t classes;
  const bool shared, by_class, scales;
  const Array* const gradient;

  explicit RowLoss(const Plan& p, bool threads_share)
      : plan(p),
        kernel(kernel_of(p)),
        classes(p.shape[1]),
        shared(threads_share),
        by_class(!is_element(p.in[1]->type)),
        scales(p.grad_output && p.common.reduction == Reduction::none),
        gradient(p.gradient[0]),
        weights_(p.weight && p.weight->type == Type::float64 ? static_cast<const double*>(p.weight->data) : nullptr),
        weight_step_(p.weight ? p.weight->stride[1] : 0) {}
  /// Whether many classes of a row count.
  bool many() const { return !by_class || kernel.smooths(plan.options); }
  /// Whether row r is ignored; if not, y is its class. It was checked, but another thread may have written it since:
  /// what is no class counts as ignored.
  bool ignored(std::size_t r, std::size_t& y) const {
    const std::int64_t wanted = index_at(*plan.in[1], r);
    y = static_cast<std::size_t>(wanted);
    return wanted == plan.common.ignore_index || y >= classes;
  }
  double weight_of(std::size_t y) const {
    if (weights_) return detail::get(weights_ + static_cast<std::ptrdiff_t>(y) * weight_step_);
    return plan.weight ? number_at(*plan.weight, 0, y, 0) : 1;
  }
  double scale_of(std::size_t r) const { return scales ? number_at(*plan.grad_output, 0, r, 0) : plan.scale; }

 private:
  const double* const weights_;
  const std::ptrdiff_t weight_step_;
};

/// The one class of each of sixteen rows that counts, as the function sees it, and its weight.
struct CountedClasses {
  static constexpr std::size_t kRows = detail::kGroup;
  alignas(64) double surprise[kRows], probability[kRows], rest[kRows], log_total[kRows], weight[kRows];
  /// The target weight (`mass`) of the class times f, f' and df/dlog_total.
  alignas(64) double loss[kRows], own[kRows], total[kRows];

  void run(const RowLoss& l, std::size_t rows) {
    const void* const in[] = {surprise, probability, rest, log_total, weight};
    void* const out[] = {loss, own, total};
    const double classes = static_cast<double>(l.classes);
    l.kernel.class_loss(l.plan.options, 0, rows, in, &classes, out);
  }
};

// The losses of rows [first, last) at loss[r], and their gradients, where these are wanted.
/// One class counts, and the input is logarithms of probabilities.
void loss_of_logarithms(const RowLoss& l, std::size_t first, std::size_t last, double* loss);
/// One class of up to sixteen.
void loss_of_short_rows(const RowLoss& l, std::size_t first, std::size_t last, double* loss);
/// One class of more.
void loss_of_long_rows(const RowLoss& l, std::size_t first, std::size_t last, double* loss);
/// Probabilities as the target, or smoothed labels.
void loss_of_many_classes(const RowLoss& l, std::size_t first, std::size_t last, double* loss);
/// The gradient in the probabilities.
void gradient_in_target(const RowLoss& l, std::size_t first, std::size_t last);

}  // namespace lossact::cpu
#endif

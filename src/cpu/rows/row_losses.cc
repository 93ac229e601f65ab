// Losses of rows: cross-entropy and its kin.
#include "src/cpu/rows/row_losses.h"
#include "src/check/memory.h"

namespace lossact::cpu {
namespace {

/// Whether the gradient in the target is written over what the losses are made of.
bool target_is_overwritten(const Plan& plan) {
  return !apart(*plan.gradient[1], *plan.in[0]) || !apart(*plan.gradient[1], *plan.in[1]);
}

}  // namespace

double run_row_losses(const Plan& plan) {
  const RowLoss l(plan, shared_rows(plan));
  const std::size_t rows = plan.rows();
  const auto target_gradient = [&] {
    over_rows(plan, [&](std::size_t first, std::size_t last) { gradient_in_target(l, first, last); });
  };
  const bool comes_last = plan.gradient[1] && target_is_overwritten(plan);
  if (plan.gradient[1] && !comes_last) target_gradient();
  if (plan.gradient[1] && !plan.gradient[0] && plan.grad_output) {  // nothing else is wanted
    if (comes_last) target_gradient();
    return nan;
  }
  detail::Scratch<double, 256> losses(rows + detail::kGroup);
  double* const loss = losses.data();
  const bool many = l.many();
  over_rows(plan, [&](std::size_t first, std::size_t last) {
    if (many) loss_of_many_classes(l, first, last, loss);
    else if (l.kernel.logarithms) loss_of_logarithms(l, first, last, loss);
    else if (l.classes <= detail::kGroup) loss_of_short_rows(l, first, last, loss);
    else loss_of_long_rows(l, first, last, loss);
  });
  if (comes_last) target_gradient();
  return give_losses(plan, loss);
}

}  // namespace lossact::cpu

// A call: checked, planned, and computed by its function's loop.
#include "lossact/error.h"
#include "lossact/modes.h"
#include "src/cpu/access.h"

namespace lossact {
namespace {

double compute(const Plan& plan) {
  const Function& f = *plan.function;
  const bool map = f.loop == Loop::map;
  if (f.loop == Loop::fold) return f.is_loss() ? cpu::run_vector_losses(plan) : cpu::run_fold(plan);
  if (f.output == Output::number) return map ? cpu::run_losses(plan) : cpu::run_row_losses(plan);
  map ? cpu::run_elements(plan) : cpu::run_rows(plan);
  return nan;
}

}  // namespace

double run(const Function& function, const Call& call) {
  const detail::DefaultModes modes;
  const bool map = function.loop == Loop::map;
  if (double result; map && cpu::run_small(function, call, result)) return result;
  if (call.from_output && !function.output_form)
    throw domain_error(said_by(function) +
                       "the slope does not follow from the output, expected a backward from the input");
  if (Plan plan; map && plan_plain(function, call, plan)) return compute(plan);
  if (Plan plan; function.loop == Loop::row && plan_plain_rows(function, call, plan)) return compute(plan);
  Plan plan;
  check(function, call, plan);
  return compute(plan);
}

}  // namespace lossact

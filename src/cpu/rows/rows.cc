// Functions from rows to rows: softmax and its kin.
#include "src/cpu/rows/row_statistic.h"

namespace lossact::cpu {
namespace {

/// Rows of more than sixteen classes, one after the other.
class LongRows {
 public:
  LongRows(const Plan& plan, bool shared)
      : p_(plan),
        k_(kernel_of(plan)),
        n_(plan.shape[1]),
        shared_(shared),
        types_({plan.in[0]->type, plan.gradient[0] ? plan.grad_output->type : Type::none}),
        statistic_(n_, shared) {}

  void forward(Row x, Row y) {
    statistic_.load(x);
    const double* const e = statistic_.kept();
    const auto part = [&](RowTypesOf& types, std::size_t first, std::size_t n) {
      const void* const in[] = {types.read(0, x.from(first), n), e ? e + first : nullptr};
      types.write(y.from(first), n,
                  [&](RowTypes i, void* to) { k_.row_value[i](p_.options, first, n, in, statistic_.scalars, &to); });
    };
    if (!shared_) return part(types_, 0, n_);
    statistic_.chunks(detail::kBlock, [&](std::size_t first, std::size_t n) {
      RowTypesOf types({x.type});
      part(types, first, n);
    });
  }
  void backward(Row x, Row dy, Row dx) {
    statistic_.load(x);
    const void* const in[] = {types_.read(0, x, n_), statistic_.kept(), types_.read(1, dy, n_)};
    types_.write(dx, n_,
                 [&](RowTypes i, void* to) { k_.row_slopes[i](p_.options, 0, n_, in, statistic_.scalars, &to); });
  }

 private:
  const Plan& p_;
  const Kernel& k_;
  const std::size_t n_;
  const bool shared_;
  RowTypesOf types_;
  RowStatistic statistic_;
};

/// Interleaved rows: up to sixteen rows of up to sixteen classes, a row to a lane.
void interleaved(const Plan& p, std::size_t live, Row x, std::size_t x_stride, Row y, std::size_t y_stride, Row dy,
                 std::size_t dy_stride, Row dx, std::size_t dx_stride) {
  constexpr std::size_t kSquare = detail::kGroup * detail::kGroup;
  const Kernel& k = kernel_of(p);
  const std::size_t n = p.shape[1], width = width_of(live);
  alignas(64) double class_values[4][kSquare], value[kSquare], slope[kSquare], top[detail::kGroup];
  double* const values[] = {class_values[0], class_values[1], class_values[2], class_values[3]};
  const bool* const needs = k.interleaved_needs;
  stage().interleaved_classes(x.type, needs[0] || needs[3], x.data, x_stride, live, n, width, values, top);
  const void* in[] = {values[0], values[1], values[2], values[3]};
  void* out[] = {y.data ? value : nullptr, dx.data ? slope : nullptr};
  k.interleaved(p.options, 0, n * width, in, nullptr, out);
  if (y.data) stage().to_rows(value, live, n, width, y.type, y.data, y_stride);
  if (!dx.data) return;
  stage().from_rows(dy.type, dy.data, dy_stride, live, n, width, value);
  stage().interleaved_gradient(n, width, values, slope, top, value);
  stage().to_rows(value, live, n, width, dx.type, dx.data, dx_stride);
}

}  // namespace

void run_rows(const Plan& plan) {
  if (plan.size() == 0) return;
  if (plan.function->statistic == Statistic::threshold) return run_threshold_rows(plan);
  const std::size_t n = plan.shape[1];
  const bool shared = shared_rows(plan);
  const bool negated = plan.of[0]->negated;
  const Masked input = masked_input(plan), output = masked_output(plan), slopes = masked_slopes(plan);
  over_rows(plan, [&](std::size_t begin, std::size_t end) {
    RowBatch x(plan.in[0], negated, input), y(plan.output, false, output),
        dy(plan.gradient[0] ? plan.grad_output : nullptr, false, slopes), dx(plan.gradient[0], negated, slopes);
    if (n <= detail::kGroup)
      return in_batches(begin, end, n, {&x, &dy}, {&y, &dx}, [&](std::size_t first, std::size_t last) {
        for (std::size_t r = first; r < last; r += detail::kGroup)
          interleaved(plan, std::min(detail::kGroup, last - r), x.row(r), x.stride(), y.row(r), y.stride(), dy.row(r),
                      dy.stride(), dx.row(r), dx.stride());
      });
    LongRows rows(plan, shared);
    in_batches(begin, end, n, {&x, &dy}, {&y, &dx}, [&](std::size_t first, std::size_t last) {
      for (std::size_t r = first; r < last; ++r) {
        if (y) rows.forward(x.row(r), y.row(r));
        if (dx) rows.backward(x.row(r), dy.row(r), dx.row(r));
      }
    });
  });
}

}  // namespace lossact::cpu

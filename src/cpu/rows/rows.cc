// Functions from rows to rows: softmax and its kin.
#include "src/cpu/rows/row_statistic.h"

namespace lossact::cpu {
namespace {

/// Rows of sixteen classes or more in double, one after the other.
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

/// Rows of sixteen classes or more, of floats, whose values are the probabilities or their logarithms, in single
/// precision.
class FloatRows {
 public:
  FloatRows(const Plan& plan, Type x, Type y, bool shared)
      : accuracy_(plan.accuracy), n_(plan.shape[1]), shared_(shared) {
    const auto is = kernel_of(plan).row_value_is(plan.options);
    suit_ = is != RowValue::other && x == Type::float32 && y == Type::float32;
    logarithms_ = is == RowValue::logarithm;
    if (!suit_) return;
    const std::size_t width = padded_row(n_);
    most_ = std::min(rows_together(n_), plan.rows());
    if (n_ <= kClassesTogether) std::fill_n(scratch_.data(), 2 * most_ * width, 0.0f);
    else if (!logarithms_ && accuracy_ == faithful) low_ = std::make_unique_for_overwrite<float[]>(n_);
  }
  explicit operator bool() const { return suit_; }
  /// How many rows are taken at once.
  std::size_t most() const { return most_; }
  /// Returns a bit for each row that is to be computed in double.
  std::uint64_t forward(Row x, std::size_t x_stride, std::size_t rows, Row y, std::size_t y_stride) {
    return stage().probabilities(accuracy_, logarithms_, static_cast<const float*>(x.data), x_stride, rows, n_, shared_,
                                 low_ ? low_.get() : scratch_.data(), static_cast<float*>(y.data), y_stride);
  }

 private:
  const Accuracy accuracy_;
  const std::size_t n_;
  const bool shared_;
  bool suit_, logarithms_;
  std::size_t most_ = 1;
  detail::Scratch<float, 2 * kClassesTogether> scratch_{0};
  std::unique_ptr<float[]> low_;  // of a longer row
};

/// Gradients of rows from their outputs.
class OutputRows {
 public:
  OutputRows(const Plan& plan, bool shared)
      : p_(plan),
        k_(kernel_of(plan)),
        n_(plan.shape[1]),
        shared_(shared),
        types_({plan.in[0]->type, plan.grad_output->type}) {}
  /// Rows of floats that one thread computes.
  void floats(std::size_t rows, const RowBatch& y, const RowBatch& dy, const RowBatch& dx, std::size_t first) const {
    const auto of = [&](const RowBatch& b) { return FloatRow{static_cast<float*>(b.row(first).data), b.stride()}; };
    const FloatRow in[] = {of(y), of(dy)};
    k_.float_row_output_slopes(p_.options, rows, n_, in, nullptr, of(dx));
  }
  void backward(Row y, Row dy, Row dx) {
    if (!shared_) {
      const double total = sum(types_, y, dy, 0, n_);
      return slopes(types_, y, dy, dx, 0, n_, total);
    }
    std::vector<double> sums(detail::blocks_of(n_));
    const auto blocks = [&](const auto& body) {
      detail::parallel(sums.size(), 2, [&](std::size_t first, std::size_t last) {
        RowTypesOf types({y.type, dy.type});
        for (std::size_t b = first; b < last; ++b)
          body(types, b, b * detail::kBlock, std::min(detail::kBlock, n_ - b * detail::kBlock));
      });
    };
    blocks([&](RowTypesOf& types, std::size_t b, std::size_t first, std::size_t n) {
      sums[b] = sum(types, y, dy, first, n);
    });
    detail::Tree tree;
    for (const double each : sums) tree.add(each);
    const double total = tree.total();
    blocks([&](RowTypesOf& types, std::size_t, std::size_t first, std::size_t n) {
      slopes(types, y, dy, dx, first, n, total);
    });
  }
  /// Up to sixteen rows of up to sixteen classes, interleaved.
  void interleaved(std::size_t live, Row y, std::size_t y_stride, Row dy, std::size_t dy_stride, Row dx,
                   std::size_t dx_stride) const {
    constexpr std::size_t kSquare = detail::kGroup * detail::kGroup;
    const std::size_t width = width_of(live);
    alignas(64) double probability[kSquare], rest[kSquare], slope[kSquare], value[kSquare], top[detail::kGroup];
    stage().from_rows(y.type, y.data, y_stride, live, n_, width, value);
    const void* const in[] = {value};
    void* const out[] = {probability, rest, slope};
    k_.interleaved_output(p_.options, 0, n_ * width, in, nullptr, out);
    stage().from_rows(dy.type, dy.data, dy_stride, live, n_, width, value);
    std::fill_n(top, width, -1.0);  // no class is treated apart
    const double* const values[] = {nullptr, probability, rest};
    stage().interleaved_gradient(n_, width, values, slope, top, value);
    stage().to_rows(value, live, n_, width, dx.type, dx.data, dx_stride);
  }

 private:
  double sum(RowTypesOf& types, Row y, Row dy, std::size_t first, std::size_t n) const {
    const void* const in[] = {types.read(0, y.from(first), n), types.read(1, dy.from(first), n)};
    double total;
    void* const out[] = {&total};
    k_.row_output_sum[types.read_as() == Type::float64](p_.options, first, n, in, nullptr, out);
    return total;
  }
  void slopes(RowTypesOf& types, Row y, Row dy, Row dx, std::size_t first, std::size_t n, double total) const {
    if (y.type == Type::float32 && dy.type == Type::float32 && dx.type == Type::float32) {
      const auto of = [&](Row r) { return FloatRow{static_cast<float*>(r.from(first).data), 0}; };
      const FloatRow in[] = {of(y), of(dy)};
      return k_.float_row_output_slopes(p_.options, 1, n, in, &total, of(dx));
    }
    const void* const in[] = {types.read(0, y.from(first), n), types.read(1, dy.from(first), n)};
    types.write(dx.from(first), n,
                [&](RowTypes i, void* to) { k_.row_output_slopes[i](p_.options, first, n, in, &total, &to); });
  }

  const Plan& p_;
  const Kernel& k_;
  const std::size_t n_;
  const bool shared_;
  RowTypesOf types_;
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

namespace {
void run_rows_from_output(const Plan& plan, bool negated, bool shared) {
  constexpr std::size_t kFewest = 4;  // fewer classes take less time interleaved
  const std::size_t n = plan.shape[1];
  const Masked masked = masked_slopes(plan);
  over_rows(plan, [&](std::size_t begin, std::size_t end) {
    RowBatch y(plan.in[0]), dy(plan.grad_output, false, masked), dx(plan.gradient[0], negated, masked);
    OutputRows rows(plan, shared);
    const bool floats =
        !shared && y.type() == Type::float32 && dy.type() == Type::float32 && dx.type() == Type::float32;
    in_batches(begin, end, n, {&y, &dy}, {&dx}, [&](std::size_t first, std::size_t last) {
      if (n >= kFewest && floats) rows.floats(last - first, y, dy, dx, first);
      else if (n > detail::kGroup)
        for (std::size_t r = first; r < last; ++r) rows.backward(y.row(r), dy.row(r), dx.row(r));
      else
        for (std::size_t r = first; r < last; r += detail::kGroup)
          rows.interleaved(std::min(detail::kGroup, last - r), y.row(r), y.stride(), dy.row(r), dy.stride(), dx.row(r),
                           dx.stride());
    });
  });
}
}  // namespace

void run_rows(const Plan& plan) {
  if (plan.size() == 0) return;
  if (plan.function->statistic == Statistic::threshold) return run_threshold_rows(plan);
  const std::size_t n = plan.shape[1];
  const bool shared = shared_rows(plan);
  const bool negated = plan.of[0]->negated;
  if (plan.from_output) return run_rows_from_output(plan, negated, shared);
  const Masked input = masked_input(plan), output = masked_output(plan), slopes = masked_slopes(plan);
  over_rows(plan, [&](std::size_t begin, std::size_t end) {
    RowBatch x(plan.in[0], negated, input), y(plan.output, false, output),
        dy(plan.gradient[0] ? plan.grad_output : nullptr, false, slopes), dx(plan.gradient[0], negated, slopes);
    FloatRows floats(plan, x.type(), y.type(), shared);
    // Sixteen classes are a group, which single precision computes faster than interleaved doubles.
    if (n < detail::kGroup || (n == detail::kGroup && (dx || !floats)))
      return in_batches(begin, end, n, {&x, &dy}, {&y, &dx}, [&](std::size_t first, std::size_t last) {
        for (std::size_t r = first; r < last; r += detail::kGroup)
          interleaved(plan, std::min(detail::kGroup, last - r), x.row(r), x.stride(), y.row(r), y.stride(), dy.row(r),
                      dy.stride(), dx.row(r), dx.stride());
      });
    LongRows rows(plan, shared);
    in_batches(begin, end, n, {&x, &dy}, {&y, &dx}, [&](std::size_t first, std::size_t last) {
      for (std::size_t r = first, step; r < last; r += step) {
        step = std::min(floats.most(), last - r);
        std::uint64_t left = ~std::uint64_t{0};
        if (floats) left = floats.forward(x.row(r), x.stride(), step, y.row(r), y.stride());
        for (std::size_t j = r; j < r + step; ++j) {
          if (y && left >> (j - r) & 1) rows.forward(x.row(j), y.row(j));
          if (dx) rows.backward(x.row(j), dy.row(j), dx.row(j));
        }
      }
    });
  });
}

}  // namespace lossact::cpu

// Losses of rows in which many classes count: probabilities as the target, or smoothed labels.
#include "src/cpu/rows/row_losses.h"

namespace lossact::cpu {
namespace {

/// What the passes of such rows read.
class DenseRow {
 public:
  explicit DenseRow(const RowLoss& l)
      : l_(l),
        types_({l.plan.in[0]->type, l.by_class ? Type::none : l.plan.in[1]->type}),
        statistic_(l.classes, l.shared) {
    if (!l.plan.weight) return;
    weights_.resize(padded(l.classes));
    for (std::size_t c = 0; c < l.classes; ++c) weights_[c] = l.weight_of(c);
  }
  /// Runs one of the passes of row r, of class `wanted` or, where there is none, of `target`.
  double run(const Pass* passes, Row x, Row target, double wanted, double scale, Row gradient) {
    double* const s = statistic_.scalars;
    if (!l_.kernel.logarithms) statistic_.load(x);
    s[kWanted] = wanted, s[kScale] = scale;
    const void* const in[] = {types_.read(0, x, l_.classes), l_.kernel.logarithms ? nullptr : statistic_.kept(),
                              types_.read(1, target, l_.classes), l_.plan.weight ? weights_.data() : nullptr};
    double loss = 0;
    types_.write(gradient, l_.classes, [&](RowTypes i, void* to) {
      void* const out[] = {to, &loss};
      passes[i](l_.plan.options, 0, l_.classes, in, s, out);
    });
    return loss;
  }

 private:
  const RowLoss& l_;
  RowTypesOf types_;
  RowStatistic statistic_;
  std::vector<double> weights_;
};

}  // namespace

void loss_of_many_classes(const RowLoss& l, std::size_t begin, std::size_t end, double* loss) {
  DenseRow row(l);
  RowBatch x(l.plan.in[0]), target(l.by_class ? nullptr : l.plan.in[1]), gradient(l.gradient);
  in_batches(begin, end, l.classes, {&x, &target}, {&gradient}, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      std::size_t y = 0;
      const Row to = gradient.row(r);
      if (l.by_class && l.ignored(r, y)) {
        loss[r] = 0;
        if (to.data) std::memset(to.data, 0, l.classes * size_of(to.type));
      } else {
        loss[r] = row.run(l.kernel.row_loss, x.row(r), target.row(r), static_cast<double>(y), l.scale_of(r), to);
      }
    }
  });
}

void gradient_in_target(const RowLoss& l, std::size_t begin, std::size_t end) {
  DenseRow row(l);
  RowBatch x(l.plan.in[0]), gradient(l.plan.gradient[1]);
  in_batches(begin, end, l.classes, {&x}, {&gradient}, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      row.run(l.kernel.target_slopes, x.row(r), {}, 0, l.scale_of(r), gradient.row(r));
  });
}

}  // namespace lossact::cpu

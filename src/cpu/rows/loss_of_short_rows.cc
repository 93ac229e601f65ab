// Losses of rows of up to sixteen classes, of which one counts: sixteen rows are interleaved, a row to a lane.
#include "src/cpu/rows/row_losses.h"

namespace lossact::cpu {

void loss_of_short_rows(const RowLoss& l, std::size_t begin, std::size_t end, double* loss) {
  constexpr std::size_t kRows = CountedClasses::kRows;
  CountedClasses at_wanted;
  alignas(64) double wanted[kRows], counts[kRows], share[kRows], scale[kRows], exponentials[kRows * kRows];
  std::fill_n(at_wanted.weight, kRows, 1.0), std::fill_n(scale, kRows, l.plan.scale);
  double* const to[] = {at_wanted.surprise, at_wanted.probability, at_wanted.rest, at_wanted.log_total};
  const double* const q[] = {at_wanted.loss, at_wanted.own, at_wanted.total};
  RowBatch x(l.plan.in[0]), gradient(l.gradient);
  const auto group = [&](std::size_t first, std::size_t live) {
    const std::size_t width = width_of(live);
    for (std::size_t j = 0; j < width; ++j) {
      std::size_t y = 0;
      const bool counted = j < live && !l.ignored(first + j, y);
      wanted[j] = counted ? static_cast<double>(y) : 0, counts[j] = counted;
      if (l.plan.weight && counted) at_wanted.weight[j] = l.weight_of(y);
      if (l.scales && j < live) scale[j] = l.scale_of(first + j);
    }
    const Row row = x.row(first), g = gradient.row(first);
    stage().interleaved_loss(row.type, row.data, x.stride(), live, l.classes, width, wanted, to, share, exponentials);
    at_wanted.run(l, width);
    for (std::size_t j = 0; j < live; ++j) loss[first + j] = counts[j] != 0 ? at_wanted.loss[j] : 0;
    if (!g.data) return;
    stage().interleaved_loss_gradient(l.classes, width, q, to, share, scale, wanted, counts, exponentials);
    stage().to_rows(exponentials, live, l.classes, width, g.type, g.data, gradient.stride());
  };
  in_batches(begin, end, l.classes, {&x}, {&gradient}, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; r += kRows) group(r, std::min(kRows, last - r));
  });
}

}  // namespace lossact::cpu

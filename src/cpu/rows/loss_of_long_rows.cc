// Losses of rows of more than sixteen classes, of which one counts.
#include "src/cpu/rows/row_losses.h"

namespace lossact::cpu {
namespace {

class LongRows {
 public:
  LongRows(const RowLoss& l, double* loss)
      : l_(l), loss_(loss), type_(l.plan.in[0]->type), statistic_(l.classes, l.shared) {
    std::fill_n(classes_.weight, kRows, 1.0), std::fill_n(classes_.surprise, kRows, 1.0);
    std::fill_n(classes_.probability, kRows, 0.5), std::fill_n(classes_.rest, kRows, 0.5);
    std::fill_n(classes_.log_total, kRows, 0.0), std::fill_n(away_, kRows, 0.0);
    if (l.classes <= kClassesTogether)
      std::fill_n(exponentials_.data(), std::min(rows_together(l.classes), l.plan.rows()) * padded_row(l.classes),
                  0.0f);
    if (l.plan.weight || !l.kernel.constant_slope) return;
    most_ = kRows;
    if (!l.gradient) return;
    classes_.run(l, stage().lanes);
    own_ = classes_.own[0], total_ = classes_.total[0];
  }
  bool floats(Type to) const { return type_ == Type::float32 && (!l_.gradient || to == Type::float32); }
  /// The row in single precision, where that suffices, with its exponentials in the memory of the gradient.
  bool of_floats(std::size_t r, std::size_t y, Row x, Row to) {
    auto* const from = static_cast<const float*>(x.data);
    auto* const g = static_cast<float*>(to.data);
    const double logit = static_cast<double>(detail::get(from + y));  // read first: the gradient may be written over it
    double unit = 1;
    if (stage().float_statistics(l_.plan.accuracy, from, 0, 1, l_.classes, l_.shared, g, &statistic_.scalars, &unit))
      return false;
    const double factor = unit * counted(r, y, logit, statistic_.scalars, to);
    if (!g) return true;
    const auto scale = [&](std::size_t c, std::size_t n) { stage().scale_floats(g + c, n, factor, g + c); };
    if (l_.shared) statistic_.chunks(l_.classes, scale);
    else scale(0, l_.classes);
    if (waiting_ == most_) flush();
    return true;
  }
  /// The statistics of rows that lie `stride` apart, in single precision. Returns a bit for each that this does not
  /// suffice for.
  std::uint64_t statistics(Row x, std::size_t stride, std::size_t rows) {
    return stage().float_statistics(l_.plan.accuracy, static_cast<const float*>(x.data), stride, rows, l_.classes,
                                    false, exponentials_.data(), of_each_, unit_);
  }
  /// Row r, of which that was the j-th.
  void of_floats_together(std::size_t j, std::size_t r, std::size_t y, Row x, Row to) {
    const double logit = static_cast<double>(detail::get(static_cast<const float*>(x.data) + y));
    const double factor = unit_[j] * counted(r, y, logit, of_each_[j], to);
    if (!to.data) return;
    stage().scale_floats(exponentials_.data() + j * padded_row(l_.classes), l_.classes, factor,
                         static_cast<float*>(to.data));
    if (waiting_ == most_) flush();
  }
  void of_doubles(std::size_t r, std::size_t y, Row x, Row to) {
    alignas(64) double logit[kPadding];
    stage().to_double(x.type, x.from(y).data, 1, logit);
    statistic_.load(x);
    const double* const e = statistic_.kept();
    const double factor = counted(r, y, logit[0], statistic_.scalars, to);
    if (!to.data) return;
    const auto write = [&](std::size_t c, std::size_t n, const double* from) {
      stage().from_double(from, factor, {}, n, to.type, to.from(c).data);
    };
    if (e && !l_.shared) {
      write(0, l_.classes, e);
    } else {
      statistic_.chunks(kChunk, [&](std::size_t c, std::size_t n) {
        if (e) return write(c, n, e + c);
        alignas(64) double in[kChunk], out[kChunk];
        stage().to_double(x.type, x.from(c).data, n, in);
        stage().exponentials(x.type, in, c, grouped(n), statistic_.scalars, out);
        write(c, n, out);
      });
    }
    if (waiting_ == most_) flush();
  }
  /// Computes the losses of the waiting rows, and the gradients of the classes that count there.
  void flush() {
    if (!waiting_) return;
    if (!computed_) run();
    computed_ = false;
    alignas(64) double own[kPadding];
    for (std::size_t j = 0; j < waiting_; ++j) {
      loss_[row_[j]] = classes_.loss[j];
      if (!to_[j].data) continue;
      own[0] = classes_.probability[j] * total_of_[j] - classes_.rest[j] * own_of_[j];
      if (to_[j].type == Type::float32) detail::put(static_cast<float*>(to_[j].data), static_cast<float>(own[0]));
      else stage().from_double(own, 1, {}, 1, to_[j].type, to_[j].data);
    }
    waiting_ = 0;
  }

 private:
  static constexpr std::size_t kRows = CountedClasses::kRows;
  /// Adds the class that counts to those that wait, and returns the factor that makes gradients of the exponentials.
  /// Where f' is the same for all classes, the factor does not depend on the loss, so that sixteen losses are computed
  /// at once. Otherwise the loss is computed here, and flush() stores it.
  double counted(std::size_t r, std::size_t y, double logit, const double* s, Row to) {
    const bool top = static_cast<double>(y) == s[kTop];
    const std::size_t j = waiting_++;
    const double distance = top ? 0 : s[kMax] - logit;
    classes_.surprise[j] = s[kLog1pOthers] + distance, classes_.log_total[j] = s[kLog1pOthers] + s[kMax];
    away_[j] = 0 - distance, share_[j] = s[kShare], top_[j] = top, rest_of_top_[j] = s[kRestOfTop];
    row_[j] = r, to_[j] = to.from(y);
    if (l_.plan.weight) classes_.weight[j] = l_.weight_of(y);
    if (!l_.gradient) {
      if (waiting_ == most_) flush();
      return 0;
    }
    double own = own_, total = total_;
    if (most_ == 1) run(), computed_ = true, own = classes_.own[0], total = classes_.total[0];
    const double scale = l_.scale_of(r);
    own_of_[j] = scale * own, total_of_[j] = scale * total;
    return s[kShare] * (own_of_[j] + total_of_[j]);
  }
  /// Runs the function on the classes that wait, after their probabilities if those are needed.
  void run() {
    const std::size_t width = width_of(waiting_);
    if (l_.gradient || l_.kernel.needs_probability) {
      constexpr double kNoTop[kMostScalars] = {.0, .0, .0, .0, -1};
      alignas(64) double e[kRows];
      stage().exponentials(type_, away_, 0, width, kNoTop, e);
      for (std::size_t j = 0; j < waiting_; ++j) {
        classes_.probability[j] = e[j] * share_[j];
        classes_.rest[j] = top_[j] ? rest_of_top_[j] : 1 - classes_.probability[j];
      }
    }
    classes_.run(l_, width);
  }

  const RowLoss& l_;
  double* const loss_;
  const Type type_;
  RowStatistic statistic_;
  detail::Scratch<float, kClassesTogether> exponentials_{0};  // of rows together
  double of_each_[kRowsAtOnce][kMostScalars], unit_[kRowsAtOnce];
  CountedClasses classes_;
  std::size_t most_ = 1, waiting_ = 0, row_[kRows];
  double own_ = 0, total_ = 0;
  alignas(64) double away_[kRows], share_[kRows], rest_of_top_[kRows], own_of_[kRows], total_of_[kRows];
  bool top_[kRows], computed_ = false;
  Row to_[kRows];
};

}  // namespace

void loss_of_long_rows(const RowLoss& l, std::size_t begin, std::size_t end, double* loss) {
  LongRows rows(l, loss);
  RowBatch x(l.plan.in[0]), gradient(l.gradient);
  const bool floats = rows.floats(gradient.type());
  const bool together = floats && l.classes <= kClassesTogether;
  const std::size_t most = rows_together(l.classes);
  in_batches(begin, end, l.classes, {&x}, {&gradient}, [&](std::size_t first, std::size_t last) {
    std::uint64_t left = 0;
    for (std::size_t r = first; r < last; ++r) {
      std::size_t y;
      const Row here = x.row(r), to = gradient.row(r);
      const std::size_t j = (r - first) % most;
      if (together && j == 0) left = rows.statistics(here, x.stride(), std::min(most, last - r));
      if (l.ignored(r, y)) {
        loss[r] = 0;
        if (to.data) std::memset(to.data, 0, l.classes * size_of(to.type));
        continue;
      }
      if (together && !(left >> j & 1)) {
        rows.of_floats_together(j, r, y, here, to);
        continue;
      }
      if (!floats || together || !rows.of_floats(r, y, here, to)) rows.of_doubles(r, y, here, to);
    }
    rows.flush();  // before copies are written back
  });
}

}  // namespace lossact::cpu

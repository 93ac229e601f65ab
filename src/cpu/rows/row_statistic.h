// A row with its log-sum-exp, in the memory of one thread.
#ifndef LOSSACT_SRC_CPU_ROWS_ROW_STATISTIC_H_
#define LOSSACT_SRC_CPU_ROWS_ROW_STATISTIC_H_
#include "src/cpu/rows/row_batch.h"
#include "src/scratch.h"

namespace lossact::cpu {

class RowStatistic {
 public:
  RowStatistic(std::size_t classes, bool shared)
      : n_(classes), shared_(shared), kept_(classes <= kMost ? padded(classes) : 0) {}
  /// Computes the statistic of the row.
  void load(Row x) {
    if (is_half(x.type)) {
      floats_.resize(padded(n_));
      stage().to_float(x.type, x.data, n_, floats_.data());
      x = {floats_.data(), Type::float32};
    }
    stage().log_sum_exp(x.type, x.data, n_, shared_, kept(), scalars);
  }
  /// exp(x - max) of each class; null for a row that is too long for the cache, which evaluates them again.
  double* kept() { return n_ <= kMost ? kept_.data() : nullptr; }
  /// body(first, n) for chunks of the row, by the threads where they share it.
  template <class Body>
  void chunks(std::size_t size, const Body& body) const {
    const auto part = [&](std::size_t from, std::size_t end) {
      for (std::size_t c = from; c < end; c += size) body(c, std::min(size, end - c));
    };
    if (!shared_) return part(0, n_);
    detail::parallel(detail::blocks_of(n_), 2, [&](std::size_t first, std::size_t last) {
      part(first * detail::kBlock, std::min(n_, last * detail::kBlock));
    });
  }

  double scalars[kMostScalars];

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 17;  // a megabyte
  const std::size_t n_;
  const bool shared_;
  detail::Scratch<double, 4096 + kPadding> kept_;
  std::vector<float> floats_;  // of halves
};

}  // namespace lossact::cpu
#endif

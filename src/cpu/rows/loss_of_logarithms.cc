// Losses of rows of logarithms of probabilities, of which one class counts: no class depends on another.
#include "src/cpu/rows/row_losses.h"

namespace lossact::cpu {
namespace {
constexpr std::size_t kRows = CountedClasses::kRows;

/// Up to sixteen rows: the class of each that counts, or `classes`.
struct Rows {
  std::size_t first, live, classes;
  std::size_t wanted[kRows];

  bool counts(std::size_t j) const { return wanted[j] < classes; }
};

template <class Index>
void read_classes(const Array& target, std::int64_t ignore_index, Rows& rows) {
  const auto* const y = static_cast<const Index*>(target.data);
  for (std::size_t j = 0; j < rows.live; ++j) {
    // It was checked, but another thread may have written it since: what is no class counts as ignored.
    const auto c = static_cast<std::int64_t>(
        detail::settled(detail::get(y + static_cast<std::ptrdiff_t>(rows.first + j) * target.stride[1])));
    rows.wanted[j] =
        c != ignore_index && static_cast<std::uint64_t>(c) < rows.classes ? static_cast<std::size_t>(c) : rows.classes;
  }
}
/// Class 0 of row r.
template <class T>
T* row_at(const Array& a, std::size_t r) {
  const std::size_t inner = a.shape[2];
  const auto outer = static_cast<std::ptrdiff_t>(inner == 1 ? r : r / inner),
             at = static_cast<std::ptrdiff_t>(inner == 1 ? 0 : r % inner);
  return static_cast<T*>(a.data) + outer * a.stride[0] + at * a.stride[2];
}
template <class T>
void read_logarithms(const Array& x, const Rows& rows, double* surprise) {
  for (std::size_t j = 0; j < rows.live; ++j)
    surprise[j] = rows.counts(j)
                      ? 0 - static_cast<double>(detail::get(row_at<const T>(x, rows.first + j) +
                                                            static_cast<std::ptrdiff_t>(rows.wanted[j]) * x.stride[1]))
                      : 1;
}
/// Every gradient but that of the class that counts is zero times the slope, so that it has the slope's sign, or is
/// NaN.
template <class T>
void write_gradient(const Array& to, const Rows& rows, const double* total, const double* own) {
  T* row[kRows];
  T zero[kRows];
  bool plain = to.shape[2] == 1 && to.stride[1] == 1 && to.stride[0] == static_cast<std::ptrdiff_t>(rows.classes);
  for (std::size_t j = 0; j < rows.live; ++j) {
    const double z = rows.counts(j) ? 0 * (own[j] + total[j]) : 0;
    row[j] = row_at<T>(to, rows.first + j), zero[j] = static_cast<T>(z);
    std::uint64_t bits;
    detail::copy(&bits, &z, sizeof bits);
    plain = plain && bits == 0;
  }
  if (plain) {
    std::memset(static_cast<void*>(row[0]), 0, rows.live * rows.classes * sizeof(T));
  } else {
    for (std::size_t c = 0; c < rows.classes; ++c)
      for (std::size_t j = 0; j < rows.live; ++j)
        detail::put(row[j] + static_cast<std::ptrdiff_t>(c) * to.stride[1], zero[j]);
  }
  for (std::size_t j = 0; j < rows.live; ++j)
    if (rows.counts(j))
      detail::put(row[j] + static_cast<std::ptrdiff_t>(rows.wanted[j]) * to.stride[1],
                  static_cast<T>(0 * total[j] - own[j]));
}

#define LOSSACT_ONE(name, T) \
  case Type::name:           \
    return body(T());
/// body(a number of that type)
template <class Body>
void by_type(Type type, const Body& body) {
  switch (type) {
    LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
    LOSSACT_INDEX_TYPES(LOSSACT_ONE)
    default:
      return;
  }
}
#undef LOSSACT_ONE

}  // namespace

void loss_of_logarithms(const RowLoss& l, std::size_t first, std::size_t last, double* loss) {
  const Array &x = *l.plan.in[0], &target = *l.plan.in[1];
  CountedClasses classes;
  std::fill_n(classes.surprise, kRows, 1.0), std::fill_n(classes.probability, kRows, 0.0);
  std::fill_n(classes.rest, kRows, 1.0), std::fill_n(classes.log_total, kRows, 0.0);
  std::fill_n(classes.weight, kRows, 1.0);
  Rows rows;
  rows.classes = l.classes;
  for (rows.first = first; rows.first < last; rows.first += kRows) {
    rows.live = std::min(kRows, last - rows.first);
    by_type(target.type, [&](auto t) {
      if constexpr (std::is_integral_v<decltype(t)>)
        read_classes<decltype(t)>(target, l.plan.common.ignore_index.value_or(-1), rows);
    });
    by_type(x.type, [&](auto t) {
      if constexpr (!std::is_integral_v<decltype(t)>) read_logarithms<decltype(t)>(x, rows, classes.surprise);
    });
    for (std::size_t j = 0; l.plan.weight && j < rows.live; ++j)
      classes.weight[j] = rows.counts(j) ? l.weight_of(rows.wanted[j]) : 1;
    classes.run(l, width_of(rows.live));
    for (std::size_t j = 0; j < rows.live; ++j) loss[rows.first + j] = rows.counts(j) ? classes.loss[j] : 0;
    if (!l.gradient) continue;
    for (std::size_t j = 0; j < rows.live; ++j) {
      const double scale = l.scale_of(rows.first + j);
      classes.own[j] *= scale, classes.total[j] *= scale;
    }
    by_type(l.gradient->type, [&](auto t) {
      if constexpr (!std::is_integral_v<decltype(t)>)
        write_gradient<decltype(t)>(*l.gradient, rows, classes.total, classes.own);
    });
  }
}

}  // namespace lossact::cpu

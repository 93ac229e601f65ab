// Single numbers of arrays whose type is known only now.
#ifndef LOSSACT_SRC_CHECK_VALUES_H_
#define LOSSACT_SRC_CHECK_VALUES_H_
#include "lossact/array.h"
#include "src/element.h"

namespace lossact {

/// Index i of an array of class indices, read once.
inline std::int64_t index_at(const Array& a, std::size_t i) {
  const auto at = static_cast<std::ptrdiff_t>(i) * a.stride[1];
#define LOSSACT_ONE(name, T) \
  if (a.type == Type::name)  \
    return static_cast<std::int64_t>(detail::settled(detail::get(static_cast<const T*>(a.data) + at)));
  LOSSACT_INDEX_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
  return -1;
}
/// Element (outer, axis, inner) as a double.
inline double number_at(const Array& a, std::size_t outer, std::size_t axis, std::size_t inner) {
  const auto at = static_cast<std::ptrdiff_t>(outer) * a.stride[0] + static_cast<std::ptrdiff_t>(axis) * a.stride[1] +
                  static_cast<std::ptrdiff_t>(inner) * a.stride[2];
#define LOSSACT_ONE(name, T) \
  if (a.type == Type::name) return static_cast<double>(detail::get(static_cast<const T*>(a.data) + at));
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
  return 0;
}

/// Whether no element is below 0 or a NaN.
inline bool not_negative(const Array& a) {
  bool all = true;
  if (a.type == Type::float64 && a.contiguous()) {
    for (std::size_t i = 0; i < a.size(); ++i) all &= detail::get(static_cast<const double*>(a.data) + i) >= 0;
    return all;
  }
  for (std::size_t o = 0; o < a.shape[0]; ++o)
    for (std::size_t c = 0; c < a.shape[1]; ++c)
      for (std::size_t i = 0; i < a.shape[2]; ++i) all &= number_at(a, o, c, i) >= 0;
  return all;
}

/// Writes it there, rounded once.
inline void put_number(const Array& a, std::size_t outer, std::size_t axis, std::size_t inner, double value) {
  const auto at = static_cast<std::ptrdiff_t>(outer) * a.stride[0] + static_cast<std::ptrdiff_t>(axis) * a.stride[1] +
                  static_cast<std::ptrdiff_t>(inner) * a.stride[2];
#define LOSSACT_ONE(name, T) \
  if (a.type == Type::name) return detail::put(static_cast<T*>(a.data) + at, static_cast<T>(value));
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
}

}  // namespace lossact
#endif

// Single numbers of arrays whose type is known only now.
#ifndef LOSSACT_SRC_CHECK_VALUES_H_
#define LOSSACT_SRC_CHECK_VALUES_H_
#include "lossact/array.h"
#include "lossact/facts.h"
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

/// Whether each element is 0 or more, none of them NaN.
inline bool not_negative(const Array& a) {
  std::size_t wrong = 0;
  if (a.contiguous()) {
#define LOSSACT_ONE(name, T)                   \
  if (a.type == Type::name)                    \
    for (std::size_t i = 0; i < a.size(); ++i) \
      wrong += !(static_cast<double>(detail::get(static_cast<const T*>(a.data) + i)) >= 0);
    LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
    return wrong == 0;
  }
  for (std::size_t o = 0; o < a.shape[0]; ++o)
    for (std::size_t c = 0; c < a.shape[1]; ++c)
      for (std::size_t i = 0; i < a.shape[2]; ++i) wrong += !(number_at(a, o, c, i) >= 0);
  return wrong == 0;
}
/// Whether the elements are what they must be, where that is soon found; if not, check() decides.
inline bool surely_meets(Constraint constraint, const Array& a) {
  return constraint == Constraint::none || (constraint == Constraint::not_negative && not_negative(a));
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

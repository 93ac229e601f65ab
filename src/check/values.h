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

/// Whether is(x) holds for every element of a contiguous array; false of other arrays, which are not read.
template <class Is>
bool neighbours_are(const Array& a, Is is) {
  if (!a.contiguous()) return false;
  std::size_t wrong = 0;
#define LOSSACT_ONE(name, T)                   \
  if (a.type == Type::name)                    \
    for (std::size_t i = 0; i < a.size(); ++i) \
      wrong += !is(static_cast<double>(detail::get(static_cast<const T*>(a.data) + i)));
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
  return wrong == 0;
}
/// Whether a contiguous array meets a constraint that one pass over it decides; false where check_constraint() must.
inline bool surely_meets(Constraint constraint, const Array& a) {
  switch (constraint) {
    case Constraint::none:
      return true;
    case Constraint::not_negative:
      return neighbours_are(a, [](double x) { return x >= 0; });
    case Constraint::probability:
      return neighbours_are(a, [](double x) { return (x >= 0) & (x <= 1); });
    case Constraint::mask:
      return neighbours_are(a, [](double x) { return (x == 0) | (x == 1); });
    default:
      return false;
  }
}

/// Writes element (outer, axis, inner), rounded once.
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

// Arrays as the library takes them from every caller: any element type, any strides, up to three axes.
#ifndef LOSSACT_ARRAY_H_
#define LOSSACT_ARRAY_H_
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include "lossact/number.h"

namespace lossact {

/// The element types and the types of class indices, each with its C++ type.
#define LOSSACT_ELEMENT_TYPES(X) \
  X(float32, float) X(float64, double) X(bfloat16, ::lossact::bfloat16) X(float16, ::lossact::float16)
#define LOSSACT_INDEX_TYPES(X) X(uint8, std::uint8_t) X(int32, std::int32_t) X(int64, std::int64_t)

#define LOSSACT_ONE(name, T) name,
enum class Type : std::uint8_t { none, LOSSACT_ELEMENT_TYPES(LOSSACT_ONE) LOSSACT_INDEX_TYPES(LOSSACT_ONE) };
#undef LOSSACT_ONE
#define LOSSACT_ONE(name, T)                                                  \
  if constexpr (std::is_same_v<std::remove_const_t<U>, T>) return Type::name; \
  else
/// The Type of U; Type::none where it is no element.
template <class U>
inline constexpr Type type_of = [] {
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE) LOSSACT_INDEX_TYPES(LOSSACT_ONE) return Type::none;
}();
#undef LOSSACT_ONE
#define LOSSACT_ONE(name, T) sizeof(T),
/// In bytes.
constexpr std::size_t size_of(Type t) {
  constexpr std::size_t all[] = {0, LOSSACT_ELEMENT_TYPES(LOSSACT_ONE) LOSSACT_INDEX_TYPES(LOSSACT_ONE)};
  return all[static_cast<std::size_t>(t)];
}
#undef LOSSACT_ONE
#define LOSSACT_ONE(name, T) #name,
constexpr std::string_view name_of(Type t) {
  constexpr std::string_view all[] = {"none", LOSSACT_ELEMENT_TYPES(LOSSACT_ONE) LOSSACT_INDEX_TYPES(LOSSACT_ONE)};
  return all[static_cast<std::size_t>(t)];
}
#undef LOSSACT_ONE
constexpr bool is_element(Type t) { return t != Type::none && t < Type::uint8; }

/// Shape and strides (in elements) as (outer, axis, inner), whatever the rank: one axis is (1, n, 1), two (rows, n, 1).
/// `Array()` is no array; one without an initialiser is undefined, for a call has many and uses few.
struct Array {
  void* data;
  Type type;
  std::uint8_t rank;
  std::size_t shape[3];
  std::ptrdiff_t stride[3];

  constexpr std::size_t size() const { return shape[0] * shape[1] * shape[2]; }
  constexpr bool empty() const { return type == Type::none; }
  constexpr bool contiguous() const {
    return (shape[2] == 1 || stride[2] == 1) && (shape[1] == 1 || stride[1] == static_cast<std::ptrdiff_t>(shape[2])) &&
           (shape[0] == 1 || stride[0] == static_cast<std::ptrdiff_t>(shape[1] * shape[2]));
  }
  /// n contiguous elements.
  template <class T>
  static constexpr Array line(T* data, std::size_t n) {
    return of(data, 1, 1, n, 1, n);
  }
  /// `step` elements lie between two outer indices. A step that is longer than any memory becomes the longest stride.
  template <class T>
  static constexpr Array of(T* data, int rank, std::size_t outer, std::size_t axis, std::size_t inner,
                            std::size_t step) {
    return {
        const_cast<std::remove_const_t<T>*>(data),
        type_of<T>,
        static_cast<std::uint8_t>(rank),
        {outer, axis, inner},
        {static_cast<std::ptrdiff_t>(std::min<std::size_t>(step, PTRDIFF_MAX)), static_cast<std::ptrdiff_t>(inner), 1}};
  }
};

}  // namespace lossact
#endif

// Rows as kernels want them, whose classes are neighbours, from whatever view they lie in.
#ifndef LOSSACT_SRC_ROWS_H_
#define LOSSACT_SRC_ROWS_H_
#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>
#include "lossact/threads.h"
#include "lossact/view.h"
#include "src/element.h"
#include "src/parallel.h"

namespace lossact::detail {

/// Fewer elements than this are not worth a second thread.
inline constexpr std::size_t kElementsPerTask = 16384;

template <class T>
Rows<T> rows_from(const AnyRows<T>& view, std::size_t first, std::size_t last) {
  return {view.data + first * view.step, last - first, view.classes, view.step};
}

/// The elements of rows [first, last) of a view with inner > 1 copied into rows, or back.
template <class T>
void pack(const AnyRows<const T>& view, std::size_t first, std::size_t last, T* packed) {
  const std::size_t classes = view.classes, inner = view.inner;
  for (std::size_t r = first; r < last; ++r, packed += classes) {
    const T* from = view.data + r / inner * view.step + r % inner;
    for (std::size_t c = 0; c < classes; ++c) packed[c] = get(from + c * inner);
  }
}
template <class T>
void unpack(const T* packed, std::size_t first, std::size_t last, const AnyRows<T>& view) {
  const std::size_t classes = view.classes, inner = view.inner;
  for (std::size_t r = first; r < last; ++r, packed += classes) {
    T* to = view.data + r / inner * view.step + r % inner;
    for (std::size_t c = 0; c < classes; ++c) put(to + c * inner, packed[c]);
  }
}

/// body(first, last, shared, rows of out, rows of in...) for pieces of all rows, on several threads where that pays;
/// `shared` says that it is for the body to put the threads to work, for there are fewer rows than threads. Views whose
/// class axis is not the last travel through a copy, a few rows at a time.
template <class T, class Body, class... In>
void for_rows(const AnyRows<T>& out, const Body& body, const In&... in) {
  const auto& shape = [](const auto& first, const auto&...) -> const auto& { return first; }(in...);
  const std::size_t classes = std::max<std::size_t>(shape.classes, 1);
  const bool shared =
      shape.inner == 1 && classes >= 2 * kElementsPerTask && shape.rows() < static_cast<std::size_t>(num_threads());
  const std::size_t grain = shared ? shape.rows() : kElementsPerTask / classes;
  parallel(shape.rows(), grain, [&](std::size_t first, std::size_t last) {
    if (shape.inner == 1)
      return body(first, last, shared, out.data ? rows_from(out, first, last) : Rows<T>(),
                  (in.data ? rows_from(in, first, last) : Rows<const T>())...);
    const std::size_t step = std::max<std::size_t>(kElementsPerTask / classes, 1);
    std::vector<T> memory((sizeof...(In) + 1) * std::min(step, last - first) * classes);
    for (std::size_t from = first; from < last; from += step) {
      const std::size_t to = std::min(last, from + step), size = (to - from) * shape.classes;
      std::size_t used = 0;
      const auto packed = [&](const AnyRows<const T>& view) {
        if (!view.data) return Rows<const T>();
        T* at = memory.data() + std::exchange(used, used + size);
        pack(view, from, to, at);
        return Rows<const T>{at, to - from, view.classes};
      };
      const std::tuple rows = {packed(in)...};  // braces: in this order
      T* const result = memory.data() + used;
      std::apply(
          [&](const auto&... r) {
            body(from, to, false, out.data ? Rows<T>{result, to - from, out.classes} : Rows<T>(), r...);
          },
          rows);
      if (out.data) unpack(result, from, to, out);
    }
  });
}

}  // namespace lossact::detail
#endif

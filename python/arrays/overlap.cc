// Which bytes of memory arrays have in common.
#include <algorithm>
#include <cstdlib>
#include "python/arrays/array.h"

namespace lossact::python {
namespace {

/// The bytes from the first to behind the last.
struct Extent {
  std::uintptr_t first, last;
};
Extent extent(const Array& array) {
  Extent e = {reinterpret_cast<std::uintptr_t>(array.data()), reinterpret_cast<std::uintptr_t>(array.data())};
  for (int axis = 0; axis < array.dim(); ++axis) {
    const auto reach = (static_cast<std::ptrdiff_t>(array.size(axis)) - 1) * array.stride(axis);
    (reach < 0 ? e.first : e.last) += static_cast<std::uintptr_t>(reach);
  }
  e.last += array.item_size();
  return e;
}

struct Axis {
  std::ptrdiff_t size, stride;  // the stride is not negative
};

/// Are there two elements, `moved` or else not of the same index, that lie less than `item` bytes from each other? They
/// are `from` bytes apart by the axes that were looked at, and by those from `axes` on, the longest strides first, as
/// far as these reach. Where each stride is longer than what the shorter ones reach, only the same index is left.
bool meet(std::span<const Axis> axes, std::ptrdiff_t item, std::ptrdiff_t from, bool moved) {
  if (axes.empty()) return moved && std::abs(from) < item;
  std::ptrdiff_t rest = item - 1;
  for (const Axis& axis : axes.subspan(1)) rest += (axis.size - 1) * axis.stride;
  const auto [size, stride] = axes[0];
  const std::ptrdiff_t low = std::max(1 - size, -((from + rest) / stride) - 1);
  const std::ptrdiff_t high = std::min(size - 1, (rest - from) / stride + 1);
  for (std::ptrdiff_t k = low; k <= high; ++k)
    if (std::abs(from + k * stride) <= rest && meet(axes.subspan(1), item, from + k * stride, moved || k != 0))
      return true;
  return false;
}

}  // namespace

bool are_apart(const Array& a, const Array& b) {
  if (a.count() == 0 || b.count() == 0) return true;
  const Extent ea = extent(a), eb = extent(b);
  return ea.last <= eb.first || eb.last <= ea.first;
}

bool share_memory(const Array& a, const Array& b) {
  if (are_apart(a, b)) return false;
  const Extent ea = extent(a), eb = extent(b);
  if (a.dense() && b.dense()) return true;
  // Interleaved, perhaps: which bytes that both reach over are a's?
  const std::uintptr_t begin = std::max(ea.first, eb.first), end = std::min(ea.last, eb.last);
  std::vector<bool> taken(end - begin);
  const auto visit = [&](const Array& array, const auto& body) {
    for_each(array, [&](const std::byte* element) {
      const auto first = reinterpret_cast<std::uintptr_t>(element);
      for (std::uintptr_t i = std::max(first, begin); i < std::min(first + array.item_size(), end); ++i)
        body(i - begin);
    });
  };
  visit(a, [&](std::size_t i) { taken[i] = true; });
  bool shared = false;
  visit(b, [&](std::size_t i) { shared = shared || taken[i]; });
  return shared;
}

bool overlaps_itself(const Array& array) {
  if (array.contiguous() || array.count() <= 1) return false;
  std::vector<Axis> axes;
  for (int i = 0; i < array.dim(); ++i) {
    if (array.size(i) == 1) continue;
    if (array.stride(i) == 0) return true;
    axes.push_back({static_cast<std::ptrdiff_t>(array.size(i)), std::abs(array.stride(i))});
  }
  const Extent e = extent(array);
  if (array.count() * array.item_size() > e.last - e.first) return true;
  std::ranges::sort(axes, std::ranges::greater(), &Axis::stride);
  return meet(axes, static_cast<std::ptrdiff_t>(array.item_size()), 0, false);
}

}  // namespace lossact::python

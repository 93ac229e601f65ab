#include "python/arrays/view.h"
#include <algorithm>

namespace lossact::python {
namespace {

/// The product of sizes, of which none is zero unless the array has no elements at all.
std::size_t product(const Array& array, int first, int last) {
  std::size_t size = 1;
  for (int axis = first; axis < last; ++axis) size *= array.size(axis);
  return size;
}

/// Whether the elements of each array lie in the same order side by side.
bool dense_alike(std::span<const Array* const> arrays) {
  return std::ranges::all_of(arrays, [&](const Array* a) { return a->same_layout(*arrays[0]); }) && arrays[0]->dense();
}

/// Whether the dimension `inner` and `outer` before it can be one, because no gap lies between their elements.
bool continues(const Array& array, int outer, int inner) {
  return array.stride(outer) == array.stride(inner) * static_cast<std::ptrdiff_t>(array.size(inner));
}

/// Rows that reach into each other, as windows do, are none of the library's.
bool has_windows(const lossact::Array& a) {
  const auto row = static_cast<std::ptrdiff_t>(a.shape[1] * a.shape[2]);
  const bool whole = (a.shape[1] == 1 || a.stride[1] == static_cast<std::ptrdiff_t>(a.shape[2])) &&
                     (a.shape[2] == 1 || a.stride[2] == 1);
  return whole && a.shape[0] > 1 && a.stride[0] != 0 && a.stride[0] < row && -a.stride[0] < row;
}

}  // namespace

Dimensions line(const Array& array) {
  const int dim = array.dim();
  return {.shape = {1, array.count(), 1}, .first = {0, 0, dim, dim}, .rank = 1};
}

Dimensions around(const Array& array, int axis) {
  const int dim = array.dim(), behind = std::min(axis + 1, dim);
  Dimensions d = {.first = {0, axis, behind, dim}, .rank = 2};
  if (array.count() == 0) {  // the sizes beside a zero need not have a product
    d.shape[1] = array.size(axis);
    for (int i = 0; i < dim; ++i)
      if (i != axis && array.size(i) == 0) d.shape[0] = 0;
    return d;
  }
  for (int i = 0; i < 3; ++i) d.shape[i] = product(array, d.first[i], d.first[i + 1]);
  if (d.shape[2] != 1) d.rank = 3;
  return d;
}

Dimensions merged(std::span<const Array* const> arrays, bool anywhere) {
  const Array& array = *arrays[0];
  if (std::ranges::all_of(arrays, &Array::contiguous) || array.count() == 0) return line(array);
  if (anywhere && dense_alike(arrays)) {
    Dimensions d = line(array);
    d.by_address = true;
    return d;
  }
  int cuts[2], count = 0, inner = -1;
  for (int axis = array.dim(); axis-- > 0;) {
    if (array.size(axis) == 1) continue;
    if (inner >= 0 && !std::ranges::all_of(arrays, [&](const Array* a) { return continues(*a, axis, inner); })) {
      if (count == 2) return line(array);
      cuts[count++] = inner;
    }
    inner = axis;
  }
  const int dim = array.dim();
  Dimensions d = line(array);
  if (count == 1) d = {.first = {0, cuts[0], dim, dim}, .rank = 2};
  if (count == 2) d = {.first = {0, cuts[1], cuts[0], dim}, .rank = 3};
  for (int i = 0; i < 3; ++i) d.shape[i] = product(array, d.first[i], d.first[i + 1]);
  return d;
}

View::View(const Array& array, const Dimensions& dimensions) : source_(&array) {
  if (lies_so(dimensions) && !has_windows(array_)) return;
  make_copy();
  array.gather(copy_.get());
}

View::View(const Array& array, const Dimensions& dimensions, bool copied) : source_(&array) {
  if (!lies_so(dimensions) || copied) make_copy();
}

bool View::lies_so(const Dimensions& d) {
  const std::size_t* const shape = d.shape;
  array_ = {source_->data(),
            type_of(source_->element()),
            static_cast<std::uint8_t>(d.rank),
            {shape[0], shape[1], shape[2]},
            {static_cast<std::ptrdiff_t>(shape[1] * shape[2]), static_cast<std::ptrdiff_t>(shape[2]), 1}};
  if (source_->contiguous() || d.by_address) return true;
  if (!source_->aligned()) return false;
  const auto item = static_cast<std::ptrdiff_t>(source_->item_size());
  bool constant = true;
  for (int i = 0; i < 3; ++i) {
    std::ptrdiff_t reach = 0;
    int inner = -1;
    for (int axis = d.first[i + 1]; axis-- > d.first[i];) {
      if (source_->size(axis) == 1) continue;
      if (inner < 0) array_.stride[i] = source_->stride(axis) / item;
      else if (source_->stride(axis) != reach) return false;
      inner = axis;
      reach = source_->stride(axis) * static_cast<std::ptrdiff_t>(source_->size(axis));
    }
    if (inner >= 0 && array_.stride[i] != 0) constant = false;
  }
  if (constant) std::fill_n(array_.stride, 3, 0);  // one number for all
  return true;
}

void View::make_copy() {
  copy_ = std::make_unique_for_overwrite<std::byte[]>(source_->count() * source_->item_size());
  array_.data = copy_.get();
  array_.stride[0] = static_cast<std::ptrdiff_t>(array_.shape[1] * array_.shape[2]);
  array_.stride[1] = static_cast<std::ptrdiff_t>(array_.shape[2]), array_.stride[2] = 1;
}

}  // namespace lossact::python

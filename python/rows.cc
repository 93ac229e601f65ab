#include "python/rows.h"

namespace lossact::python {

RowShape row_shape(const Array& array, int axis) {
  RowShape shape;
  const auto item = static_cast<std::ptrdiff_t>(array.item_size());
  if (array.dim() == 0) return shape;
  if (array.count() == 0) {  // the sizes beside a zero need not have a product
    shape.classes = shape.stride = array.size(axis);
    for (int i = 0; i < array.dim(); ++i)
      if (i != axis && array.size(i) == 0) shape.outer = 0;
    return shape;
  }
  for (int i = 0; i < array.dim(); ++i)
    (i < axis ? shape.outer : i > axis ? shape.inner : shape.classes) *= array.size(i);
  shape.stride = shape.classes;
  if (array.contiguous()) return shape;
  shape.direct = false;
  if (!array.aligned()) return shape;
  if (shape.inner != 1 || (shape.classes > 1 && array.stride(axis) != item)) return shape;
  // Rows are whole; what lies before must advance evenly.
  std::ptrdiff_t stride = 0, reach = 0;
  for (int i = axis; i-- > 0;) {
    if (array.size(i) == 1) continue;
    if (stride == 0) stride = reach = array.stride(i);
    else if (array.stride(i) != reach) return shape;
    reach *= static_cast<std::ptrdiff_t>(array.size(i));
  }
  if (stride % item != 0 || stride < item * static_cast<std::ptrdiff_t>(shape.classes)) return shape;
  shape.stride = static_cast<std::size_t>(stride / item);
  shape.direct = true;
  return shape;
}

int checked_axis(const Spec& spec, const Array& array, std::int64_t dim) {
  const std::int64_t dims = std::max(array.dim(), 1);
  if (dim < -dims || dim >= dims)
    throw index_error(said_by(spec) + "dim is " + std::to_string(dim) + ", expected one from " + std::to_string(-dims) +
                      " to " + std::to_string(dims - 1));
  return static_cast<int>(dim < 0 ? dim + dims : dim);
}

}  // namespace lossact::python

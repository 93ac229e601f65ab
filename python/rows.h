// Rows of classes in an array, along one of its dimensions.
#ifndef LOSSACT_PYTHON_ROWS_H_
#define LOSSACT_PYTHON_ROWS_H_
#include "lossact/view.h"
#include "python/call.h"

namespace lossact::python {

/// An array as (outer, classes, inner), where `stride` elements lie between two rows of inner 1. An array without
/// dimensions is a row of one class.
struct RowShape {
  std::size_t outer = 1, classes = 1, inner = 1, stride = 1;
  bool direct = true;  // the array lies in memory like this
};
RowShape row_shape(const Array& array, int axis);
/// A dimension counted from the end if negative; IndexError outside.
int checked_axis(const Spec& spec, const Array& array, std::int64_t dim);

template <class T>
lossact::detail::AnyRows<T> rows_at(T* data, const RowShape& shape, bool direct) {
  if (shape.inner == 1) return Rows<T>{data, shape.outer, shape.classes, direct ? shape.stride : shape.classes};
  return ClassAxis<T>{data, shape.outer, shape.classes, shape.inner};
}

/// Rows that are read: of the array's memory, or of a copy.
template <class T>
class RowsRead {
 public:
  RowsRead(const Array& array, int axis) : shape_(row_shape(array, axis)) {
    if (shape_.direct) {
      data_ = static_cast<const T*>(array.data());
    } else {
      copy_ = std::make_unique<Values<T>>(array);
      data_ = copy_->data();
    }
  }
  lossact::detail::AnyRows<const T> view() const { return rows_at<const T>(data_, shape_, shape_.direct); }

 private:
  RowShape shape_;
  std::unique_ptr<Values<T>> copy_;
  const T* data_;
};

/// Rows that are written: the array's own, or a copy until `commit`.
template <class T>
class RowsWritten {
 public:
  RowsWritten(const Array& array, int axis) : shape_(row_shape(array, axis)), array_(&array) {
    if (!shape_.direct) copy_ = std::make_unique<Written<T>>(array);
  }
  lossact::detail::AnyRows<T> view() const {
    return rows_at<T>(copy_ ? copy_->data() : static_cast<T*>(array_->data()), shape_, shape_.direct);
  }
  void commit() const {
    if (copy_) copy_->commit();
  }

 private:
  RowShape shape_;
  const Array* array_;
  std::unique_ptr<Written<T>> copy_;
};

}  // namespace lossact::python
#endif

// Losses of rows of classes on arrays.
#include "python/loss.h"
#include "python/rows.h"

namespace lossact::python {
namespace {

template <class T>
class ClassRows {
 public:
  ClassRows(const Spec& spec, const Array& x, const Array& y)
      : axis_(class_axis(spec, x)),
        x_(x, axis_),
        shape(without(x, axis_)),
        losses(x.size(axis_) == 0 ? 0 : x_.view().rows()) {
    if (is_floating(y.element())) {
      check_same_element(spec, y, x);
      check_same_shape(spec, y, x);
      probabilities_ = std::make_unique<RowsRead<T>>(y, axis_);
      return;
    }
    if (!is_integer(y.element()))
      throw type_error(said_by(spec) + "target has elements of " + std::string(to_string(y.element())) +
                       ", expected integers, or probabilities of the input's element type");
    if (!std::ranges::equal(y.shape(), shape))
      throw shape_error(said_by(spec) + "target has shape " + y.shape_text() + ", expected that of an input of shape " +
                        x.shape_text() + " without its classes in dimension " + std::to_string(axis_));
    if (y.contiguous() && y.element() == Element::int64) {
      classes_ = {static_cast<const std::int64_t*>(y.data()), y.count()};
    } else {
      copy_ = integers(spec.name, y, [&](std::uint64_t label, std::size_t row) {
        throw index_error(said_by(spec) + "target " + std::to_string(label) + " at row " + std::to_string(row) +
                          " is outside [0, " + std::to_string(x.size(axis_)) + ")");
      });
      classes_ = copy_;
    }
  }
  lossact::detail::AnyRows<const T> input() const { return x_.view(); }
  lossact::detail::AnyTarget<T> target() const {
    if (probabilities_) return probabilities_->view();
    return classes_;
  }
  RowsWritten<T> gradient(const Array& array) const { return {array, axis_}; }

 private:
  /// Where PyTorch finds the classes: (C), (N, C) or (N, C, d1, ...).
  static int class_axis(const Spec& spec, const Array& x) {
    if (x.dim() == 0) throw shape_error(said_by(spec) + "input has shape (), expected (C), (N, C) or (N, C, d1, ...)");
    return x.dim() == 1 ? 0 : 1;
  }
  static std::vector<Py_ssize_t> without(const Array& x, int axis) {
    std::vector<Py_ssize_t> shape = x.shape_vector();
    shape.erase(shape.begin() + axis);
    return shape;
  }

  int axis_;
  RowsRead<T> x_;
  std::unique_ptr<RowsRead<T>> probabilities_;
  std::vector<std::int64_t> copy_;
  std::span<const std::int64_t> classes_;

 public:
  const std::vector<Py_ssize_t> shape;
  const std::size_t losses;
};

}  // namespace

void add_row_losses(std::vector<Spec>& specs) {
  const auto add = [&]<class F>(const F&) { add_loss<ClassRows, F>(specs, "row_loss"); };
  std::apply([&](const auto&... f) { (add(f), ...); }, row_losses);
}

}  // namespace lossact::python

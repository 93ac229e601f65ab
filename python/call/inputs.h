// The arrays that a call reads: opened, and checked against the first by their extents.
#ifndef LOSSACT_PYTHON_CALL_INPUTS_H_
#define LOSSACT_PYTHON_CALL_INPUTS_H_
#include <span>
#include <vector>
#include "python/arrays/array.h"
#include "python/call/options.h"
#include "python/arrays/view.h"

namespace lossact::python {

/// An argument: an array, or the numbers of a list.
struct Input {
  enum class Kind : std::uint8_t { none, element, channel, classes, numbers };
  Kind kind;
  const Array* array;                         // null for a list
  const std::vector<double>* numbers;         // of an optional argument, or one of a number for each row
  const std::vector<std::int64_t>* integers;  // classes of another type or layout than the library's
};

class Inputs {
 public:
  Inputs(const Spec& spec, const Slots& slots) : spec_(spec), slots_(slots), f_(*spec.function) {}

  /// Opens and checks all arrays, the first of which is `input`. An option `rows` that is 0 is set to the size of its
  /// leading dimension.
  void read(PyObject* input, Settings& settings);

  const Input& operator[](std::size_t i) const { return inputs_[i]; }
  const Array& first() const { return *inputs_[0].array; }
  /// The argument grad_output as an array; null for a number or a list.
  const Array* grad_output() const { return grad_output_; }
  /// The numbers of grad_output for a loss; null for a function to elements.
  const std::vector<double>* loss_gradient() const { return loss_gradient_; }
  /// The dimension of rows or channels; -1 where there are neither.
  int axis() const { return axis_; }
  /// The shape of the losses of all elements or rows.
  std::span<const Py_ssize_t> loss_shape() const { return loss_shape_; }
  /// The shape of an output of elements.
  std::span<const Py_ssize_t> output_shape() const {
    return f_.halves() ? std::span<const Py_ssize_t>(output_shape_storage_) : first().shape();
  }

 private:
  Array& open(std::string_view name, PyObject* object);
  void read_input(std::size_t i);
  void read_grad_output(bool reduced);
  void read_classes(Input& input);
  void check_floating() const;
  void check_channels(const Array& array);
  void find_broadcast_axis(std::size_t i);
  void find_axis();
  void find_rows(int dims);
  void halve();
  void check_row_numbers(std::size_t i) const;
  int checked_axis(std::int64_t dim) const;

  const Spec& spec_;
  const Slots& slots_;
  const Function& f_;
  Input inputs_[kMostArrays];
  const Array* grad_output_ = nullptr;
  const std::vector<double>* loss_gradient_ = nullptr;
  int axis_ = -1;
  std::span<const Py_ssize_t> loss_shape_;
  std::vector<Py_ssize_t> loss_shape_storage_, output_shape_storage_;
  Pool<Array, kMostArrays + 1> arrays_;
  Pool<std::vector<double>, kMostArrays + 1> numbers_;
  Pool<std::vector<std::int64_t>, kMostArrays> integers_;
};

}  // namespace lossact::python
#endif

#include "python/call/inputs.h"
#include <algorithm>
#include "lossact/error.h"
#include "python/call/result.h"

namespace nb = nanobind;

namespace lossact::python {

void Inputs::read(PyObject* input, Settings& settings) {
  inputs_[0] = {
      .kind = Input::Kind::element, .array = &open(spec_.array_name(0), input), .numbers = {}, .integers = {}};
  check_floating();
  for (std::size_t i = 1; i < f_.arguments.size(); ++i) read_input(i);
  find_axis();
  for (std::size_t i = 1; i < f_.arguments.size(); ++i)
    if (inputs_[i].kind == Input::Kind::classes) read_classes(inputs_[i]);
  if (spec_.has(Role::grad_output)) read_grad_output(f_.common(settings.bytes).reduction != Reduction::none);
  if (spec_.rows && first().dim() > 0)
    if (auto& rows = settings.value<std::uint64_t>(*spec_.rows); rows == 0) rows = first().size(0);
}

Array& Inputs::open(std::string_view name, PyObject* object) {
  Array& array = arrays_.add();
  array.open(spec_.name, name, object, false);
  return array;
}

void Inputs::read_input(std::size_t i) {
  const ArgumentInfo& info = f_.arguments[i];
  PyObject* object = spec_.array(slots_, i);
  Input& input = inputs_[i] = {};
  if (!object || (info.optional && object == Py_None)) return;
  if (info.optional || info.extent == Extent::row) {
    Array& array = arrays_.add();
    input.numbers = &numbers_.add(read_numbers(spec_, info.name, object, array));
    if (!PyList_Check(object) && !PyTuple_Check(object)) input.array = &array;
    input.kind = Input::Kind::numbers;
    return;
  }
  input.array = &open(info.name, object);
  if (names_class(info.extent) && !is_floating(input.array->element())) {
    input.kind = Input::Kind::classes;
    return;
  }
  check_same_element(spec_, *input.array, first());
  input.kind = info.extent == Extent::channel ? Input::Kind::channel : Input::Kind::element;
  if (input.kind == Input::Kind::element) check_same_shape(spec_, *input.array, first());
}

void Inputs::check_floating() const {
  if (is_floating(first().element())) return;
  throw type_error(said_by(spec_).append(first().what()) + " has elements of " +
                   std::string(to_string(first().element())) + ", expected float16, bfloat16, float32 or float64");
}

/// Rows lie along `dim`, or those of a loss where PyTorch has its classes; channels lie along dimension 1.
void Inputs::find_axis() {
  const int dims = first().dim();
  loss_shape_ = first().shape();
  if (f_.output == Output::number && f_.along_axis()) find_rows(dims);
  if (f_.halves() && dims == 0)
    throw shape_error(said_by(spec_).append(first().what()) + " has shape (), expected a dimension to halve");
  if (spec_.has(Role::dim)) axis_ = checked_axis(read_dim(spec_, slots_, static_cast<std::size_t>(dims)));
  if (f_.halves()) halve();
  for (std::size_t i = 1; i < f_.arguments.size(); ++i) {
    if (inputs_[i].kind == Input::Kind::channel) check_channels(*inputs_[i].array);
    if (f_.arguments[i].extent == Extent::channel && inputs_[i].kind == Input::Kind::numbers && f_.channels_last())
      find_broadcast_axis(i);
    if (f_.arguments[i].extent == Extent::row) check_row_numbers(i);
  }
}

/// The axis of a loss of rows, and the shape of its losses: classes lie along dimension 1 of two or more, vectors along
/// the last dimension.
void Inputs::find_rows(int dims) {
  if (dims == 0)
    throw shape_error(said_by(spec_).append(first().what()) + " has shape (), expected " +
                      (f_.has_classes() ? "(C), (N, C) or (N, C, d1, ...)" : "vectors: (D), (N, D) or (N, ..., D)"));
  axis_ = f_.has_classes() && dims > 1 ? 1 : dims - 1;
  if (axis_ == dims - 1) {
    loss_shape_ = first().shape().first(static_cast<std::size_t>(axis_));
  } else {
    loss_shape_storage_ = first().shape_vector();
    loss_shape_storage_.erase(loss_shape_storage_.begin() + axis_);
    loss_shape_ = loss_shape_storage_;
  }
}

/// Throws shape_error unless a list has a number for each row, or an array the shape of the losses.
void Inputs::check_row_numbers(std::size_t i) const {
  const Input& input = inputs_[i];
  const std::size_t rows = first().size(axis_) == 0 ? input.numbers->size() : first().count() / first().size(axis_);
  if (input.array ? std::ranges::equal(input.array->shape(), loss_shape_) : input.numbers->size() == rows) return;
  throw shape_error(
      said_by(spec_).append(f_.arguments[i].name) + " has " +
      (input.array ? "shape " + input.array->shape_text() : std::to_string(input.numbers->size()) + " numbers") +
      ", expected one for each row, " + nb::str(shape_tuple(loss_shape_)).c_str());
}

/// Finds the shape of an output that has half of the elements along the axis.
void Inputs::halve() {
  output_shape_storage_ = first().shape_vector();
  Py_ssize_t& halved = output_shape_storage_[static_cast<std::size_t>(axis_)];
  if (halved % 2 != 0)
    throw shape_error(said_by(spec_).append(first().what()) + " has shape " + first().shape_text() +
                      ", expected an even number in dimension " + std::to_string(axis_));
  halved /= 2;
}

int Inputs::checked_axis(std::int64_t dim) const {
  const std::int64_t dims = std::max(first().dim(), 1);
  if (dim < -dims || dim >= dims)
    throw index_error(said_by(spec_) + "dim is " + std::to_string(dim) + ", expected one from " +
                      std::to_string(-dims) + " to " + std::to_string(dims - 1));
  return static_cast<int>(dim < 0 ? dim + dims : dim);
}

/// Finds the axis of an optional array: one number has none, and a list lies along the last; an array is broadcast as
/// in PyTorch, along its one dimension that is not 1.
void Inputs::find_broadcast_axis(std::size_t i) {
  const Array* const array = inputs_[i].array;
  const std::size_t count = inputs_[i].numbers->size();
  if (count == 1) return;
  int axis = first().dim() - 1;
  if (array && array->dim() > 1) {
    const auto shape = array->shape();
    const auto long_one = std::ranges::find_if(shape, [](Py_ssize_t size) { return size != 1; });
    axis = first().dim() - static_cast<int>(shape.end() - long_one);
  }
  const bool fits = axis >= 0 && first().size(axis) == count &&
                    (!array || array->size(array->dim() - (first().dim() - axis)) == count);
  if (!fits)
    throw shape_error(said_by(spec_).append(f_.arguments[i].name) + " has " +
                      (array ? "shape " + array->shape_text() : std::to_string(count) + " numbers") +
                      ", expected one number or one for each index of a dimension of an input of shape " +
                      first().shape_text());
  axis_ = axis;
}

/// Throws shape_error unless there is one number, or one for each channel.
void Inputs::check_channels(const Array& array) {
  const auto who = [&] { return said_by(spec_).append(array.what()); };
  if (array.dim() > 1) throw shape_error(who() + " has shape " + array.shape_text() + ", expected one or no dimension");
  if (array.count() == 1) return;
  const std::size_t channels = first().dim() < 2 ? 1 : first().size(1);
  if (array.count() != channels)
    throw shape_error(who() + " has " + std::to_string(array.count()) + " elements, expected 1 or " +
                      std::to_string(channels) + ", the channels of an input of shape " + first().shape_text());
  axis_ = 1;
}

void Inputs::read_classes(Input& input) {
  const Array& y = *input.array;
  const auto who = [&] { return said_by(spec_).append(y.what()); };
  if (!is_integer(y.element()))
    throw type_error(who() + " has elements of " + std::string(to_string(y.element())) +
                     ", expected integers, or probabilities of the input's element type");
  if (!std::ranges::equal(y.shape(), loss_shape_))
    throw shape_error(who() + " has shape " + y.shape_text() + ", expected that of an input of shape " +
                      first().shape_text() + " without its classes in dimension " + std::to_string(axis_));
  if (y.contiguous() && type_of(y.element()) != Type::none) return;
  input.integers = &integers_.add(integers(spec_.name, y, [&](std::uint64_t label, std::size_t row) {
    throw index_error(who() + " " + std::to_string(label) + " at row " + std::to_string(row) + " is outside [0, " +
                      std::to_string(first().size(axis_)) + ")");
  }));
}

/// Reads grad_output. Of a loss, its numbers are copied to doubles, because the gradient may be written over their
/// array.
void Inputs::read_grad_output(bool reduced) {
  PyObject* object = spec_.at(slots_, Role::grad_output);
  if (f_.output == Output::elements) {
    grad_output_ = &open("grad_output", object);
    check_same_element(spec_, *grad_output_, first());
    if (!f_.halves()) return check_same_shape(spec_, *grad_output_, first());
    if (!std::ranges::equal(grad_output_->shape(), output_shape()))
      throw shape_error(said_by(spec_) + "grad_output has shape " + grad_output_->shape_text() + ", expected " +
                        nb::str(shape_tuple(output_shape())).c_str() + ", half of the input's");
    return;
  }
  std::vector<double>& numbers = numbers_.add();
  loss_gradient_ = &numbers;
  if (PyFloat_Check(object) || PyLong_Check(object)) {
    numbers = {read_number(spec_, "grad_output", object)};
    return;
  }
  Array& array = arrays_.add();
  numbers = read_numbers(spec_, "grad_output", object, array);
  if (PyList_Check(object) || PyTuple_Check(object)) return;
  grad_output_ = &array;
  if (!reduced && !std::ranges::equal(array.shape(), loss_shape_))
    throw shape_error(said_by(spec_) + "grad_output has shape " + array.shape_text() + ", expected " +
                      nb::str(shape_tuple(loss_shape_)).c_str() + " as the losses have");
}

}  // namespace lossact::python

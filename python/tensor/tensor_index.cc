// Indexing, and what may be written to.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>
#include "lossact/nn/detail/autograd.h"
#include "lossact/nn/index.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using nn::Index;
using nn::Tensor;

namespace {

std::ptrdiff_t integer(nb::handle object) {
  const Py_ssize_t value = PyNumber_AsSsize_t(object.ptr(), PyExc_IndexError);
  if (value == -1 && PyErr_Occurred()) throw nb::python_error();
  return value;
}

Index index_of(nb::handle key) {
  if (key.is_none()) return nn::NewAxis{};
  if (key.ptr() == Py_Ellipsis) return nn::Ellipsis{};
  if (PySlice_Check(key.ptr())) {
    const auto* slice = reinterpret_cast<PySliceObject*>(key.ptr());
    nn::Slice result;
    if (slice->start != Py_None) result.start = integer(slice->start);
    if (slice->stop != Py_None) result.stop = integer(slice->stop);
    if (slice->step != Py_None) result.step = integer(slice->step);
    return result;
  }
  if (const Tensor* tensor = as_tensor(key.ptr())) {
    if (tensor->dim() == 0 && tensor->dtype() == nn::int64) return tensor->data<std::int64_t>()[0];
    return tensor->detach();
  }
  if (PyBool_Check(key.ptr())) throw type_error("[index] an index is a truth value; use None for a new dimension");
  if (PyFloat_Check(key.ptr())) throw type_error("[index] an index is a float, expected an integer");
  if (PyIndex_Check(key.ptr()) && !PySequence_Check(key.ptr())) return integer(key);
  Tensor positions = make_tensor(key);
  // An empty list has no numbers to tell its type by.
  if (positions.numel() == 0) positions = positions.to(nn::int64);
  return positions;
}

std::vector<Index> indices_of(nb::handle key) {
  std::vector<Index> indices;
  if (PyTuple_Check(key.ptr()))
    for (const nb::handle item : nb::borrow<nb::tuple>(key)) indices.push_back(index_of(item));
  else indices.push_back(index_of(key));
  return indices;
}

}  // namespace

void forbid_writing(const Tensor& copy) { copy.state()->copied = true; }

bool recorded_change(const Tensor& tensor, bool source_requires_grad) {
  if (tensor.state()->copied)
    throw std::runtime_error(
        "this tensor is a copy where PyTorch has a view of another: assign to the other by an index, or clone() this");
  if (!nn::is_grad_enabled()) return false;
  if (tensor.requires_grad() && tensor.is_leaf())
    throw std::runtime_error("a leaf Variable that requires grad is being used in an in-place operation.");
  if (!tensor.requires_grad() && !source_requires_grad) return false;
  if (tensor.state()->storage->references.load() > 1)
    throw std::runtime_error(
        "a recorded tensor that shares its data with another cannot be changed in place: assign to the whole by one "
        "index, or clone() it");
  return true;
}

Tensor get_item(const Tensor& tensor, nb::handle key) {
  const std::vector<Index> indices = indices_of(key);
  Tensor result = nn::index(tensor, indices);
  const bool positions = std::any_of(indices.begin(), indices.end(),
                                     [](const Index& index) { return std::holds_alternative<Tensor>(index); });
  if (!positions && result.state()->storage != tensor.state()->storage) forbid_writing(result);
  return result;
}

void set_item(Tensor& tensor, nb::handle key, nb::handle value) {
  const std::vector<Index> indices = indices_of(key);
  const Tensor values = make_tensor(value, tensor.dtype());
  if (recorded_change(tensor, values.requires_grad())) tensor = nn::index_put(tensor, indices, values);
  else nn::index_put_(tensor, indices, values);
}

}  // namespace lossact::python

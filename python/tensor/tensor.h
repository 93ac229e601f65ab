// The tensor of the training layer as a Python object.
#ifndef LOSSACT_PYTHON_TENSOR_TENSOR_H_
#define LOSSACT_PYTHON_TENSOR_TENSOR_H_
#include <optional>
#include <nanobind/nanobind.h>
#include "lossact/nn/tensor.h"

namespace lossact::python {

/// The tensor that a Python object is; null where it is none. No exception is ever pending afterwards.
const nn::Tensor* as_tensor(PyObject* object) noexcept;
/// A new reference to a Python object that is the tensor. Throws nanobind::python_error.
PyObject* give_tensor(nn::Tensor tensor);

/// A tensor with the values of a number, of a tensor, of nested sequences of numbers, or of an array that speaks DLPack
/// or the buffer protocol: a copy, but of a tensor that is of this type already. Without a type, floats become float32,
/// and arrays keep theirs. TypeError where it is none of these, ValueError where sequences differ in length.
nn::Tensor make_tensor(nanobind::handle data, std::optional<nn::DType> dtype = {});
/// The same where the object is a number, as a tensor without dimensions; undefined where it is none.
nn::Tensor number_tensor(nanobind::handle object);
/// Nested lists of Python's numbers.
nanobind::object to_list(const nn::Tensor& tensor);
/// An array of NumPy, and a capsule for DLPack, that share the tensor's memory; of a tensor that must not be written to
/// both refuse writing.
nanobind::object to_numpy(const nn::Tensor& tensor);
nanobind::object to_dlpack(const nn::Tensor& tensor);

/// A shape given as in PyTorch: integers one after the other, or one sequence of them.
nn::Shape to_shape(nanobind::handle sizes);
/// The shape as torch.Size.
nanobind::object give_shape(const nn::Shape& shape);

/// tensor[key], and tensor[key] = value.
nn::Tensor get_item(const nn::Tensor& tensor, nanobind::handle key);
void set_item(nn::Tensor& tensor, nanobind::handle key, nanobind::handle value);

/// Copies stand where PyTorch has views: writing to one would not change the other, and is refused.
void forbid_writing(const nn::Tensor& copy);
/// Throws where a tensor must not be changed in place: such a copy, or a leaf whose gradient is recorded
/// (RuntimeError). Returns whether the change is recorded, so that a new tensor must take this one's place.
bool recorded_change(const nn::Tensor& tensor, bool source_requires_grad);

}  // namespace lossact::python
#endif

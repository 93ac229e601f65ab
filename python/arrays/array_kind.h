// What is known of a type of arrays, and the C functions by which tensors of PyTorch give their memory.
#ifndef LOSSACT_PYTHON_ARRAYS_ARRAY_KIND_H_
#define LOSSACT_PYTHON_ARRAYS_ARRAY_KIND_H_
#include <Python.h>
#include <cstdint>
#include <nanobind/ndarray.h>
#include "lossact/error.h"

namespace lossact::python {

/// The C functions that a type of arrays may offer, and what they fill in, laid out as DLPack 1.3 has them.
struct Managed {
  std::uint32_t major, minor;
  void* context;
  void (*release)(Managed*);
  std::uint64_t flags;  // the lowest bit: read-only
  nanobind::dlpack::dltensor tensor;
};

struct Exchange {
  std::uint32_t major, minor;
  const Exchange* previous;
  void* allocate;
  int (*hold)(void* object, Managed** found);
  void* object_from_managed;
  int (*view)(void* object, nanobind::dlpack::dltensor* found);
  void* stream;
};

struct Kind {
  PyTypeObject* type = nullptr;
  const Exchange* exchange = nullptr;
  bool numpy = false, masked = false, time = false, tracer = false, torch = false;
  /// A tensor's elements are what lies in its memory, but for a negated view's.
  bool plain = false;
};

/// A tensor of PyTorch's meta device, of which its operators make others. Outside of them it is refused.
struct without_numbers : type_error {
  using type_error::type_error;
};

/// What is known of the object's type; the last types are remembered, and kept for it.
Kind kind_of(PyObject* object);

/// Whether a tensor of a plain type is a view that PyTorch negates where it is read.
bool is_negated(PyObject* tensor);
/// Whether a tensor's storage is as long as the tensor says. Storages can be resized behind a tensor's back.
bool has_memory(PyObject* tensor, const nanobind::dlpack::dltensor& found);

}  // namespace lossact::python
#endif

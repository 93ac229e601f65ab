// Arrays of Python as memory: by the buffer protocol or DLPack, without a copy where the layout allows.
#ifndef LOSSACT_PYTHON_ARRAYS_ARRAY_H_
#define LOSSACT_PYTHON_ARRAYS_ARRAY_H_
#include <Python.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include "lossact/half.h"

namespace lossact::python {

enum class Element : std::uint8_t {
  float32,
  float64,
  bfloat16,
  float16,
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  other
};
std::string_view to_string(Element element);
template <class T>
inline constexpr Element element_of = std::is_same_v<T, float>      ? Element::float32
                                      : std::is_same_v<T, double>   ? Element::float64
                                      : std::is_same_v<T, bfloat16> ? Element::bfloat16
                                                                    : Element::float16;
constexpr bool is_integer(Element element) { return element >= Element::int8 && element <= Element::uint64; }
constexpr bool is_floating(Element element) { return element <= Element::float16; }

/// The type that every array of NumPy has exactly; null until NumPy was imported.
PyTypeObject* numpy_array_type();
inline bool is_numpy_array(PyObject* object) {
  static PyTypeObject* type = nullptr;
  if (!type) type = numpy_array_type();
  return Py_TYPE(object) == type;
}

struct Managed;  // an array held by DLPack
struct Kind;     // what is known of a type of arrays

/// Is an array one of PyTorch's tensors, of whatever class?
bool is_torch_tensor(PyObject* object);

/// The memory of an array of Python, held while this lives. `what` names it in messages.
class Array {
 public:
  Array() { buffer_.obj = nullptr; }
  ~Array() {
    if (buffer_.obj) PyBuffer_Release(&buffer_);
    if (held_) release_held();
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  /// Takes hold of the object. Throws type_error for what is no array, has another element type or byte order, lies on
  /// another device than the CPU, or keeps outside its memory what its elements are (a tracer, a mask, a layout that is
  /// not strided); shape_error for a shape of more elements than memory holds; domain_error where `writable` is asked
  /// of what is not.
  void open(std::string_view function, std::string_view what, PyObject* object, bool writable);

  void* data() const { return data_; }
  Element element() const { return element_; }
  std::size_t item_size() const { return item_size_; }
  int dim() const { return dim_; }
  std::size_t size(int axis) const { return static_cast<std::size_t>(shape_[axis]); }
  /// Bytes between two neighbours along a dimension.
  std::ptrdiff_t stride(int axis) const { return strides_[axis]; }
  /// The number of elements.
  std::size_t count() const { return count_; }
  std::span<const Py_ssize_t> shape() const { return {shape_, static_cast<std::size_t>(dim_)}; }
  std::vector<Py_ssize_t> shape_vector() const { return {shape_, shape_ + dim_}; }
  /// The elements lie at addresses that C++ reads their type from.
  bool aligned() const { return aligned_; }
  /// The elements lie side by side in the order of their indices, aligned.
  bool contiguous() const { return contiguous_; }
  /// The elements fill their memory, whatever their order, aligned.
  bool dense() const { return contiguous_ || dense_in_any_order(); }
  bool same_shape(const Array& other) const {
    if (dim_ != other.dim_) return false;
    for (int axis = 0; axis < dim_; ++axis)
      if (shape_[axis] != other.shape_[axis]) return false;
    return true;
  }
  /// Elements of the same index lie at the same place, as well aligned.
  bool same_layout(const Array& other) const;
  /// (2, 3), as Python writes it.
  std::string shape_text() const;
  std::string_view what() const { return what_; }

  /// Copies the elements, in the order of their indices, to or from contiguous memory.
  void gather(void* to) const;
  void scatter(const void* from) const;

 private:
  bool by_buffer(std::string_view function, PyObject* object, bool writable);
  bool by_numpy_view(std::string_view function, PyObject* object, bool writable);
  bool by_exchange(std::string_view function, PyObject* object, const Kind& kind, bool writable);
  bool by_dlpack(std::string_view function, PyObject* object, bool writable);
  void take(const nanobind::dlpack::dltensor& found);
  void release_held();
  void finish(std::string_view function);
  bool dense_in_any_order() const;

  Py_buffer buffer_;
  nanobind::ndarray<nanobind::ro> dlpack_;
  nanobind::ndarray<> writable_;
  Managed* held_ = nullptr;
  nanobind::object view_;
  std::vector<Py_ssize_t> storage_;
  std::string_view what_;
  void* data_ = nullptr;
  const Py_ssize_t* shape_ = nullptr;
  const Py_ssize_t* strides_ = nullptr;
  std::size_t count_ = 0, item_size_ = 0;
  int dim_ = 0;
  Element element_ = Element::other;
  bool contiguous_ = false, aligned_ = false;
};

/// Calls body(address) for each element, in the order of the indices.
template <class Body>
void for_each(const Array& array, const Body& body) {
  if (array.count() == 0) return;
  const int dim = array.dim();
  auto* at = static_cast<std::byte*>(array.data());
  if (dim == 0) return body(at);
  std::vector<std::size_t> index(static_cast<std::size_t>(dim), 0);
  const int last = dim - 1;
  const std::size_t inner = array.size(last);
  const std::ptrdiff_t step = array.stride(last);
  for (;;) {
    for (std::size_t i = 0; i < inner; ++i) body(at + static_cast<std::ptrdiff_t>(i) * step);
    int axis = last - 1;
    for (; axis >= 0; --axis) {
      auto& position = index[static_cast<std::size_t>(axis)];
      at += array.stride(axis);
      if (++position < array.size(axis)) break;
      at -= array.stride(axis) * static_cast<std::ptrdiff_t>(position);
      position = 0;
    }
    if (axis < 0) return;
  }
}

/// Whether one ends before the other begins.
bool are_apart(const Array& a, const Array& b);
/// Whether any byte of one is a byte of the other.
bool share_memory(const Array& a, const Array& b);
/// Whether two elements share a byte, as those of a broadcast view and of overlapping windows do.
bool overlaps_itself(const Array& array);

/// The elements of an array, contiguous in the order of their indices: the array itself, or a copy.
template <class T>
class Values {
 public:
  explicit Values(const Array& array) : count_(array.count()) {
    if (array.contiguous()) {
      data_ = static_cast<T*>(array.data());
    } else {
      copy_ = std::make_unique_for_overwrite<std::byte[]>(count_ * sizeof(T));
      data_ = reinterpret_cast<T*>(copy_.get());
      array.gather(data_);
    }
  }
  T* data() const { return data_; }
  std::span<T> span() const { return {data_, count_}; }

 private:
  std::unique_ptr<std::byte[]> copy_;
  T* data_;
  std::size_t count_;
};

/// Calls f(T()) for the integer type of an element; false for others.
template <class F>
bool by_integer(Element element, const F& f) {
  switch (element) {
    case Element::int8:
      return f(std::int8_t()), true;
    case Element::int16:
      return f(std::int16_t()), true;
    case Element::int32:
      return f(std::int32_t()), true;
    case Element::int64:
      return f(std::int64_t()), true;
    case Element::uint8:
      return f(std::uint8_t()), true;
    case Element::uint16:
      return f(std::uint16_t()), true;
    case Element::uint32:
      return f(std::uint32_t()), true;
    case Element::uint64:
      return f(std::uint64_t()), true;
    default:
      return false;
  }
}

/// The elements of any floating or integer type as doubles; type_error for others.
std::vector<double> doubles(std::string_view function, const Array& array);
/// The elements of an integer type as int64; those of uint64 beyond it by `overflow`, which is given the element and
/// its place and throws.
std::vector<std::int64_t> integers(std::string_view function, const Array& array,
                                   const std::function<void(std::uint64_t, std::size_t)>& overflow);

}  // namespace lossact::python
#endif

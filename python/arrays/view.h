// Arrays of Python as the library takes them: (outer, axis, inner), in their own memory where its layout allows.
#ifndef LOSSACT_PYTHON_ARRAYS_VIEW_H_
#define LOSSACT_PYTHON_ARRAYS_VIEW_H_
#include <memory>
#include <optional>
#include <span>
#include "lossact/array.h"
#include "python/arrays/array.h"

namespace lossact::python {

constexpr Type type_of(Element element) {
  switch (element) {
    case Element::float32:
      return Type::float32;
    case Element::float64:
      return Type::float64;
    case Element::bfloat16:
      return Type::bfloat16;
    case Element::float16:
      return Type::float16;
    case Element::uint8:
      return Type::uint8;
    case Element::int32:
      return Type::int32;
    case Element::int64:
      return Type::int64;
    default:
      return Type::none;
  }
}

/// How the dimensions of arrays of one shape are the library's three.
struct Dimensions {
  std::size_t shape[3] = {1, 1, 1};
  /// Dimensions [first[i], first[i + 1]) are the library's dimension i.
  int first[4] = {};
  int rank = 1;
  bool by_address = false;  // in the order of their addresses instead of that of their indices
};
/// All elements as one dimension.
Dimensions line(const Array& array);
/// One dimension, what lies before it, and what lies behind it. An array without dimensions is a row of one element.
Dimensions around(const Array& array, int axis);
/// As few as the layouts of all arrays, which have the same shape, allow. One where those are more than three, so that
/// arrays are copied. One also where `anywhere` says that an element's place does not matter and the elements of all
/// arrays lie in the same order without gaps.
Dimensions merged(std::span<const Array* const> arrays, bool anywhere);

/// Objects made one after the other, for as many as there is room without an allocation.
template <class T, std::size_t room>
class Pool {
 public:
  Pool() = default;
  ~Pool() {
    while (count_ > 0) (*this)[--count_].~T();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  template <class... Arguments>
  T& add(Arguments&&... arguments) {
    T* made = new (storage_ + count_ * sizeof(T)) T(std::forward<Arguments>(arguments)...);
    ++count_;
    return *made;
  }
  std::size_t size() const { return count_; }
  T& operator[](std::size_t i) { return *std::launder(reinterpret_cast<T*>(storage_ + i * sizeof(T))); }

 private:
  std::size_t count_ = 0;
  alignas(T) std::byte storage_[room * sizeof(T)];
};

/// An array as the library sees it: its own memory, or a contiguous copy where its layout asks for one.
class View {
 public:
  /// To be read.
  View(const Array& array, const Dimensions& dimensions);
  /// To be written: a copy, `copied` or by its layout, comes to the array with `commit`.
  View(const Array& array, const Dimensions& dimensions, bool copied);
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  const lossact::Array& array() const { return array_; }
  void commit() const {
    if (copy_) source_->scatter(copy_.get());
  }

 private:
  bool lies_so(const Dimensions& dimensions);
  void make_copy();

  const Array* source_;
  lossact::Array array_;
  std::unique_ptr<std::byte[]> copy_;
};

}  // namespace lossact::python
#endif

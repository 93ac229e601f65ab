// How an array of Python gives its memory, and what is refused because it would not be all of the array.
#include <array>
#include <bit>
#include <cstring>
#include "lossact/error.h"
#include "python/arrays/array.h"
#include "python/arrays/array_kind.h"
#include "python/interpreter.h"

namespace nb = nanobind;

namespace lossact::python {

namespace {

template <class Error = type_error>
[[noreturn]] void refuse(std::string_view function, std::string_view what, const std::string& why) {
  throw Error(std::string("[").append(function).append("] ").append(what).append(" ").append(why));
}
[[noreturn]] void refuse_read_only(std::string_view function, std::string_view what) {
  throw domain_error(std::string("[").append(function).append("] ").append(what).append(" is read-only"));
}

Element integer(std::size_t bytes, bool is_signed) {
  switch (bytes) {
    case 1:
      return is_signed ? Element::int8 : Element::uint8;
    case 2:
      return is_signed ? Element::int16 : Element::uint16;
    case 4:
      return is_signed ? Element::int32 : Element::uint32;
    case 8:
      return is_signed ? Element::int64 : Element::uint64;
    default:
      return Element::other;
  }
}

/// A format of the struct module.
Element element_of_format(const char* format, std::size_t bytes) {
  if (!format) return Element::uint8;
  if (*format == '@' || *format == '=' || *format == (std::endian::native == std::endian::little ? '<' : '>')) ++format;
  if (format[0] == '\0' || format[1] != '\0') return Element::other;
  switch (*format) {
    case 'f':
      return bytes == 4 ? Element::float32 : Element::other;
    case 'd':
      return bytes == 8 ? Element::float64 : Element::other;
    case 'e':
      return bytes == 2 ? Element::float16 : Element::other;
    case '?':
      return Element::boolean;
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      return integer(bytes, true);
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
      return integer(bytes, false);
    default:
      return Element::other;
  }
}

Element element_of_dlpack(nb::dlpack::dtype type) {
  using Code = nb::dlpack::dtype_code;
  if (type.lanes != 1) return Element::other;
  switch (static_cast<Code>(type.code)) {
    case Code::Float:
      return type.bits == 16   ? Element::float16
             : type.bits == 32 ? Element::float32
             : type.bits == 64 ? Element::float64
                               : Element::other;
    case Code::Bfloat:
      return type.bits == 16 ? Element::bfloat16 : Element::other;
    case Code::Bool:
      return type.bits == 8 ? Element::boolean : Element::other;
    case Code::Int:
      return integer(type.bits / 8, true);
    case Code::UInt:
      return integer(type.bits / 8, false);
    default:
      return Element::other;
  }
}

std::string device_name(long type, long index) {
  const char* name = type == 1                 ? "cpu"
                     : type == 2 || type == 13 ? "cuda"
                     : type == 8               ? "metal"
                     : type == 10              ? "rocm"
                                               : nullptr;
  return (name ? std::string(name) : "DLPack's type " + std::to_string(type)) + ":" + std::to_string(index);
}

/// A stride of so many elements; where that wraps, one that is longer than memory.
Py_ssize_t in_bytes(std::int64_t stride, std::size_t item) {
  Py_ssize_t bytes;
  return __builtin_mul_overflow(stride, static_cast<Py_ssize_t>(item), &bytes) ? PY_SSIZE_T_MAX : bytes;
}

std::string text_of(nb::handle object) { return nb::str(object).c_str(); }

/// Refuses element types by the array's own name for them, or else by the format of its buffer.
[[noreturn]] void refuse_elements(std::string_view function, std::string_view what, PyObject* object,
                                  const char* format) {
  std::string name = format ? "the format '" + std::string(format) + "'" : "an unknown type";
  if (const nb::object dtype = nb::getattr(nb::handle(object), "dtype", nb::none()); !dtype.is_none()) {
    name = text_of(dtype);
    if (name.starts_with("torch.")) name.erase(0, 6);
    if (nb::getattr(dtype, "isnative", nb::none()).ptr() == Py_False && nb::hasattr(dtype, "newbyteorder") &&
        element_of_format(text_of(dtype.attr("newbyteorder")("=").attr("char")).c_str(),
                          nb::cast<std::size_t>(dtype.attr("itemsize"))) != Element::other)
      name += ", whose bytes are not in the machine's order";
  }
  refuse(function, what, "has elements of " + name + ", expected floating-point numbers or integers of up to 64 bits");
}

/// "a Series of pandas, expected an array", and how to make one of it.
std::string no_array(PyObject* object) {
  const nb::handle type(reinterpret_cast<PyObject*>(Py_TYPE(object)));
  std::string text = "is a " + std::string(Py_TYPE(object)->tp_name);
  const nb::object module = nb::getattr(type, "__module__", nb::none());
  if (nb::isinstance<nb::str>(module)) {
    std::string package = nb::cast<const char*>(module);
    package.resize(std::min(package.find('.'), package.size()));
    const bool known = package == "builtins" || package == "__main__" || package == "lossact";
    if (!known && text.find('.') == std::string::npos) text += " of " + package;
  }
  text += ", expected an array";
  for (const char* method : {"to_numpy", "toarray", "numpy"})
    if (nb::hasattr(object, method)) return text + ": " + method + "() gives one";
  return nb::hasattr(object, "__array__") ? text + ": numpy.asarray makes one of it" : text;
}

}  // namespace

PyTypeObject* numpy_array_type() {
  PyObject* modules = PyImport_GetModuleDict();
  PyObject* numpy = PyDict_GetItemString(modules, "numpy");
  if (!numpy) return nullptr;
  PyObject* type = PyObject_GetAttrString(numpy, "ndarray");
  if (!type) PyErr_Clear();  // NumPy is being imported
  return type && PyType_Check(type) ? reinterpret_cast<PyTypeObject*>(type) : nullptr;
}

bool Array::by_buffer(std::string_view function, PyObject* object, bool writable) {
  if (!PyObject_CheckBuffer(object)) return false;
  if (PyObject_GetBuffer(object, &buffer_, PyBUF_STRIDES | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0)) != 0) {
    PyErr_Clear();
    buffer_.obj = nullptr;
    if (writable && PyObject_GetBuffer(object, &buffer_, PyBUF_STRIDES | PyBUF_FORMAT) == 0)
      refuse_read_only(function, what_);
    PyErr_Clear();
    buffer_.obj = nullptr;
    return false;
  }
  data_ = buffer_.buf;
  dim_ = buffer_.ndim;
  item_size_ = static_cast<std::size_t>(buffer_.itemsize);
  element_ = element_of_format(buffer_.format, item_size_);
  if (element_ == Element::other) refuse_elements(function, what_, object, buffer_.format);
  shape_ = buffer_.shape;
  strides_ = buffer_.strides;
  if (!strides_ && dim_ > 0) {  // ctypes leaves them out, asked for or not: neighbours lie side by side
    storage_.resize(static_cast<std::size_t>(dim_));
    Py_ssize_t step = buffer_.itemsize;
    for (int axis = dim_ - 1; axis >= 0; --axis) {
      storage_[static_cast<std::size_t>(axis)] = step;
      step *= shape_[axis];
    }
    strides_ = storage_.data();
  }
  return true;
}

// NumPy offers no buffer of bfloat16, which is another package's type; of the same bits as integers it does.
bool Array::by_numpy_view(std::string_view function, PyObject* object, bool writable) {
  const nb::handle array(object);
  if (!array.attr("dtype").attr("name").equal(nb::str("bfloat16"))) refuse_elements(function, what_, object, nullptr);
  view_ = array.attr("view")("uint16");
  if (!by_buffer(function, view_.ptr(), writable)) return false;
  element_ = Element::bfloat16;
  return true;
}

void Array::take(const nb::dlpack::dltensor& found) {
  data_ = found.data ? static_cast<std::byte*>(found.data) + found.byte_offset : nullptr;
  dim_ = found.ndim;
  item_size_ = found.dtype.bits / 8u;
  const auto dims = static_cast<std::size_t>(dim_);
  storage_.resize(2 * dims);
  auto step = static_cast<std::uint64_t>(item_size_);
  for (std::size_t i = dims; i-- > 0; step *= static_cast<std::uint64_t>(storage_[i])) {
    storage_[i] = static_cast<Py_ssize_t>(found.shape[i]);
    storage_[dims + i] = found.strides ? in_bytes(found.strides[i], item_size_) : static_cast<Py_ssize_t>(step);
  }
  shape_ = storage_.data();
  strides_ = storage_.data() + dims;
}

void Array::release_held() {
  if (held_->release) held_->release(held_);
  held_ = nullptr;
}

bool Array::by_exchange(std::string_view function, PyObject* object, const Kind& kind, bool writable) {
  if (!kind.exchange) return false;
  if (kind.exchange->hold(object, &held_) != 0) {
    PyErr_Clear();  // the Python way says why, if it fails as well
    held_ = nullptr;
    return false;
  }
  if (writable && (held_->flags & 1) != 0) refuse_read_only(function, what_);
  const auto [type, index] = held_->tensor.device;
  if (type != 1 && type != 3)
    refuse(function, what_, "is on device " + device_name(type, index) + ", expected one on the CPU");
  element_ = element_of_dlpack(held_->tensor.dtype);
  if (element_ == Element::other) refuse_elements(function, what_, object, nullptr);
  take(held_->tensor);
  return true;
}

bool Array::by_dlpack(std::string_view function, PyObject* object, bool writable) {
  const nb::handle array(object);
  if (!nb::hasattr(array, "__dlpack__")) return false;
  if (nb::hasattr(array, "__dlpack_device__")) {
    const nb::object device = nb::getattr(array, "__dlpack_device__")();
    const auto number = [&](Py_ssize_t place) {
      const nb::object item = nb::steal(PySequence_GetItem(device.ptr(), place));
      const nb::object index = nb::steal(item.is_valid() ? PyNumber_Index(item.ptr()) : nullptr);
      const long value = index.is_valid() ? PyLong_AsLong(index.ptr()) : -1;
      if (value == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        refuse(function, what_,
               std::string("names its device ") + nb::repr(device).c_str() + ", expected two integers");
      }
      return value;
    };
    if (const long type = number(0), index = number(1); type != 1 && type != 3)
      refuse(function, what_, "is on device " + device_name(type, index) + ", expected one on the CPU");
  }
  const auto take = [&](const auto& found) {
    if (element_of_dlpack(found.dtype()) == Element::other) refuse_elements(function, what_, object, nullptr);
    element_ = element_of_dlpack(found.dtype());
    data_ = const_cast<void*>(static_cast<const void*>(found.data()));
    dim_ = static_cast<int>(found.ndim());
    item_size_ = found.itemsize();
    storage_.resize(2 * found.ndim());
    for (std::size_t i = 0; i < found.ndim(); ++i) {
      storage_[i] = static_cast<Py_ssize_t>(found.shape(i));
      storage_[found.ndim() + i] = in_bytes(found.stride(i), item_size_);
    }
    shape_ = storage_.data();
    strides_ = storage_.data() + found.ndim();
  };
  if (writable) {
    nb::ndarray<> found;
    if (nb::try_cast(array, found, false)) {
      take(found);
      view_ = nb::borrow(array);
      writable_ = std::move(found);
      return true;
    }
  }
  if (!nb::try_cast(array, dlpack_, false)) return false;
  if (writable)
    throw domain_error(std::string("[").append(function).append("] ").append(what_).append(" is read-only"));
  take(dlpack_);
  return true;
}

void Array::open(std::string_view function, std::string_view what, PyObject* object, bool writable) {
  what_ = what;
  if (is_numpy_array(object)) {
    if (!by_buffer(function, object, writable)) by_numpy_view(function, object, writable);
    return finish(function);
  }
  const Kind kind = kind_of(object);
  if (kind.masked)
    refuse(function, what,
           "is a masked array of NumPy, whose mask would be lost: its filled() or compressed() is a plain one");
  if (kind.time) refuse_elements(function, what, object, nullptr);  // its buffer is of bytes
  if (kind.tracer)
    refuse(function, what, "is a tracer of JAX, which holds no numbers: call it outside of jit, grad and vmap");
  if (kind.torch) {
    if (kind.plain && !is_negated(object) && by_exchange(function, object, kind, writable) &&
        has_memory(object, held_->tensor))
      return finish(function);
    if (held_) release_held();
    view_ = ask("plain", object, writable ? Py_True : Py_False);
    if (nb::isinstance<nb::str>(view_)) {
      const std::string why = nb::cast<const char*>(view_);
      if (kind.plain && nb::getattr(nb::handle(object), "is_meta").ptr() == Py_True)
        refuse<without_numbers>(function, what, why);
      refuse(function, what, why);
    }
    object = view_.ptr();
  }
  if (!by_buffer(function, object, writable) && !by_exchange(function, object, kind, writable) &&
      !(kind.numpy && by_numpy_view(function, object, writable)) && !by_dlpack(function, object, writable)) {
    if (nb::hasattr(object, "__dlpack__") || PyObject_CheckBuffer(object))
      refuse_elements(function, what, object, nullptr);
    refuse(function, what, no_array(object));
  }
  finish(function);
}

}  // namespace lossact::python

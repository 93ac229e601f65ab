#include "python/array.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include "lossact/error.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

constexpr std::array<std::string_view, 14> kNames = {"float32", "float64", "bfloat16", "float16",        "bool",
                                                     "int8",    "int16",   "int32",    "int64",          "uint8",
                                                     "uint16",  "uint32",  "uint64",   "an unknown type"};

[[noreturn]] void refuse(std::string_view function, std::string_view what, const std::string& why) {
  throw type_error(std::string("[").append(function).append("] ").append(what).append(" ").append(why));
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

/// The C functions that a type of arrays may offer, laid out as DLPack 1.3 has them.
struct Managed {
  std::uint32_t major, minor;
  void* context;
  void (*release)(Managed*);
  std::uint64_t flags;  // the lowest bit: read-only
  nb::dlpack::dltensor tensor;
};
struct Exchange {
  std::uint32_t major, minor;
  const Exchange* previous;
  void* allocate;
  int (*hold)(void* object, Managed** found);
  void* object_from_managed;
  int (*view)(void* object, nb::dlpack::dltensor* found);
  void* stream;
};
/// Those of the object's type; null where it has none. The last type is remembered.
const Exchange* exchange_of(PyObject* object) {
  static PyTypeObject* type = nullptr;
  static const Exchange* exchange = nullptr;
  if (Py_TYPE(object) == type) return exchange;
  const nb::object kept = nb::borrow(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(object))));
  const nb::object capsule = nb::getattr(kept, "__dlpack_c_exchange_api__", nb::none());
  const Exchange* found = nullptr;
  if (PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api"))
    found = static_cast<const Exchange*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (found && found->major != 1) found = found->previous;
  Py_XDECREF(reinterpret_cast<PyObject*>(type));
  type = reinterpret_cast<PyTypeObject*>(nb::object(kept).release().ptr());
  exchange = found;
  return found;
}

/// A class of the object whose name and package are these.
bool inherits(PyObject* object, std::string_view package, std::string_view name) {
  PyObject* mro = Py_TYPE(object)->tp_mro;
  for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); ++i) {
    const nb::handle type(PyTuple_GET_ITEM(mro, i));
    const nb::object module = nb::getattr(type, "__module__", nb::none()), called = nb::getattr(type, "__name__");
    if (!nb::isinstance<nb::str>(module)) continue;
    if (std::string_view(nb::cast<const char*>(module)).starts_with(package) &&
        std::string_view(nb::cast<const char*>(called)) == name)
      return true;
  }
  return false;
}

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

/// Calls body(size) with the element's size as a constant, so that a copy of one is an instruction.
template <class Body>
void by_size(std::size_t bytes, const Body& body) {
  switch (bytes) {
    case 1:
      return body(std::integral_constant<std::size_t, 1>());
    case 2:
      return body(std::integral_constant<std::size_t, 2>());
    case 4:
      return body(std::integral_constant<std::size_t, 4>());
    default:
      return body(std::integral_constant<std::size_t, 8>());
  }
}

/// The bytes from the first to behind the last.
struct Extent {
  std::uintptr_t first, last;
};
Extent extent(const Array& array) {
  Extent e = {reinterpret_cast<std::uintptr_t>(array.data()), reinterpret_cast<std::uintptr_t>(array.data())};
  for (int axis = 0; axis < array.dim(); ++axis) {
    const auto reach = (static_cast<std::ptrdiff_t>(array.size(axis)) - 1) * array.stride(axis);
    (reach < 0 ? e.first : e.last) += static_cast<std::uintptr_t>(reach);
  }
  e.last += array.item_size();
  return e;
}

template <class T, class To>
void converted(const Array& array, std::vector<To>& to) {
  for_each(array, [&](const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::is_integral_v<To>)
      to.push_back(std::in_range<To>(value) ? static_cast<To>(value) : std::numeric_limits<To>::min());
    else to.push_back(static_cast<To>(value));
  });
}

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

}  // namespace

std::string_view to_string(Element element) { return kNames[static_cast<std::size_t>(element)]; }

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
      throw domain_error(std::string("[").append(function).append("] ").append(what_).append(" is read-only"));
    PyErr_Clear();
    buffer_.obj = nullptr;
    return false;
  }
  data_ = buffer_.buf;
  dim_ = buffer_.ndim;
  item_size_ = static_cast<std::size_t>(buffer_.itemsize);
  element_ = element_of_format(buffer_.format, item_size_);
  if (element_ == Element::other)
    refuse(function, what_, std::string("has elements of format '") + buffer_.format + "', which is no number here");
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
  if (!is_numpy_array(object) && !inherits(object, "numpy", "ndarray")) return false;
  const nb::handle array(object);
  if (!array.attr("dtype").attr("name").equal(nb::str("bfloat16"))) return false;
  view_ = array.attr("view")("uint16");
  if (!by_buffer(function, view_.ptr(), writable)) return false;
  element_ = Element::bfloat16;
  return true;
}

bool Array::by_exchange(std::string_view function, PyObject* object, bool writable) {
  const Exchange* exchange = exchange_of(object);
  if (!exchange) return false;
  if (writable) {
    Managed* held = nullptr;
    const bool is_held = exchange->hold(object, &held) == 0;
    const bool read_only = is_held && (held->flags & 1) != 0;
    if (is_held && held->release) held->release(held);
    if (read_only)
      throw domain_error(std::string("[").append(function).append("] ").append(what_).append(" is read-only"));
  }
  nb::dlpack::dltensor found;
  if (PyErr_Occurred() || exchange->view(object, &found) != 0) {
    PyErr_Clear();  // the Python way says why, if it fails as well
    return false;
  }
  if (found.device.device_type != 1 && found.device.device_type != 3)
    refuse(
        function, what_,
        "is on device " + device_name(found.device.device_type, found.device.device_id) + ", expected one on the CPU");
  element_ = element_of_dlpack(found.dtype);
  if (element_ == Element::other) refuse(function, what_, "has elements of a type that is no number here");
  view_ = nb::borrow(nb::handle(object));
  data_ = static_cast<std::byte*>(found.data) + found.byte_offset;
  dim_ = found.ndim;
  item_size_ = found.dtype.bits / 8u;
  const auto dims = static_cast<std::size_t>(dim_);
  storage_.resize(2 * dims);
  auto step = static_cast<Py_ssize_t>(item_size_);
  for (std::size_t i = dims; i-- > 0; step *= storage_[i]) {
    storage_[i] = static_cast<Py_ssize_t>(found.shape[i]);
    storage_[dims + i] =
        found.strides ? static_cast<Py_ssize_t>(found.strides[i]) * static_cast<Py_ssize_t>(item_size_) : step;
  }
  shape_ = storage_.data();
  strides_ = storage_.data() + dims;
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
    data_ = const_cast<void*>(static_cast<const void*>(found.data()));
    dim_ = static_cast<int>(found.ndim());
    item_size_ = found.itemsize();
    element_ = element_of_dlpack(found.dtype());
    if (element_ == Element::other) refuse(function, what_, "has elements of a type that is no number here");
    storage_.resize(2 * found.ndim());
    for (std::size_t i = 0; i < found.ndim(); ++i) {
      storage_[i] = static_cast<Py_ssize_t>(found.shape(i));
      storage_[found.ndim() + i] = static_cast<Py_ssize_t>(found.stride(i)) * static_cast<Py_ssize_t>(item_size_);
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
  if (!by_buffer(function, object, writable) && !by_exchange(function, object, writable) &&
      !by_numpy_view(function, object, writable)) {
    if (inherits(object, "jax", "Tracer"))
      refuse(function, what, "is a tracer of JAX, which holds no numbers: call it outside of jit, grad and vmap");
    if (!by_dlpack(function, object, writable))
      refuse(function, what, std::string("is a ") + Py_TYPE(object)->tp_name + ", expected an array");
  }
  finish();
}

void Array::finish() {
  count_ = 1;
  contiguous_ = true;
  auto expected = static_cast<Py_ssize_t>(item_size_);
  for (int axis = dim_; axis-- > 0;) {
    if (shape_[axis] != 1 && strides_[axis] != expected) contiguous_ = false;
    expected *= shape_[axis];
    count_ *= static_cast<std::size_t>(shape_[axis]);
  }
  if (count_ <= 1) contiguous_ = true;
}

bool Array::dense_in_any_order() const {
  std::vector<int> axes;
  for (int axis = 0; axis < dim_; ++axis)
    if (shape_[axis] != 1) axes.push_back(axis);
  std::ranges::sort(axes, {}, [&](int axis) { return strides_[axis]; });
  auto expected = static_cast<Py_ssize_t>(item_size_);
  for (const int axis : axes) {
    if (strides_[axis] != expected) return false;
    expected *= shape_[axis];
  }
  return true;
}

bool Array::same_shape(const Array& other) const { return std::ranges::equal(shape(), other.shape()); }

bool Array::same_layout(const Array& other) const {
  if (!same_shape(other)) return false;
  if (contiguous_ && other.contiguous_) return true;
  for (int axis = 0; axis < dim_; ++axis)
    if (shape_[axis] != 1 && strides_[axis] != other.strides_[axis]) return false;
  return true;
}

std::string Array::shape_text() const {
  std::string text = "(";
  for (int axis = 0; axis < dim_; ++axis) text += (axis ? ", " : "") + std::to_string(shape_[axis]);
  return text + (dim_ == 1 ? ",)" : ")");
}

void Array::gather(void* to) const {
  auto* next = static_cast<std::byte*>(to);
  by_size(item_size_, [&](auto bytes) {
    for_each(*this, [&](const std::byte* from) {
      std::memcpy(next, from, bytes);
      next += bytes;
    });
  });
}

void Array::scatter(const void* from) const {
  const auto* next = static_cast<const std::byte*>(from);
  by_size(item_size_, [&](auto bytes) {
    for_each(*this, [&](std::byte* to) {
      std::memcpy(to, next, bytes);
      next += bytes;
    });
  });
}

bool share_memory(const Array& a, const Array& b) {
  if (a.count() == 0 || b.count() == 0) return false;
  const Extent ea = extent(a), eb = extent(b);
  if (ea.last <= eb.first || eb.last <= ea.first) return false;
  if (a.dense() && b.dense()) return true;
  // Interleaved, perhaps: which bytes are a's?
  std::vector<bool> taken(ea.last - ea.first);
  for_each(a, [&](const std::byte* element) {
    const std::size_t first = reinterpret_cast<std::uintptr_t>(element) - ea.first;
    for (std::size_t i = 0; i < a.item_size(); ++i) taken[first + i] = true;
  });
  bool shared = false;
  for_each(b, [&](const std::byte* element) {
    const auto first = reinterpret_cast<std::uintptr_t>(element);
    for (std::uintptr_t i = first; i < first + b.item_size(); ++i)
      shared = shared || (i >= ea.first && i < ea.last && taken[i - ea.first]);
  });
  return shared;
}

std::vector<double> doubles(std::string_view function, const Array& array) {
  std::vector<double> result;
  result.reserve(array.count());
  switch (array.element()) {
    case Element::float32:
      converted<float>(array, result);
      break;
    case Element::float64:
      converted<double>(array, result);
      break;
    case Element::bfloat16:
      converted<bfloat16>(array, result);
      break;
    case Element::float16:
      converted<float16>(array, result);
      break;
    default:
      if (!by_integer(array.element(), [&]<class T>(T) { converted<T>(array, result); }))
        refuse(function, array.what(),
               std::string("has elements of ").append(to_string(array.element())) + ", expected numbers");
  }
  return result;
}

std::vector<std::int64_t> integers(std::string_view function, const Array& array) {
  std::vector<std::int64_t> result;
  result.reserve(array.count());
  if (!by_integer(array.element(), [&]<class T>(T) { converted<T>(array, result); }))
    refuse(function, array.what(),
           std::string("has elements of ").append(to_string(array.element())) + ", expected integers");
  return result;
}

}  // namespace lossact::python

// What a call of a function does whatever its family: reads options, opens arrays, makes results, hands over what it
// must not compute itself.
#ifndef LOSSACT_PYTHON_CALL_H_
#define LOSSACT_PYTHON_CALL_H_
#include <list>
#include <string>
#include <utility>
#include <vector>
#include "lossact/family.h"
#include "lossact/lossact.h"
#include "python/array.h"
#include "python/function.h"
#include "python/interpreter.h"
#include "python/tensor.h"

namespace lossact::python {

/// "[mish] "
std::string said_by(const Spec& spec);
[[noreturn]] void refuse_type(const Spec& spec, std::string_view what, PyObject* found, std::string_view expected);

// Options

double read_number(const Spec& spec, std::string_view name, PyObject* value);
bool read_flag(const Spec& spec, std::string_view name, PyObject* value);
std::int64_t read_integer(const Spec& spec, std::string_view name, PyObject* value);
std::uint64_t read_natural(const Spec& spec, std::string_view name, PyObject* value);
/// The text lives as long as the object.
std::string_view read_word(const Spec& spec, std::string_view name, PyObject* value);
/// Of an array, which is opened and stays so, or a sequence of numbers.
std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value, Array& array);
inline std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value) {
  Array array;
  return read_numbers(spec, name, value, array);
}
Accuracy read_accuracy(const Spec& spec, const Slots& slots);
/// What PyTorch's old arguments mean, with a DeprecationWarning; nothing where neither was given.
std::optional<Reduction> read_old_reduction(const Spec& spec, const Slots& slots);
inline bool given(PyObject* value) { return value && value != Py_None; }

template <class P>
struct Options {
  P values = {};
  Accuracy accuracy = {};
  std::list<std::vector<double>> storage = {};  // what Weights look at
  std::list<Array> arrays = {};                 // where they came from
};

template <class P, class T>
void read_option(const Spec& spec, const Parameter<P, T>& parameter, PyObject* object, Options<P>& options) {
  T& value = options.values.*parameter.value;
  if constexpr (std::is_enum_v<T>) {
    const std::string_view word = read_word(spec, parameter.name, object);
    for (const auto& choice : choices<T>)
      if (choice.name == word && lossact::detail::offers<P>(choice.value)) {
        value = choice.value;
        return;
      }
    lossact::detail::refuse<P>(parameter.name, std::string("'").append(word).append("'"), legal(parameter));
  } else if constexpr (std::is_same_v<T, bool>) {
    value = read_flag(spec, parameter.name, object);
  } else if constexpr (std::is_same_v<T, Weights>) {
    if (object != Py_None)
      value = options.storage.emplace_back(read_numbers(spec, parameter.name, object, options.arrays.emplace_back()));
  } else if constexpr (std::is_unsigned_v<T>) {
    if (object != Py_None) value = static_cast<T>(read_natural(spec, parameter.name, object));
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(read_integer(spec, parameter.name, object));
  } else {
    value = static_cast<T>(read_number(spec, parameter.name, object));
  }
}

template <class P>
void read_options(const Spec& spec, const Slots& slots, Options<P>& options) {
  std::size_t index = 0;
  const auto one = [&](const auto& parameter) {
    const int place = spec.parameter_places[index++];
    if (place >= 0 && slots[static_cast<std::size_t>(place)])
      read_option(spec, parameter, slots[static_cast<std::size_t>(place)], options);
  };
  std::apply([&](const auto&... parameter) { (one(parameter), ...); }, P::parameters);
  if constexpr (requires { options.values.reduction; })
    if (const std::optional<Reduction> old = read_old_reduction(spec, slots)) options.values.reduction = *old;
  options.accuracy = read_accuracy(spec, slots);
  P known = options.values;
  if constexpr (requires { known.rows; })
    if (known.rows == 0) known.rows = 1;  // the leading dimension's size, which only the arrays tell
  lossact::detail::check(known);
}

// Arrays

/// Refuses an array beside a lossact.Tensor, and what a tensor has other means for.
void check_tensor_call(const Spec& spec, const Slots& slots);

/// Calls f with a value of the array's element type; type_error where it is none that the library computes with.
template <class F>
PyObject* by_element(const Spec& spec, const Array& array, const F& f) {
  switch (array.element()) {
    case Element::float32:
      return f(float());
    case Element::float64:
      return f(double());
    case Element::bfloat16:
      return f(bfloat16());
    case Element::float16:
      return f(float16());
    default:
      throw type_error(said_by(spec).append(array.what()) + " has elements of " +
                       std::string(to_string(array.element())) + ", expected float16, bfloat16, float32 or float64");
  }
}

void check_same_element(const Spec& spec, const Array& array, const Array& as);
void check_same_shape(const Spec& spec, const Array& array, const Array& as);
/// Refuses an array that is written to and shares memory with one that is read; `exactly` allows that they are one.
void check_overlap(const Spec& spec, const Array& written, const Array& read, bool exactly = true);
/// The same for whatever a call reads: arrays that may be the written one exactly, and weights, which may not.
struct Inputs {
  std::array<const Array*, 3> arrays = {};
  const std::list<Array>* weights = nullptr;
};
void check_overlap(const Spec& spec, const Array& written, const Inputs& inputs);

/// Where a call writes an array: the caller's, or a new one of the kind, shape and element type of another.
class Result {
 public:
  Result(const Spec& spec, const char* what, PyObject* like, const Array& like_array, PyObject* out);
  /// A new array of the kind of `like` with another shape and element type, or the caller's, which must have them.
  Result(const Spec& spec, const char* what, PyObject* like, std::span<const Py_ssize_t> shape, Element element,
         PyObject* out);
  const Array& array() const { return array_; }
  /// A new reference to it, as the caller's kind of array.
  PyObject* give();

 private:
  nanobind::object made_;
  PyObject *like_, *out_;
  Array array_;
};

/// The elements of a result, to be written as neighbouring ones: the result's own, or a copy until `commit`.
template <class T>
class Written {
 public:
  explicit Written(const Array& array) : array_(&array) {
    if (array.contiguous()) return;
    copy_ = std::make_unique_for_overwrite<std::byte[]>(array.count() * sizeof(T));
  }
  T* data() const { return copy_ ? reinterpret_cast<T*>(copy_.get()) : static_cast<T*>(array_->data()); }
  std::span<T> span() const { return {data(), array_->count()}; }
  void commit() const {
    if (copy_) array_->scatter(copy_.get());
  }

 private:
  const Array* array_;
  std::unique_ptr<std::byte[]> copy_;
};

/// The loss as the caller's kind of number: of float64 where `wide`, of float32 otherwise; written to `out` if given,
/// which must not lie over what the call reads.
PyObject* give_number(const Spec& spec, PyObject* like, double value, bool wide, PyObject* out,
                      const Inputs& inputs = {});
/// Losses of all elements or rows, likewise.
PyObject* give_losses(const Spec& spec, PyObject* like, std::span<const Py_ssize_t> shape,
                      const std::vector<double>& losses, bool wide, PyObject* out, const Inputs& inputs = {});
/// A number or an array of them, which is opened, as the gradient of a loss comes; of the losses' shape, where that is
/// given.
std::vector<double> read_grad_output(const Spec& spec, PyObject* object, const std::vector<Py_ssize_t>* shape,
                                     Array& array);
/// Two references as a tuple, which takes them over; null if either is.
PyObject* pair(PyObject* first, PyObject* second);
/// A cast of lossact._arrays.
nanobind::object cast_array(PyObject* array, PyObject* dtype);

// Signatures

/// The specifications of a function: its arguments by family and parameters, PyTorch's first.
template <class P>
Spec make_spec(std::string_view family, std::string_view direction, std::initializer_list<Argument> arrays,
               PyObject* (*run)(const Spec&, const Slots&)) {
  Spec spec;
  spec.function = P::about.name;
  spec.name = spec.function;
  if (direction != "forward") spec.name.append("_").append(direction);
  spec.family = family;
  spec.direction = direction;
  spec.run = run;
  spec.arguments = arrays;
  const std::vector<ParameterInfo> parameters = parameters_of<P>();
  std::vector<bool> placed(parameters.size());
  const auto place = [&](std::size_t i, bool keyword_only) {
    const bool drawn = lossact::detail::operand<P> == Operand::uniform && parameters[i].name == "seed";
    spec.draws = spec.draws || drawn;
    spec.arguments.push_back({.name = std::string(parameters[i].name),
                              .role = Role::parameter,
                              .default_text = drawn ? "None" : parameters[i].default_value,
                              .parameter = static_cast<int>(i),
                              .keyword_only = keyword_only});
    placed[i] = true;
  };
  const auto own = [&](std::string_view name) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (parameters[i].name == name) return place(i, false), true;
    return false;
  };
  const auto add_torch = [&](std::string_view names) {
    for (std::size_t from = 0; from < names.size();) {
      const std::size_t to = std::min(names.find(", ", from), names.size());
      const std::string name(names.substr(from, to - from));
      from = to + 2;
      if (own(name)) continue;
      if constexpr (requires { P::identity_above; })
        if (name == P::identity_above.name) {
          spec.arguments.push_back(
              {.name = name, .role = Role::threshold, .default_text = shown(P::identity_above.value)});
          continue;
        }
      const auto add = [&](std::string_view known, Role role, const char* default_text, bool forward_only) {
        if (name != known) return false;
        if (!forward_only || direction == "forward")
          spec.arguments.push_back({.name = name, .role = role, .default_text = default_text});
        return true;
      };
      if (!add("inplace", Role::inplace, "False", true) && !add("size_average", Role::size_average, "None", false) &&
          !add("reduce", Role::reduce, "None", false) && !add("dim", Role::dim, "None", false) &&
          !add("_stacklevel", Role::stacklevel, "3", false) && !add("dtype", Role::dtype, "None", true))
        throw std::logic_error(spec.function + " names an argument of PyTorch that is not known: " + name);
    }
  };
  if (family == "row_activation") add_torch("dim, _stacklevel, dtype");
  if constexpr (requires { P::torch; }) add_torch(P::torch.arguments);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (!placed[i]) place(i, true);
  spec.arguments.push_back({.name = "out", .role = Role::out, .default_text = "None", .keyword_only = true});
  spec.arguments.push_back(
      {.name = "accuracy", .role = Role::accuracy, .default_text = "'faithful'", .keyword_only = true});
  return spec;
}

/// The callables of a module, each with its name, `function`, `family`, `direction` and `arguments`: of each its name,
/// its default as a text or None, and whether it is a keyword alone.
nanobind::object make_functions(std::vector<Spec>& specs, nanobind::handle type, const char* module);

/// Each family's specifications, of all its functions.
void add_activations(std::vector<Spec>& specs);
void add_row_activations(std::vector<Spec>& specs);
void add_pair_losses(std::vector<Spec>& specs);
void add_row_losses(std::vector<Spec>& specs);

}  // namespace lossact::python
#endif

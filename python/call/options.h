// The options of a call, read from its arguments.
#ifndef LOSSACT_PYTHON_CALL_OPTIONS_H_
#define LOSSACT_PYTHON_CALL_OPTIONS_H_
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "python/arrays/array.h"
#include "python/call/function.h"

namespace lossact::python {

constexpr std::size_t kMostOptions = 192;

/// A function's options and its accuracy, without an allocation, which would take a large part of a small call's time.
struct Settings {
  alignas(16) std::byte bytes[kMostOptions];
  Accuracy accuracy = {};

  template <class T>
  T& value(const ParameterInfo& parameter) {
    return *static_cast<T*>(parameter.at(bytes));
  }
};
/// Sets the defaults, then what the call says, and a fresh seed for a forward call that draws random numbers and has
/// none; a backward call without it throws. So do values of a wrong type; those that are not legal throw in run().
void read_settings(const Spec& spec, const Slots& slots, Settings& settings);

/// "[mish] "
std::string said_by(const Spec& spec);
[[noreturn]] void refuse_type(const Spec& spec, std::string_view what, PyObject* found, std::string_view expected);
inline bool given(PyObject* value) { return value && value != Py_None; }

double read_number(const Spec& spec, std::string_view name, PyObject* value);
bool read_flag(const Spec& spec, std::string_view name, PyObject* value);
std::int64_t read_integer(const Spec& spec, std::string_view name, PyObject* value);
/// The numbers of a list or a tuple, or of an array, as which `array` is opened then.
std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value, Array& array);
/// Whether PyTorch guesses a `dim` that is not given. That of other functions is the last dimension.
bool guesses_dim(const Function& function);
/// The argument `dim`. Where it is not given, -1 or, with a UserWarning, PyTorch's guess: 0 for 0, 1 or 3 dimensions,
/// else 1.
std::int64_t read_dim(const Spec& spec, const Slots& slots, std::size_t dims);
/// The argument of IdentityAbove, if it was given and is not PyTorch's default.
std::optional<double> read_identity_above(const Spec& spec, const Slots& slots);

}  // namespace lossact::python
#endif

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

/// A function's options, with how accurate it is to be. They lie on the stack: a small call has no time to allocate.
struct Settings {
  alignas(16) std::byte bytes[kMostOptions];
  Accuracy accuracy = {};

  template <class T>
  T& value(const ParameterInfo& parameter) {
    return *static_cast<T*>(parameter.at(bytes));
  }
};
/// The defaults, and what the call says otherwise; with `forward`, a seed for whoever gave none and needs one. What no
/// parameter may be is refused when the function is run.
void read_settings(const Spec& spec, const Slots& slots, Settings& settings);

/// "[mish] "
std::string said_by(const Spec& spec);
[[noreturn]] void refuse_type(const Spec& spec, std::string_view what, PyObject* found, std::string_view expected);
inline bool given(PyObject* value) { return value && value != Py_None; }

double read_number(const Spec& spec, std::string_view name, PyObject* value);
bool read_flag(const Spec& spec, std::string_view name, PyObject* value);
std::int64_t read_integer(const Spec& spec, std::string_view name, PyObject* value);
/// Of an array, which is opened and stays so, or a sequence of numbers.
std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value, Array& array);
/// Whether PyTorch guesses a dimension that is not given; else it is the last.
bool guesses_dim(const Function& function);
/// The dimension that was asked for. Without one PyTorch guesses where it does so, and warns that it does.
std::int64_t read_dim(const Spec& spec, const Slots& slots, std::size_t dims);
/// PyTorch's value above which a function is the identity, where one was given that is not its default.
std::optional<double> read_identity_above(const Spec& spec, const Slots& slots);

}  // namespace lossact::python
#endif

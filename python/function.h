// A function as an object of Python that is called: its signature, held parsed, and the call that takes its arguments
// apart. What happens then is the family's business (functions.cc).
#ifndef LOSSACT_PYTHON_FUNCTION_H_
#define LOSSACT_PYTHON_FUNCTION_H_
#include <Python.h>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <nanobind/nanobind.h>

namespace lossact::python {

/// What an argument is for. A parameter of the function itself is `parameter`; `size_average` to `threshold` are
/// PyTorch's alone.
enum class Role : std::uint8_t {
  grad_output,
  input,
  weight,  // that is trained, beside each element
  target,
  parameter,
  size_average,
  reduce,
  inplace,
  dim,
  stacklevel,
  dtype,
  threshold,
  out,
  accuracy,
  count
};

struct Argument {
  std::string name;
  Role role;
  std::string default_text = {};  // as Python writes it; empty for what must be given
  int parameter = -1;             // its place among the function's own
  bool keyword_only = false;
  PyObject* key = nullptr;  // the name, interned
};

constexpr std::size_t kMostArguments = 24;

/// A call's arguments by their place in the signature; null where none was given.
using Slots = std::array<PyObject*, kMostArguments>;

struct Spec {
  std::string name;    // mish, mish_backward
  std::string family;  // activation, ...
  /// The function of the registry that it belongs to, and what of it this is: forward, backward, backward_target,
  /// with_gradient.
  std::string function, direction;
  std::vector<Argument> arguments;
  PyObject* (*run)(const Spec& spec, const Slots& slots) = nullptr;
  PyObject* object = nullptr;
  bool draws = false;  // random numbers, where no seed is given
  std::size_t required = 0, positional = 0;
  std::array<std::int8_t, static_cast<std::size_t>(Role::count)> places = {};  // of each role; -1 for none
  std::array<std::int8_t, 16> parameter_places = {};

  /// Fills in what follows from `arguments`.
  void complete();
  PyObject* at(const Slots& slots, Role role) const {
    const int place = places[static_cast<std::size_t>(role)];
    return place < 0 ? nullptr : slots[static_cast<std::size_t>(place)];
  }
};

/// What lossact.torch makes of a call on tensors of PyTorch that needs more than their memory: a gradient, a trace, a
/// count of changes. A null pointer where the library computes as it is.
PyObject* handed_over(const Spec& spec, const Slots& slots);
/// While this lives, the next call of this thread is not handed over.
class Direct {
 public:
  Direct();
  ~Direct();
  Direct(const Direct&) = delete;
  Direct& operator=(const Direct&) = delete;
};

/// A new reference to a callable of type lossact._core.Function. The specification must live as long as the program.
nanobind::object make_function(Spec& spec, nanobind::handle type);
/// lossact._core.Function.
nanobind::object make_function_type();

}  // namespace lossact::python
#endif

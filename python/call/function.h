// A function as a callable object of Python: its signature, parsed once, and the call that assigns arguments to it.
// call.cc computes the results.
#ifndef LOSSACT_PYTHON_CALL_FUNCTION_H_
#define LOSSACT_PYTHON_CALL_FUNCTION_H_
#include <Python.h>
#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <vector>
#include <nanobind/nanobind.h>
#include "lossact/function.h"

namespace lossact::python {

/// What an argument of Python is: an array that the function takes, a parameter of it, or one that functions share.
/// `size_average` to `identity_above` are PyTorch's alone.
enum class Role : std::uint8_t {
  array,
  parameter,
  grad_output,
  size_average,
  reduce,
  inplace,
  dim,
  stacklevel,
  dtype,
  identity_above,
  out,
  accuracy,
  count
};

struct Argument {
  std::string name;
  Role role;
  std::string default_text = {};  // as Python writes it; empty for what must be given
  std::size_t index = 0;          // of an array or a parameter among the function's own
  bool keyword_only = false;
  PyObject* key = nullptr;  // the name, interned
};

constexpr std::size_t kMostArguments = 24, kMostArrays = 8, kMostParameters = 16;

/// A call's arguments by their place in the signature; null where none was given.
using Slots = std::array<PyObject*, kMostArguments>;

/// One callable: a function of the registry, and what of it is computed.
struct Spec {
  const Function* function = nullptr;
  /// forward, backward, with_gradient, gradient, backward_from_output, or backward_ARGUMENT where the gradient is not
  /// in the first array that has one; and the name with it: mish, mish_backward.
  std::string direction, name;
  bool from_output = false;            // whether the first array is the output
  bool value = false;                  // whether it returns the function's value
  std::bitset<kMostArrays> gradients;  // the arrays with respect to which it returns gradients
  std::vector<Argument> arguments;
  PyObject* (*run)(const Spec& spec, const Slots& slots) = nullptr;
  PyObject* object = nullptr;
  const ParameterInfo *rows = nullptr, *reduction = nullptr, *seed = nullptr;  // those that a call fills in itself
  bool draws = false;                                                          // whether it draws random numbers
  std::size_t required = 0, positional = 0;
  // The places of each role, array and parameter in the signature; -1 for none.
  std::array<std::int8_t, static_cast<std::size_t>(Role::count)> places = {};
  std::array<std::int8_t, kMostArrays> array_places = {};
  std::array<std::int8_t, kMostParameters> parameter_places = {};

  /// Fills in what follows from `arguments`.
  void complete();
  PyObject* at(const Slots& slots, Role role) const { return slot(slots, places[static_cast<std::size_t>(role)]); }
  PyObject* array(const Slots& slots, std::size_t i) const { return slot(slots, array_places[i]); }
  /// What the caller calls an array.
  std::string_view array_name(std::size_t i) const {
    return i == 0 && from_output ? "output" : function->arguments[i].name;
  }
  PyObject* parameter(const Slots& slots, std::size_t i) const { return slot(slots, parameter_places[i]); }
  bool has(Role role) const { return places[static_cast<std::size_t>(role)] >= 0; }

 private:
  static PyObject* slot(const Slots& slots, int place) {
    return place < 0 ? nullptr : slots[static_cast<std::size_t>(place)];
  }
};

/// The callables of a function, with PyTorch's arguments first.
std::vector<Spec> specifications(const Function& function);
/// "lossact.functional", or the module that the function's name begins with.
std::string module_of(const Function& function);

/// Passes a call on PyTorch's tensors that PyTorch must know of, for autograd, tracing or version counters, to
/// lossact.torch and returns a new reference to its result; null for any other call, which is then to be computed here.
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

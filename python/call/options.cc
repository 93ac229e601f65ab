#include "python/call/options.h"
#include <algorithm>
#include <cstring>
#include "lossact/error.h"
#include "lossact/nn/random.h"
#include "lossact/options.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

std::uint64_t read_natural(const Spec& spec, std::string_view name, PyObject* value) {
  const nb::object index = nb::steal(PyNumber_Index(value));
  if (!index.is_valid()) {
    PyErr_Clear();
    refuse_type(spec, name, value, "an integer of 0 or more");
  }
  const unsigned long long number = PyLong_AsUnsignedLongLong(index.ptr());
  if (PyErr_Occurred()) {
    PyErr_Clear();
    throw domain_error(said_by(spec).append(name) + " is " + nb::str(index).c_str() +
                       ", expected an integer from 0 to 2**64 - 1");
  }
  return number;
}

/// The text lives as long as the object.
std::string_view read_word(const Spec& spec, std::string_view name, PyObject* value) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &size) : nullptr;
  if (!text) {
    PyErr_Clear();
    refuse_type(spec, name, value, "a str");
  }
  return {text, static_cast<std::size_t>(size)};
}

int read_choice(const Spec& spec, const ParameterInfo& p, PyObject* value) {
  const std::string_view word = read_word(spec, p.name, value);
  const auto choice = std::ranges::find(p.choices, word, &Choice<int>::name);
  if (choice == p.choices.end())
    throw domain_error(said_by(spec).append(p.name) + " is '" + std::string(word) + "', expected " + legal(p));
  return choice->value;
}

void read_parameter(const Spec& spec, const ParameterInfo& p, PyObject* value, Settings& settings) {
  switch (p.kind) {
    case lossact::Kind::real:
      settings.value<double>(p) = read_number(spec, p.name, value);
      break;
    case lossact::Kind::boolean:
      settings.value<bool>(p) = read_flag(spec, p.name, value);
      break;
    case lossact::Kind::integer:
      settings.value<std::int64_t>(p) = read_integer(spec, p.name, value);
      break;
    case lossact::Kind::natural:
      if (value != Py_None) settings.value<std::uint64_t>(p) = read_natural(spec, p.name, value);
      break;
    case lossact::Kind::choice:
      settings.value<int>(p) = read_choice(spec, p, value);
      break;
  }
}

/// Sets the reduction by PyTorch's old arguments, with a DeprecationWarning, if either was given.
void read_old_reduction(const Spec& spec, const Slots& slots, Settings& settings) {
  PyObject *average = spec.at(slots, Role::size_average), *reduce = spec.at(slots, Role::reduce);
  if (!given(average) && !given(reduce)) return;
  const bool averaged = !given(average) || read_flag(spec, "size_average", average);
  const bool reduced = !given(reduce) || read_flag(spec, "reduce", reduce);
  settings.value<int>(*spec.reduction) = static_cast<int>(!reduced   ? Reduction::none
                                                          : averaged ? Reduction::mean
                                                                     : Reduction::sum);
  if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                       "[%s] size_average and reduce are PyTorch's old arguments: use reduction=%s instead",
                       spec.name.c_str(), shown(*spec.reduction, settings.bytes).c_str()) != 0)
    throw nb::python_error();
}

Accuracy read_accuracy(const Spec& spec, const Slots& slots) {
  PyObject* value = spec.at(slots, Role::accuracy);
  if (!value) return Accuracy::faithful;
  const std::string_view word = read_word(spec, "accuracy", value);
  if (word == "faithful") return Accuracy::faithful;
  if (word == "fast") return Accuracy::fast;
  throw domain_error(said_by(spec) + "accuracy is '" + std::string(word) + "', expected 'faithful' or 'fast'");
}

void draw_seed(const Spec& spec, const Slots& slots, Settings& settings) {
  const auto place = static_cast<std::size_t>(spec.seed - spec.function->parameters.data());
  if (given(spec.parameter(slots, place)) || !spec.function->common(settings.bytes).draws) return;
  if (!spec.value) throw domain_error(said_by(spec) + "seed is missing, expected that of the forward call");
  settings.value<std::uint64_t>(*spec.seed) = nn::fresh_seed();
}

}  // namespace

void read_settings(const Spec& spec, const Slots& slots, Settings& settings) {
  const Function& f = *spec.function;
  std::memcpy(settings.bytes, f.defaults, f.options_size);
  for (std::size_t i = 0; i < f.parameters.size(); ++i)
    if (PyObject* value = spec.parameter(slots, i)) read_parameter(spec, f.parameters[i], value, settings);
  if (spec.reduction) read_old_reduction(spec, slots, settings);
  if (spec.seed) draw_seed(spec, slots, settings);
  settings.accuracy = read_accuracy(spec, slots);
}

std::string said_by(const Spec& spec) { return "[" + spec.name + "] "; }

void refuse_type(const Spec& spec, std::string_view what, PyObject* found, std::string_view expected) {
  throw type_error(said_by(spec).append(what) + " is a " + Py_TYPE(found)->tp_name + ", expected " +
                   std::string(expected));
}

double read_number(const Spec& spec, std::string_view name, PyObject* value) {
  const double number = PyUnicode_Check(value) ? -1 : PyFloat_AsDouble(value);
  if (PyUnicode_Check(value) || (number == -1 && PyErr_Occurred())) {
    PyErr_Clear();
    refuse_type(spec, name, value, "a number");
  }
  return number;
}

bool read_flag(const Spec& spec, std::string_view name, PyObject* value) {
  if (PyBool_Check(value)) return value == Py_True;
  const int truth = PyUnicode_Check(value) || value == Py_None ? -1 : PyObject_IsTrue(value);
  if (truth < 0) {
    PyErr_Clear();
    refuse_type(spec, name, value, "True or False");
  }
  return truth != 0;
}

std::int64_t read_integer(const Spec& spec, std::string_view name, PyObject* value) {
  const nb::object index = nb::steal(PyNumber_Index(value));
  const long long number = index.is_valid() ? PyLong_AsLongLong(index.ptr()) : -1;
  if (number == -1 && PyErr_Occurred()) {
    const bool large = PyErr_ExceptionMatches(PyExc_OverflowError);
    PyErr_Clear();
    if (large) throw domain_error(said_by(spec).append(name) + " does not fit into 64 bits");
    refuse_type(spec, name, value, "an integer");
  }
  return number;
}

std::vector<double> read_numbers(const Spec& spec, std::string_view name, PyObject* value, Array& array) {
  if (PyList_Check(value) || PyTuple_Check(value)) {
    std::vector<double> numbers;
    // The size is read in each iteration: an item's __float__ may change the list.
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); ++i)
      numbers.push_back(read_number(spec, name, nb::borrow(PySequence_Fast_GET_ITEM(value, i)).ptr()));
    return numbers;
  }
  array.open(spec.name, name, value, false);
  return doubles(spec.name, array);
}

bool guesses_dim(const Function& function) { return function.torch && !function.halves(); }
std::int64_t read_dim(const Spec& spec, const Slots& slots, std::size_t dims) {
  if (PyObject* dim = spec.at(slots, Role::dim); given(dim)) return read_integer(spec, "dim", dim);
  if (!guesses_dim(*spec.function)) return -1;
  const bool first = dims == 0 || dims == 1 || dims == 3;
  if (PyErr_WarnFormat(PyExc_UserWarning, 1, "[%s] dim is missing, and taken to be %d: give it", spec.name.c_str(),
                       first ? 0 : 1) != 0)
    throw nb::python_error();
  return first ? 0 : 1;
}

std::optional<double> read_identity_above(const Spec& spec, const Slots& slots) {
  PyObject* value = spec.at(slots, Role::identity_above);
  if (!value) return {};
  const double number = read_number(spec, spec.function->identity_above.name, value);
  return number == spec.function->identity_above.value ? std::optional<double>() : number;
}

}  // namespace lossact::python

// lossact.information: functions of distributions.
#include <nanobind/stl/string.h>
#include "lossact/lossact.h"
#include "python/call.h"
#include "python/module.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

Argument distribution(const char* name) { return {.name = name, .role = Role::input}; }

using Rounding = lossact::detail::Probabilities::Rounding;

/// One array of probabilities, or a list of numbers: as doubles, in the order of the indices.
struct Probabilities {
  std::vector<double> values;
  std::vector<Py_ssize_t> shape;
  Rounding rounding = Rounding::of<double>();  // to the elements that they were

  lossact::detail::Probabilities view() const { return {values, rounding}; }
};
Rounding rounding_of(Element element) {
  switch (element) {
    case Element::float32:
      return Rounding::of<float>();
    case Element::bfloat16:
      return Rounding::of<bfloat16>();
    case Element::float16:
      return Rounding::of<float16>();
    default:
      return Rounding::of<double>();
  }
}
Probabilities read(const Spec& spec, std::string_view name, PyObject* object, bool one_distribution) {
  if (PyFloat_CheckExact(object) || PyLong_CheckExact(object)) {
    if (one_distribution) refuse_type(spec, name, object, "an array or a list of probabilities");
    return {.values = {read_number(spec, name, object)}, .shape = {}};
  }
  if (PyList_Check(object) || PyTuple_Check(object)) {
    Probabilities p = {.values = read_numbers(spec, name, object), .shape = {}};
    p.shape.push_back(static_cast<Py_ssize_t>(p.values.size()));
    return p;
  }
  const nb::object wanted = nb::getattr(nb::handle(object), "requires_grad", nb::none());
  if (wanted.ptr() == Py_True)
    throw domain_error(said_by(spec).append(name) + " requires a gradient, which would be lost: detach() it, and see " +
                       spec.function + "_gradient");
  Array array;
  array.open(spec.name, name, object, false);
  if (one_distribution && array.dim() != 1)
    throw shape_error(said_by(spec).append(name) + " has shape " + array.shape_text() + ", expected one dimension");
  return {doubles(spec.name, array), array.shape_vector(), rounding_of(array.element())};
}
bool is_list(PyObject* object) {
  return PyList_Check(object) || PyTuple_Check(object) || PyFloat_CheckExact(object) || PyLong_CheckExact(object);
}
PyObject* give_numbers(const Spec& spec, PyObject* like, const Probabilities& shape,
                       const std::vector<double>& numbers) {
  if (!is_list(like)) return give_losses(spec, like, shape.shape, numbers, true, nullptr);
  if (shape.shape.empty()) return PyFloat_FromDouble(numbers[0]);
  nb::list list;
  for (const double number : numbers) list.append(number);
  return list.release().ptr();
}

template <class P, bool gradient>
PyObject* run(const Spec& spec, const Slots& slots) {
  constexpr Information<P> f;
  Options<P> options;
  read_options(spec, slots, options);
  PyObject* first = slots[0];
  const Probabilities p = read(spec, spec.arguments[0].name, first, P::distributions > 0);
  if constexpr (P::distributions == 0) {
    std::vector<double> result(p.values.size());
    if constexpr (gradient) f.gradient(p.view(), result, options.values);
    else f(p.view(), result, options.values);
    return give_numbers(spec, first, p, result);
  } else {
    Probabilities q;
    if constexpr (P::distributions == 2) q = read(spec, spec.arguments[1].name, slots[1], true);
    if constexpr (gradient) {
      std::vector<double> result(p.values.size());
      if constexpr (P::distributions == 2) f.gradient(p.view(), q.view(), result, options.values);
      else f.gradient(p.view(), result, options.values);
      return give_numbers(spec, first, p, result);
    } else {
      double value;
      if constexpr (P::distributions == 2) value = f(p.view(), q.view(), options.values);
      else value = f(p.view(), options.values);
      return is_list(first) ? PyFloat_FromDouble(value) : give_number(spec, first, value, true, nullptr);
    }
  }
}

template <class P>
void add(std::vector<Spec>& specs, const Information<P>&) {
  for (const bool gradient : {false, true}) {
    Spec spec =
        make_spec<P>("information", gradient ? "gradient" : "forward", {}, gradient ? run<P, true> : run<P, false>);
    std::vector<Argument> arguments = {distribution(P::distributions == 0 ? "probabilities" : "p")};
    if (P::distributions == 2) arguments.push_back(distribution("q"));
    for (Argument& argument : spec.arguments)
      if (argument.role == Role::parameter) arguments.push_back(argument);
    spec.arguments = std::move(arguments);
    spec.required = 0;
    specs.push_back(std::move(spec));
  }
}

}  // namespace

void bind_information(nb::module_& m) {
  static std::vector<Spec> specs = [] {
    std::vector<Spec> all;
    std::apply([&](const auto&... f) { (add(all, f), ...); }, informations);
    return all;
  }();
  m.attr("information_functions") = make_functions(specs, m.attr("Function"), "lossact.information");
}

}  // namespace lossact::python

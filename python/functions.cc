// lossact.functional, and the registry.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include "lossact/registry.h"
#include "lossact/nn/random.h"
#include "python/call.h"
#include "python/module.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

nb::object text_of(std::string_view text) { return nb::str(text.data(), text.size()); }

template <class E>
nb::object name_of(const std::optional<E>& value) {
  if (value)
    for (const auto& choice : choices<E>)
      if (choice.value == *value) return text_of(choice.name);
  return nb::none();
}

nb::dict described(const Facts& facts) {
  nb::dict d;
  d["range"] = nb::make_tuple(facts.range.low, facts.range.high);
  d["increasing"] = facts.increasing;
  d["odd"] = facts.odd;
  d["even"] = facts.even;
  d["convex"] = facts.convex;
  d["left"] = facts.left;
  d["right"] = facts.right;
  d["lipschitz"] = facts.lipschitz;
  nb::list kinks;
  for (const Kink& kink : facts.kinks) kinks.append(nb::make_tuple(kink.at, kink.slope));
  d["kinks"] = nb::tuple(kinks);
  d["saturates"] = text_of(facts.saturates());
  return d;
}

nb::dict described(const Function& f) {
  nb::dict d;
  d["name"] = text_of(f.name);
  d["family"] = text_of(f.family);
  d["summary"] = text_of(f.summary);
  d["formula"] = text_of(f.formula);
  d["source"] = text_of(f.source);
  d["note"] = text_of(f.note);
  d["operand"] = name_of(std::optional(f.operand));
  d["weight"] = f.weight;
  d["input"] = name_of(f.input);
  d["output"] = name_of(f.output);
  d["facts"] = described(f.facts);
  nb::list parameters;
  for (const ParameterInfo& p : f.parameters)
    parameters.append(nb::make_tuple(text_of(p.name), p.default_value, p.legal));
  d["parameters"] = nb::tuple(parameters);
  return d;
}

/// The names of PyTorch's modules, by function; empty where the rule derives it.
template <class... F>
void add_modules(nb::dict& modules, const std::tuple<F...>&) {
  const auto add = [&]<class P>(std::type_identity<P>) {
    if constexpr (requires { P::torch; }) modules[text_of(P::about.name)] = text_of(P::torch.module);
  };
  (add(std::type_identity<typename F::Options>()), ...);
}

}  // namespace

nb::object make_functions(std::vector<Spec>& specs, nb::handle type, const char* module) {
  nb::list functions;
  for (Spec& spec : specs) {
    spec.complete();
    const nb::object function = make_function(spec, type);
    function.attr("__name__") = spec.name;
    function.attr("__qualname__") = spec.name;
    function.attr("__module__") = module;
    function.attr("function") = spec.function;
    function.attr("family") = spec.family;
    function.attr("direction") = spec.direction;
    nb::list arguments;
    for (const Argument& a : spec.arguments)
      arguments.append(nb::make_tuple(
          a.name, a.default_text.empty() ? nb::none() : nb::object(nb::str(a.default_text.c_str())), a.keyword_only));
    function.attr("arguments") = nb::tuple(arguments);
    functions.append(function);
  }
  return nb::tuple(functions);
}

void bind_functions(nb::module_& m) {
  static std::vector<Spec> specs = [] {
    std::vector<Spec> all;
    add_activations(all);
    add_row_activations(all);
    add_pair_losses(all);
    add_row_losses(all);
    return all;
  }();
  const nb::object type = make_function_type();
  m.attr("Function") = type;
  m.attr("functions") = make_functions(specs, type, "lossact.functional");

  nb::list registry;
  for (const Function& f : lossact::functions()) registry.append(described(f));
  m.attr("registry") = nb::tuple(registry);
  nb::dict modules;
  add_modules(modules, activations);
  add_modules(modules, row_activations);
  add_modules(modules, pair_losses);
  add_modules(modules, row_losses);
  m.attr("module_names") = modules;
  m.def("fresh_seed", &nn::fresh_seed, "The next seed of manual_seed's stream.");
}

}  // namespace lossact::python

// lossact.functional, and the registry.
#include <map>
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include "lossact/nn/random.h"
#include "lossact/options.h"
#include "lossact/registry.h"
#include "python/call/function.h"
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

nb::dict described(const ArgumentInfo& a) {
  nb::dict d;
  d["name"] = text_of(a.name);
  d["extent"] = text_of(name_of(a.extent));
  d["gradient"] = a.gradient;
  d["optional"] = a.optional;
  d["constraint"] = text_of(name_of(a.constraint));
  d["learned"] = a.learned();
  d["start"] = a.start;
  d["says"] = text_of(a.says);
  return d;
}

/// The parameters, and before them the optional arrays, which are set in the same way.
nb::object parameters_of(const Function& f) {
  nb::list all;
  for (const ArgumentInfo& a : f.arguments)
    if (a.given() && a.optional)
      all.append(nb::make_tuple(text_of(a.name), "None",
                                a.constraint == Constraint::not_negative ? "numbers, 0.0 or more"
                                : a.constraint == Constraint::mask       ? "numbers, 0 or 1"
                                                                         : "numbers"));
  for (const ParameterInfo& p : f.parameters) all.append(nb::make_tuple(text_of(p.name), default_of(f, p), legal(p)));
  return nb::tuple(all);
}

nb::dict described(const Function& f) {
  nb::dict d;
  d["name"] = text_of(f.name);
  d["topic"] = text_of(f.topic);
  d["summary"] = text_of(f.summary);
  d["formula"] = text_of(f.about.formula);
  d["source"] = text_of(f.about.source);
  d["note"] = text_of(f.about.note);
  nb::list arguments;
  for (const ArgumentInfo& a : f.arguments) arguments.append(described(a));
  d["arguments"] = nb::tuple(arguments);
  d["input"] = name_of(f.input);
  d["output"] = name_of(f.meaning);
  d["reduces"] = f.output == Output::number;
  d["by_rows"] = f.along_axis();
  d["facts"] = described(f.facts_of_defaults());
  d["parameters"] = parameters_of(f);
  return d;
}

/// The callables of a module, each with its name, `function`, `registered` (the function's name in the registry),
/// `topic`, `direction`, `gradients` (the names of the arrays in which it gives them), `reduces` (whether what the
/// function gives is a number, or one for each element or row) and `arguments`: of each its name, its default as a text
/// or None, and whether it is keyword-only.
nb::object make_functions(std::vector<Spec>& specs, nb::handle type, const std::string& module) {
  nb::list functions;
  for (Spec& spec : specs) {
    spec.complete();
    const nb::object function = make_function(spec, type);
    function.attr("__name__") = spec.name;
    function.attr("__qualname__") = spec.name;
    function.attr("__module__") = module;
    function.attr("function") = text_of(spec.function->about.name);
    function.attr("registered") = text_of(spec.function->name);
    function.attr("topic") = text_of(spec.function->topic);
    function.attr("direction") = spec.direction;
    nb::list gradients;
    for (std::size_t i = 0; i < spec.function->arguments.size(); ++i)
      if (spec.gradients[i]) gradients.append(text_of(spec.function->arguments[i].name));
    function.attr("gradients") = nb::tuple(gradients);
    function.attr("reduces") = spec.function->output == Output::number;
    nb::list arguments;
    for (const Argument& a : spec.arguments)
      arguments.append(nb::make_tuple(
          a.name, a.default_text.empty() ? nb::none() : nb::object(nb::str(a.default_text.c_str())), a.keyword_only));
    function.attr("arguments") = nb::tuple(arguments);
    functions.append(function);
  }
  return nb::tuple(functions);
}

}  // namespace

void bind_functions(nb::module_& m) {
  // By module, in the order of the registry; they live as long as the program.
  static std::map<std::string, std::vector<Spec>> modules;
  nb::list registry;
  nb::dict names;
  for (const Function* f : lossact::functions()) {
    std::vector<Spec>& specs = modules[module_of(*f)];
    for (Spec& spec : specifications(*f)) specs.push_back(std::move(spec));
    registry.append(described(*f));
    if (f->torch) names[text_of(f->about.name)] = text_of(f->torch->module);
  }
  const nb::object type = make_function_type();
  m.attr("Function") = type;
  nb::dict functions;
  for (auto& [module, specs] : modules) functions[module.c_str()] = make_functions(specs, type, module);
  m.attr("modules") = functions;
  m.attr("functions") = functions["lossact.functional"];
  m.attr("registry") = nb::tuple(registry);
  m.attr("module_names") = names;
  m.def("fresh_seed", &nn::fresh_seed, "The next seed of manual_seed's stream.");
}

}  // namespace lossact::python

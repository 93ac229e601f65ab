#include "lossact/nn/by_name.h"
#include <array>
#include <optional>
#include "lossact/registry.h"

namespace lossact::nn {
namespace {

/// Calls f for every function of a family, in turn, until one returns true.
template <class Family, class F>
bool any(const Family& family, F f) {
  return std::apply([&](const auto&... function) { return (f(function) || ...); }, family);
}

template <class... Families>
constexpr auto names(const Families&... families) {
  return std::apply(
      [](const auto&... function) {
        return std::array<std::string_view, sizeof...(function)>{
            std::remove_cvref_t<decltype(function)>::Options::about.name...};
      },
      std::tuple_cat(families...));
}

template <class P>
lossact::Settings<P> settings(const Assignments& assignments) {
  lossact::Settings<P> result;
  for (const auto& [name, text] : assignments) set(result, name, text);
  return result;
}

[[noreturn]] void unknown(std::string_view kind, std::string_view name) {
  throw domain_error("[nn] no " + std::string(kind) + " is named '" + std::string(name) + "'");
}

}  // namespace

std::span<const std::string_view> activation_names() {
  static constexpr auto all = names(activations);
  return all;
}
std::span<const std::string_view> row_activation_names() {
  static constexpr auto all = names(row_activations);
  return all;
}
std::span<const std::string_view> loss_names() {
  static constexpr auto all = names(pair_losses, row_losses);
  return all;
}

std::shared_ptr<Module> activation_module(std::string_view name, const Assignments& assignments, Accuracy accuracy,
                                          DType dtype) {
  std::shared_ptr<Module> found;
  const auto elementwise = [&]<class P>(const Activation<P>&) {
    if (P::about.name != name) return false;
    found = std::make_shared<ActivationModule<P>>(settings<P>(assignments).options,
                                                  ActivationOptions{.dtype = dtype, .accuracy = accuracy});
    return true;
  };
  const auto of_rows = [&]<class P>(const RowActivation<P>&) {
    if (P::about.name != name) return false;
    found = std::make_shared<RowActivationModule<P>>(settings<P>(assignments).options, -1, accuracy);
    return true;
  };
  if (!any(activations, elementwise) && !any(row_activations, of_rows)) unknown("activation", name);
  return found;
}

Loss loss(std::string_view name, const Assignments& assignments, Accuracy accuracy) {
  std::optional<Loss> found;
  const auto make = [&]<template <class> class Family, class P>(const Family<P>& f) {
    if (P::about.name != name) return false;
    const lossact::Settings<P> chosen = settings<P>(assignments);
    found.emplace(f, chosen.options, accuracy);
    return true;
  };
  if (!any(pair_losses, make) && !any(row_losses, make)) unknown("loss", name);
  return *found;
}

std::shared_ptr<Module> output_module(Meaning meaning, Accuracy accuracy) {
  if (meaning == Meaning::logits || meaning == Meaning::values) return nullptr;
  std::shared_ptr<Module> found;
  any(row_activations, [&]<class P>(const RowActivation<P>&) {
    if constexpr (requires { P::output; }) {
      if (P::output == meaning) found = std::make_shared<RowActivationModule<P>>(P{}, -1, accuracy);
    }
    return found != nullptr;
  });
  if (!found) throw domain_error("[nn] no row activation makes what this loss takes");
  return found;
}

}  // namespace lossact::nn

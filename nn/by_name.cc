#include "lossact/nn/by_name.h"
#include "lossact/registry.h"

namespace lossact::nn {
namespace {

std::vector<std::string_view> names_of(bool (*wanted)(const Function&)) {
  std::vector<std::string_view> names;
  for (const Function* f : functions())
    if (wanted(*f)) names.push_back(f->name);
  return names;
}
Options options_of(std::string_view kind, std::string_view name, bool (*wanted)(const Function&),
                   const Assignments& assignments) {
  const Function* f = find(name);
  if (!f || !wanted(*f)) throw domain_error("[nn] no " + std::string(kind) + " is named '" + std::string(name) + "'");
  Options options(*f);
  for (const auto& [parameter, text] : assignments) options.set(parameter, text);
  return options;
}
bool is_activation(const Function& f) { return f.is_activation(); }
bool is_loss(const Function& f) { return f.is_loss() && f.required() == 2; }

}  // namespace

std::span<const std::string_view> activation_names() {
  static const auto all = names_of([](const Function& f) { return f.is_activation() && !f.along_axis(); });
  return all;
}
std::span<const std::string_view> row_activation_names() {
  static const auto all = names_of([](const Function& f) { return f.is_activation() && f.along_axis(); });
  return all;
}
std::span<const std::string_view> loss_names() {
  static const auto all = names_of(is_loss);
  return all;
}

std::shared_ptr<Module> activation_module(std::string_view name, const Assignments& assignments, Accuracy accuracy,
                                          DType dtype) {
  return std::make_shared<ActivationModule>(options_of("activation", name, is_activation, assignments),
                                            ActivationOptions{.dtype = dtype, .accuracy = accuracy});
}

Loss loss(std::string_view name, const Assignments& assignments, Accuracy accuracy) {
  return {options_of("loss", name, is_loss, assignments), accuracy};
}

std::shared_ptr<Module> output_module(Meaning meaning, Accuracy accuracy) {
  if (meaning == Meaning::logits || meaning == Meaning::values) return nullptr;
  for (const Function* f : functions())
    if (f->is_activation() && f->meaning == meaning)
      return std::make_shared<ActivationModule>(Options(*f), ActivationOptions{.accuracy = accuracy});
  throw domain_error("[nn] no activation makes what this loss takes");
}

}  // namespace lossact::nn

// Modules and losses by name, for programs that learn at run time which they need.
#ifndef LOSSACT_NN_BY_NAME_H_
#define LOSSACT_NN_BY_NAME_H_
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "lossact/nn/loss.h"
#include "lossact/nn/module.h"

namespace lossact::nn {

/// Parameters as text: {{"negative_slope", "0.2"}}.
using Assignments = std::vector<std::pair<std::string, std::string>>;

/// The names of all elementwise activations, of all activations along a dimension, and of all losses, in the registry's
/// order.
LOSSACT_API std::span<const std::string_view> activation_names();
LOSSACT_API std::span<const std::string_view> row_activation_names();
LOSSACT_API std::span<const std::string_view> loss_names();

/// The module of an activation; a learned weight is one parameter of type `dtype`. domain_error for an unknown name, an
/// unknown parameter or an illegal value.
LOSSACT_API std::shared_ptr<Module> activation_module(std::string_view name, const Assignments& assignments = {},
                                                      Accuracy accuracy = {}, DType dtype = DType::float32);
/// The loss of a name; errors as above.
LOSSACT_API Loss loss(std::string_view name, const Assignments& assignments = {}, Accuracy accuracy = {});

/// What makes a network's last outputs fit a loss whose input means `meaning`: for probabilities and their logarithms
/// the activation whose output means that, and null where the outputs fit as they are (logits, values). domain_error
/// where the registry has none.
LOSSACT_API std::shared_ptr<Module> output_module(Meaning meaning, Accuracy accuracy = {});

}  // namespace lossact::nn
#endif

// Deep learning's loss and activation functions: values and gradients within one unit in the last place, the same bits
// on every machine.
//
//   lossact::mish(input, output);
//   lossact::mish.backward(grad_output, input, grad_input);
//   double loss = lossact::cross_entropy.with_gradient(logits, classes, grad_logits);
//
// Qualify the names rather than `using namespace lossact`: <cmath> has a tanh too.
#ifndef LOSSACT_LOSSACT_H_
#define LOSSACT_LOSSACT_H_
#include "lossact/error.h"
#include "lossact/facts.h"
#include "lossact/family.h"
#include "lossact/number.h"
#include "lossact/parameter.h"
#include "lossact/registry.h"
#include "lossact/targets.h"
#include "lossact/threads.h"
#include "lossact/view.h"

namespace lossact {
/// As "0.1.0".
LOSSACT_API std::string_view version();
}  // namespace lossact
#endif

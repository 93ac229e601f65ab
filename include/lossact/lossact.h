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
#include "lossact/standard.h"
#include "lossact/define.h"
#include "lossact/error.h"
#include "lossact/every_function.h"
#include "lossact/facts.h"
#include "lossact/number.h"
#include "lossact/options.h"
#include "lossact/registry.h"
#include "lossact/targets.h"
#include "lossact/threads.h"
#include "lossact/version.h"
#include "lossact/view.h"
#endif

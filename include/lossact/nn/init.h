// Where training starts: the spread of the first weights.
#ifndef LOSSACT_NN_INIT_H_
#define LOSSACT_NN_INIT_H_
#include "lossact/nn/tensor.h"
#include "lossact/options.h"

namespace lossact::nn {

/// How a weight (out, in) is drawn. `standard` is PyTorch's for Linear: weight and bias uniform in +-1/sqrt(in). The
/// others leave the bias at 0 and give the weight a variance of gain^2 / in (kaiming: the forward pass keeps its scale)
/// or 2 gain^2 / (in + out) (xavier: a compromise with the backward pass).
enum class Init { standard, kaiming_uniform, kaiming_normal, xavier_uniform, xavier_normal };

/// Fills a weight (out, in) by this thread's stream of random numbers.
LOSSACT_API void init_(const Tensor& weight, Init init, double gain = 1);

/// The factor that keeps a signal's scale through f: 1 / sqrt(E[f(z)^2]) for a standard normal z, by numerical
/// integration of f itself. It is sqrt(2) for relu and 1 for identity. (PyTorch has a table: 5/3 for tanh where this
/// gives 1.59, and 1 for sigmoid where this gives 1.85.) A learned weight counts with its start value, random slopes
/// with their mean.
LOSSACT_API double gain(const Options& options);

}  // namespace lossact::nn
#endif

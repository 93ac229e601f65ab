// The library's functions on tensors: lossact::mish(tensor), lossact::cross_entropy(logits, classes).
#ifndef LOSSACT_NN_FUNCTIONS_H_
#define LOSSACT_NN_FUNCTIONS_H_
#include <concepts>
#include "lossact/define.h"
#include "lossact/nn/apply.h"

namespace lossact::nn {

/// A function of tensors, as apply() says.
template <class P, std::same_as<Tensor>... More>
  requires(sizeof...(More) + 1 == lossact::detail::required<P>)
Tensor lossact_apply(const Callable<P>&, const P& options, Accuracy accuracy, const Tensor& input,
                     const More&... more) {
  const Tensor arrays[] = {input, more...};
  return apply(Options(options), arrays, accuracy);
}

/// A function of rows along a dimension.
template <class P>
  requires(lossact::detail::required<P> == 1)
Tensor along(const Callable<P>&, const Tensor& input, std::ptrdiff_t dim, const P& options = {},
             Accuracy accuracy = {}) {
  return apply(Options(options), {&input, 1}, accuracy, dim);
}

}  // namespace lossact::nn
#endif

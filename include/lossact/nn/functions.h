// The library's functions on tensors: lossact::mish(tensor), lossact::cross_entropy(logits, classes).
#ifndef LOSSACT_NN_FUNCTIONS_H_
#define LOSSACT_NN_FUNCTIONS_H_
#include "lossact/family.h"
#include "lossact/nn/apply.h"

namespace lossact::nn {
namespace detail {

/// How many arrays a call of P must have.
template <class P>
constexpr std::size_t required() {
  std::size_t n = 0;
  for (const auto& a : P::arguments) n += a.option == nullptr && a.extent != Extent::random;
  return n;
}

}  // namespace detail

/// A function of one array, as apply() says.
template <template <class> class F, class P>
  requires(detail::required<P>() == 1)
Tensor lossact_apply(const F<P>&, const Tensor& input, const P& options = {}, Accuracy accuracy = {}) {
  return apply(Options(options), {&input, 1}, accuracy);
}
/// A function of two.
template <template <class> class F, class P>
  requires(detail::required<P>() == 2)
Tensor lossact_apply(const F<P>&, const Tensor& input, const Tensor& other, const P& options = {},
                     Accuracy accuracy = {}) {
  const Tensor both[] = {input, other};
  return apply(Options(options), both, accuracy);
}

/// A function of rows along a dimension.
template <template <class> class F, class P>
  requires(detail::required<P>() == 1)
Tensor along(const F<P>&, const Tensor& input, std::ptrdiff_t dim, const P& options = {}, Accuracy accuracy = {}) {
  return apply(Options(options), {&input, 1}, accuracy, dim);
}

}  // namespace lossact::nn
#endif

// Functions from elements to elements: activations.
#include "src/cpu/elements.h"

namespace lossact::cpu {
namespace {

char* moved(const Array& a, std::size_t axis) {
  return static_cast<char*>(a.data) +
         static_cast<std::ptrdiff_t>(axis) * a.stride[1] * static_cast<std::ptrdiff_t>(size_of(a.type));
}
/// The elements of channel 0, in order.
Array first_channel(const Array& a) {
  Array b = a;
  b.shape[1] = 1;
  if (a.shape[2] == 1) b.shape[1] = a.shape[0], b.stride[1] = a.stride[0], b.shape[0] = 1;
  return b;
}

/// The gradient in an array that is broadcast: for each of its numbers, the sum over the elements that it serves.
void channel_gradient(const Elements& elements, const Plan& plan, std::size_t g) {
  const Array& to = *plan.gradient[g];
  const bool many = to.stride[1] != 0 && to.shape[1] > 1;
  const std::size_t numbers = many ? to.shape[1] : 1, size = plan.size() / std::max<std::size_t>(numbers, 1);
  const Array* given[kMostArrays + 1];
  std::copy_n(plan.in, plan.inputs, given);
  given[plan.inputs] = plan.grad_output;
  detail::parallel(numbers, 2 * kElementsPerTask / std::max<std::size_t>(size, 1),
                   [&](std::size_t first, std::size_t last) {
                     Array slices[kMostArrays + 1];
                     const Array* arrays[kMostArrays + 1];
                     for (std::size_t i = 0; i <= plan.inputs; ++i) {
                       arrays[i] = given[i];
                       if (many && given[i]) slices[i] = first_channel(*given[i]), arrays[i] = &slices[i];
                     }
                     for (std::size_t c = first; c < last; ++c) {
                       for (std::size_t i = 0; many && size > 0 && i <= plan.inputs; ++i)  // no stride of no elements
                         if (given[i]) slices[i].data = moved(*given[i], c);
                       const double sum = elements.slope_sum(g, size, arrays);
                       Array one = to;
                       one.data = moved(to, c);
                       put_number(one, 0, 0, 0, sum);
                     }
                   });
}

}  // namespace

void run_elements(const Plan& plan) {
  const std::size_t n = plan.size();
  // Sums first: an element's gradient may be written over what they are made of.
  const Elements elements(plan);
  for (std::size_t g = 0; g < plan.gradients; ++g)
    if (plan.gradient[g] && !elements.by_element(g)) channel_gradient(elements, plan, g);
  if (plan.output) in_blocks(n, [&](std::size_t first, std::size_t last) { elements.forward(first, last); });
  if (plan.gradients_wanted) in_blocks(n, [&](std::size_t first, std::size_t last) { elements.backward(first, last); });
}

}  // namespace lossact::cpu

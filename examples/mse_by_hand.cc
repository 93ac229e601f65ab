// The mean squared error three times: with reduction sum divided by the number of elements, with reduction mean, and
// squares summed by hand. All three agree within one unit in the last place of a float.
#include <cmath>
#include <cstdio>
#include <limits>
#include <iostream>
#include "lossact/nn/nn.h"

namespace nn = lossact::nn;

namespace {

/// At most one float lies between two equal numbers and their neighbour.
bool within_one_ulp(float a, float b) {
  return a == b || std::nextafter(a, std::numeric_limits<float>::infinity()) == b ||
         std::nextafter(b, std::numeric_limits<float>::infinity()) == a;
}

}  // namespace

int main() {
  nn::manual_seed(0);
  const nn::Tensor pred = nn::randn({10});
  const nn::Tensor target = nn::one_hot(nn::tensor({3}), 10)[0];
  std::cout << "pred   " << pred << "\ntarget " << target << "\n\n";

  // The loss as a module, and as the function that it is.
  const nn::Loss sum(lossact::mse_loss.with({.reduction = lossact::Reduction::sum}));
  const auto size = static_cast<double>(pred.size(0));
  const auto summed = static_cast<float>((sum(pred, target) / size).item());
  const auto mean = static_cast<float>(lossact::mse_loss(pred, target).item());

  double squares = 0;
  for (std::size_t i = 0; i < pred.size(0); ++i) {
    const double difference = pred[i].item() - target[i].item();
    squares += difference * difference;
  }
  const auto by_hand = static_cast<float>(squares / size);

  std::printf("reduction sum, divided by %zu  %.9g\n", pred.size(0), static_cast<double>(summed));
  std::printf("reduction mean               %.9g\n", static_cast<double>(mean));
  std::printf("squares summed by hand       %.9g\n", static_cast<double>(by_hand));
  const bool equal = within_one_ulp(summed, mean) && within_one_ulp(mean, by_hand) && within_one_ulp(summed, by_hand);
  std::printf("%s\n", equal ? "All three are equal within one unit in the last place."
                            : "They differ by more than one unit in the last place!");
  return equal ? 0 : 1;
}

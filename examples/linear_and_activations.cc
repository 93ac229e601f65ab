// A linear layer turns 16 features into 5, and an activation bends each of them: it changes values, never the size.
#include <cstdio>
#include <iostream>
#include "lossact/nn/nn.h"

namespace nn = lossact::nn;

int main() {
  nn::manual_seed(0);
  nn::Linear layer(16, 5);
  const nn::Tensor batch = nn::randn({8, 16});
  const nn::Tensor output = layer(batch);
  std::cout << "batch of shape " << to_string(batch.shape()) << " through Linear(16, 5): shape "
            << to_string(output.shape()) << "\n\n";

  bool size_unchanged = to_string(output.shape()) == "(8, 5)";
  const auto show = [&](const char* name, const nn::Tensor& y) {
    std::cout << name << " of the first example\n  " << y[0].detach() << "\n";
    size_unchanged = size_unchanged && y.shape() == output.shape();
  };
  show("nothing", output);
  show("sigmoid", lossact::sigmoid(output));
  show("relu", lossact::relu(output));
  show("leaky_relu", lossact::leaky_relu(output, {.negative_slope = 0.2}));
  show("mish", lossact::mish(output));

  // The same as one network: function objects are modules.
  nn::Sequential net{layer, lossact::leaky_relu.with({.negative_slope = 0.2}), lossact::mish};
  show("leaky_relu, then mish,", net(batch));

  std::printf("\n%s\n",
              size_unchanged ? "Every activation kept the shape (8, 5)." : "An activation changed the shape!");
  return size_unchanged ? 0 : 1;
}

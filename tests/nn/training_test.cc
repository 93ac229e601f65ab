// Networks that learn.
#include <thread>
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

TEST(Training, LearnsXor) {
  manual_seed(1);
  Sequential net{Linear(2, 8), lossact::tanh, Linear(8, 1)};
  const Tensor input = tensor({{0, 0}, {0, 1}, {1, 0}, {1, 1}}), target = tensor({{0.0}, {1.0}, {1.0}, {0.0}});
  Adam adam(net.parameters(), {.lr = 0.05});
  for (int step = 0; step < 500; ++step) {
    adam.zero_grad();
    lossact::mse_loss(net(input), target).backward();
    adam.step();
  }
  const NoGrad guard;
  const Tensor output = net(input);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(output[i].item(), target[i].item(), 0.05) << "row " << i;
}

// Without an activation between them, five layers are one matrix: the product of their weights.
TEST(Training, ADeepNetworkWithoutActivationIsOneMatrix) {
  manual_seed(2);
  Sequential net;
  Tensor product, shift = zeros({6}, kDouble);
  const NoGrad guard;
  for (int i = 0; i < 5; ++i) {
    const Linear layer(6, 6, {.dtype = float64});
    net.add(layer);
    product = product.defined() ? layer.weight.matmul(product) : layer.weight;
    shift = layer.weight.matmul(shift) + layer.bias;
  }
  const Tensor x = randn({10, 6}, kDouble), deep = net(x), flat = linear(x, product, shift);
  for (std::size_t i = 0; i < deep.numel(); ++i) EXPECT_NEAR(deep.data<double>()[i], flat.data<double>()[i], 1e-13);
}

/// A short training with everything that draws random numbers; returns the weights of the first layer.
std::vector<float> train(std::uint64_t seed) {
  const Session session(seed);
  Sequential net{Linear(8, 64), lossact::rrelu, Dropout(0.1), Linear(64, 64), lossact::mish, Linear(64, 3)};
  Adam adam(net.parameters());
  DataLoader loader(randn({200, 8}), randint(0, 3, {200}), {.batch_size = 32, .shuffle = true});
  for (int epoch = 0; epoch < 3; ++epoch)
    for (const auto& [input, target] : loader) {
      adam.zero_grad();
      lossact::cross_entropy(net(input), target).backward();
      adam.step();
    }
  const std::span<float> weights = net.parameters()[0].data<float>();
  return {weights.begin(), weights.end()};
}

TEST(Training, TheSameSeedGivesTheSameBits) {
  const std::vector<float> once = train(3);
  EXPECT_EQ(once, train(3));
  EXPECT_NE(once, train(4));
}

TEST(Training, WhateverOtherThreadsTrainBeside) {
  const std::vector<float> alone = train(3);
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) threads.emplace_back([&, i] { results[i] = train(3 + i % 2); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(results[0], alone);
  EXPECT_EQ(results[2], alone);
  EXPECT_EQ(results[1], results[3]);
}

TEST(Training, ASessionLeavesTheThreadAsItWas) {
  manual_seed(5);
  const std::uint64_t first = fresh_seed(), second = fresh_seed();
  manual_seed(5);
  EXPECT_EQ(fresh_seed(), first);
  {
    const NoGrad off;
    const Session session(9);
    EXPECT_TRUE(is_grad_enabled());
    EXPECT_NE(fresh_seed(), second);
  }
  EXPECT_EQ(fresh_seed(), second);
}

}  // namespace
}  // namespace lossact::nn::test

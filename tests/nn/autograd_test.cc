// What backward() leaves behind, and what it does not touch.
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

TEST(Autograd, AddsUpUntilZeroGrad) {
  const Tensor x = tensor({1.0, 2.0}, kLeaf);
  EXPECT_FALSE(x.grad().defined());
  (x * x).sum().backward();
  EXPECT_EQ(x.grad().data<double>()[1], 4);
  (x * x).sum().backward();
  EXPECT_EQ(x.grad().data<double>()[1], 8);
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
  (x * 3).sum().backward();
  EXPECT_EQ(x.grad().data<double>()[1], 3);
}

TEST(Autograd, GradientsAreNotShared) {
  const Tensor a = tensor({1.0, 2.0}, kLeaf), b = tensor({3.0, 4.0}, kLeaf);
  const Tensor grad_output = tensor({1.0, 1.0}, kDouble);
  (a + b).backward(grad_output);
  a.grad().fill_(5);
  EXPECT_EQ(b.grad().data<double>()[0], 1);
  EXPECT_EQ(grad_output.data<double>()[0], 1);
  const Tensor kept = b.grad();
  (a + b).backward(grad_output);
  EXPECT_EQ(b.grad().data<double>()[0], 2);
  EXPECT_EQ(kept.data<double>()[0], 1);
}

TEST(Autograd, KeepsOnlyLeaves) {
  const Tensor x = tensor({1.0}, kLeaf);
  const Tensor y = x * 2;
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE(y.is_leaf());
  EXPECT_TRUE(y.requires_grad());
  EXPECT_FALSE(y.detach().requires_grad());
  y.sum().backward();
  EXPECT_FALSE(y.grad().defined());
  EXPECT_EQ(x.grad().item(), 2);
  EXPECT_FALSE(x.detach().grad().defined());
}

TEST(Autograd, RecordsNothingUnderNoGrad) {
  const Tensor x = tensor({1.0}, kLeaf);
  {
    const NoGrad guard;
    EXPECT_FALSE(is_grad_enabled());
    EXPECT_FALSE((x * 2).requires_grad());
    const auto inner = no_grad();
    EXPECT_FALSE(is_grad_enabled());
  }
  EXPECT_TRUE(is_grad_enabled());
  EXPECT_TRUE((x * 2).requires_grad());
}

TEST(Autograd, WalksADiamondOnce) {
  // 40 squarings of a sum would take 2^40 steps if each use were followed by itself.
  const Tensor x = tensor({1.0}, kLeaf);
  Tensor y = x;
  for (int i = 0; i < 40; ++i) y = (y + y) * 0.5;
  y.sum().backward();
  EXPECT_EQ(x.grad().item(), 1);
}

TEST(Autograd, SurvivesALongChain) {
  const Tensor x = tensor({1.0}, kLeaf);
  Tensor y = x;
  for (int i = 0; i < 300000; ++i) y = y + x;
  Tensor dropped = y;  // released without backward()
  y.sum().backward();
  EXPECT_EQ(x.grad().item(), 300001);
  Tensor z = x;
  for (int i = 0; i < 300000; ++i) z = z * 1.0;
}

TEST(Autograd, TheGraphIsFreed) {
  const Tensor x = tensor({1.0}, kLeaf);
  const Tensor y = (x * x).sum();
  y.backward();
  EXPECT_THROW(y.backward(), domain_error);
  const Tensor shared = x * x, first = shared.sum(), second = shared.mean();
  first.backward();
  EXPECT_THROW(second.backward(), domain_error);
  EXPECT_EQ(x.grad().item(), 4);  // the refused walk has left nothing
}

TEST(Autograd, TakesAGradientOfTheOutput) {
  const Tensor x = tensor({1.0, 2.0}, kLeaf);
  (x * x).backward(tensor({1.0, 10.0}, kDouble));
  EXPECT_EQ(x.grad().data<double>()[0], 2);
  EXPECT_EQ(x.grad().data<double>()[1], 40);
  x.zero_grad();
  x.sum().backward(tensor(3.0, kDouble));
  EXPECT_EQ(x.grad().data<double>()[1], 3);
}

TEST(Autograd, OfALeafItself) {
  const Tensor x = tensor(2.0, kLeaf);
  x.backward();
  EXPECT_EQ(x.grad().item(), 1);
}

}  // namespace
}  // namespace lossact::nn::test

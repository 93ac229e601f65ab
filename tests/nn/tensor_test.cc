// Creation, shapes, broadcasting and reductions against cases worked by hand.
#include <sstream>
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

std::string shown(const Tensor& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}
void expect(const Tensor& tensor, const Shape& shape, const std::vector<double>& values) {
  EXPECT_EQ(to_string(tensor.shape()), to_string(shape));
  const Tensor wide = tensor.detach().to(float64);
  ASSERT_EQ(wide.numel(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_DOUBLE_EQ(wide.data<double>()[i], values[i]) << "element " << i;
}

TEST(Tensor, IsMadeOfData) {
  expect(zeros({2, 2}), {2, 2}, {0, 0, 0, 0});
  expect(ones({3}), {3}, {1, 1, 1});
  expect(full({1, 2}, 2.5), {1, 2}, {2.5, 2.5});
  expect(arange(3), {3}, {0, 1, 2});
  expect(linspace(-1, 1, 5), {5}, {-1, -0.5, 0, 0.5, 1});
  expect(tensor(3.5), {}, {3.5});
  expect(tensor({0.5, 2.0}), {2}, {0.5, 2});
  expect(tensor({1, 2.5}), {2}, {1, 2.5});
  expect(tensor({{1, 2}, {3, 4}, {5, 6}}), {3, 2}, {1, 2, 3, 4, 5, 6});
  expect(one_hot(tensor({2, 0}), 3), {2, 3}, {0, 0, 1, 1, 0, 0});
  EXPECT_EQ(tensor({0.5}).dtype(), float32);
  EXPECT_EQ(tensor({3, 0, 1}).dtype(), int64);
  EXPECT_EQ(tensor(std::vector<double>{1, 2}).dtype(), float64);
  EXPECT_EQ(tensor(std::vector<float>{1, 2}).dtype(), float32);
  EXPECT_EQ(tensor(std::vector<std::uint8_t>{1, 2}).dtype(), int64);
  EXPECT_EQ(zeros({0, 3}).numel(), 0u);
  EXPECT_FALSE(Tensor().defined());
}

TEST(Tensor, Broadcasts) {
  const Tensor a = tensor({{1, 2, 3}, {4, 5, 6}}), row = tensor({10.0, 20.0, 30.0}), column = tensor({{1.0}, {2.0}});
  expect(a + row, {2, 3}, {11, 22, 33, 14, 25, 36});
  expect(row - a, {2, 3}, {9, 18, 27, 6, 15, 24});
  expect(a * column, {2, 3}, {1, 2, 3, 8, 10, 12});
  expect(column + row, {2, 3}, {11, 21, 31, 12, 22, 32});
  expect(a / 2, {2, 3}, {0.5, 1, 1.5, 2, 2.5, 3});
  expect(6 / tensor({1.0, 2.0, 3.0}), {3}, {6, 3, 2});
  expect(1 - a[0], {3}, {0, -1, -2});
  expect(-a[1], {3}, {-4, -5, -6});
  expect(tensor(2.0) * a[0], {3}, {2, 4, 6});
  expect(zeros({0, 3}) + row, {0, 3}, {});
  expect(arange(4).reshape({2, 1, 2}) + arange(3).reshape({3, 1}), {2, 3, 2}, {0, 1, 1, 2, 2, 3, 2, 3, 3, 4, 4, 5});
  expect(arange(2).reshape({1, 2, 1, 1}) * ones({2, 1, 1, 2}), {2, 2, 1, 2}, {0, 0, 1, 1, 0, 0, 1, 1});
}

TEST(Tensor, Reduces) {
  const Tensor a = tensor({{1, 2, 3}, {4, 5, 6}});
  expect(a.sum(), {}, {21});
  expect(a.mean(), {}, {3.5});
  expect(a.sum(0), {3}, {5, 7, 9});
  expect(a.sum(1), {2}, {6, 15});
  expect(a.mean(-1, true), {2, 1}, {2, 5});
  expect(a.argmax(), {2}, {2, 2});
  expect(a.argmax(0), {3}, {1, 1, 1});
  expect(tensor({3.0, NAN, 4.0}).argmax(), {}, {1});
  expect(tensor({3.0, 4.0, 4.0}).argmax(), {}, {1});
  expect(zeros({0}).sum(), {}, {0});
  EXPECT_TRUE(std::isnan(zeros({0}).mean().item()));
  // A million tenths in float: sums are added in double.
  EXPECT_NEAR(full({1000000}, 0.1).sum().item(), 100000, 0.01);
}

TEST(Tensor, ChangesShape) {
  const Tensor a = arange(6).reshape({2, 3});
  expect(a.t(), {3, 2}, {0, 3, 1, 4, 2, 5});
  expect(a.reshape({-1, 2}), {3, 2}, {0, 1, 2, 3, 4, 5});
  expect(a.reshape({infer}), {6}, {0, 1, 2, 3, 4, 5});
  expect(arange(8).reshape({2, 2, 2}).transpose(0, 2), {2, 2, 2}, {0, 4, 2, 6, 1, 5, 3, 7});
  expect(a[1], {3}, {3, 4, 5});
  expect(a[1][2], {}, {5});
  expect(a.slice(1, 2), {1, 3}, {3, 4, 5});
  expect(a.index_select(tensor({1, 0, 1})), {3, 3}, {3, 4, 5, 0, 1, 2, 3, 4, 5});
  EXPECT_EQ(a[1][2].item(), 5);
  EXPECT_EQ(a.size(-1), 3u);
  // Views share the data.
  a[0].fill_(7);
  expect(a, {2, 3}, {7, 7, 7, 3, 4, 5});
  a.clone().fill_(0);
  expect(a, {2, 3}, {7, 7, 7, 3, 4, 5});
}

TEST(Tensor, MultipliesMatrices) {
  const Tensor a = tensor({{1, 2, 3}, {4, 5, 6}}), b = tensor({{1, 0}, {0, 1}, {2, 2}}), v = tensor({1.0, 1.0, 2.0});
  expect(a.matmul(b), {2, 2}, {7, 8, 16, 17});
  expect(a.matmul(v), {2}, {9, 21});
  expect(v.matmul(b), {2}, {5, 5});
  expect(v.matmul(v), {}, {6});
  expect(linear(a, b.t(), tensor({10.0, 20.0})), {2, 2}, {17, 28, 26, 37});
  expect(a.reshape({2, 1, 3}).matmul(b), {2, 1, 2}, {7, 8, 16, 17});
  expect(zeros({2, 0}).matmul(zeros({0, 3})), {2, 3}, {0, 0, 0, 0, 0, 0});
  expect(linear(zeros({0, 3}), ones({2, 3}), ones({2})), {0, 2}, {});
}

TEST(Tensor, PrintsAsPyTorch) {
  EXPECT_EQ(shown(tensor({{1, 2}, {3, 4}})), "tensor([[1., 2.],\n        [3., 4.]])");
  EXPECT_EQ(shown(tensor({0.5, -2.0})), "tensor([ 0.5000, -2.0000])");
  EXPECT_EQ(shown(tensor({1, 20, 3})), "tensor([ 1, 20,  3])");
  EXPECT_EQ(shown(tensor(2.5)), "tensor(2.5000)");
  EXPECT_EQ(shown(tensor({1.0}, kLeaf)), "tensor([1.], dtype=torch.float64, requires_grad=True)");
  EXPECT_EQ(shown(zeros({0})), "tensor([])");
  EXPECT_EQ(shown(zeros({2, 0})), "tensor([], size=(2, 0))");
  EXPECT_EQ(shown(arange(2000, {int64})), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
  EXPECT_EQ(shown(arange(2000)),
            "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n        1.9990e+03])");
  EXPECT_EQ(shown(ones({2, 1, 1})), "tensor([[[1.]],\n\n        [[1.]]])");
  EXPECT_EQ(shown(tensor({1e-6, 1.0})), "tensor([1.0000e-06, 1.0000e+00])");
  EXPECT_EQ(shown(tensor({INFINITY, 0.25, 0.0})), "tensor([   inf, 0.2500, 0.0000])");
  EXPECT_EQ(shown(tensor({1.0, 12345.0})), "tensor([1.0000e+00, 1.2345e+04])");
  EXPECT_EQ(shown(gt(tensor({1.0, 2.0}), tensor(1.5))), "tensor([False,  True])");
  EXPECT_EQ(shown(tensor({9007199254740993})), "tensor([9007199254740993])");
  const Tensor leaf = tensor({1.0}, {.requires_grad = true});
  EXPECT_EQ(shown(leaf * 2), "tensor([2.], grad_fn=<MulBackward0>)");
  EXPECT_EQ(shown(lossact::leaky_relu(leaf)), "tensor([1.], grad_fn=<LeakyReluBackward0>)");
  EXPECT_EQ(shown(Tensor()), "tensor(undefined)");
}

}  // namespace
}  // namespace lossact::nn::test

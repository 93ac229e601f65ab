// Indexing by the rules of NumPy, against counting done by hand.
#include "lossact/nn/index.h"
#include <numeric>
#include "lossact/nn/detail/autograd.h"
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

using Indices = std::vector<Index>;

/// 0, 1, 2, ... in a shape, so that a value says where it lay.
Tensor counted(const Shape& shape) { return arange(shape.numel(), kDouble).reshape(shape); }

void expect(const Indices& indices, const Shape& shape, const std::vector<double>& values) {
  const Tensor part = index(counted({2, 3, 4}), indices);
  EXPECT_EQ(to_string(part.shape()), to_string(shape));
  const std::span<const double> found = part.data<double>();
  EXPECT_EQ(std::vector<double>(found.begin(), found.end()), values);
}

TEST(Index, TakesParts) {
  expect({1}, {3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
  expect({-1, -1, -1}, {}, {23});
  expect({Slice{1}}, {1, 3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
  expect({0, Slice{1, 3}}, {2, 4}, {4, 5, 6, 7, 8, 9, 10, 11});
  expect({0, Slice{{}, {}, 2}, 1}, {2}, {1, 9});
  expect({Slice{}, 1, Slice{-2}}, {2, 2}, {6, 7, 18, 19});
  expect({Ellipsis{}, 0}, {2, 3}, {0, 4, 8, 12, 16, 20});
  expect({0, NewAxis{}, 2}, {1, 4}, {8, 9, 10, 11});
  expect({0, 0, Slice{3, 100}}, {1}, {3});
  expect({0, 0, Slice{3, 1}}, {0}, {});
  expect({tensor({1, 0}), 0, 0}, {2}, {12, 0});
  expect({0, tensor({2, -3}), tensor({0, 3})}, {2}, {8, 3});
  expect({tensor({1, 0}), Slice{1, 2}, tensor({3, 2})}, {2, 1}, {19, 6});
  expect({0, tensor({0, 1}).reshape({2, 1}), tensor({0, 1})}, {2, 2}, {0, 1, 4, 5});
  expect({gt(counted({2, 3, 4}), tensor(20.5, kDouble))}, {3}, {21, 22, 23});
  expect({1, Ellipsis{}, eq(counted({4}), tensor(2.0, kDouble))}, {3, 1}, {14, 18, 22});
}

TEST(Index, SharesWhatLiesTogether) {
  const Tensor x = counted({2, 3, 4});
  for (const Indices& indices : {Indices{1}, {1, 2, 3}, {Slice{1}}, {0, Slice{1, 3}}, {Ellipsis{}}, {1, NewAxis{}}})
    EXPECT_EQ(index(x, indices).state()->storage, x.state()->storage);
  for (const Indices& indices : {Indices{Slice{}, 0}, {0, Slice{{}, {}, 2}}, {tensor({0})}})
    EXPECT_NE(index(x, indices).state()->storage, x.state()->storage);
}

TEST(Index, AssignsParts) {
  const Indices indices = {Slice{}, 1, Slice{1, 3}};
  const Tensor x = zeros({2, 3, 4}, kDouble);
  index_put_(x, indices, tensor(5.0, kDouble));
  EXPECT_EQ(x.sum().item(), 20);
  EXPECT_EQ(index(x, indices).sum().item(), 20);
  index_put_(x, indices, counted({1, 1, 2}));
  EXPECT_EQ(index(x, Indices{1, 1, 2}).item(), 1);
  EXPECT_EQ(x.sum().item(), 2);
  // What is read is what was there before.
  const Tensor line = counted({5});
  index_put_(line, Indices{Slice{1}}, index(line, Indices{Slice{0, 4}}));
  EXPECT_EQ(line.data<double>()[4], 3);
  EXPECT_EQ(line.data<double>()[1], 0);
}

TEST(Index, HandsGradientsOn) {
  const std::vector<Indices> all = {
      {1}, {Slice{}, 1}, {0, Slice{1, 3}}, {tensor({1, 1, 0})}, {0, Ellipsis{}, NewAxis{}}};
  for (const Indices& indices : all) {
    // The gradient of the sum of w x[i] in x is w, added up where an element was taken.
    const Tensor x = counted({2, 3, 4}).detach().requires_grad_();
    const Tensor taken = index(x, indices);
    const Tensor w = counted(taken.shape()) + 1;
    (taken * w).sum().backward();
    EXPECT_EQ(x.grad().sum().item(), w.sum().item());
    EXPECT_EQ(ne(x.grad(), zeros({}, kDouble)).sum().item(),
              ne(index_put(zeros({2, 3, 4}, kDouble), indices, w), zeros({}, kDouble)).sum().item());
  }
  const Tensor x = counted({4}).requires_grad_(), value = tensor(2.0, kDouble).requires_grad_();
  (index_put(x, Indices{Slice{1, 3}}, value) * (counted({4}) + 1)).sum().backward();
  const std::span<const double> grad = x.grad().data<double>();
  EXPECT_EQ(std::vector<double>(grad.begin(), grad.end()), (std::vector<double>{1, 0, 0, 4}));
  EXPECT_EQ(value.grad().item(), 5);
}

TEST(Index, RefusesBeforeItWrites) {
  const Tensor x = zeros({2, 3});
  const auto refuses = [&]<class Error>(Error, const Indices& indices, const Tensor& value = ones({})) {
    EXPECT_THROW(index_put_(x, indices, value), Error);
  };
  const index_error index("");
  refuses(index, {2});
  refuses(index, {-3});
  refuses(index, {0, 0, 0});
  refuses(index, {tensor({0, 3}), Slice{}});
  refuses(index, {Ellipsis{}, Ellipsis{}});
  refuses(shape_error(""), {gt(zeros({3}), zeros({3}))});
  refuses(shape_error(""), {0}, ones({2}));
  refuses(shape_error(""), {0}, ones({2, 3}));
  refuses(type_error(""), {0}, ones({3}, kDouble));
  refuses(type_error(""), {ones({2})});
  refuses(domain_error(""), {Slice{{}, {}, 0}});
  EXPECT_EQ(x.sum().item(), 0);
}

}  // namespace
}  // namespace lossact::nn::test

// Bad input is refused with a message that says what was expected and what was found.
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

template <class Error>
void refuses(const std::string& message, const std::function<void()>& f) {
  try {
    f();
    FAIL() << "not refused: " << message;
  } catch (const Error& e) {
    EXPECT_EQ(e.what(), message);
  }
}

TEST(Refusal, OfShapes) {
  refuses<shape_error>("[matmul] input has 3 columns, other has 4 rows", [] { zeros({2, 3}).matmul(zeros({4, 2})); });
  refuses<shape_error>("[matmul] other has shape (2, 2, 2), expected a vector or a matrix",
                       [] { zeros({2, 2}).matmul(zeros({2, 2, 2})); });
  refuses<shape_error>("[linear] input has shape (2, 3), weight expects 4 features",
                       [] { linear(zeros({2, 3}), zeros({5, 4})); });
  refuses<shape_error>("[linear] bias has shape (4), expected (5)",
                       [] { linear(zeros({2, 4}), zeros({5, 4}), zeros({4})); });
  refuses<shape_error>("[add] input has shape (2, 3), other has shape (2), which do not broadcast",
                       [] { zeros({2, 3}) + zeros({2}); });
  refuses<shape_error>("[reshape] input has shape (2, 3), which does not fill (4, -1)",
                       [] { zeros({2, 3}).reshape({4, -1}); });
  refuses<shape_error>("[reshape] (-1, -1) leaves more than one size open", [] { zeros({2, 3}).reshape({-1, -1}); });
  refuses<shape_error>("[item] the tensor has shape (2), expected one element", [] { zeros({2}).item(); });
  refuses<shape_error>("[t] the tensor has shape (2), expected a matrix", [] { zeros({2}).t(); });
  refuses<shape_error>("[tensor] a row has 1 numbers, the first has 2", [] { tensor({{1.0, 2.0}, {3.0}}); });
  refuses<shape_error>("[Shape] 9 dimensions, at most 8 are possible", [] { zeros({1, 1, 1, 1, 1, 1, 1, 1, 1}); });
  EXPECT_THROW(zeros({std::size_t{1} << 40, std::size_t{1} << 40}), shape_error);
  refuses<shape_error>("[DataLoader] input has 3 examples, target has 2",
                       [] { DataLoader(zeros({3, 2}), zeros({2})); });
}

TEST(Refusal, OfLossesThatWouldBroadcast) {
  refuses<shape_error>("[mse_loss] target has shape (3), input has shape (3, 1)",
                       [] { lossact::mse_loss(zeros({3, 1}), zeros({3})); });
  refuses<type_error>("[mse_loss] target is int64, input is float32",
                      [] { lossact::mse_loss(zeros({2}), tensor({0, 1})); });
  refuses<shape_error>("[cross_entropy] target has shape (2), expected a class for each row, (3)",
                       [] { lossact::cross_entropy(zeros({3, 2}), tensor({0, 1})); });
  EXPECT_THROW(lossact::cross_entropy(zeros({2, 3}), tensor({0, 3})), index_error);
  refuses<type_error>("[cross_entropy] target is float64, input is float32",
                      [] { lossact::cross_entropy(zeros({2, 3}), zeros({2, 3}, kDouble)); });
  refuses<shape_error>(
      "[prelu] weight has shape (2), input has shape (4, 3), expected one weight or one for each channel of dimension "
      "1",
      [] { lossact::prelu(zeros({4, 3}), zeros({2})); });
}

TEST(Refusal, OfTypes) {
  refuses<type_error>("[add] other is float64, input is float32", [] { zeros({2}) + zeros({2}, kDouble); });
  refuses<type_error>("[div] input is int64, expected float32 or float64", [] { tensor({1, 2}) / tensor({1, 2}); });
  refuses<type_error>("[add] input is bool, expected float32 or float64",
                      [] { zeros({2}, {boolean}) + zeros({2}, {boolean}); });
  refuses<type_error>("[mish] input is int64, expected float32 or float64", [] { lossact::mish(tensor({1, 2})); });
  refuses<type_error>("[data] the tensor is float32, asked for as float64", [] { zeros({2}).data<double>(); });
  refuses<type_error>("[requires_grad_] int64 tensors have no gradient", [] { tensor({1}).requires_grad_(); });
  refuses<type_error>("[mean] input is int64, expected float32 or float64", [] { tensor({1, 2}).mean(); });
}

TEST(Refusal, OfIndices) {
  refuses<index_error>("[operator[]] row 2 is outside [0, 2)", [] { zeros({2, 3})[2]; });
  refuses<index_error>("[operator[]] the tensor is a single number and has no rows", [] { tensor(1.0)[0]; });
  refuses<index_error>("[index_select] row 5 is outside [0, 2)", [] { zeros({2, 3}).index_select(tensor({5})); });
  refuses<index_error>("[sum] dimension 2 is outside [-2, 2)", [] { zeros({2, 3}).sum(2); });
  refuses<index_error>("[one_hot] class 3 at row 1 is outside [0, 3)", [] { one_hot(tensor({0, 3}), 3); });
  refuses<index_error>("[slice] rows 1 to 4 are outside [0, 3)", [] { zeros({3}).slice(1, 4); });
  refuses<index_error>("[Sequential] module 1 is outside [0, 1)", [] { Sequential{Linear(1, 1)}[1]; });
}

TEST(Refusal, OfWhatHasNoGradient) {
  const std::string none = "[backward] the tensor does not depend on anything that requires a gradient";
  refuses<domain_error>(none, [] { zeros({}).backward(); });
  const Tensor x = zeros({2}, kLeaf);
  refuses<shape_error>("[backward] the tensor has shape (2); give grad_output of that shape, or reduce to one number",
                       [&] { (x * 2).backward(); });
  refuses<shape_error>("[backward] grad_output has shape (3), input has shape (2)",
                       [&] { (x * 2).backward(zeros({3}, kDouble)); });
  refuses<domain_error>("[requires_grad_] the tensor was made by an operation; detach() it first",
                        [&] { (x * 2).requires_grad_(); });
  refuses<domain_error>("[Tensor] the tensor is undefined", [] { Tensor().numel(); });
  refuses<domain_error>("[Adam] parameter 0 is no leaf of float32 or float64", [&] { Adam({x * 2}); });
  refuses<domain_error>("[SGD] parameter 1 is no leaf of float32 or float64", [&] { SGD({x, tensor({1})}); });
}

TEST(Refusal, OfInputsThatChangedSince) {
  const Tensor x = ones({2}, kLeaf), factor = full({2}, 3, kDouble);
  const Tensor y = (x * factor).sum(), z = (x + factor).sum();
  factor.fill_(7);
  refuses<domain_error>("[backward] an input of MulBackward0 was changed in place after the graph had kept it",
                        [&] { y.backward(); });
  z.backward();  // whose gradient does not read it
  EXPECT_EQ(x.grad()[0].item(), 1);
}

TEST(Refusal, OfOutputsThatChangedSince) {
  const Tensor x = ones({2, 20}, kLeaf), y = softmax(x), loss = (y * y).sum(), other = softmax(x).sum();
  y.detach().fill_(7);
  refuses<domain_error>("[backward] an input of MulBackward0 was changed in place after the graph had kept it",
                        [&] { loss.backward(); });
  const Tensor z = softmax(x), sum = z.sum();
  z.detach().fill_(7);
  refuses<domain_error>("[softmax] the output was changed in place after the graph had kept it",
                        [&] { sum.backward(); });
  x.detach().fill_(7);  // which nothing reads
  other.backward();
  EXPECT_EQ(x.grad()[0][0].item(), 0);
}

TEST(Refusal, OfSettings) {
  refuses<domain_error>("[Dropout] p is 1.500000, expected a number in [0, 1]", [] { Dropout(1.5); });
  refuses<domain_error>("[SGD] nesterov needs a momentum above 0 and no dampening",
                        [] { SGD({zeros({2}, kLeaf)}, {.nesterov = true}); });
  refuses<domain_error>("[Adam] beta1 is 1.000000, expected a number in [0, 1)",
                        [] { Adam({zeros({2}, kLeaf)}, {.beta1 = 1}); });
  refuses<domain_error>("[SGD] lr is -1.000000, expected a number of 0 or more",
                        [] { SGD({zeros({2}, kLeaf)}, {.lr = -1}); });
  refuses<domain_error>("[DataLoader] batch_size is 0, expected 1 or more",
                        [] { DataLoader(zeros({2}), zeros({2}), {.batch_size = 0}); });
  refuses<domain_error>("[nn] no activation is named 'mihs'", [] { activation_module("mihs"); });
  refuses<domain_error>("[nn] no loss is named 'mish'", [] { loss("mish"); });
  EXPECT_THROW(activation_module("mish", {{"alpha", "1"}}), domain_error);
  EXPECT_THROW(activation_module("leaky_relu", {{"negative_slope", "steep"}}), domain_error);
}

}  // namespace
}  // namespace lossact::nn::test

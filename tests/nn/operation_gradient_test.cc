// Every operation's gradient against central differences in double.
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

struct Operation {
  const char* name;
  std::vector<Shape> shapes;
  std::function<Tensor(const std::vector<Tensor>&)> run;
};

const std::vector<Operation>& operations() {
  using In = const std::vector<Tensor>&;
  static const std::vector<Operation> all = {
      {"add", {{2, 3}, {2, 3}}, [](In t) { return t[0] + t[1]; }},
      {"add row", {{2, 3}, {3}}, [](In t) { return t[0] + t[1]; }},
      {"add column", {{2, 3}, {2, 1}}, [](In t) { return t[0] + t[1]; }},
      {"add number tensor", {{}, {2, 3}}, [](In t) { return t[0] + t[1]; }},
      {"subtract", {{4, 1, 3}, {2, 1}}, [](In t) { return t[0] - t[1]; }},
      {"multiply", {{2, 1, 3}, {4, 1}}, [](In t) { return t[0] * t[1]; }},
      {"divide", {{2, 3}, {2, 3}}, [](In t) { return t[0] / t[1]; }},
      {"divide broadcast", {{3}, {2, 1}}, [](In t) { return t[0] / t[1]; }},
      {"numbers", {{3}}, [](In t) { return 2.0 - (3.0 * t[0] + 1.0) / 4.0 + 1.0 / (t[0] - 9.0) - t[0] * 0.5; }},
      {"minus", {{3}}, [](In t) { return -t[0]; }},
      {"square of itself", {{3}}, [](In t) { return t[0] * t[0]; }},
      {"pow 2", {{3}}, [](In t) { return t[0].pow(2); }},
      {"pow 3", {{3}}, [](In t) { return t[0].pow(3); }},
      {"pow 0", {{3}}, [](In t) { return t[0].pow(0); }},
      {"pow 1", {{3}}, [](In t) { return t[0].pow(1); }},
      {"pow -1", {{3}}, [](In t) { return t[0].pow(-1); }},
      {"pow 0.5", {{3}}, [](In t) { return t[0].pow(0.5); }},
      {"pow 1.7", {{3}}, [](In t) { return pow(t[0], 1.7); }},
      {"pow of tensors", {{2, 3}, {3}}, [](In t) { return pow(t[0], t[1]); }},
      {"exp", {{3}}, [](In t) { return t[0].exp(); }},
      {"log", {{3}}, [](In t) { return t[0].log(); }},
      {"sqrt", {{3}}, [](In t) { return t[0].sqrt(); }},
      {"abs", {{3}}, [](In t) { return (t[0] - 1.1).abs(); }},
      {"number minus", {{3}}, [](In t) { return 2.0 - t[0]; }},
      {"expand", {{2, 1, 3}}, [](In t) { return t[0].expand({4, 2, 2, 3}); }},
      {"where", {{2, 3}, {3}}, [](In t) { return where(gt(t[0], t[1]), t[0] * t[0], t[1]); }},
      {"index", {{3, 4}}, [](In t) { return index(t[0], std::vector<Index>{Slice{}, tensor({1, 1, 3})}); }},
      {"index_put",
       {{3, 4}, {3, 1}},
       [](In t) { return index_put(t[0], std::vector<Index>{Slice{}, Slice{1, 3}}, t[1]) * t[0]; }},
      {"matmul", {{2, 3}, {3, 4}}, [](In t) { return matmul(t[0], t[1]); }},
      {"matmul batch", {{2, 2, 3}, {3, 4}}, [](In t) { return t[0].matmul(t[1]); }},
      {"matmul vector", {{2, 3}, {3}}, [](In t) { return t[0].matmul(t[1]); }},
      {"vector matmul", {{3}, {3, 2}}, [](In t) { return t[0].matmul(t[1]); }},
      {"dot", {{3}, {3}}, [](In t) { return t[0].matmul(t[1]); }},
      {"matmul of itself", {{3, 3}}, [](In t) { return t[0].matmul(t[0]); }},
      {"linear", {{5, 3}, {20, 3}, {20}}, [](In t) { return linear(t[0], t[1], t[2]); }},
      {"linear without bias", {{2, 2, 3}, {4, 3}}, [](In t) { return linear(t[0], t[1]); }},
      {"linear of a vector", {{3}, {4, 3}, {4}}, [](In t) { return linear(t[0], t[1], t[2]); }},
      {"linear twice", {{2, 3}, {3, 3}, {3}}, [](In t) { return linear(linear(t[0], t[1], t[2]), t[1], t[2]); }},
      {"sum", {{2, 3}}, [](In t) { return t[0].sum(); }},
      {"sum rows", {{2, 3, 2}}, [](In t) { return t[0].sum(0); }},
      {"sum middle", {{2, 3, 2}}, [](In t) { return t[0].sum(1, true); }},
      {"sum last", {{2, 3}}, [](In t) { return t[0].sum(-1); }},
      {"mean", {{2, 3}}, [](In t) { return t[0].mean(); }},
      {"mean rows", {{2, 3}}, [](In t) { return t[0].mean(0); }},
      {"mean last", {{2, 3}}, [](In t) { return t[0].mean(-1, true); }},
      {"reshape", {{2, 6}}, [](In t) { return t[0].reshape({3, -1}) * 2.0; }},
      {"transpose", {{2, 3, 4}}, [](In t) { return t[0].transpose(0, 2); }},
      {"transpose inner", {{2, 3, 4}}, [](In t) { return t[0].transpose(-1, 1); }},
      {"t", {{2, 3}}, [](In t) { return t[0].t(); }},
      {"row", {{3, 2}}, [](In t) { return t[0][1] * t[0][2] + t[0][1]; }},
      {"slice", {{4, 2}}, [](In t) { return t[0].slice(1, 3) * t[0].slice(2, 4); }},
      {"index_select", {{4, 2}}, [](In t) { return t[0].index_select(tensor({3, 0, 3})); }},
      {"clone", {{3}}, [](In t) { return t[0].clone() * t[0]; }},
      {"to float and back", {{3}}, [](In t) { return t[0].to(float64) + t[0]; }},
      {"dropout", {{300}}, [](In t) { return dropout(t[0], 0.3, 7); }},
      {"used often",
       {{3}},
       [](In t) {
         Tensor sum = t[0];
         for (int i = 0; i < 5; ++i) sum = sum * t[0] + sum;
         return sum * 0.1;
       }},
  };
  return all;
}

TEST(OperationGradient, AgreesWithCentralDifferences) {
  manual_seed(1);
  for (const Operation& operation : operations()) {
    std::vector<Tensor> inputs;
    for (const Shape& shape : operation.shapes) inputs.push_back((rand(shape, kDouble) + 0.5).requires_grad_());
    check_gradient(operation.name, [&] { return operation.run(inputs); }, inputs);
  }
}

TEST(OperationGradient, OfOneInputOnly) {
  manual_seed(1);
  for (const Operation& operation : operations())
    for (std::size_t only = 0; only < operation.shapes.size() && operation.shapes.size() > 1; ++only) {
      std::vector<Tensor> inputs;
      for (const Shape& shape : operation.shapes) inputs.push_back(rand(shape, kDouble) + 0.5);
      inputs[only].requires_grad_();
      check_gradient(operation.name, [&] { return operation.run(inputs); }, {inputs[only]});
    }
}

TEST(OperationGradient, ThroughFloat32) {
  const Tensor x = tensor({0.5, -2.0, 3.0}, kLeaf);
  (x.to(float32) * 3.0).sum().backward();
  for (const double g : x.grad().data<double>()) EXPECT_EQ(g, 3);
}

}  // namespace
}  // namespace lossact::nn::test

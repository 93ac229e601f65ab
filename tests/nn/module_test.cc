// Modules, losses and data as a program uses them.
#include <set>
#include <cblas.h>
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.data<float>(), b.data<float>());
}

TEST(Linear, StartsAsInPyTorch) {
  manual_seed(1);
  const Linear layer(16, 500);
  EXPECT_EQ(to_string(layer.weight.shape()), "(500, 16)");
  EXPECT_EQ(to_string(layer.bias.shape()), "(500)");
  for (const Tensor& tensor : {layer.weight, layer.bias}) {
    const auto [low, high] = std::ranges::minmax(tensor.data<float>());
    EXPECT_GE(low, -0.25f);
    EXPECT_LE(high, 0.25f);
    EXPECT_LT(low, -0.24f);
    EXPECT_GT(high, 0.24f);
    EXPECT_NEAR(tensor.mean().item(), 0, 0.02);
    EXPECT_TRUE(tensor.requires_grad());
  }
}

TEST(Linear, StartsWithTheAskedDeviation) {
  manual_seed(1);
  const auto deviation = [](Init init, double gain) {
    const Linear layer(300, 200, {.init = init, .gain = gain});
    EXPECT_EQ(layer.bias.pow(2).sum().item(), 0);
    return std::sqrt(layer.weight.pow(2).mean().item());
  };
  const double gain = nn::gain(lossact::relu);
  EXPECT_NEAR(deviation(Init::kaiming_uniform, gain), std::sqrt(2.0 / 300), 1e-3);
  EXPECT_NEAR(deviation(Init::kaiming_normal, gain), std::sqrt(2.0 / 300), 1e-3);
  EXPECT_NEAR(deviation(Init::xavier_uniform, 1), std::sqrt(2.0 / 500), 1e-3);
  EXPECT_NEAR(deviation(Init::xavier_normal, 1), std::sqrt(2.0 / 500), 1e-3);
}

TEST(Gain, ComesFromTheFunctionItself) {
  EXPECT_NEAR(gain(lossact::identity), 1, 1e-12);
  EXPECT_NEAR(gain(lossact::relu), std::sqrt(2), 1e-12);
  EXPECT_NEAR(gain(lossact::leaky_relu.with({.negative_slope = 0.2})), std::sqrt(2 / 1.04), 1e-12);
  EXPECT_NEAR(gain(lossact::prelu), std::sqrt(2 / (1 + 0.25 * 0.25)), 1e-12);
  EXPECT_NEAR(gain(lossact::tanh), 1.5925, 1e-4);
  for (const std::string_view name : activation_names()) {
    const double factor = activation_module(name)->gain();
    EXPECT_GT(factor, 0.5) << name;
    EXPECT_LT(factor, 3) << name;
  }
}

TEST(Sequential, IsMadeOfFunctionObjects) {
  manual_seed(1);
  const Linear layer(16, 5);
  Sequential net{layer, lossact::leaky_relu.with({.negative_slope = 0.2}), lossact::mish, lossact::softmax,
                 [](const Tensor& x) { return x * 2; }};
  const Tensor x = randn({8, 16});
  const Tensor expected = lossact::softmax(lossact::mish(
                              lossact::leaky_relu(linear(x, layer.weight, layer.bias), {.negative_slope = 0.2}))) *
                          2;
  EXPECT_TRUE(same(net(x), expected));
  EXPECT_EQ(net.size(), 5u);
  EXPECT_EQ(net.parameters().size(), 2u);
  Sequential outer{net, Linear(5, 2, {.bias = false})};
  EXPECT_EQ(outer.parameters().size(), 3u);
  EXPECT_EQ(to_string(outer(x).shape()), "(8, 2)");
}

struct Residual : Module {
  Linear inner{4, 4};
  Tensor forward(const Tensor& x) override { return x + lossact::tanh(inner(x)); }
  std::vector<Named<Module*>> children() override { return {{"inner", &inner}}; }
};

TEST(Module, MayBeOnesOwn) {
  manual_seed(1);
  Sequential net{Residual(), Residual()};
  EXPECT_EQ(net.parameters().size(), 4u);
  net.eval();
  EXPECT_FALSE(net[0].children()[0].value->training());
  net.train();
  EXPECT_TRUE(net[0].children()[0].value->training());
  net(ones({1, 4})).sum().backward();
  EXPECT_TRUE(net.parameters()[0].grad().defined());
  net.zero_grad();
  EXPECT_FALSE(net.parameters()[0].grad().defined());
}

TEST(Module, HasAStateByName) {
  manual_seed(1);
  Sequential source{Residual(), lossact::prelu, Linear(4, 2, {.bias = false})},
      target{Residual(), lossact::prelu, Linear(4, 2, {.bias = false})};
  std::vector<std::string> names;
  for (const auto& [name, parameter] : source.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.inner.weight", "0.inner.bias", "1.weight", "2.weight"}));
  const Tensor x = randn({3, 4}), before = target(x);
  StateDict missing = source.state_dict(), unknown = missing, another = missing, wide = missing;
  missing.erase("1.weight");
  unknown.emplace("3.weight", ones({1}));
  another["2.weight"] = ones({2, 3});
  wide["2.weight"] = ones({2, 4}, kDouble);
  EXPECT_THROW(target.load_state_dict(missing), domain_error);
  EXPECT_THROW(target.load_state_dict(unknown), domain_error);
  EXPECT_THROW(target.load_state_dict(another), shape_error);
  EXPECT_THROW(target.load_state_dict(wide), type_error);
  EXPECT_TRUE(same(target(x), before));
  target.load_state_dict(read_safetensors(write_safetensors(source.state_dict()), "x"));
  EXPECT_TRUE(same(target(x), source(x)));
}

TEST(Module, KeepsItsParametersWhenTheirDataIsReplaced) {
  Linear layer(2, 2);
  SGD sgd(layer.parameters(), {.lr = 1});
  layer.weight.set_data(zeros({2, 2}, {.dtype = float64}));
  layer.bias.set_data(zeros({2}, {.dtype = float64}));
  layer(ones({1, 2}, {.dtype = float64})).sum().backward();
  sgd.step();
  EXPECT_EQ(layer.weight.sum().item(), -4);
  EXPECT_THROW((layer.weight * 2).set_data(layer.bias), domain_error);
  EXPECT_THROW(layer.weight.set_data(tensor({1})), type_error);
}

TEST(ActivationModule, LearnsAWeight) {
  ActivationModule one(lossact::prelu), each(lossact::prelu, {.num_parameters = 3});
  EXPECT_EQ(one.parameters().size(), 1u);
  EXPECT_EQ(one.weight.item(), 0.25);
  EXPECT_EQ(each.weight.numel(), 3u);
  const Tensor x = full({2, 3, 2}, -1.0);
  each.weight.copy_(tensor({0.1, 0.2, 0.3}));
  EXPECT_TRUE(same(each(x)[0], tensor({{-0.1, -0.1}, {-0.2, -0.2}, {-0.3, -0.3}})));
  each(x).sum().backward();
  for (const float g : each.weight.grad().data<float>()) EXPECT_EQ(g, -4.0f);
  Sequential net{Linear(2, 2), lossact::prelu};
  EXPECT_EQ(net.parameters().size(), 3u);
}

TEST(ActivationModule, DrawsSlopesInTrainingOnly) {
  manual_seed(1);
  ActivationModule module(lossact::rrelu);
  const Tensor x = full({64}, -1.0);
  EXPECT_FALSE(same(module(x), module(x)));
  module.eval();
  EXPECT_TRUE(same(module(x), module(x)));
  EXPECT_NEAR(module(x)[0].item(), -(1.0 / 8 + 1.0 / 3) / 2, 1e-6);
  module.train();
  manual_seed(2);
  const Tensor once = module(x);
  manual_seed(2);
  EXPECT_TRUE(same(once, module(x)));
  ActivationModule fixed(lossact::rrelu.with({.seed = 5}));
  EXPECT_TRUE(same(fixed(x), fixed(x)));
}

TEST(ActivationModule, RunsAlongADimension) {
  ActivationModule columns(lossact::softmax, {.dim = 0});
  const Tensor sums = columns(randn({3, 4})).sum(0);
  for (const float sum : sums.data<float>()) EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(Dropout, ActsInTrainingOnly) {
  manual_seed(1);
  Dropout half(0.5);
  const Tensor x = ones({10000}), y = half(x);
  std::size_t zero = 0;
  for (const float v : y.data<float>()) {
    EXPECT_TRUE(v == 0 || v == 2);
    zero += v == 0;
  }
  EXPECT_NEAR(static_cast<double>(zero), 5000, 200);
  EXPECT_FALSE(same(y, half(x)));
  half.eval();
  EXPECT_TRUE(same(x, half(x)));
  EXPECT_EQ(dropout(x, 1, 1).sum().item(), 0);
}

TEST(ByName, IsTheFunctionItself) {
  manual_seed(1);
  const Tensor x = randn({4, 6});
  std::apply(
      [&](const auto&... f) {
        const auto one = [&]<class P>(const Callable<P>& function) {
          const auto module = activation_module(P::about.name);
          module->eval();
          if constexpr (lossact::testing::learns<P>) {
            EXPECT_EQ(module->parameters().size(), 1u);
            EXPECT_TRUE(same((*module)(x), function(x, full({1}, lossact::testing::start_of<P>)))) << P::about.name;
          } else {
            EXPECT_TRUE(same((*module)(x), function(x))) << P::about.name;
          }
        };
        (one(f), ...);
      },
      lossact::testing::activations);
  EXPECT_EQ(activation_names().size(), std::tuple_size_v<std::remove_cvref_t<decltype(lossact::testing::activations)>>);
  for (const std::string_view name : row_activation_names())
    EXPECT_TRUE(same((*activation_module(name))(x), (*activation_module(name, {}, faithful))(x)));
  EXPECT_TRUE(same((*activation_module("leaky_relu", {{"negative_slope", "0.2"}}))(x),
                   lossact::leaky_relu(x, {.negative_slope = 0.2})));
}

TEST(ByName, LossesFitTheirInput) {
  manual_seed(1);
  const Tensor logits = randn({4, 6}), classes = tensor({0, 5, 2, 2});
  for (const std::string_view name : loss_names()) {
    const Loss loss = nn::loss(name);
    EXPECT_EQ(loss.name(), name);
    const auto last = output_module(loss.input());
    const Tensor value = loss(last ? (*last)(logits) : logits, loss.takes_classes() ? classes : one_hot(classes, 6));
    EXPECT_TRUE(std::isfinite(value.item())) << name;
  }
  EXPECT_EQ(output_module(Meaning::logits), nullptr);
  // nll_loss of log_softmax is cross_entropy.
  EXPECT_NEAR(loss("nll_loss")((*output_module(Meaning::log_probabilities))(logits), classes).item(),
              loss("cross_entropy")(logits, classes).item(), 1e-6);
}

TEST(Loss, OwnsItsWeights) {
  manual_seed(1);
  const Tensor logits = randn({4, 3}), classes = tensor({0, 1, 2, 1});
  std::vector<double> weights = {1, 2, 3};
  const double expected = lossact::cross_entropy(logits, classes, {.weight = weights}).item();
  const Loss loss(lossact::cross_entropy.with({.weight = weights}));
  std::ranges::fill(weights, 0.0);
  EXPECT_EQ(loss(logits, classes).item(), expected);
  const Loss named = nn::loss("cross_entropy", {{"weight", "1,2,3"}});
  EXPECT_EQ(named(logits, classes).item(), expected);
}

TEST(Loss, ReducesAsAsked) {
  manual_seed(1);
  const Tensor x = randn({4, 3}), y = randn({4, 3});
  const Tensor each = lossact::mse_loss(x, y, {.reduction = Reduction::none});
  EXPECT_EQ(each.shape(), x.shape());
  EXPECT_NEAR(each.sum().item(), lossact::mse_loss(x, y, {.reduction = Reduction::sum}).item(), 1e-5);
  EXPECT_NEAR(each.mean().item(), lossact::mse_loss(x, y).item(), 1e-6);
  const Tensor p = lossact::softmax(y), log_q = lossact::log_softmax(x);
  EXPECT_NEAR(lossact::kl_div(log_q, p, {.reduction = Reduction::batchmean}).item(),
              lossact::kl_div(log_q, p, {.reduction = Reduction::sum}).item() / 4, 1e-6);
}

TEST(DataLoader, GoesThroughEveryExampleOnce) {
  const Tensor input = arange(10).reshape({10, 1}), target = arange(10, {.dtype = int64});
  DataLoader loader(input, target, {.batch_size = 4, .shuffle = true, .seed = 1});
  EXPECT_EQ(loader.size(), 3u);
  std::vector<std::vector<std::int64_t>> epochs;
  for (int epoch = 0; epoch < 2; ++epoch) {
    auto& order = epochs.emplace_back();
    for (const auto& [x, y] : loader)
      for (std::size_t i = 0; i < y.numel(); ++i) {
        order.push_back(y.data<std::int64_t>()[i]);
        EXPECT_EQ(x[i].item(), static_cast<double>(order.back()));
      }
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), 10u);
  }
  EXPECT_NE(epochs[0], epochs[1]);
  DataLoader again(input, target, {.batch_size = 10, .shuffle = true, .seed = 1});
  const Tensor first = (*again.begin()).target;
  EXPECT_TRUE(std::ranges::equal(first.data<std::int64_t>(), epochs[0]));
  // Philox and its use are fixed, so this order is the same on every machine.
  EXPECT_EQ(epochs[0], (std::vector<std::int64_t>{6, 0, 5, 3, 7, 2, 9, 1, 4, 8}));
  DataLoader plain(input, target, {.batch_size = 4, .drop_last = true});
  EXPECT_EQ(plain.size(), 2u);
  EXPECT_EQ((*plain.begin()).target[3].item(), 3);
}

TEST(Random, IsAFunctionOfTheSeed) {
  manual_seed(7);
  const Tensor a = randn({1000}), b = rand({1000}), c = randint(-2, 3, {1000}), d = randperm(100);
  manual_seed(7);
  EXPECT_TRUE(same(a, randn({1000})));
  EXPECT_TRUE(same(b, rand({1000})));
  EXPECT_FALSE(same(b, rand({1000})));
  EXPECT_NEAR(a.mean().item(), 0, 0.1);
  EXPECT_NEAR(a.pow(2).mean().item(), 1, 0.15);
  EXPECT_NEAR(b.mean().item(), 0.5, 0.05);
  const auto [low, high] = std::ranges::minmax(c.data<std::int64_t>());
  EXPECT_EQ(low, -2);
  EXPECT_EQ(high, 2);
  const std::span<std::int64_t> order = d.data<std::int64_t>();
  EXPECT_EQ(std::set(order.begin(), order.end()).size(), 100u);
}

TEST(SingleThreadedBlas, LeavesTheThreadsAsTheyWere) {
  const int found = openblas_get_num_threads();
  openblas_set_num_threads(2);
  const int before = openblas_get_num_threads();  // 2 where there are two
  {
    const SingleThreadedBlas outer;
    EXPECT_EQ(openblas_get_num_threads(), 1);
    {
      const SingleThreadedBlas inner;
    }
    EXPECT_EQ(ones({2, 2}).matmul(ones({2, 2})).sum().item(), 8);
    EXPECT_EQ(openblas_get_num_threads(), 1);
  }
  EXPECT_EQ(openblas_get_num_threads(), before);
  EXPECT_EQ(ones({2, 2}).matmul(ones({2, 2})).sum().item(), 8);
  EXPECT_EQ(openblas_get_num_threads(), before);
  openblas_set_num_threads(found);
}

}  // namespace
}  // namespace lossact::nn::test

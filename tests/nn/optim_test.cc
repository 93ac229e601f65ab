// Optimisers against PyTorch's formulas, written out here once more in plain double.
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

constexpr std::array kStart = {0.5, -1.5, 2.0};
/// Some gradient that changes from step to step.
double gradient(int step, std::size_t i) { return std::sin(1.3 * step + static_cast<double>(i)) + 0.1; }

template <class Optimizer, class Options, class Formula>
void follows(Options options, Formula formula) {
  const Tensor w = tensor({kStart[0], kStart[1], kStart[2]}, kLeaf);
  Optimizer optimizer({w}, options);
  std::array<double, 3> expected = kStart;
  for (int step = 1; step <= 6; ++step) {
    Tensor slope = zeros({3}, kDouble);
    for (std::size_t i = 0; i < 3; ++i) slope.data<double>()[i] = gradient(step, i);
    optimizer.zero_grad();
    (w * slope).sum().backward();
    optimizer.step();
    for (std::size_t i = 0; i < 3; ++i) {
      expected[i] = formula(step, i, expected[i], gradient(step, i));
      ASSERT_NEAR(w.data<double>()[i], expected[i], 1e-14) << "step " << step << ", element " << i;
    }
  }
}

TEST(Optimizer, Sgd) {
  follows<SGD, SGDOptions>({.lr = 0.1}, [](int, std::size_t, double w, double g) { return w - 0.1 * g; });
}

TEST(Optimizer, SgdWithMomentumAndWeightDecay) {
  std::array<double, 3> b{};
  follows<SGD, SGDOptions>({.lr = 0.1, .momentum = 0.9, .dampening = 0.2, .weight_decay = 0.05},
                           [&](int step, std::size_t i, double w, double g) {
                             g += 0.05 * w;
                             b[i] = step == 1 ? g : 0.9 * b[i] + 0.8 * g;
                             return w - 0.1 * b[i];
                           });
}

TEST(Optimizer, SgdWithNesterov) {
  std::array<double, 3> b{};
  follows<SGD, SGDOptions>({.lr = 0.1, .momentum = 0.9, .nesterov = true},
                           [&](int step, std::size_t i, double w, double g) {
                             b[i] = step == 1 ? g : 0.9 * b[i] + g;
                             return w - 0.1 * (g + 0.9 * b[i]);
                           });
}

double adam(int step, double& m, double& v, double w, double g, double lr) {
  m = 0.9 * m + 0.1 * g;
  v = 0.999 * v + 0.001 * g * g;
  const double corrected = m / (1 - std::pow(0.9, step));
  return w - lr * corrected / (std::sqrt(v / (1 - std::pow(0.999, step))) + 1e-8);
}

TEST(Optimizer, Adam) {
  std::array<double, 3> m{}, v{};
  follows<Adam, AdamOptions>(
      {.lr = 0.01}, [&](int step, std::size_t i, double w, double g) { return adam(step, m[i], v[i], w, g, 0.01); });
}

TEST(Optimizer, AdamWithWeightDecay) {
  std::array<double, 3> m{}, v{};
  follows<Adam, AdamOptions>({.weight_decay = 0.1}, [&](int step, std::size_t i, double w, double g) {
    return adam(step, m[i], v[i], w, g + 0.1 * w, 1e-3);
  });
}

TEST(Optimizer, AdamW) {
  std::array<double, 3> m{}, v{};
  follows<AdamW, AdamWOptions>({}, [&](int step, std::size_t i, double w, double g) {
    return adam(step, m[i], v[i], w * (1 - 1e-3 * 0.01), g, 1e-3);
  });
}

// The numbers that PyTorch 2.13 prints for three steps from w = 1 with gradients 1, -2 and 0.5 (float64, lr 0.1).
TEST(Optimizer, AgreesWithPyTorch) {
  const auto run = [](auto make) {
    const Tensor w = tensor({1.0}, kLeaf);
    auto optimizer = make(std::vector<Tensor>{w});
    for (const double g : {1.0, -2.0, 0.5}) {
      optimizer->zero_grad();
      (w * g).sum().backward();
      optimizer->step();
    }
    return w.item();
  };
  using P = std::vector<Tensor>;
  EXPECT_NEAR(
      run([](P p) { return std::make_unique<SGD>(p, SGDOptions{.lr = 0.1, .momentum = 0.9, .nesterov = true}); }),
      1.1031, 1e-13);
  EXPECT_NEAR(run([](P p) { return std::make_unique<Adam>(p, AdamOptions{.lr = 0.1}); }), 0.9502794196738216, 1e-13);
  EXPECT_NEAR(run([](P p) { return std::make_unique<AdamW>(p, AdamWOptions{.lr = 0.1}); }), 0.9474457083193505, 1e-13);
}

TEST(Optimizer, LeavesAloneWhatHasNoGradient) {
  const Tensor a = tensor({1.0}, kLeaf), b = tensor({1.0}, kLeaf);
  AdamW optimizer({a, b}, {.lr = 0.1});
  (a * 2).sum().backward();
  optimizer.step();
  EXPECT_NE(a.item(), 1);
  EXPECT_EQ(b.item(), 1);
}

}  // namespace
}  // namespace lossact::nn::test

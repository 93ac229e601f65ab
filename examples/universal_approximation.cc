// One hidden layer of 64 learns the sine on [-pi, pi] with every nonlinear activation of the library. Without a bend
// between them two layers are one straight line, however wide they are, and get no further than the best line.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numbers>
#include <string>
#include "lossact/nn/nn.h"

namespace nn = lossact::nn;

namespace {

constexpr std::size_t kPoints = 256;
constexpr int kSteps = 4000;

/// Whether f is a straight line, found by trying: its slope is the same everywhere.
bool is_straight(const lossact::Function& f) {
  nn::ActivationModule activation{lossact::Options(f)};
  const nn::Tensor x = nn::tensor({-30.0, -3.0, -1.0, -0.1, 0.25, 1.0, 3.0, 30.0}).requires_grad_();
  activation.forward(x).sum().backward();
  const auto slopes = x.grad().data<float>();
  return std::ranges::all_of(slopes, [&](float slope) { return slope == slopes[0]; });
}

double root_mean_square(const nn::Tensor& errors) { return std::sqrt(errors.pow(2).mean().item()); }

/// What is left of the sine after the best line by least squares.
double error_of_best_line(const nn::Tensor& x, const nn::Tensor& y) {
  const double slope = (x * y).sum().item() / (x * x).sum().item();  // both have mean 0
  return root_mean_square(y - x * slope);
}

/// The root mean square error of a trained 1-64-1 network.
double train(const lossact::Function& f, const nn::Tensor& x, const nn::Tensor& y) {
  const nn::Session session(1);
  nn::Sequential net{nn::Linear(1, 64), std::make_shared<nn::ActivationModule>(lossact::Options(f)), nn::Linear(64, 1)};
  nn::Adam adam(net.parameters());
  for (int step = 0; step < kSteps; ++step) {
    // A long stride at first, a short one at the end: half a cosine.
    adam.set_lr(0.01 * (1 + std::cos(std::numbers::pi * step / kSteps)));
    adam.zero_grad();
    lossact::mse_loss(net(x), y).backward();
    adam.step();
  }
  net.eval();
  const nn::NoGrad guard;
  return root_mean_square(net(x) - y);
}

}  // namespace

int main() {
  const nn::Tensor x = nn::linspace(-std::numbers::pi, std::numbers::pi, kPoints).reshape({kPoints, 1});
  const nn::Tensor y = nn::zeros({kPoints, 1});
  for (std::size_t i = 0; i < kPoints; ++i)
    y.data<float>()[i] = static_cast<float>(std::sin(static_cast<double>(x.data<float>()[i])));
  const double line = error_of_best_line(x, y);
  std::printf("A 1-64-1 network learns sin on [-pi, pi]: root mean square error after %d steps\n", kSteps);
  std::printf("the best straight line  %.4f\n\n", line);

  bool good = true;
  for (const lossact::Function* const f : lossact::functions()) {
    if (!f->is_activation() || f->along_axis()) continue;
    const double error = train(*f, x, y);
    const bool straight = is_straight(*f);
    // Random slopes are noise that never ends, so their network comes less close.
    const double limit = f->is_random() ? 0.03 : 0.01;
    const bool as_claimed = straight ? error > 0.999 * line : error < limit;
    good = good && as_claimed;
    std::printf("%-22s  %.4f  %s\n", std::string(f->name).c_str(), error,
                straight ? (as_claimed ? "no better than a line" : "better than a line?")
                         : (as_claimed ? "learned" : "not learned!"));
  }
  return good ? 0 : 1;
}

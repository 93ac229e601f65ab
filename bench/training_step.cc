// How long one training step of the program's default network takes: 64 inputs, four hidden layers of 64, 10 classes,
// batches of 32, Adam.
//
//   training_step                        a line for each activation, with the first loss that `compare` uses
//   training_step ACTIVATION LOSS        one line
//   training_step ACTIVATION LOSS STEPS  the microseconds of each step, one a line, for training_step.py
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>
#include "lossact/nn/nn.h"

namespace nn = lossact::nn;

namespace {

/// Microseconds of each step.
std::vector<double> measure(std::string_view activation, std::string_view loss_name, int steps) {
  const nn::Session session(0);
  nn::Sequential net;
  for (int layer = 0; layer < 4; ++layer) net.add(nn::Linear(64, 64)).add(nn::activation_module(activation));
  net.add(nn::Linear(64, 10));
  const nn::Loss loss = nn::loss(loss_name);
  nn::Adam adam(net.parameters());
  const nn::Tensor input = nn::randn({32, 64}), target = nn::randint(0, 10, {32});

  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(steps));
  for (int step = -100; step < steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    adam.zero_grad();
    loss(net(input), target).backward();
    adam.step();
    const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
    if (step >= 0) times.push_back(taken.count());
  }
  return times;
}

void report(std::string_view activation, std::string_view loss) {
  std::vector<double> times = measure(activation, loss, 5000);
  std::sort(times.begin(), times.end());
  const std::size_t n = times.size();
  std::printf("%-14s %-14s median %6.1f us a step, 10 %% %6.1f, 90 %% %6.1f\n", std::string(activation).c_str(),
              std::string(loss).c_str(), times[n / 2], times[n / 10], times[n * 9 / 10]);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 4) {
    for (const double time : measure(argv[1], argv[2], std::atoi(argv[3]))) std::printf("%.3f\n", time);
  } else if (argc == 3) {
    report(argv[1], argv[2]);
  } else {
    const auto all = lossact::functions();
    const auto loss = std::find_if(all.begin(), all.end(), [](const lossact::Function& f) {
      return f.compared && nn::loss(f.name).takes_classes();
    });
    for (const std::string_view activation : nn::activation_names()) report(activation, loss->name);
  }
} catch (const lossact::error& e) {
  std::fprintf(stderr, "training_step: %s\n", e.what());
  return 1;
}

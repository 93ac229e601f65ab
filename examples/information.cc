// Information, entropy, cross entropy and divergence, from the first question to the loss of a classifier.
#include <lossact/lossact.h>
#include <cmath>
#include <cstdio>
#include <vector>

namespace information = lossact::information;

/// Prints a claim with what was computed, and remembers whether all of them held.
class Lesson {
 public:
  void claim(const char* text, double value, double expected, double tolerance) {
    const bool holds = std::abs(value - expected) <= tolerance;
    std::printf("  %-62s %9.4f%s\n", text, value, holds ? "" : "   <- does not hold");
    failed_ |= !holds;
  }
  int exit_code() const { return failed_; }

 private:
  bool failed_ = false;
};

/// Gradient descent on the logits of q, until q is what f's gradient asks for.
template <class Function>
std::vector<double> descend(const Function& f, const std::vector<double>& p) {
  const std::size_t n = p.size();
  std::vector<double> logits(n), q(n), grad_q(n), grad_logits(n);
  const lossact::Rows<const double> x{logits.data(), 1, n}, dq{grad_q.data(), 1, n};
  const lossact::Rows<double> y{q.data(), 1, n}, dx{grad_logits.data(), 1, n};
  for (int step = 0; step < 4000; ++step) {
    lossact::softmax(x, y);
    f.gradient(p, q, grad_q);
    lossact::softmax.backward(dq, x, dx);
    for (std::size_t c = 0; c < n; ++c) logits[c] -= 0.5 * grad_logits[c];
  }
  return q;
}

int main() {
  Lesson lesson;

  std::puts("Information: how much an event tells, -log of its probability. What is certain tells nothing.");
  lesson.claim("content of a certain event, nats", information::content(1), 0, 0);
  lesson.claim("content of one face of a coin, bits", information::content(0.5, {.base = 2}), 1, 1e-15);
  lesson.claim("content of one face of a die, bits", information::content(1.0 / 6, {.base = 2}), std::log2(6), 1e-15);

  std::puts("\nEntropy: what an event tells on average.");
  lesson.claim("a fair coin, bits", information::entropy({0.5, 0.5}, {.base = 2}), 1, 1e-15);
  lesson.claim("a coin that nearly always shows heads, bits", information::entropy({0.99, 0.01}, {.base = 2}), 0.0808,
               5e-5);

  std::puts(
      "\nCross entropy: what it tells to one who expected q where p is the case. Divergence: what of it is waste.");
  const std::vector<double> p = {0.5, 0.3, 0.15, 0.05}, q = {0.25, 0.25, 0.25, 0.25};
  const double entropy = information::entropy(p), cross = information::cross_entropy(p, q),
               divergence = information::kl_divergence(p, q);
  lesson.claim("entropy of p, nats", entropy, 1.1421, 5e-5);
  lesson.claim("cross entropy of p and q", cross, std::log(4), 1e-15);
  lesson.claim("divergence of q from p", divergence, 0.2442, 5e-5);
  lesson.claim("cross entropy = entropy + divergence: the difference", cross - (entropy + divergence), 0, 1e-15);

  std::puts("\nA label is a distribution too, P = (1, 0, 0); a classifier says Q = (0.7, 0.2, 0.1).");
  lesson.claim("divergence, which is the cross entropy, as P has no entropy",
               information::kl_divergence({1, 0, 0}, {0.7, 0.2, 0.1}), 0.36, 0.005);

  std::puts("\nFor a fixed P both have the same gradient in Q, so minimising either brings Q to P.");
  std::vector<double> of_cross(4), of_divergence(4);
  information::cross_entropy.gradient(p, q, of_cross);
  information::kl_divergence.gradient(p, q, of_divergence);
  for (std::size_t c = 0; c < 4; ++c)
    lesson.claim("difference of the two gradients", of_cross[c] - of_divergence[c], 0, 0);
  const auto by_cross = descend(information::cross_entropy, p), by_divergence = descend(information::kl_divergence, p);
  for (std::size_t c = 0; c < 4; ++c) {
    lesson.claim("Q after descent on the cross entropy", by_cross[c], p[c], 1e-9);
    lesson.claim("Q after descent on the divergence", by_divergence[c], p[c], 1e-9);
  }

  std::puts("\nA network's loss is the same number, taken from logits without ever computing the probabilities.");
  const std::vector<double> logits = {std::log(0.7), std::log(0.2), std::log(0.1)};
  lesson.claim("cross_entropy(logits, class 0)",
               lossact::cross_entropy(lossact::Rows<const double>{logits.data(), 1, 3}, std::vector<int>{0}),
               -std::log(0.7), 1e-15);
  return lesson.exit_code();
}

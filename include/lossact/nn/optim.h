// Optimisers with PyTorch's formulas and defaults.
#ifndef LOSSACT_NN_OPTIM_H_
#define LOSSACT_NN_OPTIM_H_
#include <cstdint>
#include <vector>
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// Trains parameters by their gradients. A parameter without a gradient stays as it is.
class LOSSACT_API Optimizer {
 public:
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// One step along the gradients.
  virtual void step() = 0;
  /// Forgets all gradients; the next backward() starts anew.
  void zero_grad();
  double lr() const { return lr_; }
  /// domain_error below 0.
  void set_lr(double lr);
  const std::vector<Tensor>& parameters() const { return parameters_; }

 protected:
  /// domain_error for a tensor that an operation has made, or of other elements than float32 and float64.
  Optimizer(std::string_view name, std::vector<Tensor> parameters, double lr);

 private:
  std::vector<Tensor> parameters_;
  double lr_;
};

struct SGDOptions {
  double lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false;
};
/// g = grad + weight_decay w; b = momentum b + (1 - dampening) g, b = g at first; w -= lr b, or with nesterov
/// w -= lr (g + momentum b).
class LOSSACT_API SGD : public Optimizer {
 public:
  explicit SGD(std::vector<Tensor> parameters, SGDOptions options = {});
  void step() override;

 private:
  struct Momentum {
    Tensor buffer;
    bool started = false;
  };
  SGDOptions options_;
  std::vector<Momentum> momentum_;
};

struct AdamOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
};
/// g = grad + weight_decay w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; at step t
/// w -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps). Kingma and Ba 2015, arXiv:1412.6980.
class LOSSACT_API Adam : public Optimizer {
 public:
  explicit Adam(std::vector<Tensor> parameters, AdamOptions options = {});
  void step() override;

 protected:
  Adam(std::string_view name, std::vector<Tensor> parameters, AdamOptions options, bool decoupled);

 private:
  struct Moments {
    Tensor first, second;
    std::uint64_t steps = 0;
  };
  AdamOptions options_;
  bool decoupled_;  // weight decay acts on the weight itself, not through the gradient
  std::vector<Moments> moments_;
};

struct AdamWOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0.01;
};
/// Adam whose weight decay is w -= lr weight_decay w. Loshchilov and Hutter 2019, arXiv:1711.05101.
class LOSSACT_API AdamW : public Adam {
 public:
  explicit AdamW(std::vector<Tensor> parameters, AdamWOptions options = {});
};

}  // namespace lossact::nn
#endif

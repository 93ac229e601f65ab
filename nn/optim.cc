#include "lossact/nn/optim.h"
#include <cmath>
#include <string>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {
namespace {

void check(std::string_view optimizer, std::string_view what, double value, double below = HUGE_VAL) {
  if (value >= 0 && value < below) return;
  throw domain_error("[" + std::string(optimizer) + "] " + std::string(what) + " is " + std::to_string(value) +
                     ", expected a number " + (below == HUGE_VAL ? "of 0 or more" : "in [0, 1)"));
}

Tensor zeros_like(const Tensor& tensor) { return zeros(tensor.shape(), {.dtype = tensor.dtype()}); }

}  // namespace

Optimizer::Optimizer(std::string_view name, std::vector<Tensor> parameters, double lr)
    : parameters_(std::move(parameters)), lr_(lr) {
  check(name, "lr", lr);
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (!detail::is_floating_point(parameters_[i].dtype()) || !parameters_[i].is_leaf())
      throw domain_error("[" + std::string(name) + "] parameter " + std::to_string(i) +
                         " is no leaf of float32 or float64");
}

void Optimizer::zero_grad() {
  for (const Tensor& parameter : parameters_) parameter.zero_grad();
}

void Optimizer::set_lr(double lr) {
  check("Optimizer", "lr", lr);
  lr_ = lr;
}

SGD::SGD(std::vector<Tensor> parameters, SGDOptions options)
    : Optimizer("SGD", std::move(parameters), options.lr), options_(options) {
  check("SGD", "momentum", options.momentum);
  check("SGD", "weight_decay", options.weight_decay);
  if (options.nesterov && (options.momentum <= 0 || options.dampening != 0))
    throw domain_error("[SGD] nesterov needs a momentum above 0 and no dampening");
  if (options.momentum == 0) return;
  // Allocated here, so that the first step takes no block of memory that later steps would need.
  for (const Tensor& parameter : this->parameters()) momentum_.push_back({zeros_like(parameter), false});
}

void SGD::step() {
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    const Tensor& parameter = parameters()[i];
    const Tensor grad = parameter.grad();
    if (!grad.defined()) continue;
    const bool first = options_.momentum != 0 && !std::exchange(momentum_[i].started, true);
    detail::changed(parameter);
    detail::by_type("SGD", parameter, [&]<class T>(T) {
      const T rate = static_cast<T>(lr()), momentum = static_cast<T>(options_.momentum),
              decay = static_cast<T>(options_.weight_decay), fresh = static_cast<T>(first ? 1 : 1 - options_.dampening);
      const std::size_t n = parameter.numel();
      T* __restrict w = parameter.data<T>().data();
      const T* __restrict g = grad.data<T>().data();
      if (options_.momentum == 0) {
        for (std::size_t k = 0; k < n; ++k) w[k] -= rate * (g[k] + decay * w[k]);
        return;
      }
      T* __restrict b = momentum_[i].buffer.template data<T>().data();
      const T ahead = options_.nesterov ? momentum : T(1), now = options_.nesterov ? T(1) : T(0);
      for (std::size_t k = 0; k < n; ++k) {
        const T d = g[k] + decay * w[k];
        b[k] = momentum * b[k] + fresh * d;
        w[k] -= rate * (now * d + ahead * b[k]);
      }
    });
  }
}

Adam::Adam(std::vector<Tensor> parameters, AdamOptions options) : Adam("Adam", std::move(parameters), options, false) {}

Adam::Adam(std::string_view name, std::vector<Tensor> parameters, AdamOptions options, bool decoupled)
    : Optimizer(name, std::move(parameters), options.lr), options_(options), decoupled_(decoupled) {
  check(name, "beta1", options.beta1, 1);
  check(name, "beta2", options.beta2, 1);
  check(name, "eps", options.eps);
  check(name, "weight_decay", options.weight_decay);
  for (const Tensor& parameter : this->parameters())
    moments_.push_back({zeros_like(parameter), zeros_like(parameter), 0});
}

void Adam::step() {
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    const Tensor& parameter = parameters()[i];
    const Tensor grad = parameter.grad();
    if (!grad.defined()) continue;
    auto& [first, second, steps] = moments_[i];
    const auto t = static_cast<double>(++steps);
    const double unbias1 = 1 - std::pow(options_.beta1, t), unbias2 = 1 - std::pow(options_.beta2, t);
    detail::changed(parameter);
    detail::by_type("Adam", parameter, [&]<class T>(T) {
      const T beta1 = static_cast<T>(options_.beta1), rest1 = static_cast<T>(1 - options_.beta1),
              beta2 = static_cast<T>(options_.beta2), rest2 = static_cast<T>(1 - options_.beta2),
              eps = static_cast<T>(options_.eps), rate = static_cast<T>(lr() / unbias1),
              root = static_cast<T>(1 / std::sqrt(unbias2)),
              decay = static_cast<T>(decoupled_ ? 0 : options_.weight_decay),
              keep = static_cast<T>(decoupled_ ? 1 - lr() * options_.weight_decay : 1);
      const std::size_t n = parameter.numel();
      T* __restrict w = parameter.data<T>().data();
      const T* __restrict grads = grad.data<T>().data();
      T* __restrict m = first.template data<T>().data();
      T* __restrict v = second.template data<T>().data();
      for (std::size_t k = 0; k < n; ++k) {
        const T g = grads[k] + decay * w[k];
        m[k] = beta1 * m[k] + rest1 * g;
        v[k] = beta2 * v[k] + rest2 * (g * g);
        w[k] = keep * w[k] - rate * m[k] / (std::sqrt(v[k]) * root + eps);
      }
    });
  }
}

AdamW::AdamW(std::vector<Tensor> parameters, AdamWOptions options)
    : Adam("AdamW", std::move(parameters),
           {options.lr, options.beta1, options.beta2, options.eps, options.weight_decay}, true) {}

}  // namespace lossact::nn

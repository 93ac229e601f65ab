#include "lossact/nn/optim.h"
#include <vector>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::Tensor;

void bind_optimizers(nb::module_& m) {
  nb::class_<nn::Optimizer>(m, "Optimizer")
      .def("step", &nn::Optimizer::step, nb::call_guard<nb::gil_scoped_release>())
      .def("zero_grad", &nn::Optimizer::zero_grad)
      .def_prop_rw("lr", &nn::Optimizer::lr, &nn::Optimizer::set_lr);
  nb::class_<nn::SGD, nn::Optimizer>(m, "SGD").def(
      "__init__",
      [](nn::SGD* self, std::vector<Tensor> parameters, double lr, double momentum, double dampening,
         double weight_decay, bool nesterov) {
        new (self) nn::SGD(std::move(parameters), {lr, momentum, dampening, weight_decay, nesterov});
      },
      "params"_a, nb::kw_only(), "lr"_a, "momentum"_a, "dampening"_a, "weight_decay"_a, "nesterov"_a);
  const auto adam = [&]<class Optimizer, class Options>(Optimizer*, Options, const char* name) {
    nb::class_<Optimizer, nn::Optimizer>(m, name).def(
        "__init__",
        [](Optimizer* self, std::vector<Tensor> parameters, double lr, std::pair<double, double> betas, double eps,
           double weight_decay) {
          new (self) Optimizer(std::move(parameters), Options{lr, betas.first, betas.second, eps, weight_decay});
        },
        "params"_a, nb::kw_only(), "lr"_a, "betas"_a, "eps"_a, "weight_decay"_a);
  };
  adam(static_cast<nn::Adam*>(nullptr), nn::AdamOptions(), "Adam");
  adam(static_cast<nn::AdamW*>(nullptr), nn::AdamWOptions(), "AdamW");
}

}  // namespace lossact::python

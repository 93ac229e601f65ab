// What the modules of lossact.nn call that is no function of the registry.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include "lossact/nn/module.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::Tensor;

void bind_modules(nb::module_& m) {
  m.def(
      "linear",
      [](const Tensor& input, const Tensor& weight, nb::handle bias) {
        const Tensor* offset = as_tensor(bias.ptr());
        if (!offset && !bias.is_none()) throw type_error("[linear] bias is no tensor");
        const nb::gil_scoped_release release;
        return nn::linear(input, weight, offset ? *offset : Tensor());
      },
      "input"_a, "weight"_a, "bias"_a.none() = nb::none(),
      "linear(input, weight, bias=None) = input weight^T + bias: (..., in) (out, in) (out) -> (..., out).");
  m.def("linear_parameters", [](std::size_t in_features, std::size_t out_features, bool bias, nn::DType dtype) {
    const nn::Linear layer(in_features, out_features, {.bias = bias, .dtype = dtype});
    return std::pair(layer.weight, bias ? std::optional(layer.bias) : std::nullopt);
  });
  m.def("dropout", &nn::dropout, "input"_a, "p"_a, "seed"_a);
}

}  // namespace lossact::python

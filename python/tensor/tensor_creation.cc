// New tensors: of given numbers, drawn, or loaded from a file.
#include <string>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include "lossact/nn/random.h"
#include "lossact/nn/safetensors.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::DType;
using nn::Tensor;

namespace {

/// A new tensor needs every size.
nn::Shape whole_shape(nb::handle sizes) {
  const nn::Shape shape = to_shape(sizes);
  for (const std::size_t size : shape)
    if (size == nn::infer) throw shape_error("[Shape] a size is -1, expected 0 or more");
  return shape;
}

std::string path_of(nb::handle path) {
  const nb::object bytes = nb::module_::import_("os").attr("fsencode")(path);
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

}  // namespace

void bind_creation(nb::module_& m) {
  const auto made = [](auto make) {
    return [make](nb::handle size, DType dtype, bool requires_grad) {
      return make(whole_shape(size), nn::TensorOptions{.dtype = dtype, .requires_grad = requires_grad});
    };
  };
  m.def("zeros", made(nn::zeros)).def("ones", made(nn::ones)).def("empty", made(nn::zeros));
  m.def("rand", made(nn::rand)).def("randn", made(nn::randn));
  m.def("tensor", &make_tensor, "data"_a, "dtype"_a.none() = nb::none());
  m.def("randint",
        [](std::int64_t low, std::int64_t high, nb::handle size) { return nn::randint(low, high, whole_shape(size)); });
  m.def("randperm", &nn::randperm, "n"_a);
  m.def("manual_seed", &nn::manual_seed, "seed"_a);
  m.def("fresh_seed", &nn::fresh_seed);
}

void bind_files(nb::module_& m) {
  m.def("save", [](nb::handle path, const nb::dict& tensors) {
    nn::StateDict state;
    for (const auto& [name, value] : tensors) {
      const Tensor* tensor = as_tensor(value.ptr());
      if (!PyUnicode_Check(name.ptr()) || !tensor)
        throw type_error("[save] expected a dictionary of names and tensors, found " +
                         std::string(nb::type_name(name.type()).c_str()) + " and " +
                         std::string(nb::type_name(value.type()).c_str()));
      state.emplace(nb::cast<std::string>(name), *tensor);
    }
    nn::save(path_of(path), state);
  });
  m.def("load", [](nb::handle path) {
    nb::dict tensors;
    for (const auto& [name, tensor] : nn::load(path_of(path))) tensors[nb::str(name.data(), name.size())] = tensor;
    return tensors;
  });
}

}  // namespace lossact::python

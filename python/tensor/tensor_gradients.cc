// Gradients, the graph, and whether it is recorded.
#include <optional>
#include <stdexcept>
#include <nanobind/stl/optional.h>
#include "lossact/nn/detail/autograd.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::Tensor;

namespace {

/// PyTorch's RuntimeError for what is wrong with the graph rather than with a number.
template <class F>
auto of_graph(F f) {
  try {
    return f();
  } catch (const type_error&) {
    throw;
  } catch (const error& e) {
    throw std::runtime_error(e.what());
  }
}

void set_requires_grad(const Tensor& tensor, bool on) {
  of_graph([&] { tensor.requires_grad_(on); });
}

}  // namespace

void bind_gradients(nb::module_& m, nb::class_<Tensor>& tensor) {
  tensor.def_prop_rw("requires_grad", &Tensor::requires_grad, &set_requires_grad)
      .def(
          "requires_grad_",
          [](nb::handle self, bool on) {
            set_requires_grad(*as_tensor(self.ptr()), on);
            return nb::borrow(self);
          },
          "requires_grad"_a = true)
      .def_prop_ro("is_leaf", &Tensor::is_leaf)
      .def_prop_rw(
          "grad",
          [](const Tensor& self) {
            const Tensor grad = self.grad();
            return grad.defined() ? std::optional(grad) : std::nullopt;
          },
          [](const Tensor& self, nb::handle given) {
            const Tensor* grad = as_tensor(given.ptr());
            if (!grad && !given.is_none()) throw type_error("[grad] the gradient is no tensor");
            of_graph([&] { self.set_grad(grad ? *grad : Tensor()); });
          },
          nb::for_setter(nb::arg().none()))
      .def_prop_ro("grad_fn",
                   [](const Tensor& self) -> nb::object {
                     if (self.is_leaf()) return nb::none();
                     return nb::module_::import_("lossact._grad").attr("Node")(self.grad_fn());
                   })
      .def(
          "backward",
          [](const Tensor& self, nb::handle given) {
            const Tensor* gradient = as_tensor(given.ptr());
            if (!gradient && !given.is_none()) throw type_error("[backward] gradient is no tensor");
            const nb::gil_scoped_release release;
            of_graph([&] {
              if (gradient) self.backward(*gradient);
              else self.backward();
            });
          },
          "gradient"_a.none() = nb::none(),
          "Adds the gradient of this in every leaf that requires one to its .grad, and frees the graph.")
      .def("detach", &Tensor::detach)
      .def_prop_rw("data", &Tensor::detach,
                   [](const Tensor& self, const Tensor& data) { of_graph([&] { self.set_data(data); }); })
      .def("clone", &Tensor::clone)
      .def("__deepcopy__", [](nb::handle self, nb::handle) {
        const Tensor& t = *as_tensor(self.ptr());
        if (!t.is_leaf()) throw std::runtime_error("only tensors that a user has made can be copied deeply");
        const Tensor copy = t.detach().clone();
        return self.type()(nb::cast(copy)).attr("requires_grad_")(t.requires_grad());
      });
  m.def("is_grad_enabled", &nn::is_grad_enabled);
  m.def("set_grad_enabled", &nn::detail::set_grad_enabled, "mode"_a);
}

}  // namespace lossact::python

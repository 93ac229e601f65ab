// Sizes, indexing, views, and reductions along dimensions.
#include <optional>
#include <vector>
#include <nanobind/stl/optional.h>
#include "lossact/nn/detail/autograd.h"
#include "python/tensor/bind.h"
#include "python/tensor/tensor.h"

namespace lossact::python {

namespace nb = nanobind;
using namespace nb::literals;
using nn::Tensor;

namespace {

Tensor copy_of_view(Tensor copy, const Tensor& of) {
  if (copy.state()->storage != of.state()->storage) forbid_writing(copy);
  return copy;
}

template <class Whole, class Along>
Tensor reduce(const Tensor& tensor, std::optional<std::ptrdiff_t> dim, bool keepdim, Whole whole, Along along) {
  if (dim) return along(tensor, *dim, keepdim);
  const Tensor result = whole(tensor);
  if (!keepdim) return result;
  nn::Shape shape = tensor.shape();
  for (std::size_t i = 0; i < shape.size(); ++i) shape = shape.with(i, 1);
  return result.reshape(shape);
}

}  // namespace

void bind_shape(nb::class_<Tensor>& tensor) {
  tensor.def_prop_ro("shape", [](const Tensor& self) { return give_shape(self.shape()); })
      .def(
          "size",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim) {
            return dim ? nb::cast(self.size(*dim)) : give_shape(self.shape());
          },
          "dim"_a.none() = nb::none(), "torch.Size of all dimensions, or the size of one.")
      .def("dim", &Tensor::dim)
      .def_prop_ro("ndim", &Tensor::dim)
      .def("numel", &Tensor::numel)
      .def("nelement", &Tensor::numel)
      .def_prop_ro("dtype", &Tensor::dtype)
      .def("__len__",
           [](const Tensor& self) {
             if (self.dim() == 0) throw type_error("[len] the tensor has no dimension");
             return self.shape()[0];
           })
      .def("__iter__",
           [](nb::handle self) {
             const Tensor& t = *as_tensor(self.ptr());
             if (t.dim() == 0) throw type_error("[iter] the tensor has no dimension");
             nb::list rows;
             for (std::size_t i = 0; i < t.shape()[0]; ++i) rows.append(t[i]);
             return nb::iter(rows);
           })
      .def("__getitem__", &get_item, "key"_a.none())
      .def("__setitem__", &set_item, "key"_a.none(), "value"_a)
      .def(
          "reshape", [](const Tensor& self, nb::args sizes) { return self.reshape(to_shape(sizes)); },
          "The same elements in another shape; one size may be -1.")
      .def("view", [](const Tensor& self, nb::args sizes) { return self.reshape(to_shape(sizes)); })
      .def("expand",
           [](const Tensor& self, nb::args sizes) {
             // -1 keeps the size.
             nn::Shape shape = to_shape(sizes);
             for (std::size_t i = 0; i < shape.size() && i < self.dim(); ++i)
               if (const std::size_t at = shape.size() - 1 - i; shape[at] == nn::infer)
                 shape = shape.with(at, self.shape()[self.dim() - 1 - i]);
             return copy_of_view(self.expand(shape), self);
           })
      .def(
          "flatten",
          [](const Tensor& self, std::ptrdiff_t start_dim, std::ptrdiff_t end_dim) {
            if (self.dim() == 0) return self.reshape({1});
            const std::size_t first = self.shape().at("flatten", start_dim), last = self.shape().at("flatten", end_dim);
            if (first > last) throw shape_error("[flatten] start_dim comes after end_dim");
            std::vector<std::size_t> sizes(self.shape().begin(), self.shape().begin() + first);
            std::size_t product = 1;
            for (std::size_t i = first; i <= last; ++i) product *= self.shape()[i];
            sizes.push_back(product);
            sizes.insert(sizes.end(), self.shape().begin() + last + 1, self.shape().end());
            return self.reshape(nn::Shape(std::span<const std::size_t>(sizes)));
          },
          "start_dim"_a = 0, "end_dim"_a = -1)
      .def(
          "unsqueeze",
          [](const Tensor& self, std::ptrdiff_t dim) {
            const nn::Shape one = self.shape().inserted(0, 1);
            return self.reshape(self.shape().inserted(one.at("unsqueeze", dim), 1));
          },
          "dim"_a)
      .def(
          "squeeze",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim) {
            std::vector<std::size_t> sizes;
            const std::size_t only = dim ? self.shape().at("squeeze", *dim) : 0;
            for (std::size_t i = 0; i < self.dim(); ++i)
              if (self.shape()[i] != 1 || (dim && i != only)) sizes.push_back(self.shape()[i]);
            return self.reshape(nn::Shape(std::span<const std::size_t>(sizes)));
          },
          "dim"_a.none() = nb::none())
      .def(
          "transpose",
          [](const Tensor& self, std::ptrdiff_t a, std::ptrdiff_t b) {
            return copy_of_view(self.transpose(a, b), self);
          },
          "dim0"_a, "dim1"_a)
      .def("t", [](const Tensor& self) { return self.dim() < 2 ? self : copy_of_view(self.t(), self); })
      .def_prop_ro("T", [](const Tensor& self) { return self.dim() < 2 ? self : copy_of_view(self.t(), self); })
      .def(
          "sum",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            return reduce(
                self, dim, keepdim, [](const Tensor& t) { return t.sum(); },
                [](const Tensor& t, std::ptrdiff_t d, bool keep) { return t.sum(d, keep); });
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false)
      .def(
          "mean",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            return reduce(
                self, dim, keepdim, [](const Tensor& t) { return t.mean(); },
                [](const Tensor& t, std::ptrdiff_t d, bool keep) { return t.mean(d, keep); });
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false)
      .def(
          "argmax",
          [](const Tensor& self, std::optional<std::ptrdiff_t> dim, bool keepdim) {
            const auto along = [](const Tensor& t, std::ptrdiff_t d, bool keep) {
              const Tensor result = t.argmax(d);
              return keep ? result.reshape(t.shape().with(t.shape().at("argmax", d), 1)) : result;
            };
            return reduce(self, dim, keepdim, [](const Tensor& t) { return t.reshape({-1}).argmax(); }, along);
          },
          "dim"_a.none() = nb::none(), "keepdim"_a = false);
}

}  // namespace lossact::python

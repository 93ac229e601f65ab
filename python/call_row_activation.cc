// Activations of rows on arrays.
#include "lossact/nn/functions.h"
#include "python/call.h"
#include "python/rows.h"

namespace lossact::python {
namespace {

/// The dimension that was asked for. Without one PyTorch guesses, and warns that it does.
std::int64_t read_dim(const Spec& spec, const Slots& slots, std::size_t dims) {
  if (PyObject* dim = spec.at(slots, Role::dim); given(dim)) return read_integer(spec, "dim", dim);
  const bool first = dims == 0 || dims == 1 || dims == 3;
  if (PyErr_WarnFormat(PyExc_UserWarning, 1, "[%s] dim is missing, and taken to be %d: give it", spec.name.c_str(),
                       first ? 0 : 1) != 0)
    throw nanobind::python_error();
  return first ? 0 : 1;
}

template <class P>
PyObject* forward(const Spec& spec, const Slots& slots) {
  constexpr RowActivation<P> f;
  PyObject* input = spec.at(slots, Role::input);
  Options<P> options;
  read_options(spec, slots, options);
  if (!is_numpy_array(input)) {
    if (const nn::Tensor* tensor = as_tensor(input)) {
      check_tensor_call(spec, slots);
      const std::int64_t dim = read_dim(spec, slots, tensor->dim());
      return give_tensor(nn::along(f, *tensor, dim, options.values, options.accuracy));
    }
  }
  nanobind::object cast;
  if (PyObject* dtype = spec.at(slots, Role::dtype); given(dtype)) {
    cast = cast_array(input, dtype);
    input = cast.ptr();
  }
  Array x;
  x.open(spec.name, "input", input, false);
  return by_element(spec, x, [&]<class T>(T) {
    const int axis = checked_axis(spec, x, read_dim(spec, slots, static_cast<std::size_t>(x.dim())));
    Result result(spec, "out", input, x, spec.at(slots, Role::out));
    check_overlap(spec, result.array(), x);
    {
      const Unlocked unlocked(x.count());
      const RowsRead<T> from(x, axis);
      const RowsWritten<T> to(result.array(), axis);
      f(from.view(), to.view(), options.values, options.accuracy);
      to.commit();
    }
    return result.give();
  });
}

template <class P>
PyObject* backward(const Spec& spec, const Slots& slots) {
  constexpr RowActivation<P> f;
  PyObject* input = spec.at(slots, Role::input);
  Options<P> options;
  read_options(spec, slots, options);
  if (as_tensor(input)) refuse_type(spec, "input", input, "an array; the result of a call has backward()");
  Array dy, x;
  dy.open(spec.name, "grad_output", spec.at(slots, Role::grad_output), false);
  x.open(spec.name, "input", input, false);
  return by_element(spec, x, [&]<class T>(T) {
    check_same_element(spec, dy, x);
    check_same_shape(spec, dy, x);
    const int axis = checked_axis(spec, x, read_dim(spec, slots, static_cast<std::size_t>(x.dim())));
    Result result(spec, "out", input, x, spec.at(slots, Role::out));
    check_overlap(spec, result.array(), x);
    check_overlap(spec, result.array(), dy);
    {
      const Unlocked unlocked(x.count());
      const RowsRead<T> from(dy, axis), at(x, axis);
      const RowsWritten<T> to(result.array(), axis);
      f.backward(from.view(), at.view(), to.view(), options.values, options.accuracy);
      to.commit();
    }
    return result.give();
  });
}

template <class P>
void add(std::vector<Spec>& specs, const RowActivation<P>&) {
  const Argument dy = {.name = "grad_output", .role = Role::grad_output}, x = {.name = "input", .role = Role::input};
  specs.push_back(make_spec<P>("row_activation", "forward", {x}, forward<P>));
  specs.push_back(make_spec<P>("row_activation", "backward", {dy, x}, backward<P>));
}

}  // namespace

void add_row_activations(std::vector<Spec>& specs) {
  std::apply([&](const auto&... f) { (add(specs, f), ...); }, row_activations);
}

}  // namespace lossact::python

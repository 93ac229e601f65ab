// Calls on tensors of the training layer.
#include <cstring>
#include "lossact/error.h"
#include "lossact/nn/apply.h"
#include "lossact/options.h"
#include "python/call/call.h"
#include "python/tensor/tensor.h"

namespace lossact::python {
namespace {

/// Throws domain_error for arguments that are for arrays only.
void check_tensor_call(const Spec& spec, const Slots& slots) {
  for (const Role role : {Role::out, Role::dtype})
    if (given(spec.at(slots, role)))
      throw domain_error(said_by(spec) + "a lossact.Tensor makes a new one; out and dtype are for arrays");
  if (PyObject* inplace = spec.at(slots, Role::inplace); inplace && read_flag(spec, "inplace", inplace))
    throw domain_error(said_by(spec) + "inplace is for arrays, not for a lossact.Tensor");
  if (read_identity_above(spec, slots))
    throw domain_error(said_by(spec).append(spec.function->identity_above.name) +
                       " is for arrays, not for a lossact.Tensor");
}

}  // namespace

PyObject* run_on_tensors(const Spec& spec, const Slots& slots, const Settings& settings, const nn::Tensor& input) {
  const Function& f = *spec.function;
  if (spec.gradients.any())
    refuse_type(spec, spec.array_name(0), spec.array(slots, 0), "an array; the result of a call has backward()");
  check_tensor_call(spec, slots);
  lossact::Options options(f);
  std::memcpy(options.data(), settings.bytes, f.options_size);
  std::vector<nn::Tensor> tensors = {input};
  for (std::size_t i = 1; i < f.arguments.size(); ++i) {
    PyObject* object = spec.array(slots, i);
    tensors.emplace_back();
    if (f.arguments[i].optional) {
      Array array;
      if (given(object)) options.set_numbers(i, read_numbers(spec, f.arguments[i].name, object, array));
    } else {
      const nn::Tensor* tensor = as_tensor(object);
      if (!tensor) refuse_type(spec, f.arguments[i].name, object, "a lossact.Tensor");
      tensors.back() = *tensor;
    }
  }
  while (!tensors.back().defined()) tensors.pop_back();
  std::optional<std::ptrdiff_t> dim;
  if (spec.has(Role::dim)) dim = read_dim(spec, slots, input.dim());
  return give_tensor(nn::apply(options, tensors, settings.accuracy, dim));
}

}  // namespace lossact::python

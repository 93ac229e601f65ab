// What the two families of losses have in common: three calls, whose input, target and gradient a family looks at in
// its own way.
#ifndef LOSSACT_PYTHON_LOSS_H_
#define LOSSACT_PYTHON_LOSS_H_
#include "lossact/nn/functions.h"
#include "python/call.h"

namespace lossact::python {

enum class Direction { forward, with_gradient, backward, backward_target };

/// Views is a class template of the family: Views<T>(spec, input, target) checks and holds both, and has `input`,
/// `target`, `gradient(array)` whose `view()` is what the loss writes, `losses` (how many) and `shape` (of them).
template <template <class> class Views, Direction direction, class F>
PyObject* call_loss(const F& f, const Spec& spec, const Slots& slots) {
  using P = typename F::Options;
  PyObject *input = spec.at(slots, Role::input), *target = spec.at(slots, Role::target);
  Options<P> options;
  read_options(spec, slots, options);
  if (!is_numpy_array(input)) {
    if (const nn::Tensor* tensor = as_tensor(input)) {
      if (direction != Direction::forward)
        refuse_type(spec, "input", input, "an array; the result of a call has backward()");
      check_tensor_call(spec, slots);
      const nn::Tensor* other = as_tensor(target);
      if (!other) refuse_type(spec, "target", target, "a lossact.Tensor");
      return give_tensor(f(*tensor, *other, options.values, options.accuracy));
    }
  }
  Array x, y;
  x.open(spec.name, "input", input, false);
  y.open(spec.name, "target", target, false);
  if constexpr (requires { options.values.rows; })
    if (options.values.rows == 0 && x.dim() > 0) options.values.rows = x.size(0);
  PyObject* out = spec.at(slots, Role::out);
  Array dy;
  const Inputs inputs = {{&x, &y, &dy}, &options.arrays};
  return by_element(spec, x, [&]<class T>(T) -> PyObject* {
    const Views<T> views(spec, x, y);
    constexpr bool wide = std::is_same_v<T, double>;
    if constexpr (direction == Direction::forward) {
      if (options.values.reduction == Reduction::none) {
        std::vector<double> losses(views.losses);
        {
          const Unlocked unlocked(x.count());
          f.each(views.input(), views.target(), losses, options.values, options.accuracy);
        }
        return give_losses(spec, input, views.shape, losses, wide, out, inputs);
      }
      double loss;
      {
        const Unlocked unlocked(x.count());
        loss = f(views.input(), views.target(), options.values, options.accuracy);
      }
      return give_number(spec, input, loss, wide, out, inputs);
    } else {
      constexpr bool in_target = direction == Direction::backward_target;
      std::vector<double> grad_output;
      if constexpr (direction != Direction::with_gradient) {
        const bool each = options.values.reduction == Reduction::none;
        grad_output = read_grad_output(spec, spec.at(slots, Role::grad_output), each ? &views.shape : nullptr, dy);
      }
      Result result(spec, "out", in_target ? target : input, in_target ? y : x, out);
      check_overlap(spec, result.array(), inputs);
      double loss = 0;
      {
        const Unlocked unlocked(x.count());
        const auto gradient = views.gradient(result.array());
        if constexpr (direction == Direction::with_gradient)
          loss = f.with_gradient(views.input(), views.target(), gradient.view(), options.values, options.accuracy);
        else if constexpr (in_target)
          f.backward_target(std::span<const double>(grad_output), views.input(), views.target(), gradient.view(),
                            options.values, options.accuracy);
        else
          f.backward(std::span<const double>(grad_output), views.input(), views.target(), gradient.view(),
                     options.values, options.accuracy);
        gradient.commit();
      }
      if constexpr (direction == Direction::with_gradient)
        return pair(give_number(spec, input, loss, wide, nullptr), result.give());
      return result.give();
    }
  });
}

template <template <class> class Views, Direction direction, class F>
PyObject* run_loss(const Spec& spec, const Slots& slots) {
  return call_loss<Views, direction>(F(), spec, slots);
}

template <template <class> class Views, class F>
void add_loss(std::vector<Spec>& specs, std::string_view family) {
  using P = typename F::Options;
  const Argument dy = {.name = "grad_output", .role = Role::grad_output}, x = {.name = "input", .role = Role::input},
                 y = {.name = "target", .role = Role::target};
  specs.push_back(make_spec<P>(family, "forward", {x, y}, run_loss<Views, Direction::forward, F>));
  specs.push_back(make_spec<P>(family, "with_gradient", {x, y}, run_loss<Views, Direction::with_gradient, F>));
  specs.push_back(make_spec<P>(family, "backward", {dy, x, y}, run_loss<Views, Direction::backward, F>));
  specs.push_back(make_spec<P>(family, "backward_target", {dy, x, y}, run_loss<Views, Direction::backward_target, F>));
}

}  // namespace lossact::python
#endif

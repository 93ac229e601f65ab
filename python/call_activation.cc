// Elementwise activations on arrays.
#include "lossact/nn/functions.h"
#include "lossact/nn/random.h"
#include "python/call.h"

namespace lossact::python {
namespace {

/// One weight, or one for each channel of dimension 1; how many neighbours share a channel.
std::size_t neighbours(const Spec& spec, const Array& input, const Array& weight) {
  if (weight.dim() > 1)
    throw shape_error(said_by(spec) + "weight has shape " + weight.shape_text() + ", expected one or no dimension");
  if (weight.count() == 1) return 1;
  const std::size_t channels = input.dim() < 2 ? 1 : input.size(1);
  if (weight.count() != channels)
    throw shape_error(said_by(spec) + "weight has " + std::to_string(weight.count()) + " elements, expected 1 or " +
                      std::to_string(channels) + ", the channels of an input of shape " + input.shape_text());
  if (input.count() == 0) return 1;  // the sizes beside a zero need not have a product
  std::size_t inner = 1;
  for (int axis = 2; axis < input.dim(); ++axis) inner *= input.size(axis);
  return inner;
}

/// Runs a kernel on input, perhaps grad_output, and result: on their memory as it lies where that is the same for each
/// (`anywhere` says that an element's place does not matter), on copies otherwise.
template <class T, class Run>
void on_elements(const Array& grad_output, const Array& input, const Array& result, bool anywhere, const Run& run) {
  const std::size_t count = input.count();
  const bool as_it_lies = input.same_layout(result) && grad_output.same_layout(result) &&
                          (result.contiguous() || (anywhere && result.dense()));
  if (as_it_lies) {
    const Unlocked unlocked(count);
    run(std::span<const T>(static_cast<const T*>(grad_output.data()), count),
        std::span<const T>(static_cast<const T*>(input.data()), count),
        std::span<T>(static_cast<T*>(result.data()), count));
    return;
  }
  const Unlocked unlocked(count);
  const Values<T> dy(grad_output), x(input);
  const Written<T> y(result);
  run(std::span<const T>(dy.span()), std::span<const T>(x.span()), y.span());
  y.commit();
}

/// PyTorch's threshold, where one was given that is not its default.
template <class P>
bool has_threshold(const Spec& spec, const Slots& slots, double& threshold) {
  if constexpr (requires { P::identity_above; }) {
    PyObject* value = spec.at(slots, Role::threshold);
    if (!value) return false;
    threshold = read_number(spec, P::identity_above.name, value);
    return threshold != P::identity_above.value;
  }
  return false;
}
/// Above it the result is `identity`, of the input or of grad_output.
template <class P, class T>
void apply_threshold(double scale, double threshold, std::span<const T> input, std::span<const T> identity,
                     std::span<T> result) {
  for (std::size_t i = 0; i < input.size(); ++i)
    if (scale * static_cast<double>(input[i]) > threshold) result[i] = identity[i];
}

/// A seed for whoever gave none, and needs one.
template <class P>
void draw_seed(const Spec& spec, const Slots& slots, Options<P>& options, bool forward) {
  if constexpr (lossact::detail::operand<P> == Operand::uniform) {
    std::size_t index = 0;
    bool seeded = false;
    const auto look = [&](const auto& parameter) {
      const int place = spec.parameter_places[index++];
      if (parameter.name == "seed") seeded = place >= 0 && given(slots[static_cast<std::size_t>(place)]);
    };
    std::apply([&](const auto&... parameter) { (look(parameter), ...); }, P::parameters);
    if (seeded || !options.values.training) return;
    if (!forward) throw domain_error(said_by(spec) + "seed is missing, expected that of the forward call");
    options.values.seed = nn::fresh_seed();
  }
}

template <class P>
PyObject* forward(const Spec& spec, const Slots& slots) {
  constexpr bool learned = lossact::detail::operand<P> == Operand::learned;
  constexpr Activation<P> f;
  PyObject* input = spec.at(slots, Role::input);
  PyObject* weight = spec.at(slots, Role::weight);
  Options<P> options;
  read_options(spec, slots, options);
  draw_seed(spec, slots, options, true);
  double threshold = 0;
  const bool thresholded = has_threshold<P>(spec, slots, threshold);
  if (!is_numpy_array(input)) {
    if (const nn::Tensor* tensor = as_tensor(input)) {
      check_tensor_call(spec, slots);
      if (thresholded) throw domain_error(said_by(spec) + "threshold is for arrays, not for a lossact.Tensor");
      if constexpr (learned) {
        const nn::Tensor* other = as_tensor(weight);
        if (!other) refuse_type(spec, "weight", weight, "a lossact.Tensor");
        return give_tensor(f(*tensor, *other, options.values, options.accuracy));
      } else {
        return give_tensor(f(*tensor, options.values, options.accuracy));
      }
    }
  }
  PyObject* out = spec.at(slots, Role::out);
  if (PyObject* value = spec.at(slots, Role::inplace); value && read_flag(spec, "inplace", value)) {
    if (given(out)) throw domain_error(said_by(spec) + "inplace and out were both given");
    out = input;
  }
  Array x;
  x.open(spec.name, "input", input, false);
  return by_element(spec, x, [&]<class T>(T) {
    if constexpr (learned) {
      Array w;
      w.open(spec.name, "weight", weight, false);
      check_same_element(spec, w, x);
      const std::size_t inner = neighbours(spec, x, w);
      const Values<T> weights(w);
      Result result(spec, "out", input, x, out);
      check_overlap(spec, result.array(), x);
      check_overlap(spec, result.array(), w, false);
      on_elements<T>(x, x, result.array(), false, [&](auto, std::span<const T> from, std::span<T> to) {
        f(from, std::span<const T>(weights.span()), to, inner, options.accuracy);
      });
      return result.give();
    } else {
      Result result(spec, "out", input, x, out);
      check_overlap(spec, result.array(), x);
      constexpr bool anywhere = lossact::detail::operand<P> == Operand::none;
      on_elements<T>(x, x, result.array(), anywhere, [&](auto, std::span<const T> from, std::span<T> to) {
        if constexpr (requires { P::identity_above; }) {
          if (thresholded) {
            const std::vector<T> kept(from.begin(), from.end());
            f(from, to, options.values, options.accuracy);
            apply_threshold<P, T>(options.values.*P::identity_above.scale, threshold, kept, kept, to);
            return;
          }
        }
        f(from, to, options.values, options.accuracy);
      });
      return result.give();
    }
  });
}

template <class P>
PyObject* backward(const Spec& spec, const Slots& slots) {
  constexpr bool learned = lossact::detail::operand<P> == Operand::learned;
  constexpr Activation<P> f;
  PyObject* input = spec.at(slots, Role::input);
  Options<P> options;
  read_options(spec, slots, options);
  draw_seed(spec, slots, options, false);
  double threshold = 0;
  const bool thresholded = has_threshold<P>(spec, slots, threshold);
  if (as_tensor(input)) refuse_type(spec, "input", input, "an array; the result of a call has backward()");
  Array dy, x;
  dy.open(spec.name, "grad_output", spec.at(slots, Role::grad_output), false);
  x.open(spec.name, "input", input, false);
  return by_element(spec, x, [&]<class T>(T) -> PyObject* {
    check_same_element(spec, dy, x);
    check_same_shape(spec, dy, x);
    if constexpr (learned) {
      PyObject* weight = spec.at(slots, Role::weight);
      Array w;
      w.open(spec.name, "weight", weight, false);
      check_same_element(spec, w, x);
      const std::size_t inner = neighbours(spec, x, w);
      const Values<T> weights(w);
      Result result(spec, "out", input, x, spec.at(slots, Role::out));
      check_overlap(spec, result.array(), x);
      check_overlap(spec, result.array(), dy);
      check_overlap(spec, result.array(), w, false);
      Result grad_weight(spec, "grad_weight", weight, w, nullptr);
      std::vector<double> sums(w.count());
      on_elements<T>(dy, x, result.array(), false,
                     [&](std::span<const T> from, std::span<const T> at, std::span<T> to) {
                       f.backward(from, at, std::span<const T>(weights.span()), to, std::span<double>(sums), inner,
                                  options.accuracy);
                     });
      std::vector<T> narrow;
      for (const double sum : sums) narrow.push_back(static_cast<T>(sum));
      grad_weight.array().scatter(narrow.data());
      return pair(result.give(), grad_weight.give());
    } else {
      Result result(spec, "out", input, x, spec.at(slots, Role::out));
      check_overlap(spec, result.array(), x);
      check_overlap(spec, result.array(), dy);
      constexpr bool anywhere = lossact::detail::operand<P> == Operand::none;
      on_elements<T>(dy, x, result.array(), anywhere,
                     [&](std::span<const T> from, std::span<const T> at, std::span<T> to) {
                       if constexpr (requires { P::identity_above; }) {
                         if (thresholded) {
                           const std::vector<T> kept(at.begin(), at.end()), slopes(from.begin(), from.end());
                           f.backward(from, at, to, options.values, options.accuracy);
                           apply_threshold<P, T>(options.values.*P::identity_above.scale, threshold, kept, slopes, to);
                           return;
                         }
                       }
                       f.backward(from, at, to, options.values, options.accuracy);
                     });
      return result.give();
    }
  });
}

template <class P>
void add(std::vector<Spec>& specs, const Activation<P>&) {
  const Argument dy = {.name = "grad_output", .role = Role::grad_output}, x = {.name = "input", .role = Role::input},
                 w = {.name = "weight", .role = Role::weight};
  if constexpr (lossact::detail::operand<P> == Operand::learned) {
    specs.push_back(make_spec<P>("activation", "forward", {x, w}, forward<P>));
    specs.push_back(make_spec<P>("activation", "backward", {dy, x, w}, backward<P>));
  } else {
    specs.push_back(make_spec<P>("activation", "forward", {x}, forward<P>));
    specs.push_back(make_spec<P>("activation", "backward", {dy, x}, backward<P>));
  }
}

}  // namespace

void add_activations(std::vector<Spec>& specs) {
  std::apply([&](const auto&... f) { (add(specs, f), ...); }, activations);
}

}  // namespace lossact::python

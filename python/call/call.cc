#include "python/call/call.h"
#include <cstring>
#include "lossact/error.h"
#include "python/call/inputs.h"
#include "python/interpreter.h"
#include "python/call/result.h"
#include "python/tensor/tensor.h"
#include "python/arrays/view.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

/// A call on arrays: all are opened and checked before the library writes to any.
class Call {
 public:
  Call(const Spec& spec, const Slots& slots) : spec_(spec), slots_(slots), f_(*spec.function), inputs_(spec, slots) {}

  PyObject* run() {
    read_settings(spec_, slots_, settings_);
    identity_above_ = read_identity_above(spec_, slots_);
    input_ = spec_.array(slots_, 0);
    if (!is_numpy_array(input_))
      if (const nn::Tensor* tensor = as_tensor(input_)) return run_on_tensors(spec_, slots_, settings_, *tensor);
    if (PyObject* dtype = spec_.at(slots_, Role::dtype); given(dtype)) {
      cast_ = ask("cast", input_, dtype);
      input_ = cast_.ptr();
    }
    inputs_.read(input_, settings_);
    make_results();
    compute();
    return give();
  }

 private:
  static constexpr std::size_t kMost = kMostArrays;
  using Kind = Input::Kind;

  const Array& first() const { return inputs_.first(); }
  std::size_t count() const { return f_.arguments.size(); }
  bool is_wide() const { return first().element() == Element::float64; }
  bool is_reduced() const {
    return f_.output == Output::number && f_.common(settings_.bytes).reduction != Reduction::none;
  }

  /// Makes the arrays of the results: first of the value, unless it is returned as a number, then of the gradients.
  void make_results() {
    PyObject* out = spec_.at(slots_, Role::out);
    if (PyObject* value = spec_.at(slots_, Role::inplace); value && read_flag(spec_, "inplace", value)) {
      if (given(out)) throw domain_error(said_by(spec_) + "inplace and out were both given");
      out = input_;
    }
    if (spec_.value) make_value(spec_.gradients.none() ? out : nullptr);
    first_gradient_ = results_.size();
    for (std::size_t i = 0; i < count(); ++i) {
      if (!spec_.gradients[i]) continue;
      check(results_.add(spec_, i == 0 ? input_ : spec_.array(slots_, i), *inputs_[i].array, out));
      out = nullptr;
    }
  }
  void make_value(PyObject* out) {
    if (f_.halves()) return check(results_.add(spec_, input_, inputs_.output_shape(), first().element(), out));
    if (f_.output == Output::elements) return check(results_.add(spec_, input_, first(), out));
    const Element element = is_wide() ? Element::float64 : Element::float32;
    if (is_reduced() || spec_.gradients.any()) {
      if (given(out) || (!is_numpy_array(input_) && is_torch_tensor(input_)))
        check(results_.add(spec_, input_, std::span<const Py_ssize_t>(), element, out));
    } else {
      check(results_.add(spec_, input_, inputs_.loss_shape(), element, out));
    }
  }
  void check(Result& result) {
    for (std::size_t i = 0; i < count(); ++i)
      if (const Input& input = inputs_[i]; input.array)
        check_overlap(spec_, result, *input.array, input.kind == Kind::element || input.kind == Kind::classes);
    if (inputs_.grad_output()) check_overlap(spec_, result, *inputs_.grad_output());
  }

  void compute() {
    const Unlocked unlocked(first().count());
    keep_identity();
    const Dimensions dimensions = find_dimensions();
    const auto of_output = [&](const Array& array) { return f_.halves() ? around(array, inputs_.axis()) : dimensions; };
    const lossact::Array *arrays[kMost], *gradients[kMost];
    for (std::size_t i = 0; i < count(); ++i) arrays[i] = read(inputs_[i], f_.arguments[i].extent, dimensions);
    lossact::Call call = {.arrays = {arrays, count()}, .options = settings_.bytes, .accuracy = settings_.accuracy};
    call.from_output = spec_.from_output;
    if (inputs_.loss_gradient()) call.grad_output = line_of(*inputs_.loss_gradient());
    else if (inputs_.grad_output())
      call.grad_output = &views_.add(*inputs_.grad_output(), of_output(*inputs_.grad_output())).array();
    const std::size_t read = views_.size();
    if (spec_.value && spec_.gradients.none() && !is_reduced())
      call.output =
          written(results_[0], f_.output == Output::number && f_.along_axis(), of_output(results_[0].array()));
    if (spec_.gradients.any()) {
      for (std::size_t i = 0, next = first_gradient_; i < count(); ++i)
        gradients[i] =
            spec_.gradients[i] ? written(results_[next++], inputs_[i].kind == Kind::channel, dimensions) : nullptr;
      call.gradients = {gradients, count()};
    }
    number_ = lossact::run(f_, call);
    for (std::size_t i = read; i < views_.size(); ++i) views_[i].commit();
    apply_identity();
  }
  Dimensions find_dimensions() {
    if (inputs_.axis() >= 0) return around(first(), inputs_.axis());
    const Array* alike[2 * kMost + 2];
    std::size_t n = 0;
    bool anywhere = f_.output == Output::elements && !spec_.draws;
    for (std::size_t i = 0; i < count(); ++i) {
      if (inputs_[i].kind == Kind::element) alike[n++] = inputs_[i].array;
      else anywhere = anywhere && inputs_[i].kind == Kind::none;
    }
    if (inputs_.grad_output() && !inputs_.loss_gradient()) alike[n++] = inputs_.grad_output();
    for (std::size_t i = 0; i < results_.size(); ++i)
      if (results_[i].array().same_shape(first())) alike[n++] = &results_[i].array();
    return merged({alike, n}, anywhere);
  }
  const lossact::Array* read(const Input& input, Extent extent, const Dimensions& dimensions) {
    switch (input.kind) {
      case Kind::none:
        return nullptr;
      case Kind::element:
        return &views_.add(*input.array, dimensions).array();
      case Kind::numbers:
        return extent == Extent::element ? line_of(*input.numbers, &dimensions) : line_of(*input.numbers);
      case Kind::classes:
        if (input.integers) return &lines_.add(lossact::Array::line(input.integers->data(), input.integers->size()));
        break;
      case Kind::channel:
        break;
    }
    return &views_.add(*input.array, line(*input.array)).array();
  }
  /// The numbers as a line; with `dimensions` in these, if there is a number for each element.
  const lossact::Array* line_of(const std::vector<double>& numbers, const Dimensions* dimensions = nullptr) {
    lossact::Array& a = lines_.add(lossact::Array::line(numbers.data(), numbers.size()));
    if (dimensions && numbers.size() == first().count() && !numbers.empty()) {
      const std::size_t* const shape = dimensions->shape;
      a = lossact::Array::of(numbers.data(), dimensions->rank, shape[0], shape[1], shape[2], shape[1] * shape[2]);
    }
    return &a;
  }
  const lossact::Array* written(const Result& result, bool as_line, const Dimensions& dimensions) {
    const Array& array = result.array();
    return &views_.add(array, as_line ? line(array) : dimensions, result.interleaved).array();
  }

  /// Copies what the result may overwrite: the inputs, and what replaces the result where they are above PyTorch's
  /// threshold, which is the input or, in a backward pass, grad_output.
  void keep_identity() {
    if (!identity_above_) return;
    kept_inputs_ = doubles(spec_.name, first());
    const Array& identity = inputs_.grad_output() ? *inputs_.grad_output() : first();
    identity_.resize(identity.count() * identity.item_size());
    identity.gather(identity_.data());
  }
  void apply_identity() {
    if (!identity_above_) return;
    const double scale = f_.identity_above.scale(settings_.bytes);
    const std::size_t size = first().item_size();
    std::size_t i = 0;
    for_each(results_[0].array(), [&](std::byte* element) {
      if (scale * kept_inputs_[i] > *identity_above_) std::memcpy(element, identity_.data() + i * size, size);
      ++i;
    });
  }

  PyObject* give() {
    const std::size_t parts = (spec_.value ? 1 : 0) + results_.size() - first_gradient_;
    if (parts == 1) return (spec_.value ? give_value() : results_[0].give()).release().ptr();
    nb::object all = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(parts)));
    if (!all.is_valid()) throw nb::python_error();
    Py_ssize_t place = 0;
    if (spec_.value) PyTuple_SET_ITEM(all.ptr(), place++, give_value().release().ptr());
    for (std::size_t i = first_gradient_; i < results_.size(); ++i)
      PyTuple_SET_ITEM(all.ptr(), place++, results_[i].give().release().ptr());
    return all.release().ptr();
  }
  nb::object give_value() {
    if (first_gradient_ == 0) return give_number(input_, number_, is_wide());
    Result& result = results_[0];
    if (is_reduced()) {
      const auto narrow = static_cast<float>(number_);
      result.array().scatter(is_wide() ? static_cast<const void*>(&number_) : &narrow);
    }
    return result.give();
  }

  const Spec& spec_;
  const Slots& slots_;
  const Function& f_;
  Inputs inputs_;
  Settings settings_;
  std::optional<double> identity_above_;
  PyObject* input_ = nullptr;
  nb::object cast_;
  std::size_t first_gradient_ = 0;  // among the results; 0 where the value is a number alone, or not wanted
  double number_ = 0;
  std::vector<double> kept_inputs_;
  std::vector<std::byte> identity_;
  Pool<lossact::Array, kMost + 1> lines_;
  Pool<Result, kMost + 1> results_;
  Pool<View, 2 * kMost + 2> views_;
};

}  // namespace

PyObject* run(const Spec& spec, const Slots& slots) { return Call(spec, slots).run(); }

}  // namespace lossact::python

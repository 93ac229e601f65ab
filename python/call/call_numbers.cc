// Calls of functions in a namespace (lossact.information), on arrays, lists or Python numbers. The results are float64:
// an array of the caller's kind, a list, or a Python number.
#include "lossact/error.h"
#include "python/call/call.h"
#include "python/call/result.h"
#include "python/tensor/tensor.h"
#include "python/arrays/view.h"

namespace nb = nanobind;

namespace lossact::python {
namespace {

bool is_list(PyObject* object) {
  return PyList_Check(object) || PyTuple_Check(object) || PyFloat_CheckExact(object) || PyLong_CheckExact(object);
}

/// An argument: an array, a list or a number.
class Numbers {
 public:
  Numbers(const Spec& spec, std::size_t i, PyObject* object) {
    const ArgumentInfo& info = spec.function->arguments[i];
    const bool of_elements = spec.function->output == Output::elements;
    if (PyFloat_CheckExact(object) || PyLong_CheckExact(object)) {
      if (!of_elements) refuse_type(spec, info.name, object, "an array or a list of probabilities");
      numbers_ = {read_number(spec, info.name, object)};
    } else if (is_list(object)) {
      numbers_ = read_numbers(spec, info.name, object, array_);
      shape_ = {static_cast<Py_ssize_t>(numbers_.size())};
    } else {
      open(spec, info.name, object, of_elements);
    }
    if (!view_) line_ = lossact::Array::line(numbers_.data(), numbers_.size());
  }
  const lossact::Array& array() const { return view_ ? view_->array() : line_; }
  std::span<const Py_ssize_t> shape() const { return shape_; }

 private:
  void open(const Spec& spec, std::string_view name, PyObject* object, bool of_elements) {
    const nb::object wanted = nb::getattr(nb::handle(object), "requires_grad", nb::none());
    if (wanted.ptr() == Py_True)
      throw domain_error(said_by(spec).append(name) +
                         " requires a gradient, which would be lost: detach() it, and see " +
                         std::string(spec.function->about.name) + "_gradient");
    array_.open(spec.name, name, object, false);
    if (!of_elements && array_.dim() != 1)
      throw shape_error(said_by(spec).append(name) + " has shape " + array_.shape_text() + ", expected one dimension");
    shape_ = array_.shape_vector();
    if (is_floating(array_.element())) view_.emplace(array_, line(array_));
    else numbers_ = doubles(spec.name, array_);
  }

  Array array_;
  std::vector<double> numbers_;
  std::vector<Py_ssize_t> shape_;
  std::optional<View> view_;
  lossact::Array line_;
};

PyObject* give_numbers(const Spec& spec, PyObject* like, const Numbers& of, const std::vector<double>& numbers) {
  if (!is_list(like)) {
    Result result(spec, like, of.shape(), Element::float64, nullptr);
    result.array().scatter(numbers.data());
    return result.give().release().ptr();
  }
  if (of.shape().empty()) return PyFloat_FromDouble(numbers[0]);
  nb::list list;
  for (const double number : numbers) list.append(number);
  return list.release().ptr();
}
PyObject* give_one(const Spec& spec, PyObject* like, double number) {
  if (is_list(like)) return PyFloat_FromDouble(number);
  if (is_numpy_array(like) || !is_torch_tensor(like)) return give_number(like, number, true).release().ptr();
  Result result(spec, like, std::span<const Py_ssize_t>(), Element::float64, nullptr);
  result.array().scatter(&number);
  return result.give().release().ptr();
}

}  // namespace

PyObject* run_on_numbers(const Spec& spec, const Slots& slots) {
  const Function& f = *spec.function;
  Settings settings;
  read_settings(spec, slots, settings);
  Pool<Numbers, kMostArrays> all;
  const lossact::Array *arrays[kMostArrays] = {}, *gradients[kMostArrays] = {};
  for (std::size_t i = 0; i < f.arguments.size(); ++i) arrays[i] = &all.add(spec, i, spec.array(slots, i)).array();
  lossact::Call call = {
      .arrays = {arrays, f.arguments.size()}, .options = settings.bytes, .accuracy = settings.accuracy};
  PyObject* first = spec.array(slots, 0);
  if (spec.value && f.output == Output::number) return give_one(spec, first, lossact::run(f, call));
  std::vector<double> numbers(arrays[0]->size());
  const lossact::Array result = lossact::Array::line(numbers.data(), numbers.size());
  double one = 1;
  lossact::Array ones = lossact::Array::line(&one, f.output == Output::elements ? numbers.size() : 1);
  if (spec.value) {
    call.output = &result;
  } else {
    ones.stride[0] = ones.stride[1] = ones.stride[2] = 0;
    for (std::size_t i = 0; i < f.arguments.size(); ++i)
      if (spec.gradients[i]) gradients[i] = &result;
    call.grad_output = &ones, call.gradients = {gradients, f.arguments.size()};
  }
  lossact::run(f, call);
  return give_numbers(spec, first, all[0], numbers);
}

}  // namespace lossact::python

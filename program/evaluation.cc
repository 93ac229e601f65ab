#include "program/evaluation.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <type_traits>
#include <fmt/format.h>
#include "lossact/error.h"
#include "program/functions.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

using Shape = std::vector<std::size_t>;

std::size_t product(Shape::const_iterator first, Shape::const_iterator last) {
  return std::accumulate(first, last, std::size_t{1}, std::multiplies<>());
}
std::size_t product(const Shape& shape) { return product(shape.begin(), shape.end()); }

/// What errors of an array begin with: its file, where it has one, and its name.
std::string said_of(const Array& array, const ArgumentInfo& argument) {
  return (array.file.empty() ? "" : array.file + ": ") + in_words(argument);
}

bool by_class(const ArgumentInfo& argument) {
  return names_class(argument.extent) || argument.extent == Extent::channel;
}

/// How an array of the input's shape is seen: as (outer, axis, inner), or as a list where no axis matters.
struct Layout {
  Shape each;  // of a function to numbers: the shape of its results before they are reduced
  std::size_t outer = 1, axis = 1, inner = 1;
  bool list = true;

  template <class T>
  lossact::Array of(T* data) const {
    if (list) return lossact::Array::line(data, axis);
    return lossact::Array::of(data, inner == 1 ? 2 : 3, outer, axis, inner, axis * inner);
  }
};
Layout layout_of(const Options& options, const Array& input, const ArgumentInfo& argument) {
  const Function& function = options.function();
  const Shape& shape = input.shape;
  bool channels = false;
  for (std::size_t i = 0; i < function.arguments.size(); ++i)
    channels |= function.arguments[i].extent == Extent::channel && options.numbers(i).size() > 1;
  const bool classes = !function.channels_last() && std::ranges::any_of(function.arguments, by_class);
  Layout layout{.each = shape};
  if (by_rows(function) && shape.empty())
    throw shape_error(
        fmt::format("{} is one number, expected rows{}", said_of(input, argument),
                    classes ? " of classes: (C), (N, C) or (N, C, d1, ...)" : " along the last dimension"));
  if (shape.size() < 2 || !(by_rows(function) || channels)) {
    layout.axis = product(shape);
    if (by_rows(function)) layout.each.clear();
  } else {
    const std::size_t dim = classes ? 1 : shape.size() - 1;
    const auto at = shape.begin() + static_cast<std::ptrdiff_t>(dim);
    layout.outer = product(shape.begin(), at), layout.axis = *at, layout.inner = product(at + 1, shape.end());
    layout.list = false;
    if (by_rows(function)) layout.each.erase(layout.each.begin() + static_cast<std::ptrdiff_t>(dim));
  }
  // A file without elements can claim any number of empty rows: refuse them before allocating a result for each.
  if (function.output == Output::number && by_rows(function) && layout.axis == 0 && product(layout.each) > 0)
    throw shape_error(fmt::format("{} has shape {}, rows of no classes", said_of(input, argument), shape_text(shape)));
  return layout;
}

/// The layout of an output that has half of the elements along the axis.
Layout half_of(Layout layout) {
  layout.axis /= 2;
  if (!layout.each.empty()) layout.each.back() /= 2;
  return layout;
}

/// An array's numbers in the input's type T. A typed array of doubles is not narrowed; integers and numbers of a text,
/// which have no type, are.
template <class T>
std::vector<T> numbers_of(const Array& array, const ArgumentInfo& argument) {
  return std::visit(
      [&]<class U>(const std::vector<U>& values) {
        if (array.typed && std::is_same_v<U, double> && !std::is_same_v<T, double>)
          throw type_error(fmt::format("{} is float64, the input float32", said_of(array, argument)));
        std::vector<T> numbers(values.size());
        std::ranges::transform(values, numbers.begin(), [](U value) { return static_cast<T>(value); });
        return numbers;
      },
      array.values);
}

std::vector<std::int64_t> classes_of(const Array& array, const ArgumentInfo& argument) {
  constexpr double exact = 9007199254740992;  // 2^53: all integers below are doubles
  return std::visit(
      [&](const auto& values) {
        std::vector<std::int64_t> classes;
        classes.reserve(values.size());
        for (const auto value : values) {
          if (const auto number = static_cast<double>(value);
              !(std::abs(number) <= exact && std::floor(number) == number))
            throw format_error(fmt::format("{} of row {} is {}, expected the number of a class",
                                           said_of(array, argument), classes.size(), number_text(number)));
          classes.push_back(static_cast<std::int64_t>(value));
        }
        return classes;
      },
      array.values);
}

/// Evaluates a function on its arrays; the differentiated argument has elements of T.
template <class T>
class Evaluator {
 public:
  Evaluator(const Options& options, const std::vector<Array>& arrays, const std::vector<T>& input)
      : options_(options),
        function_(options.function()),
        differentiated_(differentiated_argument(function_)),
        numbers_(function_.arguments.size()),
        arrays_(function_.arguments.size()),
        count_(input.size()) {
    const std::vector<std::size_t> required = required_arguments(function_);
    const auto place = static_cast<std::size_t>(std::ranges::find(required, differentiated_) - required.begin());
    input_ = &arrays[place];
    layout_ = layout_of(options, *input_, function_.arguments[differentiated_]);
    for (std::size_t i = 0; i < numbers_.size(); ++i) of_options(i);
    for (std::size_t k = 0; k < required.size(); ++k)
      if (k != place) given(required[k], arrays[k]);
    take(differentiated_, layout_.of(input.data()));
  }

  Evaluation run(Wanted wanted) {
    Evaluation found;
    std::vector<T> gradient(wanted.gradient ? count_ : 0);
    if (function_.output == Output::elements) elements(found, gradient);
    else numbers(found, wanted, gradient);
    if (wanted.gradient)
      found.gradient = {.shape = input_->shape, .fortran_order = false, .values = std::move(gradient)};
    return found;
  }

 private:
  /// An argument's numbers, where they are not those of the input.
  struct Numbers {
    std::vector<T> values;
    std::vector<std::int64_t> classes;
    lossact::Array array;
  };

  void take(std::size_t argument, const lossact::Array& array) {
    numbers_[argument].array = array, arrays_[argument] = &numbers_[argument].array;
  }
  void of_options(std::size_t i) {
    const std::span<const double> all = options_.numbers(i);
    if (all.empty()) return;
    if (!function_.arguments[i].learned()) return take(i, lossact::Array::line(all.data(), all.size()));
    for (const double number : all) numbers_[i].values.push_back(static_cast<T>(number));
    take(i, lossact::Array::line(numbers_[i].values.data(), all.size()));
  }
  void given(std::size_t i, const Array& array) {
    const ArgumentInfo& argument = function_.arguments[i];
    const bool target = argument.extent == Extent::target, index = argument.extent == Extent::class_index,
               of_row = argument.extent == Extent::row;
    if (of_row && (array.shape == layout_.each || (!array.typed && array.shape.size() <= 2))) {
      numbers_[i].values = numbers_of<T>(array, argument);
      return take(i, lossact::Array::line(numbers_[i].values.data(), numbers_[i].values.size()));
    }
    if (index || (target && has_classes(array))) {
      numbers_[i].classes = classes_of(array, argument);
      return take(i, lossact::Array::line(numbers_[i].classes.data(), numbers_[i].classes.size()));
    }
    if (array.shape != input_->shape) {
      const std::string expected =
          target   ? fmt::format("a class for each row, {}, or a probability for each class", shape_text(layout_.each))
          : of_row ? fmt::format("a number for each row, {}", shape_text(layout_.each))
                   : "the same shape";
      throw shape_error(fmt::format("{} has shape {}, {} {}; expected {}", said_of(array, argument),
                                    shape_text(array.shape), in_words(function_.arguments[differentiated_]),
                                    shape_text(input_->shape), expected));
    }
    numbers_[i].values = numbers_of<T>(array, argument);
    take(i, layout_.of(numbers_[i].values.data()));
  }
  /// Whether a target holds a class for each row. A column of a CSV file or a list on the command line may, though its
  /// shape is not exactly that of the rows.
  bool has_classes(const Array& target) const {
    if (target.shape == layout_.each) return true;
    if (target.typed || layout_.each.size() > 1) return false;
    return target.shape.size() == 1 ? target.shape != input_->shape : target.shape[1] == 1;
  }

  void elements(Evaluation& found, std::vector<T>& gradient) {
    const bool halves = function_.halves();
    const Layout layout = halves ? half_of(layout_) : layout_;
    Shape shape = input_->shape;
    if (halves) shape.back() /= 2;
    std::vector<T> output(halves ? count_ / 2 : count_);
    const lossact::Array y = layout.of(output.data());
    write(y);
    const std::vector<T> ones(output.size(), T{1});
    found.each = {.shape = std::move(shape), .fortran_order = false, .values = std::move(output)};
    if (gradient.empty()) return;
    const lossact::Array dx = layout_.of(gradient.data());
    if (by_rows(function_) && !halves) return diagonal(gradient);
    const lossact::Array dy = layout.of(ones.data());
    differentiate(&dy, dx);
  }
  /// The diagonal of each row's Jacobian, one element of each row at a time: grad_output is 1 there and 0 elsewhere.
  void diagonal(std::vector<T>& gradient) {
    std::vector<T> unit(count_), slopes(count_);
    const lossact::Array dy = layout_.of(unit.data()), dx = layout_.of(slopes.data());
    const std::size_t axis = layout_.axis, inner = layout_.inner;
    for (std::size_t c = 0; c < axis; ++c) {
      const auto in_each_row = [&](auto visit) {
        for (std::size_t i = c * inner; i < count_; i += axis * inner)
          for (std::size_t k = i; k < i + inner; ++k) visit(k);
      };
      in_each_row([&](std::size_t i) { unit[i] = 1; });
      differentiate(&dy, dx);
      in_each_row([&](std::size_t i) { unit[i] = 0, gradient[i] = slopes[i]; });
    }
  }

  void numbers(Evaluation& found, Wanted wanted, std::vector<T>& gradient) {
    const bool none = function_.common(options_.data()).reduction == Reduction::none;
    found.reduced = function_.is_loss() && !none;
    const lossact::Array dx = layout_.of(gradient.data());
    if (found.reduced) found.value = wanted.gradient ? differentiate(nullptr, dx) : lossact::run(function_, call());
    if (found.reduced && !wanted.each) return;
    std::vector<double> each(product(layout_.each));
    const lossact::Array y = lossact::Array::line(each.data(), each.size());
    write(y);
    if (!found.reduced && wanted.gradient) {
      const std::vector<double> ones(none ? each.size() : 1, 1.0);
      const lossact::Array dy = lossact::Array::line(ones.data(), ones.size());
      differentiate(&dy, dx);
    }
    found.each = {.shape = layout_.each, .fortran_order = false, .values = std::move(each)};
  }

  Call call() const { return {.arrays = arrays_, .options = options_.data()}; }
  void write(const lossact::Array& output) const {
    Call asked = call();
    asked.output = &output;
    lossact::run(function_, asked);
  }
  /// Writes the gradient. Returns the loss where grad_output is null.
  double differentiate(const lossact::Array* grad_output, const lossact::Array& gradient) const {
    std::vector<const lossact::Array*> gradients(arrays_.size());
    gradients[differentiated_] = &gradient;
    Call asked = call();
    asked.grad_output = grad_output, asked.gradients = gradients;
    return lossact::run(function_, asked);
  }

  const Options& options_;
  const Function& function_;
  const std::size_t differentiated_;
  const Array* input_;
  Layout layout_;
  std::vector<Numbers> numbers_;
  std::vector<const lossact::Array*> arrays_;
  const std::size_t count_;
};

}  // namespace

std::string in_words(const ArgumentInfo& argument) {
  return (argument.name.size() == 1 ? "" : "the ") + std::string(argument.name);
}

Evaluation evaluate(Options options, const std::vector<Array>& arrays, Wanted wanted) {
  const Function& function = options.function();
  const std::vector<std::size_t> required = required_arguments(function);
  if (arrays.size() != required.size())
    throw shape_error(
        fmt::format("[{}] takes {}, was given {}", function.name, counted(required.size(), "array"), arrays.size()));
  const std::size_t differentiated = differentiated_argument(function);
  const auto place = static_cast<std::size_t>(std::ranges::find(required, differentiated) - required.begin());
  const Array& input = arrays[place];
  count_rows(options, input.shape.empty() ? 1 : input.shape[0]);
  return std::visit(
      [&]<class T>(const std::vector<T>& values) -> Evaluation {
        if constexpr (std::is_floating_point_v<T>) return Evaluator<T>(options, arrays, values).run(wanted);
        else
          throw type_error(fmt::format("{} is integers, expected float32 or float64",
                                       said_of(input, function.arguments[differentiated])));
      },
      input.values);
}

}  // namespace lossact::cli

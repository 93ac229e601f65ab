// lossact loss NAME --input FILE --target FILE: a loss of arrays.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <fmt/format.h>
#include "files/array.h"
#include "program/commands/commands.h"
#include "experiment/experiment.h"
#include "files/file.h"
#include "program/functions.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

struct Typed {
  std::string name, input, target, output, gradient;
  std::vector<std::string> set;
  std::vector<std::filesystem::path> inputs() const { return {input, target}; }
};
using Shape = std::vector<std::size_t>;

/// What is asked for beside the loss, and what was found. Everything is found before anything is written or printed.
template <class T>
struct Found {
  bool wants_each, wants_gradient;
  bool reduced = false;  // to one number
  double loss = nan;
  Shape shape = {};  // of `each`
  std::vector<double> each = {};
  std::vector<T> gradient = {};  // of the shape of the input
};

std::size_t product(Shape::const_iterator first, Shape::const_iterator last) {
  return std::accumulate(first, last, std::size_t{1}, std::multiplies<>());
}
/// (N, C, d1, ...) without C.
Shape without(Shape shape, std::size_t dim) {
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dim));
  return shape;
}
[[noreturn]] void refuse_shape(const Array& target, const Array& input, const std::string& expected) {
  throw shape_error(fmt::format("{}: the target has shape {}, the input {}; expected {}", target.file,
                                shape_text(target.shape), shape_text(input.shape), expected));
}

/// A shape may have any number of rows of nothing in no bytes: they are refused before memory is taken for each.
void refuse_rows_of_nothing(const Array& input, const Shape& rows) {
  const bool empty = std::ranges::find(input.shape, 0u) != input.shape.end();
  if (empty && product(rows.begin(), rows.end()) > 0)
    throw shape_error(
        fmt::format("{}: the input has shape {}, rows of no classes", input.file, shape_text(input.shape)));
}

/// The target's numbers in the input's type. A text's numbers and integers have no precision of their own to lose.
template <class T>
std::vector<T> target_numbers(const Array& target) {
  return std::visit(
      [&]<class U>(const std::vector<U>& values) {
        if (target.typed && std::is_same_v<U, double> && !std::is_same_v<T, double>)
          throw type_error(fmt::format("{}: the target is float64, the input float32", target.file));
        std::vector<T> numbers(values.size());
        std::ranges::transform(values, numbers.begin(), [](U value) { return static_cast<T>(value); });
        return numbers;
      },
      target.values);
}

std::vector<std::int64_t> target_classes(const Array& target) {
  constexpr double exact = 9007199254740992;  // 2^53: all integers below are doubles
  return std::visit(
      [&](const auto& values) {
        std::vector<std::int64_t> classes;
        classes.reserve(values.size());
        for (const auto value : values) {
          if (const auto number = static_cast<double>(value);
              !(std::abs(number) <= exact && std::floor(number) == number))
            throw format_error(fmt::format("{}: the target of row {} is {}, expected the number of a class",
                                           target.file, classes.size(), number_text(number)));
          classes.push_back(static_cast<std::int64_t>(value));
        }
        return classes;
      },
      target.values);
}

/// Any loss of the library, on its own view of the data.
template <class T>
void measure(Found<T>& found, const auto& f, const auto& options, const auto& input, const auto& target,
             const auto& gradient) {
  const std::size_t count = product(found.shape.begin(), found.shape.end());
  found.reduced = options.reduction != Reduction::none;
  if (found.wants_each || !found.reduced) {
    found.each.resize(count);
    f.each(input, target, std::span<double>(found.each), options);
  }
  if (!found.reduced) {
    const std::vector<double> ones(found.wants_gradient ? count : 0, 1.0);
    if (found.wants_gradient) f.backward(std::span<const double>(ones), input, target, gradient, options);
  } else if (found.wants_gradient) {
    found.loss = f.with_gradient(input, target, gradient, options);
  } else {
    found.loss = f(input, target, options);
  }
}

template <class P, class T>
void measure(Found<T>& found, const PairLoss<P>& f, const P& options, const Array& input, const std::vector<T>& x,
             const Array& target) {
  if (target.shape != input.shape) refuse_shape(target, input, "the same shape");
  found.shape = input.shape;
  const std::vector<T> y = target_numbers<T>(target);
  measure(found, f, options, std::span<const T>(x), std::span<const T>(y), std::span<T>(found.gradient));
}

template <class P, class T>
void measure(Found<T>& found, const RowLoss<P>& f, const P& options, const Array& input, const std::vector<T>& x,
             const Array& target) {
  const Shape& shape = input.shape;
  if (shape.empty())
    throw shape_error(fmt::format(
        "{}: the input is one number, expected rows of classes: (C), (N, C) or (N, C, d1, ...)", input.file));
  const std::size_t dim = shape.size() < 2 ? 0 : 1;
  const auto axis = [&](auto* data) {
    const auto classes = shape.begin() + static_cast<std::ptrdiff_t>(dim);
    return ClassAxis{data, product(shape.begin(), classes), *classes, product(classes + 1, shape.end())};
  };
  found.shape = without(shape, dim);
  refuse_rows_of_nothing(input, found.shape);
  // A column of text is the classes of the rows.
  const bool column = !target.typed && target.shape[1] == 1 && found.shape.size() <= 1;
  if (column || target.shape == found.shape) {
    const std::vector<std::int64_t> classes = target_classes(target);
    measure(found, f, options, axis(x.data()), classes, axis(found.gradient.data()));
  } else if (target.shape == shape) {
    const std::vector<T> probabilities = target_numbers<T>(target);
    measure(found, f, options, axis(x.data()), axis(probabilities.data()), axis(found.gradient.data()));
  } else {
    refuse_shape(target, input,
                 fmt::format("a class for each row, {}, or a probability for each class", shape_text(found.shape)));
  }
}

/// Of each pair of distributions along the last dimension: the target is what is the case, the input what was expected.
template <class P, class T>
void measure(Found<T>& found, const Information<P>& f, const P& options, const Array& input, const std::vector<T>& x,
             const Array& target) {
  if (target.shape != input.shape) refuse_shape(target, input, "the same shape");
  if (input.shape.empty())
    throw shape_error(
        fmt::format("{}: the input is one number, expected distributions along the last dimension", input.file));
  const std::vector<T> y = target_numbers<T>(target);
  const std::size_t size = input.shape.back();
  found.shape = without(input.shape, input.shape.size() - 1);
  refuse_rows_of_nothing(input, found.shape);
  found.each.resize(product(found.shape.begin(), found.shape.end()));
  if (found.each.empty()) return;  // the size of what is not there may be any
  std::vector<double> p(size), q(size), gradient(size);
  for (std::size_t row = 0; row < found.each.size(); ++row) {
    const auto first = static_cast<std::ptrdiff_t>(row * size), last = first + static_cast<std::ptrdiff_t>(size);
    std::copy(y.begin() + first, y.begin() + last, p.begin());
    std::copy(x.begin() + first, x.begin() + last, q.begin());
    try {
      found.each[row] = f(p, q, options);
      if (!found.wants_gradient) continue;
      f.gradient(p, q, gradient, options);
    } catch (const domain_error& e) {
      throw domain_error(fmt::format("{} (row {}; p is the target, q the input)", e.what(), row));
    }
    std::ranges::transform(gradient, found.gradient.begin() + first,
                           [](double slope) { return static_cast<T>(slope); });
  }
}

template <class F>
constexpr bool takes_input_and_target = false;
template <class P>
constexpr bool takes_input_and_target<PairLoss<P>> = true;
template <class P>
constexpr bool takes_input_and_target<RowLoss<P>> = true;
template <class P>
constexpr bool takes_input_and_target<Information<P>> = P::distributions == 2;

template <class T>
void tell(const Typed& typed, const Array& input, Found<T>&& found) {
  fmt::memory_buffer text;
  if (found.reduced) fmt::format_to(std::back_inserter(text), "{}\n", number_text(found.loss));
  else if (typed.output.empty())
    for (const double loss : found.each) fmt::format_to(std::back_inserter(text), "{}\n", number_text(loss));
  const auto npy = [](const Shape& shape, auto&& values) {
    return write_npy({.shape = shape, .fortran_order = false, .values = std::move(values)});
  };
  std::string losses, gradient;
  std::vector<files::Output> outputs;
  if (!typed.output.empty()) outputs.push_back({typed.output, losses = npy(found.shape, std::move(found.each))});
  if (!typed.gradient.empty())
    outputs.push_back({typed.gradient, gradient = npy(input.shape, std::move(found.gradient))});
  files::write_files(outputs, typed.inputs());
  print_text("{}", std::string_view(text.data(), text.size()));
}

template <class F>
void loss_of(const F& f, const Typed& typed) {
  using P = typename F::Options;
  // How many rows there are is known from the input, unless it is told.
  constexpr bool has_rows = requires(P p) { p.rows; };
  const bool told = std::ranges::any_of(typed.set, [](const std::string& s) { return s.starts_with("rows="); });
  std::vector<std::string> set_options = typed.set;
  if (has_rows && !told) set_options.push_back("rows=1");
  Chosen<P> chosen = choose<P>(set_options);
  std::vector<std::filesystem::path> written;
  for (const std::string& file : {typed.output, typed.gradient})
    if (!file.empty()) written.emplace_back(file);
  files::check_writable(written, typed.inputs());
  const Array input = read_array(typed.input), target = read_array(typed.target);
  if constexpr (has_rows)
    if (!told) chosen.settings.options.rows = input.shape.empty() ? 1 : input.shape[0];
  std::visit(
      [&]<class T>(const std::vector<T>& x) {
        if constexpr (std::is_floating_point_v<T>) {
          Found<T> found{.wants_each = !typed.output.empty(), .wants_gradient = !typed.gradient.empty()};
          if (found.wants_gradient) found.gradient.resize(x.size());
          measure(found, f, chosen.options(), input, x, target);
          tell(typed, input, std::move(found));
        } else {
          throw type_error(fmt::format("{}: the input is integers, expected float32 or float64", input.file));
        }
      },
      input.values);
}

void loss(const Typed& typed) {
  for (const auto& [option, file] : {std::pair("--output", typed.output), std::pair("--gradient", typed.gradient)})
    if (!file.empty() && !file.ends_with(".npy"))
      throw UsageError(fmt::format("{} writes an array: FILE.npy, not '{}'", option, file));
  with_function(typed.name, [&]<class F>(const F& f) {
    if constexpr (takes_input_and_target<F>) loss_of(f, typed);
    else
      throw UsageError(fmt::format("'{}' is {}, which lossact eval computes; a loss has an input and a target",
                                   typed.name, family_in_words(function_named(typed.name).family)));
  });
}

}  // namespace

void add_loss(CLI::App& program) {
  CLI::App* command = program.add_subcommand("loss", "A loss of arrays, and its gradient");
  auto typed = std::make_shared<Typed>();
  command->add_option("NAME", typed->name, "a loss of lossact list, or information of two\ndistributions")
      ->required()
      ->type_name("");
  command
      ->add_option("--input", typed->input,
                   "a .npy file of float32 or float64, or a CSV file of\nnumbers with a header: values, rows (N, C) "
                   "or\n(N, C, d1, ...) of classes, or distributions")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--target", typed->target,
                   "values or probabilities, of the input's shape, or\nthe class of each row")
      ->required()
      ->type_name("FILE");
  command->add_option("--set", typed->set, "a parameter, NAME=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command->add_option("--output", typed->output, "write the loss of each element or row there, as\nfloat64")
      ->type_name("FILE.npy");
  command
      ->add_option("--gradient", typed->gradient,
                   "write the gradient in the input there, of its type\nand shape; of reduction=none, each loss's own")
      ->type_name("FILE.npy");
  const std::vector<std::string> names = names_of({"activation"});
  command->footer(
      fmt::format("Example:\n"
                  "  lossact eval {} -2 -1 0 1 2 --output a.npy\n"
                  "  lossact eval {} -2 -1 0 1 2 --output b.npy\n"
                  "  lossact loss {} --input a.npy --target b.npy --gradient gradient.npy",
                  names.front(), names.back(), default_losses(Task::regression).front()));
  command->callback([typed] { loss(*typed); });
}

}  // namespace lossact::cli

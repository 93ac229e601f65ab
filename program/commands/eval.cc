// lossact eval NAME VALUE...: a function of numbers typed, or of an array.
#include <unistd.h>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "files/file.h"
#include "program/functions.h"
#include "files/npy.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

struct Typed {
  std::string name, input, output;
  std::vector<std::string> values, set;
  bool gradient = false;
};
using Numbers = std::vector<double>;
constexpr std::string_view separator = "/";

/// f of every element, or with `slopes` its derivative there.
template <class P, class T>
void apply(const Activation<P>& f, const Chosen<P>& chosen, std::span<const T> x, std::span<T> y, bool slopes) {
  const std::vector<T> ones(slopes ? x.size() : 0, T{1});
  const std::span<const T> one(ones);
  if constexpr (detail::operand<P> == Operand::learned) {
    const T weight = static_cast<T>(chosen.weight);
    const std::span<const T> weights(&weight, 1);
    double grad_weight = 0;
    if (slopes) f.backward(one, x, weights, y, std::span<double>(&grad_weight, 1));
    else f(x, weights, y);
  } else {
    if (slopes) f.backward(one, x, y, chosen.options());
    else f(x, y, chosen.options());
  }
}

/// f of rows, or with `slopes` how each output changes with its own input.
template <class P, class T>
void apply_rows(const RowActivation<P>& f, const Chosen<P>& chosen, Rows<const T> x, Rows<T> y, bool slopes) {
  if (!slopes) return f(x, y, chosen.options());
  std::vector<T> unit(x.classes), gradient(x.classes);
  for (std::size_t row = 0; row < x.rows; ++row)
    for (std::size_t c = 0; c < x.classes; ++c) {
      unit[c] = 1;
      f.backward(Rows<const T>{unit.data(), 1, x.classes}, Rows<const T>{x[row], 1, x.classes},
                 Rows<T>{gradient.data(), 1, x.classes}, chosen.options());
      unit[c] = 0;
      y[row][c] = gradient[c];
    }
}

/// Columns of numbers; their names above them where a person reads.
void print_columns(const std::vector<std::string>& names, const std::vector<Numbers>& columns) {
  TextTable table(std::string(names.size(), 'r'));
  if (is_terminal(STDOUT_FILENO)) table.add(names);
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    std::vector<std::string> row;
    for (const Numbers& column : columns) row.push_back(number_text(column[i]));
    table.add(std::move(row));
  }
  print_text("{}", table.text());
}

/// The values before and behind the separator, as a function of two lists takes them.
std::pair<Numbers, Numbers> read_values(const Typed& typed, std::size_t lists, std::string_view what) {
  std::vector<Numbers> read(1);
  for (std::string text : typed.values) {
    if (text.starts_with(' ')) text.erase(0, 1);  // from main: see there
    if (text == separator) {
      read.emplace_back();
      continue;
    }
    const std::optional<double> value = read_number(text);
    if (!value) throw UsageError(fmt::format("'{}' is not a number", text));
    read.back().push_back(*value);
  }
  if (read.size() != lists)
    throw UsageError(
        lists == 1 ? fmt::format("{} takes one list of values, not {} with '{}' between them", typed.name, read.size(),
                                 separator)
                   : fmt::format("{0} takes {1}: lossact eval {0} VALUE... {2} VALUE...", typed.name, what, separator));
  read.resize(2);
  return {read[0], read[1]};
}

template <class P>
void eval_values(const Activation<P>& f, const Chosen<P>& chosen, const Typed& typed) {
  const Numbers x = read_values(typed, 1, "").first;
  std::vector<Numbers> columns = {x, Numbers(x.size())};
  apply<P, double>(f, chosen, x, columns[1], false);
  if (typed.gradient) apply<P, double>(f, chosen, x, columns.emplace_back(x.size()), true);
  print_columns(
      typed.gradient ? std::vector<std::string>{"x", "value", "slope"} : std::vector<std::string>{"x", "value"},
      columns);
}

template <class P>
void eval_values(const RowActivation<P>& f, const Chosen<P>& chosen, const Typed& typed) {
  const Numbers x = read_values(typed, 1, "").first;
  std::vector<Numbers> columns = {x, Numbers(x.size())};
  const auto rows = [](auto& row) { return Rows{row.data(), 1, row.size()}; };
  apply_rows<P, double>(f, chosen, rows(x), rows(columns[1]), false);
  if (typed.gradient) apply_rows<P, double>(f, chosen, rows(x), rows(columns.emplace_back(x.size())), true);
  print_columns(
      typed.gradient ? std::vector<std::string>{"x", "value", "slope"} : std::vector<std::string>{"x", "value"},
      columns);
}

template <class P>
void eval_values(const PairLoss<P>& f, const Chosen<P>& chosen, const Typed& typed) {
  const auto [x, target] = read_values(typed, 2, "inputs and targets");
  Numbers gradient(x.size());
  print_text("{}\n", number_text(f.with_gradient(std::span<const double>(x), std::span<const double>(target),
                                                 std::span<double>(gradient), chosen.options())));
  if (typed.gradient) print_columns({"x", "target", "gradient"}, {x, target, gradient});
}

template <class P>
void eval_values(const RowLoss<P>& f, const Chosen<P>& chosen, const Typed& typed) {
  const auto [x, target] = read_values(typed, 2, "a row and its class, or a probability for each");
  Numbers gradient(x.size());
  const Rows<const double> row{x.data(), 1, x.size()};
  const Rows<double> grad_row{gradient.data(), 1, x.size()};
  double loss;
  if (target.size() == 1 && x.size() != 1) {
    if (std::floor(target[0]) != target[0] || std::abs(target[0]) > 1e9)
      throw UsageError(fmt::format("'{}' is not the number of a class", number_text(target[0])));
    const std::vector<std::int64_t> label = {static_cast<std::int64_t>(target[0])};
    loss = f.with_gradient(row, label, grad_row, chosen.options());
  } else {
    loss = f.with_gradient(row, Rows<const double>{target.data(), 1, target.size()}, grad_row, chosen.options());
  }
  print_text("{}\n", number_text(loss));
  if (typed.gradient) print_columns({"x", "gradient"}, {x, gradient});
}

template <class P>
void eval_values(const Information<P>& f, const Chosen<P>& chosen, const Typed& typed) {
  const auto [p, q] = read_values(typed, P::distributions == 2 ? 2 : 1, "two distributions");
  const P& options = chosen.options();
  Numbers value(p.size()), gradient(p.size());
  if constexpr (P::distributions == 0) {
    f(p, value, options);
    f.gradient(p, gradient, options);
    if (typed.gradient) print_columns({"p", "value", "slope"}, {p, value, gradient});
    else print_columns({"p", "value"}, {p, value});
  } else if constexpr (P::distributions == 1) {
    print_text("{}\n", number_text(f(p, options)));
    f.gradient(p, gradient, options);
    if (typed.gradient) print_columns({"p", "gradient"}, {p, gradient});
  } else {
    print_text("{}\n", number_text(f(p, q, options)));
    f.gradient(p, q, gradient, options);
    if (typed.gradient) print_columns({"p", "q", "gradient"}, {p, q, gradient});
  }
}

/// Of a file, or of the values typed.
template <class F>
void eval_array(const F& f, const Chosen<typename F::Options>& chosen, const Typed& typed) {
  using P = typename F::Options;
  constexpr bool rows = std::is_same_v<F, RowActivation<P>>;
  if constexpr (rows || std::is_same_v<F, Activation<P>>) {
    Npy array;
    if (typed.input.empty()) {
      files::check_writable({typed.output});
      Numbers values = read_values(typed, 1, "").first;
      array = {.shape = {values.size()}, .fortran_order = false, .values = std::move(values)};
    } else {
      files::check_writable({typed.output}, {typed.input});
      array = load_npy(typed.input);
    }
    if (rows && (array.shape.empty() || array.fortran_order))
      throw format_error(typed.input + ": the rows must lie one after the other, in C order");
    std::visit(
        [&]<class T>(std::vector<T>& values) {
          std::vector<T> result(values.size());
          if constexpr (!std::is_floating_point_v<T>) {
            throw format_error(typed.input + ": its elements are whole numbers, expected float32 or float64");
          } else if constexpr (rows) {
            const std::size_t classes = array.shape.back(), count = classes ? values.size() / classes : 0;
            apply_rows<P, T>(f, chosen, {values.data(), count, classes}, {result.data(), count, classes},
                             typed.gradient);
          } else {
            apply<P, T>(f, chosen, values, result, typed.gradient);
          }
          values = std::move(result);
        },
        array.values);
    const std::string written = write_npy(array);
    files::write_files({{typed.output, written}}, {typed.input});
  } else {
    throw UsageError(fmt::format("--output takes activations; {} is of the family {}", typed.name,
                                 function_named(typed.name).family));
  }
}

void eval(const Typed& typed) {
  const bool typed_values = !typed.values.empty();
  if (!typed.input.empty() && typed.output.empty())
    throw UsageError("--input needs --output: lossact eval NAME --input FILE.npy --output FILE.npy");
  if (!typed.input.empty() && typed_values) throw UsageError("values and --input exclude each other");
  with_function(typed.name, [&](const auto& f) {
    using P = typename std::remove_cvref_t<decltype(f)>::Options;
    const Chosen<P> chosen = choose<P>(typed.set);
    if (typed.input.empty() && !typed_values)
      throw UsageError("a value is missing: lossact eval NAME VALUE..., or --input FILE.npy --output FILE.npy");
    if (!typed.output.empty()) eval_array(f, chosen, typed);
    else eval_values(f, chosen, typed);
  });
}

}  // namespace

void add_eval(CLI::App& program) {
  CLI::App* command = program.add_subcommand("eval", "Values and derivatives of a function");
  auto typed = std::make_shared<Typed>();
  command->add_option("NAME", typed->name, "a function of lossact list")->required()->type_name("");
  command
      ->add_option("VALUE", typed->values,
                   fmt::format("numbers, also -1.5, -inf and nan: elements, a row, or\nprobabilities; what takes two "
                               "lists has a {} between them",
                               separator))
      ->type_name("");
  command->add_option("--set", typed->set, "a parameter, NAME=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command->add_flag("--gradient", typed->gradient, "the derivative too; with --output, instead");
  command->add_option("--input", typed->input, "a .npy file of float32 or float64")->type_name("FILE");
  command->add_option("--output", typed->output, "where the results go as .npy, of a file in its type\nand shape")
      ->type_name("FILE");
  command->footer(
      fmt::format("Example:\n  lossact eval {} -1.5 -inf nan 2 --gradient", names_of({"activation"}).front()));
  command->callback([typed] { eval(*typed); });
}

}  // namespace lossact::cli

// lossact eval NAME VALUE...: a function of numbers typed, or of an array.
#include <unistd.h>
#include <memory>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/error.h"
#include "program/evaluation.h"
#include "files/file.h"
#include "program/functions.h"
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

/// The lists of values that were typed, one for each array that the function takes.
std::vector<Array> typed_arrays(const Function& function, const Typed& typed) {
  std::vector<Numbers> lists(1);
  for (std::string text : typed.values) {
    if (text.starts_with(' ')) text.erase(0, 1);  // from main: see there
    if (text == separator) {
      lists.emplace_back();
      continue;
    }
    const std::optional<double> value = read_number(text);
    if (!value) throw UsageError(fmt::format("'{}' is not a number", text));
    lists.back().push_back(*value);
  }
  std::vector<std::string> names;
  std::string call = "lossact eval " + typed.name;
  for (const std::size_t i : required_arguments(function)) {
    call += fmt::format("{} VALUE...", names.empty() ? "" : fmt::format(" {}", separator));
    names.emplace_back(function.arguments[i].name);
  }
  if (lists.size() != names.size())
    throw UsageError(names.size() == 1 ? fmt::format("{} takes one list of values, not {} with '{}' between them",
                                                     typed.name, lists.size(), separator)
                                       : fmt::format("{} takes {}: {}", typed.name, join(names), call));
  std::vector<Array> arrays;
  for (Numbers& list : lists)
    arrays.push_back({.file = {}, .shape = {list.size()}, .values = std::move(list), .typed = false});
  return arrays;
}

/// The number, or each, and beside the values that were typed what there is for each of them.
void print_values(const Function& function, const std::vector<Array>& arrays, const Evaluation& found, bool gradient) {
  const bool number = function.output == Output::number;
  const Numbers& each = number && found.reduced ? Numbers{found.value} : std::get<Numbers>(found.each.values);
  if (number)
    for (const double value : each) print_text("{}\n", number_text(value));
  if (number && !gradient) return;
  std::vector<std::string> names;
  std::vector<Numbers> columns;
  const auto add = [&](std::string_view name, const Numbers& column) {
    names.emplace_back(name), columns.push_back(column);
  };
  const std::vector<std::size_t> required = required_arguments(function);
  const std::size_t count = gradient ? std::get<Numbers>(found.gradient.values).size() : each.size();
  const bool beside = !number && each.size() == count;  // of two halves there is one value
  if (!number && !beside) print_columns({"value"}, {each});
  for (std::size_t k = 0; k < arrays.size(); ++k)
    if (arrays[k].shape[0] == count)  // and not the class of all of them
      add(function.arguments[required[k]].name, std::get<Numbers>(arrays[k].values));
  if (beside) add("value", each);
  if (gradient) add(number ? "gradient" : "slope", std::get<Numbers>(found.gradient.values));
  print_columns(names, columns);
}

void eval(const Typed& typed) {
  const bool typed_values = !typed.values.empty();
  if (!typed.input.empty() && typed.output.empty())
    throw UsageError("--input needs --output: lossact eval NAME --input FILE.npy --output FILE.npy");
  if (!typed.input.empty() && typed_values) throw UsageError("values and --input exclude each other");
  const Function& function = function_named(typed.name);
  const Options options = options_of(function, typed.set);
  if (typed.input.empty() && !typed_values)
    throw UsageError("a value is missing: lossact eval NAME VALUE..., or --input FILE.npy --output FILE.npy");
  if (!typed.output.empty()) {
    if (function.output == Output::number)
      throw UsageError(fmt::format("--output takes activations; '{}' is {}", typed.name, kind_in_words(function)));
    files::check_writable({typed.output}, {typed.input});
  }
  const std::vector<Array> arrays =
      typed.input.empty() ? typed_arrays(function, typed) : std::vector{read_array(typed.input)};
  const Evaluation found = evaluate(options, arrays, {.gradient = typed.gradient});
  if (typed.output.empty()) return print_values(function, arrays, found, typed.gradient);
  const std::string written = write_npy(typed.gradient ? found.gradient : found.each);
  files::write_files({{typed.output, written}}, {typed.input});
}

}  // namespace

Command eval_command() {
  auto typed = std::make_shared<Typed>();
  return {
      .name = "eval",
      .summary = "Values and derivatives of a function",
      .arguments = {{"NAME", "", "a function of lossact list", &typed->name, true},
                    {"VALUE", "",
                     fmt::format("numbers, also -1.5, -inf and nan: elements, a row, or\nprobabilities; several lists "
                                 "have a {} between them",
                                 separator),
                     &typed->values},
                    {"--set", "K=V", "a parameter, NAME=VALUE; may be repeated", &typed->set},
                    {"--gradient", "", "the derivative too; with --output, instead", &typed->gradient},
                    {"--input", "FILE", "a .npy file of float32 or float64, or a CSV file of\nnumbers with a header",
                     &typed->input},
                    {"--output", "FILE", "where the results go as .npy, of a file in its type\nand shape",
                     &typed->output}},
      .footer = fmt::format("Example:\n  lossact eval {} -1.5 -inf nan 2 --gradient", activation_names().front()),
      .run = [typed](auto&) { eval(*typed); }};
}

}  // namespace lossact::cli

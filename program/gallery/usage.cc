#include "program/gallery/usage.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include "program/functions.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

std::string qualified(const Function& f) {
  std::string name(f.name);
  if (const std::size_t dot = name.find('.'); dot != name.npos) name.replace(dot, 1, "::");
  return "lossact::" + name;
}

/// "{.alpha = 1.0}": how the first parameter that is a number or true or false is set; empty where there is none.
std::string some_option(const Function& f) {
  for (const ParameterInfo& p : f.parameters) {
    const std::string value = default_of(f, p);
    if (p.kind == Kind::boolean) return fmt::format("{{.{} = {}}}", p.name, value == "False");
    if (p.kind == Kind::real && std::isfinite(read_number(value).value_or(nan)))
      return fmt::format("{{.{} = {}}}", p.name, value);
  }
  return {};
}
std::string after_comma(const std::string& text) { return text.empty() ? text : ", " + text; }

constexpr std::string_view two_rows =
    "// two rows of three classes\n"
    "const auto rows = [](auto& values) {\n"
    "  return lossact::Rows{values.data(), 2, 3};\n"
    "};\n";

std::string call_of_elements(const Function& f) {
  const std::string name = qualified(f), option = after_comma(some_option(f));
  if (f.learns())
    return fmt::format(
        "const std::vector<float> input = {{-2, -1, 0, 1, 2}}, weight = {{{1}}};\n"
        "const std::vector<float> grad_output(5, 1.0f);\n"
        "std::vector<float> output(5), grad_input(5);\n"
        "std::vector<double> grad_weight(1);\n\n"
        "{0}(input, weight, output);\n"
        "{0}.backward(grad_output, input, weight, grad_input, grad_weight);\n",
        name, number_text(std::ranges::find_if(f.arguments, &ArgumentInfo::learned)->start));
  return fmt::format(
      "const std::vector<float> input = {{-2, -1, 0, 1, 2}};\n"
      "const std::vector<float> grad_output(5, 1.0f);\n"
      "std::vector<float> output(5), grad_input(5);\n\n"
      "{0}(input, output{1});\n"
      "{0}.backward(grad_output, input, grad_input{1});\n\n"
      "const double value = {0}(0.5);\n"
      "const double slope = {0}.derivative(0.5);\n",
      name, option);
}
std::string call_of_rows(const Function& f) {
  return fmt::format(
      "const std::vector<float> input = {{2, 1, 0, 0, 3, 0}};\n"
      "const std::vector<float> grad_output = {{1, 0, 0, 0, 1, 0}};\n"
      "std::vector<float> output(6), grad_input(6);\n"
      "{1}\n"
      "{0}(rows(input), rows(output){2});\n"
      "{0}.backward(rows(grad_output), rows(input), rows(grad_input){2});\n",
      qualified(f), two_rows, after_comma(some_option(f)));
}

std::string call_of_halves(const Function& f) {
  return fmt::format(
      "// two rows of four elements, and of their halves\n"
      "const std::vector<float> input = {{2, 1, 0, 3, -1, 0, 1, 2}};\n"
      "const std::vector<float> grad_output(4, 1.0f);\n"
      "std::vector<float> output(4), grad_input(8);\n"
      "const auto rows = [](auto& values, std::size_t size) {{\n"
      "  return lossact::Rows{{values.data(), 2, size}};\n"
      "}};\n\n"
      "{0}(rows(input, 4), rows(output, 2));\n"
      "{0}.backward(rows(grad_output, 2), rows(input, 4), rows(grad_input, 4));\n",
      qualified(f));
}
std::string call_of_gate(const Function& f) {
  std::string arrays, given, gradients, written;
  for (const std::size_t i : required_arguments(f)) {
    const std::string_view name = f.arguments[i].name;
    arrays +=
        fmt::format("const std::vector<float> {} = {{{}}};\n", name, i == 0 ? "-2, -1, 0, 1, 2" : "1, 2, 3, 4, 5");
    given += fmt::format("{}, ", name);
    gradients += fmt::format(", grad_{}(5)", name),
        written += fmt::format("{}grad_{}", written.empty() ? "" : ", ", name);
  }
  return fmt::format(
      "{1}"
      "const std::vector<float> grad_output(5, 1.0f);\n"
      "std::vector<float> output(5){3};\n\n"
      "{0}({2}output);\n"
      "{0}.backward(grad_output, {2}{{{4}}});\n",
      qualified(f), arrays, given, gradients, written);
}

/// Three inputs and targets of a loss, or two rows of three inputs.
struct Example {
  std::string_view input, target, rows;
};
constexpr Example example(Meaning meaning) {
  switch (meaning) {
    case Meaning::probabilities:
      return {"0.7f, 0.2f, 0.1f", "1, 0, 0", "0.7f, 0.2f, 0.1f, 0.1f, 0.8f, 0.1f"};
    case Meaning::log_probabilities:
      return {"-0.4f, -1.6f, -2.3f", "0.6f, 0.2f, 0.2f", "-0.4f, -1.6f, -2.3f, -2.3f, -0.2f, -2.3f"};
    case Meaning::logits:
      return {"2, -1, 0.5f", "1, 0, 1", "2, 1, 0, 0, 3, 0"};
    case Meaning::values:
      break;
  }
  return {"0.5f, -1, 2", "1, -1, 0", "0.5f, -1, 2, 0, 1, 0"};
}
/// The names of the arrays that a loss takes after its first, each behind a comma.
std::string names_after_first(const Function& f) {
  std::string names;
  const std::vector<std::size_t> required = required_arguments(f);
  for (std::size_t k = 1; k < required.size(); ++k) names += fmt::format(", {}", f.arguments[required[k]].name);
  return names;
}
std::string call_of_elements_of_a_loss(const Function& f) {
  const std::vector<std::size_t> required = required_arguments(f);
  const Example values = example(*f.input);
  std::string arrays;
  for (std::size_t k = 0; k < required.size(); ++k)
    arrays += fmt::format("const std::vector<float> {} = {{{}}};\n", f.arguments[required[k]].name,
                          k == 0   ? values.input
                          : k == 1 ? values.target
                                   : "1, 0.5f, 2");
  return fmt::format(
      "{1}"
      "std::vector<float> grad_{2}(3);\n"
      "std::vector<double> losses(3);\n\n"
      "const double mean = {0}({2}{3});\n"
      "const double sum = {0}(\n"
      "    {2}{3}, {{.reduction = lossact::Reduction::sum}});\n"
      "// the loss of every {4}\n"
      "{0}.each({2}{3}, losses);\n"
      "// the mean and its gradient in one pass\n"
      "{0}.with_gradient({2}{3}, grad_{2});\n",
      qualified(f), arrays, f.arguments[required[0]].name, names_after_first(f),
      required.size() == 2 ? "pair" : "element");
}
std::string call_of_vectors(const Function& f) {
  std::string arrays, given;
  for (const std::size_t i : required_arguments(f)) {
    const ArgumentInfo& a = f.arguments[i];
    const bool of_row = a.extent == Extent::row;
    const Example values = example(*f.input);
    if (of_row) arrays += fmt::format("// {}\n", a.says);
    arrays += fmt::format("const std::vector<float> {} = {{{}}};\n", a.name,
                          of_row   ? "1, -1"
                          : i == 0 ? values.rows
                          : i == 1 ? "1, 0, 0, 0, 1, 0"
                                   : "0, 1, 0, 1, 0, 0");
    given +=
        fmt::format("{}{}", given.empty() ? "" : ", ", of_row ? std::string(a.name) : fmt::format("rows({})", a.name));
  }
  constexpr std::string_view two_vectors =
      "// two vectors of three elements\n"
      "const auto rows = [](auto& values) {\n"
      "  return lossact::Rows{values.data(), 2, 3};\n"
      "};\n";
  return fmt::format(
      "{1}"
      "std::vector<float> grad_{2}(6);\n"
      "std::vector<double> losses(2);\n"
      "{3}\n"
      "const double mean = {0}({4});\n"
      "// the loss of every row\n"
      "{0}.each({4}, losses);\n"
      "// the mean and its gradient in one pass\n"
      "{0}.with_gradient({4}, rows(grad_{2}));\n",
      qualified(f), arrays, f.arguments.front().name, two_vectors, given);
}
std::string call_of_rows_and_classes(const Function& f) {
  return fmt::format(
      "const std::vector<float> input = {{{1}}};\n"
      "// the class of each row\n"
      "const std::vector<std::int64_t> target = {{0, 1}};\n"
      "std::vector<float> grad_input(6);\n"
      "std::vector<double> losses(2);\n"
      "{2}\n"
      "const double mean = {0}(rows(input), target);\n"
      "// the loss of every row\n"
      "{0}.each(rows(input), target, losses);\n"
      "// the mean and its gradient in one pass\n"
      "{0}.with_gradient(rows(input), target, rows(grad_input));\n",
      qualified(f), example(*f.input).rows, two_rows);
}
std::string call_of_probabilities(const Function& f) {
  const std::string name = qualified(f);
  if (f.output == Output::elements)
    return fmt::format(
        "const double nats = {0}(0.25);\n"
        "const double bits = {0}(0.25, {{.base = 2}});\n",
        name);
  constexpr std::string_view samples[] = {"0.5, 0.25, 0.25", "0.4, 0.4, 0.2"};
  std::string said, arrays, arguments;
  for (std::size_t i = 0; i < f.arguments.size(); ++i) {
    const ArgumentInfo& a = f.arguments[i];
    if (!a.says.empty())
      said += fmt::format("{}{} {}", said.empty() ? "// " : ", ", a.name,
                          (said.empty() ? "is " : "") + std::string(a.says));
    arrays += fmt::format("const std::vector<double> {} = {{{}}};\n", a.name, samples[i % std::size(samples)]);
    arguments += fmt::format("{}{}", arguments.empty() ? "" : ", ", a.name);
  }
  return fmt::format(
      "{0}{1}std::vector<double> grad_{4}(3);\n\n"
      "const double nats = {2}({3});\n"
      "const double bits = {2}({3}, {{.base = 2}});\n"
      "{2}.gradient({3}, grad_{4});\n",
      said.empty() ? said : said + "\n", arrays, name, arguments, f.arguments[differentiated_argument(f)].name);
}

std::string network_of_elements(const Function& f) {
  const std::string option = some_option(f);
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{\n"
      "    nn::Linear(16, 8),\n"
      "    {}{},\n"
      "    nn::Linear(8, 1)}};\n"
      "const nn::Tensor output = network(nn::randn({{32, 16}}));\n",
      qualified(f), option.empty() ? "" : fmt::format(".with({})", option));
}
std::string network_of_rows(const Function& f) {
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{nn::Linear(16, 3), {}}};\n"
      "// 32 rows of 3 classes\n"
      "const nn::Tensor output = network(nn::randn({{32, 16}}));\n",
      qualified(f));
}
/// The activation that makes of a network's outputs what a loss takes; empty where they fit as they are.
std::string made_by(Meaning input) {
  for (const Function* const function : functions())
    if (function->meaning == input) return ", " + qualified(*function);
  return {};
}
std::string network_of_loss(const Function& f) {
  const bool rows = f.has_classes();
  const std::vector<std::size_t> required = required_arguments(f);
  std::string arrays;
  for (std::size_t k = 1; k < required.size(); ++k) {
    const ArgumentInfo& argument = f.arguments[required[k]];
    arrays += fmt::format("const nn::Tensor {} = {};\n", argument.name,
                          argument.extent == Extent::row ? "nn::ones({4})"
                          : k > 1                        ? "nn::full({4, 2}, 0.5)"
                          : rows                         ? "nn::tensor({0, 2, 1, 0})"
                                                         : "nn::tensor({{0.9, 0.1}, {0.2, 0.8}, {0.5, 0.5}, {1, 0}})");
  }
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{nn::Linear(16, {}){}}};\n"
      "const nn::Tensor input = nn::randn({{4, 16}});\n"
      "{}"
      "{}(network(input){}).backward();\n",
      rows ? 3 : 2, made_by(*f.input), arrays, qualified(f), names_after_first(f));
}

}  // namespace

std::string call_in_code(const Function& function) {
  if (of_probabilities(function)) return call_of_probabilities(function);
  if (function.is_activation()) return by_rows(function) ? call_of_rows(function) : call_of_elements(function);
  if (function.halves()) return call_of_halves(function);
  if (function.is_gate()) return call_of_gate(function);
  if (function.has_classes()) return call_of_rows_and_classes(function);
  return by_rows(function) ? call_of_vectors(function) : call_of_elements_of_a_loss(function);
}
std::string network_in_code(const Function& function) {
  if (function.is_activation()) return by_rows(function) ? network_of_rows(function) : network_of_elements(function);
  return function.is_loss() ? network_of_loss(function) : "";
}

}  // namespace lossact::cli

#include "program/gallery/usage.h"
#include <fmt/format.h>
#include "program/functions.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

template <class F>
std::string qualified(const F& f) {
  std::string name = looked_up(f);
  if (const std::size_t dot = name.find('.'); dot != name.npos) name.replace(dot, 1, "::");
  return "lossact::" + name;
}

/// "{.alpha = 1.0}": how the first parameter that is a number or true or false is set; empty where there is none.
template <class P>
std::string some_option() {
  std::string text;
  const P defaults;
  const auto one = [&]<class T>(const Parameter<P, T>& parameter) {
    if constexpr (std::is_same_v<T, bool>) {
      if (text.empty()) text = fmt::format("{{.{} = {}}}", parameter.name, !(defaults.*(parameter.value)));
    } else if constexpr (std::is_same_v<T, double>) {
      if (text.empty() && std::isfinite(defaults.*(parameter.value)))
        text = fmt::format("{{.{} = {}}}", parameter.name, shown(defaults.*(parameter.value)));
    }
  };
  std::apply([&](const auto&... parameter) { (one(parameter), ...); }, P::parameters);
  return text;
}
std::string after_comma(const std::string& text) { return text.empty() ? text : ", " + text; }

constexpr std::string_view two_rows =
    "// two rows of three classes\n"
    "const auto rows = [](auto& values) {\n"
    "  return lossact::Rows{values.data(), 2, 3};\n"
    "};\n";

template <class P>
std::string call(const Activation<P>& f) {
  const std::string name = qualified(f), option = after_comma(some_option<P>());
  if constexpr (detail::operand<P> == Operand::learned)
    return fmt::format(
        "const std::vector<float> input = {{-2, -1, 0, 1, 2}}, weight = {{{1}}};\n"
        "const std::vector<float> grad_output(5, 1.0f);\n"
        "std::vector<float> output(5), grad_input(5);\n"
        "std::vector<double> grad_weight(1);\n\n"
        "{0}(input, weight, output);\n"
        "{0}.backward(grad_output, input, weight, grad_input, grad_weight);\n",
        name, number_text(P::weight));
  else
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
template <class P>
std::string call(const RowActivation<P>& f) {
  return fmt::format(
      "const std::vector<float> input = {{2, 1, 0, 0, 3, 0}};\n"
      "const std::vector<float> grad_output = {{1, 0, 0, 0, 1, 0}};\n"
      "std::vector<float> output(6), grad_input(6);\n"
      "{1}\n"
      "{0}(rows(input), rows(output){2});\n"
      "{0}.backward(rows(grad_output), rows(input), rows(grad_input){2});\n",
      qualified(f), two_rows, after_comma(some_option<P>()));
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
template <class P>
std::string call(const PairLoss<P>& f) {
  return fmt::format(
      "const std::vector<float> input = {{{1}}};\n"
      "const std::vector<float> target = {{{2}}};\n"
      "std::vector<float> grad_input(3);\n"
      "std::vector<double> losses(3);\n\n"
      "const double mean = {0}(input, target);\n"
      "const double sum = {0}(\n"
      "    input, target, {{.reduction = lossact::Reduction::sum}});\n"
      "// the loss of every pair\n"
      "{0}.each(input, target, losses);\n"
      "// the mean and its gradient in one pass\n"
      "{0}.with_gradient(input, target, grad_input);\n",
      qualified(f), example(P::input).input, example(P::input).target);
}
template <class P>
std::string call(const RowLoss<P>& f) {
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
      qualified(f), example(P::input).rows, two_rows);
}
template <class P>
std::string call(const Information<P>& f) {
  const std::string name = qualified(f);
  if constexpr (P::distributions == 0)
    return fmt::format(
        "const double nats = {0}(0.25);\n"
        "const double bits = {0}(0.25, {{.base = 2}});\n",
        name);
  else if constexpr (P::distributions == 1)
    return fmt::format(
        "const std::vector<double> p = {{0.5, 0.25, 0.25}};\n"
        "std::vector<double> grad_p(3);\n\n"
        "const double nats = {0}(p);\n"
        "const double bits = {0}(p, {{.base = 2}});\n"
        "{0}.gradient(p, grad_p);\n",
        name);
  else
    return fmt::format(
        "// p is what is the case, q what was expected\n"
        "const std::vector<double> p = {{0.5, 0.25, 0.25}};\n"
        "const std::vector<double> q = {{0.4, 0.4, 0.2}};\n"
        "std::vector<double> grad_q(3);\n\n"
        "const double nats = {0}(p, q);\n"
        "const double bits = {0}(p, q, {{.base = 2}});\n"
        "{0}.gradient(p, q, grad_q);\n",
        name);
}

template <class P>
std::string network(const Activation<P>& f) {
  const std::string option = some_option<P>();
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{\n"
      "    nn::Linear(16, 8),\n"
      "    {}{},\n"
      "    nn::Linear(8, 1)}};\n"
      "const nn::Tensor output = network(nn::randn({{32, 16}}));\n",
      qualified(f), option.empty() ? "" : fmt::format(".with({})", option));
}
template <class P>
std::string network(const RowActivation<P>& f) {
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{nn::Linear(16, 3), {}}};\n"
      "// 32 rows of 3 classes\n"
      "const nn::Tensor output = network(nn::randn({{32, 16}}));\n",
      qualified(f));
}
/// The row activation that makes of a network's outputs what a loss takes; empty where they fit as they are.
std::string made_by(Meaning input) {
  for (const Function& function : functions())
    if (function.output == input) return fmt::format(", lossact::{}", function.name);
  return {};
}
std::string trained(std::string_view loss, std::string_view layers, std::string_view target) {
  return fmt::format(
      "namespace nn = lossact::nn;\n"
      "nn::Sequential network{{{}}};\n"
      "const nn::Tensor input = nn::randn({{4, 16}});\n"
      "const nn::Tensor target = {};\n"
      "{}(network(input), target).backward();\n",
      layers, target, loss);
}
template <class P>
std::string network(const PairLoss<P>& f) {
  return trained(qualified(f), "nn::Linear(16, 2)" + made_by(P::input),
                 "nn::tensor({{0.9, 0.1}, {0.2, 0.8}, {0.5, 0.5}, {1, 0}})");
}
template <class P>
std::string network(const RowLoss<P>& f) {
  return trained(qualified(f), "nn::Linear(16, 3)" + made_by(P::input), "nn::tensor({0, 2, 1, 0})");
}
template <class P>
std::string network(const Information<P>&) {
  return {};
}

}  // namespace

std::string call_in_code(std::string_view name) {
  std::string code;
  with_function(name, [&](const auto& f) { code = call(f); });
  return code;
}
std::string network_in_code(std::string_view name) {
  std::string code;
  with_function(name, [&](const auto& f) { code = network(f); });
  return code;
}

}  // namespace lossact::cli

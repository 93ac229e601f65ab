#include "program/bench/work.h"
#include "program/arguments.h"

namespace lossact::cli {
namespace {

bool one_each(const ArgumentInfo& a) { return a.extent == Extent::element || a.extent == Extent::halves; }
std::vector<Work> works_of(const Function& function) {
  unsigned inputs = 0;
  for (const ArgumentInfo& a : function.arguments) inputs += is_required(a) && one_each(a);
  const bool elements = function.output == Output::elements;
  Work work{.function = &function, .pass = Pass::gradient, .by_rows = by_rows(function), .read = inputs, .written = 1};
  if (function.is_loss()) return {work};
  std::vector<Work> all;
  work.pass = Pass::forward, work.written = elements;
  all.push_back(work);
  work.pass = Pass::backward, work.read = inputs + elements, work.written = 1;
  all.push_back(work);
  work.pass = Pass::from_output;
  if (elements && inputs == 1 && function.gradient_from_output(function.defaults)) all.push_back(work);
  return all;
}

}  // namespace

std::string_view in_words(Pass pass) {
  static constexpr std::string_view words[] = {"forward", "backward", "from output", "gradient"};
  return words[static_cast<std::size_t>(pass)];
}

void Work::run(const Arrays& arrays, Accuracy accuracy) const {
  constexpr std::size_t most = 8;
  const std::size_t count = function->arguments.size(), rows = arrays.rows, classes = arrays.classes;
  // Of an output that has half of the elements of a row.
  const auto half = [&](const void* memory) {
    return lossact::Array::of(static_cast<const float*>(memory), 2, rows, classes / 2, 1, classes / 2);
  };
  const auto view = [&](const void* memory) {
    const auto data = static_cast<const float*>(memory);
    return by_rows ? lossact::Array::of(data, 2, rows, classes, 1, classes)
                   : lossact::Array::line(data, rows * classes);
  };
  lossact::Array arguments[most], slopes[most];
  const lossact::Array *in[most] = {}, *gradients[most] = {};
  static constexpr float one_for_all = 1;  // the target of two vectors that belong together
  lossact::Array ones = lossact::Array::line(&one_for_all, rows);
  ones.stride[1] = 0;
  float learned[most];
  double learned_gradients[most];
  const void* const* input = arrays.inputs.data();
  for (std::size_t i = 0; i < count; ++i) {
    const ArgumentInfo& argument = function->arguments[i];
    if (argument.learned()) {
      learned[i] = static_cast<float>(argument.start);
      arguments[i] = lossact::Array::line(&learned[i], 1), slopes[i] = lossact::Array::line(&learned_gradients[i], 1);
      gradients[i] = &slopes[i];
    } else if (argument.extent == Extent::row) {
      arguments[i] = ones;
    } else if (names_class(argument.extent)) {
      arguments[i] = lossact::Array::line(arrays.labels, rows);
    } else if (is_required(argument)) {
      arguments[i] = view(*input++);
    } else {
      continue;
    }
    in[i] = &arguments[i];
  }
  const std::size_t differentiated = differentiated_argument(*function);
  const lossact::Array result = view(arrays.result);
  gradients[differentiated] = &result;

  static constexpr double one = 1;
  const bool elements = function->output == Output::elements;
  const lossact::Array output = function->halves() ? half(arrays.result)
                                : elements         ? result
                                                   : lossact::Array::line(arrays.numbers, rows);
  const bool backward = pass == Pass::backward || pass == Pass::from_output;
  const lossact::Array grad_output = backward && function->halves() ? half(*input)
                                     : backward && elements         ? view(*input)
                                                                    : lossact::Array::line(&one, 1);
  Call call{.arrays = {in, count}, .accuracy = accuracy, .from_output = pass == Pass::from_output};
  if (pass == Pass::forward) call.output = &output;
  else call.gradients = {gradients, count};
  if (backward) call.grad_output = &grad_output;
  lossact::run(*function, call);
}

std::span<const Work> works() {
  static const std::vector<Work> all = [] {
    std::vector<Work> list;
    for (const Function* const function : functions())
      for (const Work& work : works_of(*function)) list.push_back(work);
    return list;
  }();
  return all;
}

}  // namespace lossact::cli

// lossact loss NAME --input FILE --target FILE: a loss of arrays.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "program/error.h"
#include "program/evaluation.h"
#include "experiment/experiment.h"
#include "files/file.h"
#include "lossact/error.h"
#include "program/functions.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

struct Typed {
  std::string name, input, target, output, gradient;
  std::vector<std::string> set, arrays;
};

/// The files in the order of the function's arguments. The input is what it is differentiated in; the target is the
/// argument of that name, or else the other of the first two; what it takes beside them has a name.
struct Roles {
  std::string_view input, target;  // their names
  bool target_first;
  std::vector<std::string> files;
  std::vector<std::filesystem::path> paths() const { return {files.begin(), files.end()}; }
};
Roles roles_of(const Function& function, const Typed& typed) {
  const std::vector<std::size_t> required = required_arguments(function);
  const auto name = [&](std::size_t place) { return function.arguments[required[place]].name; };
  const std::size_t input = required[1] == differentiated_argument(function);
  std::size_t target = required.size();
  while (--target > 0 && name(target) != "target") continue;
  if (target == 0) target = 1 - input;
  Roles roles{.input = name(input), .target = name(target), .target_first = target < input, .files = {}};
  roles.files.resize(required.size());
  roles.files[input] = typed.input, roles.files[target] = typed.target;
  for (const std::string& text : typed.arrays) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
      throw UsageError(fmt::format("'{}' is no NAME=FILE", text));
    std::size_t place = 0;
    while (place < required.size() && name(place) != std::string_view(text).substr(0, equals)) ++place;
    if (place == required.size() || place == input || place == target)
      throw UsageError(fmt::format("'{}' takes no further array '{}'", typed.name, text.substr(0, equals)));
    if (!roles.files[place].empty()) throw UsageError(fmt::format("'{}' is given twice", name(place)));
    roles.files[place] = text.substr(equals + 1);
  }
  for (std::size_t place = 0; place < required.size(); ++place)
    if (roles.files[place].empty())
      throw UsageError(fmt::format("'{}' takes {} too: --array {}=FILE", typed.name, name(place), name(place)));
  return roles;
}

Evaluation evaluation_of(const Options& options, const Typed& typed, const Roles& roles) {
  std::vector<Array> arrays;
  for (const std::string& file : roles.files) arrays.push_back(read_array(file));
  try {
    return evaluate(options, arrays, {.each = !typed.output.empty(), .gradient = !typed.gradient.empty()});
  } catch (const domain_error& e) {
    if (!roles.target_first) throw;
    throw domain_error(fmt::format("{} ({} is the target, {} the input)", e.what(), roles.target, roles.input));
  }
}

void tell(const Typed& typed, const Roles& roles, const Evaluation& found) {
  fmt::memory_buffer text;
  if (found.reduced) fmt::format_to(std::back_inserter(text), "{}\n", number_text(found.value));
  else if (typed.output.empty())
    for (const double loss : std::get<std::vector<double>>(found.each.values))
      fmt::format_to(std::back_inserter(text), "{}\n", number_text(loss));
  std::string losses, gradient;
  std::vector<files::Output> outputs;
  if (!typed.output.empty()) outputs.push_back({typed.output, losses = write_npy(found.each)});
  if (!typed.gradient.empty()) outputs.push_back({typed.gradient, gradient = write_npy(found.gradient)});
  files::write_files(outputs, roles.paths());
  print_text("{}", std::string_view(text.data(), text.size()));
}

void loss(const Typed& typed) {
  for (const auto& [option, file] : {std::pair("--output", typed.output), std::pair("--gradient", typed.gradient)})
    if (!file.empty() && !file.ends_with(".npy"))
      throw UsageError(fmt::format("{} writes an array: FILE.npy, not '{}'", option, file));
  const Function& function = function_named(typed.name);
  if (function.output != Output::number || required_arguments(function).size() < 2)
    throw UsageError(fmt::format("'{}' is {}, which lossact eval computes; a loss has an input and a target",
                                 typed.name, kind_in_words(function)));
  const Options options = options_of(function, typed.set);
  const Roles roles = roles_of(function, typed);
  std::vector<std::filesystem::path> written;
  for (const std::string& file : {typed.output, typed.gradient})
    if (!file.empty()) written.emplace_back(file);
  files::check_writable(written, roles.paths());
  tell(typed, roles, evaluation_of(options, typed, roles));
}

}  // namespace

Command loss_command() {
  auto typed = std::make_shared<Typed>();
  const std::vector<std::string> names = activation_names();
  return {
      .name = "loss",
      .summary = "A loss of arrays, and its gradient",
      .arguments =
          {{"NAME", "", "a loss of lossact list, or information of two\ndistributions", &typed->name, true},
           {"--input", "FILE",
            "a .npy file of float32 or float64, or a CSV file of\nnumbers with a header: values, rows (N, C) or\n(N, "
            "C, "
            "d1, ...) of classes, or distributions",
            &typed->input, true},
           {"--target", "FILE", "values or probabilities, of the input's shape, or\nthe class of each row",
            &typed->target, true},
           {"--array", "NAME=FILE", "an array that the loss takes beside these two; may be\nrepeated", &typed->arrays},
           {"--set", "K=V", "a parameter, NAME=VALUE; may be repeated", &typed->set},
           {"--output", "FILE.npy", "write the loss of each element or row there, as\nfloat64", &typed->output},
           {"--gradient", "FILE.npy",
            "write the gradient in the input there, of its type\nand shape; of reduction=none, each loss's own",
            &typed->gradient}},
      .footer = fmt::format("Example:\n"
                            "  lossact eval {} -2 -1 0 1 2 --output a.npy\n"
                            "  lossact eval {} -2 -1 0 1 2 --output b.npy\n"
                            "  lossact loss {} --input a.npy --target b.npy --gradient gradient.npy",
                            names.front(), names.back(), default_losses(Task::regression).front()),
      .run = [typed](auto&) { loss(*typed); }};
}

}  // namespace lossact::cli

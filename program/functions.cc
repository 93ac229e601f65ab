#include "program/functions.h"
#include <fmt/format.h>
#include "lossact/error.h"
#include "lossact/nn/by_name.h"
#include "program/error.h"
#include "text/suggest.h"

namespace lossact::cli {

const Function& function_named(std::string_view name) {
  if (const Function* function = find(name)) return *function;
  std::vector<std::string> names;
  for (const Function* function : functions()) names.emplace_back(function->name);
  throw UsageError(unknown("function", name, names));
}

std::vector<std::string> activation_names() { return {nn::activation_names().begin(), nn::activation_names().end()}; }
std::vector<std::string> loss_names() { return {nn::loss_names().begin(), nn::loss_names().end()}; }

Options options_of(const Function& function, const std::vector<std::string>& set_options) {
  Options options(function);
  try {
    for (const std::string& setting : set_options) {
      const std::size_t equals = setting.find('=');
      if (equals == 0 || equals == setting.npos)
        throw UsageError(fmt::format("--set takes name=value, not '{}'", setting));
      options.set(setting.substr(0, equals), setting.substr(equals + 1));
    }
    Options counted = options;
    count_rows(counted, 1);  // how many there are is known later
    check_options(function, counted.data());
  } catch (const error& e) {
    throw UsageError(e.what());
  }
  return options;
}

void count_rows(Options& options, std::size_t rows) {
  const Function& function = options.function();
  if (parameter_of(function, "rows") && function.common(options.data()).rows == 0)
    options.set("rows", std::to_string(rows));
}

}  // namespace lossact::cli

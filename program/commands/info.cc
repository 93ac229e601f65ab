// lossact info: what this program is made of and runs on.
#include <cblas.h>
#include <CLI/Version.hpp>
#include <csv.h>
#include <memory>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <oneapi/tbb/version.h>
#include "program/commands/commands.h"
#include "program/terminal/terminal.h"
#include "lossact/registry.h"
#include "lossact/targets.h"
#include "lossact/threads.h"
#include "lossact/version.h"
#if __has_include(<hwy/base.h>)
#include <hwy/base.h>
#endif

namespace lossact::cli {
namespace {

using Library = std::pair<std::string, std::string>;

/// "OpenBLAS 0.3.21 NO_LAPACKE ..." begins with name and version.
Library blas() {
#ifdef OPENBLAS_VERSION
  const std::string config = openblas_get_config();
  const std::size_t from = config.find(' ') + 1;
  return {config.substr(0, from - 1), config.substr(from, config.find(' ', from) - from)};
#else
  return {"BLAS", "of unknown version"};
#endif
}

std::vector<Library> libraries() {
  std::vector<Library> list = {
      {"oneTBB", TBB_runtime_version()},
      blas(),
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"CLI11", CLI11_VERSION},
      {"nlohmann-json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"libcsv", fmt::format("{}.{}.{}", CSV_MAJOR, CSV_MINOR, CSV_RELEASE)}};
#ifdef HWY_MAJOR
  list.insert(list.begin(), {"Highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)});
#endif
  return list;
}

std::string compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

void info(bool as_json) {
  const auto available = targets::available();
  if (as_json) {
    nlohmann::ordered_json libraries_json = nlohmann::ordered_json::object();
    for (const auto& [name, version] : libraries()) libraries_json[name] = version;
    const nlohmann::ordered_json json = {
        {"version", version()},
        {"processor_targets", std::vector<std::string>(available.begin(), available.end())},
        {"processor_target", targets::current()},
        {"threads", num_threads()},
        {"functions", functions().size()},
        {"libraries", libraries_json},
        {"compiler", compiler()},
        {"build_type", LOSSACT_BUILD_TYPE}};
    print_text("{}\n", json.dump(1));
    return;
  }
  TextTable table("ll");
  table.add({"lossact", std::string(version())});
  table.add({"functions", std::to_string(functions().size())});
  table.add({"processor targets", fmt::format("{} ({} in use)", fmt::join(available, ", "), targets::current())});
  table.add({"threads", std::to_string(num_threads())});
  for (const auto& [name, version] : libraries()) table.add({name, version});
  table.add({"compiler", fmt::format("{}, {}", compiler(), LOSSACT_BUILD_TYPE)});
  print_text("{}", table.text());
}

}  // namespace

Command info_command() {
  auto json = std::make_shared<bool>(false);
  return {.name = "info",
          .summary = "Version, processor targets, threads and libraries",
          .arguments = {{"--json", "", "for other programs", json.get()}},
          .footer = "Example:\n  lossact info --json",
          .run = [json](auto&) { info(*json); }};
}

}  // namespace lossact::cli

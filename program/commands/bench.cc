// lossact bench: how long each function takes on this machine, and how many copies of the same bytes that is.
#include <algorithm>
#include <memory>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include "lossact/targets.h"
#include "lossact/threads.h"
#include "lossact/version.h"
#include "program/bench/workbench.h"
#include "program/commands/commands.h"
#include "program/error.h"
#include "program/functions.h"
#include "program/terminal/interrupt.h"
#include "text/number.h"
#include "program/option.h"
#include "program/bench/processor.h"
#include "program/terminal/progress.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

constexpr std::size_t default_sizes[] = {16384, 33554432};
constexpr Shape default_rows[] = {{4096, 10}, {1024, 1000}, {64, 128256}};
constexpr double default_seconds = 0.1;

struct Typed {
  std::vector<std::string> functions;
  std::string size, threads, seconds;
  bool json = false;
};

/// What is measured together under one heading.
struct Section {
  Shape shape;
  int threads;
  std::vector<const Work*> works;
};

std::vector<const Work*> chosen_works(const std::vector<std::string>& names) {
  for (const std::string& name : names) function_named(name);
  std::vector<const Work*> chosen;
  for (const Work& work : works())
    if (names.empty() || std::ranges::find(names, work.function->name) != names.end()) chosen.push_back(&work);
  return chosen;
}

std::vector<Section> sections(const Typed& typed) {
  const std::vector<const Work*> chosen = chosen_works(typed.functions);
  const std::size_t size = whole_number("--size", typed.size, 0);
  const auto most = static_cast<std::size_t>(num_threads());
  const int threads = static_cast<int>(std::min(whole_number("--threads", typed.threads, 0), most));

  std::vector<Shape> lists, rows(std::begin(default_rows), std::end(default_rows));
  for (const std::size_t elements : default_sizes) lists.push_back({.rows = 1, .classes = elements});
  if (size > 0) {
    lists = {{.rows = 1, .classes = size}};
    const std::size_t classes = std::min<std::size_t>(size, 1000);
    rows = {{.rows = size / classes, .classes = classes}};
  }
  std::vector<int> counts = {1};
  if (threads > 0) counts = {threads};
  else if (most > 1) counts.push_back(static_cast<int>(most));

  std::vector<Section> all;
  for (const bool by_rows : {false, true})
    for (const Shape& shape : by_rows ? rows : lists)
      for (const int count : counts) {
        Section section{.shape = shape, .threads = count, .works = {}};
        std::ranges::copy_if(chosen, std::back_inserter(section.works),
                             [&](const Work* work) { return work->by_rows == by_rows; });
        if (!section.works.empty()) all.push_back(std::move(section));
      }
  return all;
}

std::string table_of(std::span<const Measurement> measurements) {
  TextTable table("llrrrrr", 24);
  table.add({"", "", "faithful", "copies", "fast", "copies", "copy"});
  const auto row = [&](const Measurement& m) {
    const auto nanoseconds = [](double value) { return fmt::format("{:.{}f}", value, value < 100 ? 2 : 0); };
    const auto copies = [](double value) { return fmt::format("{:.{}f}", value, value < 100 ? 1 : 0); };
    table.add({std::string(m.work->function->name), std::string(in_words(m.work->pass)),
               nanoseconds(m.faithful.nanoseconds), copies(m.faithful.copies), nanoseconds(m.fast.nanoseconds),
               copies(m.fast.copies), nanoseconds(m.copy_nanoseconds)});
  };
  std::ranges::for_each(measurements, row);
  return table.text();
}

nlohmann::ordered_json json_of(const Measurement& m) {
  const auto timing = [](const Timing& t) {
    return nlohmann::ordered_json{{"nanoseconds", t.nanoseconds}, {"copies", t.copies}};
  };
  return {{"function", m.work->function->name},
          {"topic", m.work->function->topic},
          {"pass", in_words(m.work->pass)},
          {"rows", m.work->by_rows ? nlohmann::ordered_json(m.shape.rows) : nullptr},
          {"classes", m.work->by_rows ? nlohmann::ordered_json(m.shape.classes) : nullptr},
          {"elements", m.shape.elements()},
          {"element_bytes", sizeof(float)},
          {"arrays_read", m.work->read},
          {"arrays_written", m.work->written},
          {"threads", m.threads},
          {"repetitions", m.repetitions},
          {"copy_nanoseconds", m.copy_nanoseconds},
          {"faithful", timing(m.faithful)},
          {"fast", timing(m.fast)}};
}

void bench(const Typed& typed) {
  const std::vector<Section> all = sections(typed);
  double seconds = default_seconds;
  if (!typed.seconds.empty()) seconds = read_number(typed.seconds).value_or(-1);
  if (!(seconds >= 0 && seconds <= 3600))
    throw UsageError(fmt::format("--seconds is '{}', expected a number of 0 to 3600", typed.seconds));

  std::size_t bytes = 0, rows = 0, steps = 0;
  for (const Section& section : all) {
    bytes = std::max(bytes, section.shape.elements() * sizeof(float));
    rows = std::max(rows, section.shape.rows);
    steps += section.works.size();
  }
  Workbench workbench(bytes, rows);
  const int available = num_threads();
  const std::string head = fmt::format("{}, {}; lossact {}, {}", processor_name(), targets::current(), version(),
                                       counted(static_cast<std::size_t>(available), "thread"));
  if (!typed.json) {
    print_text("{}", wrapped(head, terminal_width(), 0));
    print_text("{}", wrapped("Nanoseconds for one element, and how many times as long as copying the same bytes with "
                             "the same threads; medians of runs in turns.",
                             terminal_width(), 0));
    std::fflush(stdout);
  }

  catch_interrupts();
  const auto stop = [] { return interrupted() != 0; };
  std::vector<Measurement> measured;
  std::string text;
  {
    Progress progress(steps);
    for (const Section& section : all) {
      const std::size_t before = measured.size();
      set_num_threads(section.threads == available ? 0 : section.threads);
      for (const Work* work : section.works) {
        if (stop()) break;
        measured.push_back(workbench.measure(*work, section.shape, section.threads, seconds, stop));
        progress.advance();
      }
      if (measured.size() == before) continue;
      const std::string what = section.works.front()->by_rows
                                   ? fmt::format("{} x {}", section.shape.rows, section.shape.classes)
                                   : counted(section.shape.classes, "element");
      text += fmt::format("\n{}, {}\n{}", what, counted(static_cast<std::size_t>(section.threads), "thread"),
                          table_of(std::span(measured).subspan(before)));
    }
  }
  if (typed.json) {
    nlohmann::ordered_json measurements = nlohmann::ordered_json::array();
    for (const Measurement& m : measured) measurements.push_back(json_of(m));
    const nlohmann::ordered_json json = {{"schema", 1},
                                         {"version", version()},
                                         {"processor", processor_name()},
                                         {"processor_target", targets::current()},
                                         {"threads", available},
                                         {"measurements", measurements}};
    print_text("{}\n", json.dump(1));
  } else {
    print_text("{}", text);
  }
  if (stop()) {
    std::fflush(stdout);
    print_text(stderr, "lossact: stopped after {} of {}\n", measured.size(), counted(steps, "measurement"));
    throw Exit{128 + interrupted()};
  }
}

}  // namespace

Command bench_command() {
  auto typed = std::make_shared<Typed>();
  return {.name = "bench",
          .summary = "How long each function takes, in copies of its bytes",
          .arguments = {{"--function", "NAME", "one of lossact list; may be repeated (all)", &typed->functions},
                        {"--size", "N",
                         fmt::format("elements ({}); for functions of rows, in\nrows of 1000 (4096 x 10, 1024 x 1000, "
                                     "64 x 128256)",
                                     fmt::join(default_sizes, " and ")),
                         &typed->size},
                        {"--threads", "N", "at most so many (one, then as many as cores)", &typed->threads},
                        {"--seconds", "S",
                         fmt::format("for each measurement, of three runs at least ({})", default_seconds),
                         &typed->seconds},
                        {"--json", "", "for other programs", &typed->json}},
          .footer = fmt::format("Example:\n  lossact bench --function {} --size 100000 --seconds 0.05",
                                activation_names().back()),
          .run = [typed](auto&) { bench(*typed); }};
}

}  // namespace lossact::cli

#include "experiment/experiment.h"
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include "experiment/trainer.h"
#include "lossact/registry.h"
#include "experiment/training_data.h"

namespace lossact::cli {

std::vector<std::string> default_activations() {
  std::vector<std::string> names;
  for (const std::string_view name : nn::activation_names())
    if (find(name)->about.compared) names.emplace_back(name);
  return names;
}

std::vector<std::string> default_losses(Task task) {
  std::vector<std::string> names;
  for (const std::string_view name : nn::loss_names())
    if (find(name)->about.compared && loss_refusal(name, task).empty()) names.emplace_back(name);
  return names;
}

std::string default_baseline() {
  const std::span<const std::string_view> names = nn::activation_names();
  return std::string(*std::ranges::max_element(names, {}, [](std::string_view name) {
    return std::ranges::count(functions(), name, [](const Function* f) { return f->about.claim.against; });
  }));
}

std::string loss_refusal(std::string_view name, Task task) {
  const nn::Loss loss = nn::loss(name);
  if (task == Task::regression) {
    if (loss.takes_classes()) return fmt::format("'{}' compares with classes, and the target is numbers", name);
    if (loss.input() != Meaning::values) {
      std::string_view meaning;
      for (const auto& choice : choices<Meaning>)
        if (choice.value == loss.input()) meaning = choice.name;
      return fmt::format("'{}' is a loss of {}, and the target is numbers", name, meaning);
    }
  }
  return {};
}

std::vector<Training> run_experiment(const Table& table, const Plan& plan, const Watch& watch) {
  std::vector<Training> runs;
  for (std::size_t seed = 0; seed < plan.seeds; ++seed)
    for (std::size_t loss = 0; loss < plan.losses.size(); ++loss)
      for (std::size_t activation = 0; activation < plan.activations.size(); ++activation)
        runs.push_back({.activation = activation, .loss = loss, .seed = seed});

  const nn::SingleThreadedBlas blas;
  DataOfSeeds data(table, plan.seeds, plan.activations.size() * plan.losses.size());
  std::atomic<std::size_t> next = 0;
  // Whoever is free takes the next run. In an arena of its own a run stays on its thread, whatever it calls.
  const auto work = [&] {
    for (std::size_t i; (i = next++) < runs.size() && !watch.stop();) {
      tbb::task_arena alone(1);
      alone.execute([&] { Trainer(table, plan, watch, *data.take(runs[i].seed), runs[i]).go(); });
    }
  };
  // As many threads as were asked for, also where there are fewer cores; a limit that is in force already stays.
  using tbb::global_control;
  const global_control limit(global_control::max_allowed_parallelism, static_cast<std::size_t>(plan.threads));
  const auto threads = static_cast<int>(global_control::active_value(global_control::max_allowed_parallelism));
  tbb::task_arena arena(std::min(plan.threads, threads));
  arena.execute([&] { tbb::parallel_for(0, threads, [&](int) { work(); }, tbb::simple_partitioner()); });
  return runs;
}

}  // namespace lossact::cli

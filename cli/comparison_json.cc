#include "cli/comparison_json.h"
#include <nlohmann/json.hpp>
#include "lossact/lossact.h"

namespace lossact::cli {
namespace {

using Json = nlohmann::ordered_json;  // it writes NaN and infinity as null

template <class E>
std::string_view name_of(E value) {
  for (const auto& choice : choices<E>)
    if (choice.value == value) return choice.name;
  return {};
}

Json interval(const Estimate& estimate) {
  if (!estimate.interval) return nullptr;
  return Json::array({estimate.interval->low, estimate.interval->high});
}

Json data(const Table& table) {
  const Split split = split_rows(table, 0);
  Json json = {{"name", table.name},
               {"target", table.target},
               {"task", name_of(table.task)},
               {"rows", table.rows()},
               {"rows_dropped", table.dropped_rows},
               {"train_rows", split.train.size()},
               {"test_rows", split.test.size()},
               {"features", table.features},
               {"classes", nullptr}};
  if (table.task == Task::classification) json["classes"] = table.classes;
  return json;
}

Json settings(const Plan& plan, const TableOptions& options) {
  return {{"activations", plan.activations},
          {"losses", plan.losses},
          {"baseline", plan.baseline},
          {"hidden", plan.hidden},
          {"epochs", plan.epochs},
          {"seeds", plan.seeds},
          {"optimizer", name_of(plan.optimizer)},
          {"lr", plan.lr},
          {"batch_size", plan.batch_size},
          {"drop", options.drop},
          {"missing", name_of(options.missing)}};
}

Json seed(const Training& run, const std::string& score) {
  Json epochs = Json::array();
  for (std::size_t i = 0; i < run.epochs.size(); ++i) {
    const Epoch& e = run.epochs[i];
    epochs.push_back({{"epoch", i + 1},
                      {"train_loss", e.train_loss},
                      {"train_" + score, e.train_score},
                      {"test_loss", e.test_loss},
                      {"test_" + score, e.test_score}});
  }
  return {{"seed", run.seed}, {"test_" + score, run.score}, {"diverged", run.diverged}, {"epochs", std::move(epochs)}};
}

}  // namespace

std::string comparison_json(const Table& table, const Plan& plan, const std::vector<Comparison>& rows,
                            const Circumstances& circumstances) {
  const std::string score = table.task == Task::classification ? "accuracy" : "rmse";
  Json results = Json::array();
  for (const Comparison& row : rows) {
    Json seeds = Json::array();
    for (const Training* run : row.runs) seeds.push_back(seed(*run, score));
    results.push_back({{"activation", plan.activations[row.activation]},
                       {"loss", plan.losses[row.loss]},
                       {"test_" + score + "_mean", row.score.mean},
                       {"test_" + score + "_interval", interval(row.score)},
                       {"difference_to_baseline", row.difference.mean},
                       {"difference_interval", interval(row.difference)},
                       {"seeds_diverged", row.diverged},
                       {"seeds", std::move(seeds)}});
  }
  const Json json = {{"schema", 1},
                     {"data", data(table)},
                     {"settings", settings(plan, circumstances.table)},
                     {"results", std::move(results)},
                     {"interrupted", circumstances.interrupted},
                     {"run",
                      {{"command", circumstances.command},
                       {"version", version()},
                       {"processor_target", targets::current()},
                       {"threads", plan.threads},
                       {"seconds", circumstances.seconds}}}};
  // A label that is not UTF-8 becomes readable rather than an error.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lossact::cli

#include "program/report/comparison_json.h"
#include <cmath>
#include <nlohmann/json.hpp>
#include "experiment/findings.h"
#include "program/functions.h"
#include "experiment/training_data.h"
#include "lossact/version.h"

namespace lossact::cli {
namespace {

using Json = nlohmann::ordered_json;  // it writes NaN and infinity as null

Json or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }
Json share(double part, double whole) { return whole > 0 ? Json(part / whole) : Json(nullptr); }

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
               {"own_test_part", table.test_rows > 0},
               {"features", table.features},
               {"constant_features", table.constant},
               {"reading", table.notes},
               {"classes", nullptr},
               {"unseen_classes", nullptr}};
  if (table.task == Task::regression) return json;
  json["classes"] = table.classes;
  json["unseen_classes"] = Json::array();
  for (const std::size_t index : unseen_classes(table).classes) json["unseen_classes"].push_back(table.classes[index]);
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
          {"numbers", options.numbers},
          {"categories", options.categories},
          {"missing", name_of(options.missing)},
          {"na_values", options.na_values ? Json(*options.na_values) : Json(nullptr)},
          {"header", options.header ? Json(name_of(*options.header)) : Json(nullptr)},
          {"decimal", options.decimal ? Json(name_of(*options.decimal)) : Json(nullptr)}};
}

/// f and f' over the range of the histograms that are drawn beneath, as a module of the network has them at first.
Json curve(const std::string& name) {
  constexpr std::size_t places = 257;
  const nn::Tensor x = nn::linspace(Histogram::low, Histogram::high, places).requires_grad_();
  const std::shared_ptr<nn::Module> f = nn::activation_module(name);
  f->eval();
  const nn::Tensor y = (*f)(x);
  y.backward(nn::ones(y.shape()));
  const auto list = [](const nn::Tensor& tensor) {
    Json numbers = Json::array();
    for (const float v : tensor.data<float>()) numbers.push_back(v);
    return numbers;
  };
  return {{"x", list(x)}, {"y", list(y)}, {"slope", list(x.grad())}};
}

Json activation(const std::string& name) {
  const Function& function = function_named(name);
  const Facts facts = function.facts_of_defaults();
  Json kinks = Json::array(), claim = nullptr;
  for (const Kink& kink : facts.kinks) kinks.push_back({{"at", kink.at}, {"slope", kink.slope}});
  if (!function.about.claim.text.empty())
    claim = {{"against", function.about.claim.against}, {"text", function.about.claim.text}};
  return {{"name", name},
          {"formula", function.about.formula},
          {"note", or_null(function.about.note)},
          {"claim", std::move(claim)},
          {"saturates", facts.saturates()},
          {"kinks", std::move(kinks)},
          {"linear", as_line(name).has_value()},
          {"curve", curve(name)}};
}

Json loss(const std::string& name) {
  const Function& function = function_named(name);
  return {{"name", name},
          {"formula", function.about.formula},
          {"note", or_null(function.about.note)},
          {"input", name_of(nn::loss(name).input())}};
}

/// The first training that went along the path; null where none of the first seed was finished.
const Training* path_run(const Findings& findings) {
  for (const Comparison& row : findings.rows)
    for (const Training* run : row.runs)
      if (!run->along_path.empty()) return run;
  return nullptr;
}

Json path(const Table& table, const Findings& findings) {
  const Training* run = path_run(findings);
  if (!run) return nullptr;
  const std::vector<std::size_t> train = split_rows(table, 0).train;
  const auto of = [&](std::size_t index) {
    const std::size_t row = train[index];
    return table.task == Task::regression ? Json(table.numbers[row])
                                          : Json(table.classes[static_cast<std::size_t>(table.labels[row])]);
  };
  Json at = Json::array();
  for (std::size_t i = 0; i < Path::places; ++i)
    at.push_back(Path::first + (Path::last - Path::first) * static_cast<double>(i) / (Path::places - 1));
  return {{"from", of(run->path.from)}, {"to", of(run->path.to)}, {"at", std::move(at)}, {"output", run->path.output}};
}

/// How far a curve leaves the line through its ends, as a share of its range.
double bend(const std::vector<double>& y) {
  if (y.empty()) return nan;
  const auto [low, high] = std::ranges::minmax(y);
  double most = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(y.size() - 1);
    most = std::max(most, std::abs(y[i] - ((1 - t) * y.front() + t * y.back())));
  }
  return high > low ? most / (high - low) : 0;
}

Json layers(const Measurement& measurement, const Plan& plan) {
  Json list = Json::array();
  for (std::size_t i = 0; i < measurement.layers.size(); ++i) {
    const LayerFigures& layer = measurement.layers[i];
    const Histogram& histogram = layer.preactivations;
    const auto met = static_cast<double>(layer.met);
    const double mean = layer.sum / met;
    list.push_back({{"layer", i + 1},
                    {"units", plan.hidden[i]},
                    {"dead", share(static_cast<double>(layer.dead), static_cast<double>(layer.units))},
                    {"saturated", share(static_cast<double>(layer.flat), met)},
                    {"mean", mean},
                    {"deviation", std::sqrt(std::max(0.0, layer.squares / met - mean * mean))},
                    {"preactivations",
                     {{"low", Histogram::low},
                      {"high", Histogram::high},
                      {"counts", histogram.counts},
                      {"below", histogram.below},
                      {"above", histogram.above}}}});
  }
  return list;
}

Json confusion(const Measurement& measurement, std::size_t classes) {
  if (measurement.confusion.empty()) return nullptr;
  Json matrix = Json::array();
  for (std::size_t c = 0; c < classes; ++c) {
    const auto from = measurement.confusion.begin() + static_cast<std::ptrdiff_t>(c * classes);
    matrix.push_back(std::vector(from, from + static_cast<std::ptrdiff_t>(classes)));
  }
  return matrix;
}

Json probabilities(const ProbabilityFigures& figures) {
  if (figures.rows == 0) return nullptr;
  const auto rows = static_cast<double>(figures.rows);
  Json bins = Json::array();
  for (const ProbabilityFigures::Bin& bin : figures.bins) {
    const auto count = static_cast<double>(bin.count);
    bins.push_back({{"count", bin.count},
                    {"confidence", share(bin.confidence, count)},
                    {"accuracy", share(static_cast<double>(bin.right), count)}});
  }
  return {{"brier", figures.brier / rows},
          {"calibration_error", figures.calibration_error()},
          {"log_loss", figures.log_loss / rows},
          {"bins", std::move(bins)}};
}

Json reached(const Comparison& row) {
  Json json;
  for (std::size_t i = 0; i < row.reached.size(); ++i)
    json[std::to_string(Reached::percents[i])] = {{"mean", row.reached[i].epoch}, {"seeds", row.reached[i].seeds}};
  return json;
}

Json seed(const Training& run, const std::string& score) {
  Json epochs = Json::array();
  for (std::size_t i = 0; i < run.epochs.size(); ++i) {
    const Epoch& e = run.epochs[i];
    epochs.push_back({{"epoch", i + 1},
                      {"train_loss", e.train_loss},
                      {"train_" + score, e.train_score},
                      {"test_loss", e.test_loss},
                      {"test_" + score, e.test_score},
                      {"gradient", e.gradient}});
  }
  return {{"seed", run.seed},         {"test_" + score, run.score},           {"guessing", run.guessing},
          {"diverged", run.diverged}, {"gradient_start", run.gradient_start}, {"epochs", std::move(epochs)}};
}

std::string score_name(const Table& table) { return table.task == Task::classification ? "accuracy" : "rmse"; }

Json guessing(const Table& table, const Findings& findings) {
  return {{"strategy", table.task == Task::classification ? "most_frequent" : "mean"},
          {"test_" + score_name(table) + "_mean", findings.guessing}};
}

Json result(const Table& table, const Plan& plan, const Findings& findings, const Comparison& row) {
  const std::string score = score_name(table);
  Json seeds = Json::array();
  std::vector<double> path;
  for (const Training* run : row.runs) {
    seeds.push_back(seed(*run, score));
    if (!run->along_path.empty()) path = run->along_path;
  }
  return {{"activation", plan.activations[row.activation]},
          {"loss", plan.losses[row.loss]},
          {"test_" + score + "_mean", row.score.mean},
          {"test_" + score + "_interval", interval(row.score)},
          {"difference_to_baseline", row.difference.mean},
          {"difference_interval", interval(row.difference)},
          {"p_value", row.outcome == Outcome::baseline ? nan : row.difference.p_value},
          {"p_value_holm", row.p_value_holm},
          {"outcome", name_of(row.outcome)},
          {"sentence", sentence(table.task, plan, findings, row)},
          {"epochs_to", reached(row)},
          {"seeds_finished", row.finished},
          {"seeds_diverged", row.diverged},
          {"confusion", confusion(row.measurement, table.classes.size())},
          {"probabilities", probabilities(row.measurement.probabilities)},
          {"layers", layers(row.measurement, plan)},
          {"gradient_start", row.gradient_start},
          {"gradient_end", row.gradient_end},
          {"linear_difference", row.measurement.linear_difference},
          {"path", path},
          {"path_bend", bend(path)},
          {"seeds", std::move(seeds)}};
}

Json circumstances_of_run(const Plan& plan, const Findings& findings, const Circumstances& circumstances) {
  Json seconds = Json::array();
  for (const Comparison& row : findings.rows) {
    double sum = 0;
    for (const Training* run : row.runs) sum += run->seconds_per_epoch;
    seconds.push_back(share(sum, static_cast<double>(row.runs.size())));
  }
  return {{"command", circumstances.command},       {"version", version()},
          {"processor_target", targets::current()}, {"threads", plan.threads},
          {"seconds", circumstances.seconds},       {"seconds_per_epoch", std::move(seconds)}};
}

}  // namespace

std::string comparison_json(const Table& table, const Plan& plan, const Findings& findings,
                            const Circumstances& circumstances) {
  Json activations = Json::array(), losses = Json::array(), results = Json::array();
  for (const std::string& name : plan.activations) activations.push_back(activation(name));
  for (const std::string& name : plan.losses) losses.push_back(loss(name));
  for (const Comparison& row : findings.rows) results.push_back(result(table, plan, findings, row));
  Json best = Json::array();
  for (std::size_t i = 0; i < findings.best; ++i) best.push_back(i);
  const Json json = {{"schema", 1},
                     {"data", data(table)},
                     {"settings", settings(plan, circumstances.table)},
                     {"activations", std::move(activations)},
                     {"losses", std::move(losses)},
                     {"path", path(table, findings)},
                     {"comparisons", findings.comparisons},
                     {"best", best.empty() ? Json(nullptr) : best.front()},
                     {"best_rows", best},
                     {"guessing", guessing(table, findings)},
                     {"nothing_learnt", findings.nothing_learnt},
                     {"results", std::move(results)},
                     {"verdict", verdict(table, plan, findings)},
                     {"warnings", warnings(table, plan, findings)},
                     {"interrupted", circumstances.interrupted},
                     {"run", circumstances_of_run(plan, findings, circumstances)}};
  // A label that is not UTF-8 becomes readable rather than an error.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lossact::cli

#include "cli/findings.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <fmt/format.h>
#include "cli/number.h"
#include "cli/training_data.h"

namespace lossact::cli {
namespace {

constexpr double much_dead = 0.1, much_flat = 0.5, much_faded = 100;
constexpr std::size_t few_test_rows = 100;

bool has_score(const Comparison& row) { return !std::isnan(row.score.mean); }

/// "name with loss", or the name alone where there is one loss.
std::string called(const Plan& plan, const Comparison& row) {
  const std::string& name = plan.activations[row.activation];
  return plan.losses.size() == 1 ? name : fmt::format("{} with {}", name, plan.losses[row.loss]);
}
std::string in_brackets(const Interval& interval, int decimals) {
  return fmt::format("[{:.{}f}, {:.{}f}]", interval.low, decimals, interval.high, decimals);
}
std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }
std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.2g}", p); }

/// Why the difference is what it is taken for: "(p = 0.01, corrected for 9 comparisons)".
std::string by_what(const Findings& findings, const Comparison& row) {
  return findings.comparisons > 1 ? fmt::format("({}, by Holm's correction for {} comparisons)",
                                                p_text(row.p_value_holm), findings.comparisons)
                                  : fmt::format("({})", p_text(row.p_value_holm));
}

/// The row that has most of something, if that is more than `enough`, and how many others have more than enough.
struct Worst {
  const Comparison* row = nullptr;
  std::size_t others = 0;
  Worst(const Findings& findings, double enough, const std::function<double(const Comparison&)>& measure) {
    double most = enough;
    std::size_t count = 0;
    for (const Comparison& each : findings.rows) {
      const double much = measure(each);
      count += much > enough;
      if (much > most) most = much, row = &each;
    }
    others = count > 0 ? count - 1 : 0;
  }
  std::string and_others() const {
    return others == 0 ? std::string() : fmt::format(" It is not the only one: {} more.", others);
  }
};

double dead_share(const LayerFigures& layer) {
  return layer.units ? static_cast<double>(layer.dead) / static_cast<double>(layer.units) : 0;
}
double flat_share(const LayerFigures& layer) {
  return layer.met ? static_cast<double>(layer.flat) / static_cast<double>(layer.met) : 0;
}
template <class Share>
std::size_t worst_layer(const Comparison& row, Share&& share) {
  const auto& layers = row.measurement.layers;
  return static_cast<std::size_t>(std::ranges::max_element(layers, {}, share) - layers.begin());
}
template <class Share>
double most_of_a_layer(const Comparison& row, Share&& share) {
  return row.measurement.layers.empty() ? 0 : share(row.measurement.layers[worst_layer(row, share)]);
}
/// How many times smaller the first layer's gradient is than the last hidden layer's, before training.
double faded(const Comparison& row) {
  const std::vector<double>& norms = row.gradient_start;
  return norms.size() < 3 ? 0 : norms[norms.size() - 2] / norms[0];
}

/// The accuracy of who always says the most frequent class.
double accuracy_of_guessing(const Table& table) {
  std::vector<double> counts(table.classes.size());
  for (const std::int64_t label : table.labels) ++counts[static_cast<std::size_t>(label)];
  return *std::ranges::max_element(counts) / static_cast<double>(table.labels.size());
}

}  // namespace

std::string sentence(Task task, const Plan& plan, const Findings& findings, const Comparison& row) {
  const std::string name = called(plan, row);
  const int decimals = decimals_of(task, findings.rows);
  if (row.finished == 0) return fmt::format("{} was not finished.", name);
  if (!has_score(row))
    return fmt::format("{} has no score: it diverged in {} of {}.", name, row.diverged, counted(plan.seeds, "seed"));
  if (row.outcome == Outcome::baseline)
    return fmt::format("{} is the baseline, at {:.{}f}.", name, row.score.mean, decimals);
  if (std::isnan(row.difference.mean)) return fmt::format("There is no score of {} to compare with.", plan.baseline);
  const Estimate ahead = lead(task, row);
  if (!ahead.interval)
    return fmt::format("{} is {} {} by {:.{}f}; one seed cannot tell that from chance.", name,
                       ahead.mean < 0 ? "behind" : "ahead of", plan.baseline, std::abs(ahead.mean), decimals);
  if (row.outcome == Outcome::unknown)
    return fmt::format("{} is {} {} by {:.{}f} with every seed, so nothing is known of how that varies.", name,
                       ahead.mean < 0 ? "behind" : "ahead of", plan.baseline, std::abs(ahead.mean), decimals);
  const std::string difference =
      fmt::format("{:+.{}f} {}", row.difference.mean, decimals, in_brackets(*row.difference.interval, decimals));
  if (row.outcome == Outcome::open)
    return fmt::format("{} and {} cannot be told apart: the difference {} is no more than chance explains {}.", name,
                       plan.baseline, difference, by_what(findings, row));
  return fmt::format("{} does {} than {}: the difference {} is more than chance explains {}.", name,
                     row.outcome == Outcome::better ? "better" : "worse", plan.baseline, difference,
                     by_what(findings, row));
}

std::vector<std::string> verdict(const Table& table, const Plan& plan, const Findings& findings) {
  if (findings.rows.empty() || !has_score(findings.rows.front()))
    return {"No training came to an end without diverging."};
  const Comparison& best = findings.rows.front();
  std::vector<std::string> sentences;
  sentences.push_back(fmt::format("{} learns best here, with {} {:.{}f}.", called(plan, best),
                                  table.task == Task::classification ? "a mean test accuracy of" : "an error of",
                                  best.score.mean, decimals_of(table.task, findings.rows)));
  if (best.outcome != Outcome::baseline) sentences.push_back(sentence(table.task, plan, findings, best));
  std::size_t better = 0, worse = 0, open = 0;
  for (const Comparison& row : findings.rows) {
    better += row.outcome == Outcome::better, worse += row.outcome == Outcome::worse;
    open += row.outcome == Outcome::open;
  }
  const auto of_them = [](std::size_t count, const char* what) {
    return count == 0 ? fmt::format("none is {}", what)
                      : fmt::format("{} {} {}", count, count == 1 ? "is" : "are", what);
  };
  if (findings.comparisons > 1)
    sentences.push_back(
        fmt::format("Of {} comparisons with {}, each with the same loss, {} and {} by more than chance explains; {}.",
                    findings.comparisons, plan.baseline, of_them(better, "better"), of_them(worse, "worse"),
                    of_them(open, "open")));
  if (plan.seeds == 1) sentences.push_back("One seed cannot tell a difference from chance; --seeds 5 can.");
  return sentences;
}

std::vector<std::string> warnings(const Table& table, const Plan& plan, const Findings& findings) {
  std::vector<std::string> sentences;
  std::size_t diverged = 0, unfinished = 0;
  for (const Comparison& row : findings.rows) diverged += row.diverged, unfinished += plan.seeds - row.finished;
  if (unfinished > 0)
    sentences.push_back(fmt::format("Stopped early: {} not finished.", counted(unfinished, "training")));
  if (diverged > 0)
    sentences.push_back(fmt::format("{} diverged: a loss became infinite or no number. A smaller --lr may help.",
                                    counted(diverged, "training")));
  if (table.dropped_rows > 0)
    sentences.push_back(fmt::format("{} with a missing value left out.", counted(table.dropped_rows, "row")));
  if (const std::size_t rows = split_rows(table, 0).test.size(); rows < few_test_rows)
    sentences.push_back(
        table.task == Task::classification
            ? fmt::format("The test part has {}: each is {:.1f} % of the accuracy.", counted(rows, "row"),
                          100 / static_cast<double>(rows))
            : fmt::format("The test part has {}: the error on others may well differ.", counted(rows, "row")));
  if (!findings.rows.empty() && has_score(findings.rows.front())) {
    const double best = findings.rows.front().score.mean;
    if (table.task == Task::classification ? best <= accuracy_of_guessing(table) : best >= target_deviation(table))
      sentences.push_back(table.task == Task::classification
                              ? fmt::format("Nothing was learnt: always saying the most frequent class gives {:.4f}.",
                                            accuracy_of_guessing(table))
                              : fmt::format("Nothing was learnt: always saying the mean gives an error of {:.4g}.",
                                            target_deviation(table)));
  }
  const auto dead = [](const Comparison& row) { return most_of_a_layer(row, dead_share); };
  if (const Worst worst(findings, much_dead, dead); worst.row) {
    const std::size_t layer = worst_layer(*worst.row, dead_share);
    sentences.push_back(fmt::format(
        "{} of the units in hidden layer {} are dead with {}: on no row of the test part have they a gradient.{}",
        percent(dead_share(worst.row->measurement.layers[layer])), layer + 1, called(plan, *worst.row),
        worst.and_others()));
  }
  // Of those whose units live: what is dead is flat on every row.
  const auto flat = [&](const Comparison& row) { return dead(row) > much_dead ? 0 : most_of_a_layer(row, flat_share); };
  if (const Worst worst(findings, much_flat, flat); worst.row) {
    const std::size_t layer = worst_layer(*worst.row, flat_share);
    sentences.push_back(fmt::format("Hidden layer {} is saturated with {}: {} of what meets it finds no slope.{}",
                                    layer + 1, called(plan, *worst.row),
                                    percent(flat_share(worst.row->measurement.layers[layer])), worst.and_others()));
  }
  if (const Worst worst(findings, much_faded, faded); worst.row)
    sentences.push_back(fmt::format(
        "The gradient fades with {}: before training it is {:.0f} times smaller in the first layer than in the last "
        "hidden one.{}",
        called(plan, *worst.row), faded(*worst.row), worst.and_others()));
  return sentences;
}

}  // namespace lossact::cli

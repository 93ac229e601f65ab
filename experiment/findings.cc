#include "experiment/findings.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <fmt/format.h>
#include "text/number.h"
#include "experiment/training_data.h"

namespace lossact::cli {
namespace {

constexpr double much_dead = 0.1, much_flat = 0.5, much_faded = 100;
constexpr std::size_t few_test_rows = 100;

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

/// Whether the losses of the training part stayed numbers to the end.
bool trained_well(const Training& run) { return !run.epochs.empty() && std::isfinite(run.epochs.back().train_loss); }

/// Some names, and how many more.
std::string few(std::vector<std::string> names) {
  constexpr std::size_t most = 5;
  if (names.size() > most + 1) {
    const std::size_t others = names.size() - most;
    names.resize(most);
    names.push_back(fmt::format("{} others", others));
  }
  return join(names);
}

/// Who is ahead, and whether that means anything.
std::string headline(Task task, const Plan& plan, const Findings& findings) {
  const bool classes = task == Task::classification;
  const ScoreText text = score_text(task, findings);
  const Comparison& first = findings.rows.front();
  const std::string_view what = classes ? "a mean test accuracy of" : "a mean test error of";
  if (findings.nothing_learnt)
    return fmt::format(
        "Nothing was learnt: always guessing the training part's {} has {} {}, and the best of what was trained, {}, "
        "has {}.",
        classes ? "most frequent class" : "mean", what, text(first.guessing), called(plan, first),
        text(first.score.mean));
  std::vector<std::string> linear, others;
  for (std::size_t i = 0; i < findings.best; ++i) {
    const Comparison& row = findings.rows[i];
    (as_line(plan.activations[row.activation]) ? linear : others).push_back(called(plan, row));
  }
  const std::string mean = fmt::format("{} {}", what, text(first.score.mean));
  if (!linear.empty()) {
    std::string shared;
    if (!others.empty()) shared = fmt::format("; {} {} it", few(others), others.size() == 1 ? "shares" : "share");
    return fmt::format(
        "No activation is needed here: {}, with which the network is one linear map, {} the best score, {}{}.",
        join(linear), linear.size() == 1 ? "has" : "have", mean, shared);
  }
  if (findings.best > 1)
    return fmt::format("{} share the best score, {}: these data do not tell which of them learns best.", few(others),
                       mean);
  return fmt::format("{} learns best here, with {}.", called(plan, first), mean);
}

/// What is said of classes that no training row has.
std::string unseen_in_words(const Table& table, const UnseenClasses& unseen) {
  std::vector<std::string> names;
  for (const std::size_t index : unseen.classes) names.push_back(fmt::format("'{}'", table.classes[index]));
  return fmt::format("{} in the test part alone, so nothing was learnt of {}: {}, {} of the {}.",
                     names.size() == 1 ? "One class is" : fmt::format("{} classes are", names.size()),
                     names.size() == 1 ? "it" : "them", few(names), unseen.rows,
                     counted(split_rows(table, 0).test.size(), "test row"));
}

}  // namespace

std::string called(const Plan& plan, const Comparison& row) {
  const std::string& name = plan.activations[row.activation];
  return plan.losses.size() == 1 ? name : fmt::format("{} with {}", name, plan.losses[row.loss]);
}

std::string sentence(Task task, const Plan& plan, const Findings& findings, const Comparison& row) {
  const std::string name = called(plan, row);
  const ScoreText text = score_text(task, findings);
  if (row.finished == 0) return fmt::format("{} was not finished.", name);
  if (!has_score(row))
    return fmt::format("{} has no score: it diverged in {} of {}.", name, row.diverged, counted(plan.seeds, "seed"));
  if (row.outcome == Outcome::baseline) return fmt::format("{} is the baseline, at {}.", name, text(row.score.mean));
  if (std::isnan(row.difference.mean)) return fmt::format("There is no score of {} to compare with.", plan.baseline);
  const Estimate ahead = lead(task, row);
  if (!ahead.interval)
    return fmt::format("{} is {} {} by {}; one seed cannot tell that from chance.", name,
                       ahead.mean < 0 ? "behind" : "ahead of", plan.baseline, text(std::abs(ahead.mean)));
  if (row.outcome == Outcome::unknown)
    return fmt::format("{} is {} {} by {} with every seed, so nothing is known of how that varies.", name,
                       ahead.mean < 0 ? "behind" : "ahead of", plan.baseline, text(std::abs(ahead.mean)));
  const std::string difference =
      fmt::format("{} {}", text.difference(row.difference.mean), text.interval(*row.difference.interval));
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
  std::vector<std::string> sentences = {headline(table.task, plan, findings)};
  // Where the baseline is best, the only difference to it is told; of several, their count is told below.
  const auto is_compared = [](const Comparison& row) { return !std::isnan(row.p_value_holm); };
  const auto compared = best.outcome != Outcome::baseline ? findings.rows.begin()
                        : findings.comparisons == 1       ? std::ranges::find_if(findings.rows, is_compared)
                                                          : findings.rows.end();
  if (!findings.nothing_learnt && findings.best == 1 && compared != findings.rows.end())
    sentences.push_back(sentence(table.task, plan, findings, *compared));
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
  std::size_t diverged = 0, on_test = 0, unfinished = 0;
  for (const Comparison& row : findings.rows) {
    unfinished += plan.seeds - row.finished;
    for (const Training* run : row.runs)
      if (run->diverged) ++(trained_well(*run) ? on_test : diverged);
  }
  if (unfinished > 0)
    sentences.push_back(fmt::format("Stopped early: {} not finished.", counted(unfinished, "training")));
  if (diverged > 0)
    sentences.push_back(fmt::format("{} diverged: a loss became infinite or no number. A smaller --lr may help.",
                                    counted(diverged, "training")));
  if (on_test > 0)
    sentences.push_back(
        fmt::format("{} diverged on the test part alone. A smaller --lr may help, unless its values lie far outside "
                    "those of the training part.",
                    counted(on_test, "training")));
  if (table.dropped_rows > 0)
    sentences.push_back(fmt::format("{} with a missing value left out.", counted(table.dropped_rows, "row")));
  if (const std::size_t rows = split_rows(table, 0).test.size(); rows < few_test_rows)
    sentences.push_back(
        table.task == Task::classification
            ? fmt::format("The test part has {}: each is {:.1f} % of the accuracy.", counted(rows, "row"),
                          100 / static_cast<double>(rows))
            : fmt::format("The test part has {}: the error on others may well differ.", counted(rows, "row")));
  if (const UnseenClasses unseen = unseen_classes(table); !unseen.classes.empty())
    sentences.push_back(unseen_in_words(table, unseen));
  if (nothing_to_learn(table))
    sentences.push_back(
        fmt::format("'{}' is the same in every row of the training part: there is nothing to learn.", table.target));
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

#include "program/report/comparison_text.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <fmt/format.h>
#include "experiment/findings.h"
#include "text/number.h"
#include "program/terminal/terminal.h"
#include "experiment/training_data.h"

namespace lossact::cli {
namespace {

bool classifies(const Table& table) { return table.task == Task::classification; }

std::string interval(const Estimate& estimate, const ScoreText& score) {
  return estimate.interval ? score.interval(*estimate.interval) : "-";
}

std::string remark(const Plan& plan, const Comparison& row) {
  if (row.diverged > 0) return fmt::format("diverged in {} of {}", row.diverged, counted(plan.seeds, "seed"));
  if (row.finished < plan.seeds) return fmt::format("{} of {}", row.finished, counted(plan.seeds, "seed"));
  return {};
}

/// Intervals on one scale: ├──●──┤. Rows that lie far off the best do not stretch it, and an interval that is much
/// wider than most is cut: the others would shrink to a dot.
class Drawing {
 public:
  Drawing(const std::vector<Comparison>& rows, Interval possible, std::size_t width) : width_(width) {
    std::vector<double> means, halves;
    for (const Comparison& row : rows)
      if (has_score(row)) means.push_back(row.score.mean), halves.push_back(row.score.mean - ends(row).low);
    if (means.empty()) return;
    std::ranges::sort(halves);
    const double best = means.front(), half = halves[halves.size() / 2];
    const double reach = 3 * std::max(half, std::abs(means[means.size() / 2] - best));
    std::erase_if(means, [&](double mean) { return std::abs(mean - best) > reach; });
    const auto [least, most] = std::ranges::minmax(means);
    low_ = std::max(possible.low, least - 1.5 * half), high_ = std::min(possible.high, most + 1.5 * half);
  }
  /// The scale's ends, above the drawings.
  std::string ends_in_words(const ScoreText& score) const {
    if (!(low_ < high_)) return {};
    const std::string high = score(high_);
    return padded(score(low_), static_cast<int>(width_ - high.size())) + high;
  }
  std::string of(const Comparison& row) const {
    if (!has_score(row) || !(low_ < high_)) return {};
    const Interval i = ends(row);
    std::vector<std::string> cells(width_, " ");
    if (i.high < low_) {
      cells.front() = "◂";
    } else if (i.low > high_) {
      cells.back() = "▸";
    } else {
      const std::size_t from = place(i.low), to = place(i.high);
      for (std::size_t cell = from; cell <= to; ++cell) cells[cell] = "─";
      cells[from] = i.low < low_ ? "◂" : "├", cells[to] = i.high > high_ ? "▸" : "┤";
      if (row.score.mean >= low_ && row.score.mean <= high_) cells[place(row.score.mean)] = "●";
    }
    std::string text;
    for (const std::string& cell : cells) text += cell;
    return text;
  }

 private:
  static Interval ends(const Comparison& row) {
    return row.score.interval.value_or(Interval{row.score.mean, row.score.mean});
  }
  std::size_t place(double score) const {
    const double share = std::clamp((score - low_) / (high_ - low_), 0.0, 1.0);
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(width_ - 1)));
  }
  std::size_t width_;
  double low_ = 0, high_ = 0;
};

/// Each remark with the rows it is of.
std::string remarks_beneath(const Plan& plan, const std::vector<Comparison>& rows, std::size_t width) {
  std::map<std::string, std::vector<std::string>> names;
  for (const Comparison& row : rows)
    if (const std::string note = remark(plan, row); !note.empty()) names[note].push_back(called(plan, row));
  std::string text = names.empty() ? "" : "\n";
  for (const auto& [note, of] : names) text += wrapped(fmt::format("{}: {}", note, join(of)), width, 0);
  return text;
}

TextTable table_of(const Plan& plan, const std::vector<Comparison>& rows, const ScoreText& score,
                   const Drawing* drawing, bool with_remarks) {
  TextTable text("llrrrrl");
  text.add({"activation", "loss", "mean", "95 % interval", "to " + plan.baseline, "95 % interval",
            drawing ? drawing->ends_in_words(score) : ""});
  for (const Comparison& row : rows) {
    std::vector<std::string> cells = {plan.activations[row.activation], plan.losses[row.loss]};
    if (has_score(row)) {
      const bool baseline = plan.activations[row.activation] == plan.baseline;
      const bool compared = !baseline && !std::isnan(row.difference.mean);
      cells.push_back(score(row.score.mean));
      cells.push_back(interval(row.score, score));
      const char* star = row.outcome == Outcome::better || row.outcome == Outcome::worse ? "*" : " ";
      cells.push_back(baseline ? "" : compared ? score.difference(row.difference.mean) + star : "-");
      cells.push_back(baseline ? "baseline" : compared ? interval(row.difference, score) : "");
    } else {
      cells.insert(cells.end(), {"-", "-", "-", ""});
    }
    std::string last = drawing ? drawing->of(row) : "";
    if (const std::string note = with_remarks ? remark(plan, row) : ""; !note.empty())
      last += (last.empty() ? "" : "  ") + note;
    cells.push_back(last);
    text.add(std::move(cells));
  }
  return text;
}

std::string unused(std::vector<std::string> constant) {
  constexpr std::size_t most = 5;
  const std::string one = counted(constant.size(), "column");
  const bool single = constant.size() == 1;
  if (constant.size() > most) {
    const std::size_t others = constant.size() - most;
    constant.resize(most);
    constant.push_back(counted(others, "other"));
  }
  return fmt::format("{} never {} and {} not used: {}", one, single ? "changes" : "change", single ? "is" : "are",
                     join(constant));
}

}  // namespace

std::string introduction(const Table& table, const Plan& plan, std::size_t width) {
  const Split split = split_rows(table, 0);
  const std::string what = classifies(table) ? fmt::format("{} classes of '{}'", table.classes.size(), table.target)
                                             : fmt::format("the numbers of '{}'", table.target);
  std::string layers;
  for (const std::size_t units : plan.hidden) layers += fmt::format("{}-", units);
  std::string text =
      wrapped(fmt::format("{}: {} to train, {} to test, {}, {}", table.name, counted(split.train.size(), "row"),
                          split.test.size(), counted(table.features.size(), "feature"), what),
              width, 0);
  for (const std::string& note : table.notes) text += wrapped(note, width, 0);
  if (table.dropped_rows > 0)
    text += fmt::format("{} with a missing value left out\n", counted(table.dropped_rows, "row"));
  if (!table.constant.empty()) text += wrapped(unused(table.constant), width, 0);
  text += wrapped(
      fmt::format("network {}-{}{}, {} at {}, batches of {}, {}, {}", table.features.size(), layers,
                  classifies(table) ? table.classes.size() : 1, plan.optimizer == Optimizer::adam ? "Adam" : "SGD",
                  number_text(plan.lr), plan.batch_size, counted(plan.epochs, "epoch"), counted(plan.seeds, "seed")),
      width, 0);
  return text;
}

std::string comparison_table(const Table& table, const Plan& plan, const Findings& findings, std::size_t width) {
  const std::vector<Comparison>& rows = findings.rows;
  constexpr std::size_t narrowest = 16, widest = 60;
  const ScoreText words = score_text(table.task, findings);
  const std::string what = classifies(table)
                               ? "Mean test accuracy"
                               : fmt::format("Root mean square error of '{}' on the test part", table.target);
  const char* const star = plan.seeds > 1 ? " (* more than chance explains)" : "";
  const std::string first = fmt::format("{} over {}, best first,", what, counted(plan.seeds, "seed"));
  const std::string second = fmt::format("and the difference to {} with the same loss{}", plan.baseline, star);
  std::string caption =
      text_width(first) <= width ? first + "\n" + wrapped(second, width, 0) : wrapped(first + " " + second, width, 0);
  if (words.power()) caption += fmt::format("in units of 1e{:+03}\n", words.power());

  ScoreText score = words.as_multiples();
  bool beside = true;  // the remarks, where there is room
  TextTable text = table_of(plan, rows, score, nullptr, beside);
  while (text.width() > width && (std::exchange(beside, false) || score.shorten()))
    text = table_of(plan, rows, score, nullptr, beside);
  if (const std::size_t columns = text.width() + 2; plan.seeds > 1 && width >= columns + narrowest) {
    const Drawing drawing(rows, possible_scores(table.task), std::min(widest, width - columns));
    text = table_of(plan, rows, score, &drawing, beside);
  }
  return caption + "\n" + text.text() + (beside ? "" : remarks_beneath(plan, rows, width));
}

std::string conclusion(const Table& table, const Plan& plan, const Findings& findings, std::size_t width) {
  const std::size_t narrow = std::min<std::size_t>(width, 100);
  std::string text = wrapped(fmt::format("{}", fmt::join(verdict(table, plan, findings), " ")), narrow, 0);
  for (const std::string& warning : warnings(table, plan, findings))
    text.append(1, '\n').append(wrapped(warning, narrow, 0));
  return text;
}

}  // namespace lossact::cli

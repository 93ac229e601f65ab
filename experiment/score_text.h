// How the scores of a table are written.
#ifndef LOSSACT_EXPERIMENT_SCORE_TEXT_H_
#define LOSSACT_EXPERIMENT_SCORE_TEXT_H_
#include <string>
#include <vector>
#include "experiment/table/table.h"
#include "lossact/facts.h"

namespace lossact::cli {

/// Scores and their differences, with as many decimals as show four digits of the largest, but four for accuracies and
/// one at least. Errors that are all very large or very small are in powers of ten; so is what lies far off the others,
/// which decides nothing.
class ScoreText {
 public:
  ScoreText(Task task, std::vector<double> scores);

  std::string operator()(double score) const { return text(score, false); }
  /// With its sign.
  std::string difference(double difference) const { return text(difference, true); }
  std::string interval(const Interval& interval) const;

  /// The power of ten that the scores are in; 0 where they are written as they are.
  int power() const { return power_; }
  /// For a table that says so itself: as multiples of ten to this power.
  ScoreText as_multiples() const;
  /// One digit fewer, two decimals at least; false where that is what there is.
  bool shorten();

 private:
  std::string text(double x, bool sign) const;
  int power_ = 0, decimals_ = 4, digits_ = 3;  // digits behind the point of a fixed number, and of one in powers of ten
  double unit_ = 1;
};

}  // namespace lossact::cli
#endif

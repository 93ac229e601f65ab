// A formula of the registry, read by MPFR: its value and its slope, as exact as is asked for.
#ifndef LOSSACT_TESTS_EXHAUSTIVE_READING_H_
#define LOSSACT_TESTS_EXHAUSTIVE_READING_H_
#include <map>
#include <optional>
#include <string>
#include "program/drawing/formula.h"

namespace lossact::testing {

class Reading {
 public:
  /// What the names of the formula stand for, but for x.
  Reading(cli::Formula formula, std::map<std::string, double> names);

  struct Point {
    long double value, slope;
  };
  /// Value and slope at x, with precision raised until both stand to 2^-36 of a float's last place. Nothing where an
  /// exponential is beyond MPFR's numbers. Throws format_error for a word that is not known here, error where no
  /// precision suffices.
  std::optional<Point> at(double x) const;

 private:
  cli::Formula formula_;
  std::map<std::string, double> names_;
};

}  // namespace lossact::testing
#endif

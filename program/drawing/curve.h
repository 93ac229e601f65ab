// A function and its slope over an interval, whatever it takes.
#ifndef LOSSACT_PROGRAM_DRAWING_CURVE_H_
#define LOSSACT_PROGRAM_DRAWING_CURVE_H_
#include <functional>
#include <string>
#include <vector>
#include "lossact/facts.h"

namespace lossact::cli {

struct Curve {
  std::string of;        // what is drawn, as "f(x)"
  std::string variable;  // what it is drawn over
  std::string setting;   // what is held fixed; may be empty
  Interval over = {-5, 5};
  std::vector<Kink> kinks = {};
  /// f and f' at each of these places.
  std::function<void(const std::vector<double>& x, std::vector<double>& y, std::vector<double>& slope)> values;
};

/// What of the vertical axis is seen: the finite numbers, without what shoots far beyond nearly all of them, and a
/// little room around; 0 belongs to what is near it.
Interval seen(const std::vector<double>& y);
/// The multiples of 1, 2 or 5 times a power of ten within an interval, so many at most.
std::vector<double> ticks(Interval over, int most);
/// So many places, evenly spaced, each in the middle of its share of the interval: never on a bound.
std::vector<double> places(Interval over, std::size_t count);

/// A curve drawn with dots, two to each column and four to each row of characters, with axes and their numbers around;
/// one string for each line, all as wide. `y` has two values for each column, from left to right. Where a kink lies
/// between two of them they are not joined.
std::vector<std::string> plot(const std::string& title, Interval over, const std::vector<double>& y,
                              const std::vector<Kink>& kinks, std::size_t columns, std::size_t rows);
/// f and f', side by side where there is room, and otherwise one below the other.
std::string plot_both(const Curve& curve, std::size_t width);

}  // namespace lossact::cli
#endif

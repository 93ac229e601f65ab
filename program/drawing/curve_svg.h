// A curve and its slope as SVG, for a file of its own or within a page.
#ifndef LOSSACT_PROGRAM_DRAWING_CURVE_SVG_H_
#define LOSSACT_PROGRAM_DRAWING_CURVE_SVG_H_
#include <optional>
#include <string>
#include "program/drawing/curve.h"

namespace lossact::cli {

/// Large has a legend and numbers along both axes, small fewer numbers and no legend, a thumbnail the curve alone.
enum class DrawingSize { large, small, thumbnail };

struct Drawing {
  DrawingSize size = DrawingSize::large;
  std::string id = "curve";            // no other drawing of the page has it
  std::optional<Interval> range = {};  // of the vertical axis; unset: what is to be seen of the curve and its slope
};

/// What of the vertical axis shows the whole curve, and of its slope what leaves the curve at least a third of it.
Interval drawn_range(const Curve& curve);
/// A curve in words, for those who do not see it.
std::string curve_in_words(const Curve& curve);
/// The curve as a line, its slope in dashes, a ring at each kink and a dot at the slope that is taken there. Colours
/// follow the page's --paper, --ink, --grid, --curve and --slope where it sets them.
std::string svg(const Curve& curve, const Drawing& drawing = {});

}  // namespace lossact::cli
#endif

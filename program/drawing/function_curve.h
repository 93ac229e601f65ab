// The curve of a function of the registry.
#ifndef LOSSACT_PROGRAM_DRAWING_FUNCTION_CURVE_H_
#define LOSSACT_PROGRAM_DRAWING_FUNCTION_CURVE_H_
#include <string>
#include <string_view>
#include <vector>
#include "program/drawing/curve.h"
#include "lossact/facts.h"

namespace lossact::cli {

struct FunctionCurve {
  Curve curve;
  Facts facts;  // with these parameters
};
/// The function of that name with parameters as --set has them, over an interval in which it shows what it does: an
/// activation over x, a row of two classes over the first one's logit, a loss over its input at one target, two events
/// over the probability of the first. Throws UsageError for an unknown name or parameter, and for an illegal value.
FunctionCurve function_curve(std::string_view name, const std::vector<std::string>& set_options = {});

}  // namespace lossact::cli
#endif
